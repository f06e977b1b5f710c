import type { FastifyInstance } from 'fastify';
import { requireControl } from '../../conference/permissions.ts';
import { readJsonObject, readSwitch } from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { queryParticipant, registerControl } from './control-operation.ts';

/** What the host asks of one participant or allows him: camera, sharing, recording at his own machine. */
export const registerRequestOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  registerControl(server, guard, 'inviteOperateVideo', 'PUT /v1/mmc/control/conferences/participants/video', {
    permission: requireControl,
    command: (request) => {
      const participant = queryParticipant(request);
      // The wire's status is 0 to open and 1 to close.
      return { type: 'requestCamera', participant, on: !readSwitch(readJsonObject(request.body), 'status') };
    },
  });

  registerControl(server, guard, 'inviteShare', 'PUT /v1/mmc/control/conferences/participants/share/invite', {
    permission: requireControl,
    command: (request) => {
      const participant = queryParticipant(request);
      return {
        type: 'inviteToShare',
        participant,
        invited: readSwitch(readJsonObject(request.body), 'share'),
      };
    },
  });

  registerControl(server, guard, 'allowClientRecord', 'PUT /v1/mmc/control/conferences/allowClientRecord', {
    permission: requireControl,
    command: (request) => {
      const participant = queryParticipant(request);
      const allowed = readSwitch(readJsonObject(request.body), 'allowClientRecord');
      return { type: 'allowClientRecording', participant, allowed };
    },
  });
};
