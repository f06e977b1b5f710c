import type { FastifyInstance } from 'fastify';
import { requireControl, requireHost, requirePresent } from '../../conference/permissions.ts';
import { type Attendee, type ConferenceState, hostOf, type Participant } from '../../conference/state.ts';
import { registerOperation } from '../operations.ts';
import { readJsonObject, readSwitch } from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { registerControl } from './control-operation.ts';

/**
 * The conference as a whole: lock, stop, realTimeInfo; and the probe by which terminals find the server.
 *
 * @param publicUrl where people reach the web pages; no slash at the end
 */
export const registerConferenceOperations = (
  server: FastifyInstance,
  guard: ControlGuard,
  publicUrl: () => string,
): void => {
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
    (request) => {
      const { host, actor } = guard.authorise(request);
      requirePresent(host.state, actor);
      return realTimeInfo(host.state);
    },
  );

  registerOperation(
    server,
    'showMgmtSiteStatus',
    'GET /v1/mmc/control/confmaintain/queryMgmtSiteStatus',
    (_request, reply) => reply.send({ status: 'normal', redirectJoinUrl: `${publicUrl()}/room` }),
  );
};

/** Only documented keys: the wire has none for the watched or locked source. */
const realTimeInfo = (state: ConferenceState) => {
  const participants = state.participants.values();
  const listed = new Set(state.attendees.map(({ number }) => number));
  const uninvited = participants.filter(({ number }) => !listed.has(number));
  return {
    attendees: [...state.attendees, ...uninvited].map(({ name, number }) => ({ name, phone: number })),
    participants: [
      ...participants.map(realTimeParticipant),
      ...state.attendees.filter(({ called }) => called).map(calledParticipant),
    ],
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
  hand: participant.handRaised ? 1 : 0,
});

/** Somebody who is being called has no participantID yet; his number stands for it. */
const calledParticipant = ({ name, number }: Attendee) => ({
  pid: number,
  name,
  phone: number,
  state: 1,
  video: 0,
  mute: 0,
  hand: 0,
});
