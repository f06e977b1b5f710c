import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../errors.ts';
import { setCommonHeaders } from './common-headers.ts';
import { errorTable } from './error-table.ts';

/** The part of the server's logger that the HTTP layer uses; pino's satisfies it. */
export interface HttpLog {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The documented error body, and nothing beside its two keys. */
export function errorBody(code: ErrorCode, text: string = errorTable[code].publicText): string {
  return JSON.stringify({ error_code: errorTable[code].wireCode, error_msg: text });
}

/** Answers every throw of a route: coded errors by the table, the framework's own by their status, others as INTERNAL. */
export function createErrorHandler(
  log: HttpLog,
): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    const code = codeOf(error);
    const row = errorTable[code];
    log[row.logLevel](
      { requestId: request.id, method: request.method, route: request.routeOptions.url, code, err: error },
      error instanceof Error ? error.message : 'a value that is no error was thrown',
    );
    setCommonHeaders(request, reply);
    reply.code(row.status).send(errorBody(code));
  };
}

/** The code that a thrown value is answered with. */
function codeOf(error: unknown): ErrorCode {
  if (error instanceof AppError) {
    return error.code;
  }
  return frameworkCode(error) ?? 'INTERNAL';
}

/**
 * The fixed answer for input that is no HTTP request; there is no request to answer within. HPE_HEADER_OVERFLOW and
 * time-outs of the parser arrive here as well.
 */
export function malformedHttpAnswer(requestId: string): string {
  const body = errorBody('REQUEST_MALFORMED');
  return [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: application/json;charset=UTF-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

const frameworkCodes: ReadonlyMap<string, ErrorCode> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'BODY_TOO_LARGE'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'REQUEST_MALFORMED'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'BODY_NOT_JSON'],
  ['FST_ERR_BAD_URL', 'REQUEST_MALFORMED'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'PARAMETER_INVALID'],
  ['ECONNRESET', 'REQUEST_MALFORMED'],
]);

function frameworkCode(error: unknown): ErrorCode | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') {
    return null;
  }
  return frameworkCodes.get(error.code) ?? null;
}
