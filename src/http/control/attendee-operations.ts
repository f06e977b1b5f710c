import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireControl, SYSTEM } from '../../conference/permissions.ts';
import { AppError } from '../../errors.ts';
import type { AccountService } from '../../identity/account-service.ts';
import type { AttemptLimiter } from '../../identity/attempt-limiter.ts';
import type { MeetingService } from '../../meetings/meeting-service.ts';
import { readCallNumber, readInvitee } from '../attendee-request.ts';
import { registerOperation } from '../operations.ts';
import {
  type JsonObject,
  readJsonObject,
  readObjects,
  readOptionalText,
  readText,
} from '../request-readers.ts';
import { SUCCESS_BODY } from '../server.ts';
import { type ControlGuard, readConferenceId } from './control-guard.ts';
import { readParticipant, registerControl } from './control-operation.ts';

/** The most attendees that one request names [R]. */
const MAX_AT_ONCE = 500;

export interface AttendeeOperationsOptions {
  readonly accounts: AccountService;
  readonly meetings: MeetingService;
  /** Wrong passwords of inviteWithPwd, by address. */
  readonly addressAttempts: AttemptLimiter;
}

/** Who is invited: calling, calling with a password only, and taking off the list. */
export const registerAttendeeOperations = (
  server: FastifyInstance,
  guard: ControlGuard,
  options: AttendeeOperationsOptions,
): void => {
  registerControl(server, guard, 'inviteParticipant', 'POST /v1/mmc/control/conferences/participants', {
    permission: requireControl,
    command: (request) => {
      const attendees = readSome(readJsonObject(request.body), 'attendees');
      return { type: 'invite', attendees: attendees.map((wire) => readInvitee(wire, options.accounts)) };
    },
  });

  registerControl(server, guard, 'deleteAttendees', 'POST /v1/mmc/control/conferences/attendees/delete', {
    permission: requireControl,
    command: (request) => {
      const removals = readSome(readJsonObject(request.body), 'bulkDelAttendInfo');
      return { type: 'removeAttendees', attendees: removals.map(readRemoval) };
    },
  });

  registerOperation(
    server,
    'inviteWithPwd',
    'POST /v1/mmc/control/conferences/inviteWithPwd',
    async (request) => {
      const meeting = readConferenceId(request);
      const body = readJsonObject(request.body);
      const number = readCallNumber(body, 'callNum');
      if (readText(body, 'confID', { maxLength: 32 }) !== meeting) {
        throw new AppError('PARAMETER_INVALID', 'confID is not the conferenceID of the query');
      }
      checkPassword(request, readText(body, 'pwd', { maxLength: 64 }), options);
      const host = guard.runningConference(meeting);
      const attendee = {
        number,
        name: number,
        type: 'terminal',
        account: null,
        role: 'guest',
        called: true,
      } as const;
      await host.execute(SYSTEM, { type: 'invite', attendees: [attendee] });
      return SUCCESS_BODY;
    },
  );
};

const readSome = (body: JsonObject, field: string): readonly JsonObject[] => {
  const items = readObjects(body, field, MAX_AT_ONCE, 'required');
  if (items.length === 0) throw new AppError('PARAMETER_INVALID', `${field} is empty`);
  return items;
};

const readRemoval = (wire: JsonObject) => {
  const hasParticipant = readOptionalText(wire, 'participantID', { maxLength: 64 });
  return {
    number: readOptionalText(wire, 'number', { maxLength: 127 }) ?? '',
    participant: hasParticipant ? readParticipant(wire, 'participantID') : null,
  };
};

const checkPassword = (
  request: FastifyRequest,
  password: string,
  { meetings, addressAttempts }: AttendeeOperationsOptions,
): void => {
  if (addressAttempts.isBlocked(request.ip)) {
    throw new AppError('TOO_MANY_ATTEMPTS', 'too many wrong passwords');
  }
  if (meetings.verifyPassword(readConferenceId(request), password) !== null) return;
  addressAttempts.recordFailure(request.ip);
  throw new AppError('MEETING_NOT_FOUND_OR_REFUSED', 'unknown meeting or wrong password');
};
