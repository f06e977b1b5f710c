import type { FastifyInstance, FastifyRequest } from 'fastify';
import { meetingId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import type { AccountService } from '../identity/account-service.ts';
import type { Account } from '../identity/identity.ts';
import type { LiveParticipant } from '../meetings/conference-starter.ts';
import type { Meeting } from '../meetings/meeting.ts';
import type { MeetingService } from '../meetings/meeting-service.ts';
import { conferenceInfo, participantInfo } from './conference-info.ts';
import type { components } from './contract-types.ts';
import { registerOperation } from './operations.ts';
import {
  asObject,
  type JsonObject,
  readOptionalBoolean,
  readOptionalText,
  readPage,
  readText,
} from './request-readers.ts';

export interface OnlineRouteDeps {
  readonly meetings: MeetingService;
  /** The account of the request's X-Access-Token. @throws ACCESS_TOKEN_INVALID */
  readonly authenticate: (request: FastifyRequest) => Account;
  readonly accounts: AccountService;
  /** Where people reach the web pages; no slash at the end. */
  readonly publicUrl: () => string;
}

/** The meetings that run now and who is in them: `/v1/mmc/management/conferences/online`. */
export function registerOnlineRoutes(server: FastifyInstance, deps: OnlineRouteDeps): void {
  const { meetings, authenticate } = deps;
  const wireForm = (meeting: Meeting) =>
    conferenceInfo(meeting, {
      scheduler: deps.accounts.find(meeting.scheduler),
      passwords: meetings.passwords(meeting),
      onlineCount: meetings.liveParticipants(meeting.id).length,
      publicUrl: deps.publicUrl(),
    });
  /** @throws MEETING_NOT_FOUND the account sees no such meeting, or it does not run */
  const running = (account: Account, query: JsonObject, field: string): Meeting => {
    const meeting = meetings.visibleTo(account, readMeetingId(query, field));
    if (meeting.state !== 'live')
      throw new AppError('MEETING_NOT_FOUND', `meeting ${meeting.id} does not run`);
    return meeting;
  };

  registerOperation(
    server,
    'searchOnlineMeetings',
    'GET /v1/mmc/management/conferences/online',
    (request, reply) => {
      const account = authenticate(request);
      const query = asObject(request.query);
      const { offset, limit } = readPage(query);
      const all = account.role === 'administrator' && readOptionalBoolean(query, 'queryAll') !== false;
      const page = meetings.list({
        scheduler: all ? null : account.id,
        searchKey: readOptionalText(query, 'searchKey', { maxLength: 128 }),
        withinDays: null,
        state: 'live',
        order: 'startAscending',
        offset,
        limit,
      });
      reply.send({ offset, limit, count: page.count, data: page.meetings.map(wireForm) });
    },
  );

  registerOperation(
    server,
    'showOnlineMeetingDetail',
    'GET /v1/mmc/management/conferences/online/confDetail',
    (request, reply) => {
      const query = asObject(request.query);
      const meeting = running(authenticate(request), query, 'conferenceID');
      const present = named(meetings.liveParticipants(meeting.id), query, 'searchKey');
      const { offset, limit } = readPage(query);
      const data = present.slice(offset, offset + limit).map(participantInfo);
      reply.send({ conferenceData: wireForm(meeting), data: { data, offset, limit, count: present.length } });
    },
  );

  registerOperation(
    server,
    'listOnlineConfAttendee',
    'GET /v1/mmc/management/conferences/online/conf-attendee',
    (request, reply) => {
      const query = asObject(request.query);
      const meeting = running(authenticate(request), query, 'conf_id');
      const present = named(meetings.liveParticipants(meeting.id), query, 'search_key');
      const { offset, limit } = readPage(query);
      const data = present.slice(offset, offset + limit).map(attendeeInfo);
      reply.send({ data, offset, limit, count: present.length });
    },
  );
}

function readMeetingId(query: JsonObject, field: string): Meeting['id'] {
  const id = readText(query, field, { maxLength: 32 });
  if (!/^\d+$/.test(id)) {
    throw new AppError('PARAMETER_INVALID', `${field} is not digits`);
  }
  return meetingId(id);
}

/** Those whose name has the searched text in it, in any case. */
function named(
  participants: readonly LiveParticipant[],
  query: JsonObject,
  field: string,
): readonly LiveParticipant[] {
  const key = (readOptionalText(query, field, { maxLength: 128 }) ?? '').toLowerCase();
  return participants.filter(({ name }) => name.toLowerCase().includes(key));
}

/** The documented OnlineAttendeeRecordInfo. */
function attendeeInfo(participant: LiveParticipant): components['schemas']['OnlineAttendeeRecordInfo'] {
  return {
    participant_id: participant.participant,
    name: participant.name,
    call_number: participant.number,
    role: participant.role === 'host' ? 1 : 0,
    ...(participant.account === null ? {} : { account: participant.account }),
  };
}
