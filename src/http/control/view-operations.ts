import type { FastifyInstance } from 'fastify';
import type { HostView } from '../../conference/commands.ts';
import { requireControl } from '../../conference/permissions.ts';
import {
  type JsonObject,
  readInteger,
  readJsonObject,
  readOptionalInteger,
  readSwitch,
} from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { queryParticipant, readParticipant, registerControl } from './control-operation.ts';

const DEFAULT_SWITCH_SECONDS = 10;

/** Which terminal watches whom: lockView, partView, chairView. */
export const registerViewOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  registerControl(server, guard, 'lockView', 'PUT /v1/mmc/control/conferences/lockView', {
    permission: requireControl,
    command: (request) => {
      const viewer = queryParticipant(request);
      const body = readJsonObject(request.body);
      const locked = readSwitch(body, 'status');
      const source = readParticipant(body, 'participantID');
      return locked ? { type: 'lockView', viewer, source } : { type: 'unlockView', viewer };
    },
  });

  registerControl(server, guard, 'setParticipantView', 'PUT /v1/mmc/control/conferences/partView', {
    permission: requireControl,
    command: (request) => {
      const viewer = queryParticipant(request);
      const body = readJsonObject(request.body);
      readInteger(body, 'viewType', { min: 2, max: 2, code: 'VIEW_TYPE_OUT_OF_RANGE' });
      return { type: 'partView', viewer, source: readParticipant(body, 'participantID') };
    },
  });

  registerControl(server, guard, 'setHostView', 'PUT /v1/mmc/control/conferences/chairView', {
    permission: requireControl,
    command: (request) => ({ type: 'hostView', view: readHostView(readJsonObject(request.body)) }),
  });
};

const readHostView = (body: JsonObject): HostView => {
  switch (readInteger(body, 'viewType', { min: 0, max: 2, code: 'VIEW_TYPE_OUT_OF_RANGE' })) {
    case 0:
      return readSwitch(body, 'status') ? startPolling(body) : { kind: 'stopPolling' };
    case 1:
      return { kind: 'continuousPresence' };
    default:
      return { kind: 'site', source: readParticipant(body, 'participantID') };
  }
};

const startPolling = (body: JsonObject): HostView => {
  const rule = { min: 10, max: 120, code: 'SWITCH_TIME_OUT_OF_RANGE' } as const;
  return {
    kind: 'startPolling',
    switchSeconds: readOptionalInteger(body, 'switchTime', rule) ?? DEFAULT_SWITCH_SECONDS,
  };
};
