import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MeetingId } from '../../conference/ids.ts';
import { requirePresent } from '../../conference/permissions.ts';
import { registerOperation } from '../operations.ts';
import type { ControlGuard } from './control-guard.ts';

/** How a client of the control operations comes to the push WebSocket. */
export interface PushEntry {
  /** A token for one connection, good for a minute. */
  readonly issueToken: (meeting: MeetingId) => string;
  /** Scheme, host and port that the documented path is appended to. */
  readonly url: (request: FastifyRequest) => string;
  /** What can be subscribed to. */
  readonly notifyTypes: readonly string[];
}

/** createWebSocketToken: for everybody who may read about the meeting. */
export const registerPushTokenOperation = (
  server: FastifyInstance,
  guard: ControlGuard,
  push: PushEntry,
): void => {
  registerOperation(server, 'createWebSocketToken', 'GET /v1/mmc/control/conferences/wsToken', (request) => {
    const { host, actor } = guard.authorise(request);
    requirePresent(host.state, actor);
    return { webSocketToken: push.issueToken(host.state.meeting) };
  });
};
