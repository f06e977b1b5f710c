import { createServer } from 'node:http';
import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { meetingId } from '../conference/ids.ts';
import { asObject } from '../http/request-readers.ts';
import type { PushTokens } from '../identity/push-tokens.ts';
import type { ConferenceHost } from '../runtime/conference-host.ts';
import type { Conferences } from '../runtime/conferences.ts';
import { CloseCode } from './notify-types.ts';
import { PushConnection, type PushConnectionOptions } from './push-connection.ts';
import { PUSH_PATH } from './push-url.ts';

export interface PushRoutesOptions extends PushConnectionOptions {
  readonly conferences: Conferences;
  readonly pushTokens: PushTokens;
}

const MAX_MESSAGE_BYTES = 65_536;

/**
 * The documented push WebSocket. The plugin has a scope of its own, as with the events; those routes' instance
 * dispatches every upgrade of the server, so this one listens to a server that never has any.
 */
export const registerPushRoutes = async (
  server: FastifyInstance,
  options: PushRoutesOptions,
): Promise<void> => {
  await server.register(async (scope) => {
    await scope.register(fastifyWebsocket, {
      options: { maxPayload: MAX_MESSAGE_BYTES, server: createServer() },
    });
    scope.get(PUSH_PATH, { websocket: true, config: { operationId: 'openPush' } }, (socket, request) => {
      const host = admit(asObject(request.query), options);
      if (host === null) socket.close(CloseCode.refused);
      else new PushConnection(socket, host, options);
    });
  });
};

/** The running conference that the query's token opens; the token is used up. */
const admit = (
  { confID, tmpToken }: Readonly<Record<string, unknown>>,
  { pushTokens, conferences }: PushRoutesOptions,
): ConferenceHost | null => {
  if (typeof confID !== 'string' || typeof tmpToken !== 'string') return null;
  const meeting = meetingId(confID);
  return pushTokens.redeem(meeting, tmpToken) ? conferences.ofMeeting(meeting) : null;
};
