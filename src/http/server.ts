import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyHttpOptions, type FastifyInstance, type RawServerDefault } from 'fastify';
import { setCommonHeaders } from './common-headers.ts';
import { createErrorHandler, errorBody, type HttpLog, malformedHttpAnswer } from './error-answer.ts';
import { errorTable } from './error-table.ts';

export interface HttpServerOptions {
  readonly log: HttpLog;
  /** PEM texts; absent: plain HTTP. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Addresses or networks of proxies whose X-Forwarded-For is believed; default none. */
  readonly trustedProxies?: readonly string[];
  /** Default 1 MiB. */
  readonly bodyLimitBytes?: number;
}

/** What every control operation without an answer of its own says: 39 bytes, as in the vendor's samples. */
export const SUCCESS_BODY = '{"returnCode":0,"returnDesc":"Success"}';

const MIB = 1_048_576;
/** Longer than the 60 s that common reverse proxies keep an idle connection, so that they close first. */
const KEEP_ALIVE_MS = 65_000;
/** For a whole request to arrive; who dribbles is cut off. */
const REQUEST_MS = 30_000;

/**
 * The HTTP server without any route: headers, body, errors and unknown paths. A request's body is kept as raw text for
 * `readJsonObject`, because the checks of token, meeting and role come before those of the body.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const answerError = createErrorHandler(options.log);
  const settings: FastifyHttpOptions<RawServerDefault> = {
    logger: false,
    genReqId: requestIdOf,
    bodyLimit: options.bodyLimitBytes ?? MIB,
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: answerError,
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) {
        socket.end(malformedHttpAnswer(newRequestId()));
      }
    },
    routerOptions: { maxParamLength: 128 },
  };
  const server: FastifyInstance = fastify({ ...settings, ...tlsOption(options.tls) });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply);
    done();
  });
  server.setErrorHandler(answerError);
  const notFound = errorBody('ROUTE_NOT_FOUND');
  server.setNotFoundHandler((_request, reply) => {
    reply.code(errorTable.ROUTE_NOT_FOUND.status).send(notFound);
  });
  return server;
}

/** As a plain object: with `https` in its type the instance would be of another type, and no route cares. */
function tlsOption(tls: HttpServerOptions['tls']): object {
  return tls === undefined ? {} : { https: { ...tls } };
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(given) ? given : newRequestId();
}

const PROCESS_ID = randomBytes(12).toString('hex');
let requests = 0;

/** 32 hexadecimal digits: 24 random ones of this process and a counter. */
function newRequestId(): string {
  requests = (requests + 1) % 0x1_0000_0000;
  return PROCESS_ID + requests.toString(16).padStart(8, '0');
}
