import type { FastifyInstance } from 'fastify';
import { requireControl } from '../../conference/permissions.ts';
import { readJsonObject, readList, readOptionalBoolean } from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { readParticipant, registerControl } from './control-operation.ts';

const MAX_MOVES = 1000;

/** The waiting room: letting in, and sending back. */
export const registerWaitingOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  registerControl(
    server,
    guard,
    'allowWaitingParticipant',
    'PUT /v1/mmc/control/conferences/allowWaitingParticipant',
    {
      permission: requireControl,
      command: (request) => {
        const body = readJsonObject(request.body);
        const all = readOptionalBoolean(body, 'allowAll') ?? false;
        return { type: 'admit', participants: all ? null : [readParticipant(body, 'participantID')] };
      },
    },
  );

  registerControl(server, guard, 'moveToWaitingRoom', 'PUT /v1/mmc/control/conferences/moveToWaitingRoom', {
    permission: requireControl,
    command: (request) => ({
      type: 'moveToWaitingRoom',
      participants: [readParticipant(readJsonObject(request.body), 'participantID')],
    }),
  });

  registerControl(
    server,
    guard,
    'batchMoveToWaitingRoom',
    'PUT /v1/mmc/control/conferences/batchMoveToWaitingRoom',
    {
      permission: requireControl,
      command: (request) => {
        const ids = readList(readJsonObject(request.body), 'batchParticipants', MAX_MOVES);
        return { type: 'moveToWaitingRoom', participants: ids.map((id) => readParticipant({ id }, 'id')) };
      },
    },
  );
};
