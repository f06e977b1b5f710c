import type { FastifyInstance } from 'fastify';
import { requireControl, requireHost } from '../../conference/permissions.ts';
import { type ConferenceState, hostOf, type Participant } from '../../conference/state.ts';
import { registerOperation } from '../operations.ts';
import { readJsonObject, readSwitch } from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { registerControl } from './control-operation.ts';

/** The conference as a whole: lock, stop, realTimeInfo. */
export const registerConferenceOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  registerControl(server, guard, 'lockMeeting', 'PUT /v1/mmc/control/conferences/lock', {
    permission: requireControl,
    command: (request) => ({
      type: 'setConferenceLock',
      locked: readSwitch(readJsonObject(request.body), 'isLock'),
    }),
  });

  registerControl(server, guard, 'stopMeeting', 'PUT /v1/mmc/control/conferences/stop', {
    permission: requireHost,
    command: () => ({ type: 'end' }),
  });

  registerOperation(
    server,
    'showRealTimeInfoOfMeeting',
    'GET /v1/mmc/control/conferences/realTimeInfo',
    (request) => realTimeInfo(guard.authorise(request).host.state),
  );
};

/** Only documented keys: the wire has none for the watched or locked source. */
const realTimeInfo = (state: ConferenceState) => {
  const participants = state.participants.values();
  return {
    attendees: participants.map(({ name, number }) => ({ name, phone: number })),
    participants: participants.map(realTimeParticipant),
    confInfo: {
      chairID: hostOf(state)?.id ?? '',
      coHosts: participants.filter((p) => p.role === 'coHost').map((p) => p.id),
    },
  };
};

const realTimeParticipant = (participant: Participant) => ({
  pid: participant.id,
  name: participant.name,
  phone: participant.number,
  state: 0,
  video: participant.video ? 1 : 0,
  mute: participant.muted ? 1 : 0,
  hand: 0,
});
