import type { FastifyReply, FastifyRequest } from 'fastify';

const JSON_TYPE = 'application/json;charset=UTF-8';

const everyAnswer = {
  'content-type': JSON_TYPE,
  'cache-control': 'no-cache',
  pragma: 'no-cache',
  expires: '0',
} as const;

/** The headers of the vendor's samples, and the request's ID. A route may replace them. */
export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(everyAnswer).header('x-request-id', request.id);
}
