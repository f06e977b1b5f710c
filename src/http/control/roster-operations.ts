import type { FastifyInstance } from 'fastify';
import type { Command } from '../../conference/commands.ts';
import { type ParticipantId, participantId } from '../../conference/ids.ts';
import { requireControl, requireHost, requireSelfOrControl } from '../../conference/permissions.ts';
import type { ConferenceState } from '../../conference/state.ts';
import { AppError } from '../../errors.ts';
import type { AttemptLimiter } from '../../identity/attempt-limiter.ts';
import type { MeetingService } from '../../meetings/meeting-service.ts';
import {
  type JsonObject,
  readJsonObject,
  readList,
  readOptionalSwitch,
  readOptionalText,
  readSwitch,
  readText,
} from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { queryParticipant, readParticipant, registerControl } from './control-operation.ts';

/** The most participants that one request names. */
const MAX_AT_ONCE = 1000;

export interface RosterOperationsOptions {
  readonly meetings: MeetingService;
  /** Wrong host passwords, by meeting. */
  readonly attempts: AttemptLimiter;
}

/** Who is there, called what, in which role, heard or not. */
export const registerRosterOperations = (
  server: FastifyInstance,
  guard: ControlGuard,
  options: RosterOperationsOptions,
): void => {
  registerControl(server, guard, 'muteParticipant', 'PUT /v1/mmc/control/conferences/participants/mute', {
    command: (request) => {
      const participant = queryParticipant(request);
      return {
        type: 'muteParticipant',
        participant,
        muted: readSwitch(readJsonObject(request.body), 'isMute'),
      };
    },
  });

  registerControl(server, guard, 'muteMeeting', 'PUT /v1/mmc/control/conferences/mute', {
    permission: requireControl,
    command: (request) => readMuteAll(readJsonObject(request.body)),
  });

  registerControl(server, guard, 'allowGuestUnmute', 'PUT /v1/mmc/control/conferences/mute/guestUnMute', {
    permission: requireControl,
    command: (request) => ({
      type: 'allowSelfUnmute',
      allowed: readSwitch(readJsonObject(request.body), 'allowUnmuteByOneself'),
    }),
  });

  registerControl(server, guard, 'hand', 'PUT /v1/mmc/control/conferences/participants/hands', {
    command: (request) => {
      const participant = queryParticipant(request);
      const raised = readSwitch(readJsonObject(request.body), 'handsState');
      return { type: 'raiseHands', participants: [participant], raised };
    },
  });

  registerControl(server, guard, 'batchHand', 'PUT /v1/mmc/control/conferences/participants/batch/hands', {
    permission: requireControl,
    command: (request) => {
      const body = readJsonObject(request.body);
      const raised = readSwitch(body, 'handsState');
      const ids = readList(body, 'pids', MAX_AT_ONCE);
      return { type: 'raiseHands', participants: ids.map((id) => readParticipant({ id }, 'id')), raised };
    },
  });

  registerControl(server, guard, 'renameParticipant', 'PUT /v1/mmc/control/conferences/participants/name', {
    command: (request, _actor, state) => readRename(readJsonObject(request.body), state),
  });

  registerControl(server, guard, 'hangUp', 'POST /v1/mmc/control/conferences/participants/delete', {
    permission: requireControl,
    command: (request) => {
      const ids = readList(readJsonObject(request.body), 'bulkHangUpParticipants', MAX_AT_ONCE);
      return { type: 'hangUp', participants: ids.map((id) => readParticipant({ id }, 'id')) };
    },
  });

  registerControl(server, guard, 'setCohost', 'PUT /v1/mmc/control/conferences/participants/cohost', {
    permission: requireHost,
    command: (request) => {
      const participant = queryParticipant(request);
      return { type: 'setCoHost', participant, coHost: readSwitch(readJsonObject(request.body), 'isCohost') };
    },
  });

  registerControl(server, guard, 'setRole', 'PUT /v1/mmc/control/conferences/participants/role', {
    command: (request, actor, state) => {
      const participant = queryParticipant(request);
      const body = readJsonObject(request.body);
      if (!readSwitch(body, 'applyChair')) return { type: 'releaseHost', participant };
      // Before the password, so that nobody uses up the tries of a meeting that he may not steer.
      requireSelfOrControl(state, actor, participant);
      checkHostPassword(body, state, options);
      return { type: 'applyHost', participant };
    },
  });
};

const readMuteAll = (body: JsonObject): Command => {
  const muted = readSwitch(body, 'isMute');
  const allowed = readOptionalSwitch(body, 'allowUnmuteByOneself');
  return { type: 'muteAll', muted, selfUnmuteAllowed: muted ? (allowed ?? true) : null };
};

/** A participant who has joined is named by his participantID; the number alone finds him as well. */
const readRename = (body: JsonObject, state: ConferenceState): Command => {
  const id = readOptionalText(body, 'participantID', { maxLength: 64 });
  const number = readOptionalText(body, 'number', { maxLength: 127 }) ?? '';
  const participant = id ? participantId(id) : participantByNumber(state, number);
  const name = readText(body, 'newName', {
    maxLength: 1000,
    code: 'NAME_EMPTY',
    tooLongCode: 'NAME_TOO_LONG',
  });
  return { type: 'rename', participant, name };
};

const participantByNumber = (state: ConferenceState, number: string): ParticipantId => {
  if (number === '')
    throw new AppError('PARAMETER_INVALID', 'neither participantID nor number names a participant');
  for (const p of state.participants.values()) if (p.number === number) return p.id;
  throw new AppError('PARTICIPANT_NOT_FOUND', 'no participant has this number');
};

const checkHostPassword = (
  body: JsonObject,
  state: ConferenceState,
  { meetings, attempts }: RosterOperationsOptions,
): void => {
  const password =
    readOptionalText(body, 'chairmanPwd', { maxLength: 64, code: 'HOST_PASSWORD_WRONG' }) ?? '';
  if (attempts.isBlocked(state.meeting))
    throw new AppError('CONTROL_LOGIN_LOCKED', 'too many wrong host passwords');
  if (meetings.verifyPassword(state.meeting, password) === 'host') return;
  attempts.recordFailure(state.meeting);
  throw new AppError('HOST_PASSWORD_WRONG', 'the host password is wrong');
};
