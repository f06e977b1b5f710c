import type { FastifyRequest } from 'fastify';

/** The path that a client appends to the wsURL it was told. */
export const PUSH_PATH = '/cms/open/websocket/confctl/increment/conn';

/** Makes the wsURL (ws or wss, host and port): of the configured public URL, else of the host the request went to. */
export const createPushUrl =
  (publicUrl: string | null) =>
  (request: FastifyRequest): string =>
    (publicUrl ?? `${request.protocol}://${request.host}`).replace(/\/$/, '').replace(/^http/, 'ws');
