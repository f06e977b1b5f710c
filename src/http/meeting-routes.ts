import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type MeetingId, meetingId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import type { AccountService } from '../identity/account-service.ts';
import { AttemptLimiter } from '../identity/attempt-limiter.ts';
import type { Account } from '../identity/identity.ts';
import type { Meeting } from '../meetings/meeting.ts';
import type { MeetingQuery } from '../meetings/meeting-query.ts';
import type { MeetingService } from '../meetings/meeting-service.ts';
import { conferenceInfo, participantInfo } from './conference-info.ts';
import { readNewMeeting } from './meeting-request.ts';
import { registerOperation } from './operations.ts';
import {
  asObject,
  type JsonObject,
  readJsonObject,
  readOptionalBoolean,
  readOptionalInteger,
  readOptionalText,
  readPage,
  readText,
} from './request-readers.ts';
import { SUCCESS_BODY } from './server.ts';

export interface MeetingRouteDeps {
  readonly meetings: MeetingService;
  /** The account of the request's X-Access-Token. @throws ACCESS_TOKEN_INVALID */
  readonly authenticate: (request: FastifyRequest) => Account;
  readonly accounts: AccountService;
  /** Where people reach the web pages; no slash at the end. */
  readonly publicUrl: () => string;
  /** Unix ms. */
  readonly now: () => number;
}

/** Creating, listing, reading, starting and cancelling meetings: `/v1/mmc/management/conferences`. */
export function registerMeetingRoutes(server: FastifyInstance, deps: MeetingRouteDeps): void {
  const { meetings, authenticate } = deps;
  const attempts = new AttemptLimiter({ now: deps.now });
  const wireForm = (meeting: Meeting) =>
    conferenceInfo(meeting, {
      scheduler: deps.accounts.find(meeting.scheduler),
      passwords: meetings.passwords(meeting),
      onlineCount: meetings.liveParticipants(meeting.id).length,
      publicUrl: deps.publicUrl(),
    });

  registerOperation(server, 'createMeeting', 'POST /v1/mmc/management/conferences', async (request) => {
    const account = authenticate(request);
    const wanted = readNewMeeting(readJsonObject(request.body), deps.now(), deps.accounts);
    return [wireForm(await meetings.create(wanted, account))];
  });

  registerOperation(server, 'searchMeetings', 'GET /v1/mmc/management/conferences', (request, reply) => {
    const query = readMeetingQuery(asObject(request.query), authenticate(request));
    const { count, meetings: page } = meetings.list(query);
    reply.send({ offset: query.offset, limit: query.limit, count, data: page.map(wireForm) });
  });

  registerOperation(
    server,
    'showMeetingDetail',
    'GET /v1/mmc/management/conferences/confDetail',
    (request, reply) => {
      const account = authenticate(request);
      const query = asObject(request.query);
      const meeting = meetings.visibleTo(account, readMeetingId(query));
      const { offset, limit } = readPage(query);
      const key = (readOptionalText(query, 'searchKey', { maxLength: 128 }) ?? '').toLowerCase();
      const present = meetings
        .liveParticipants(meeting.id)
        .filter((participant) => participant.name.toLowerCase().includes(key));
      const data = present.slice(offset, offset + limit).map(participantInfo);
      reply.send({ conferenceData: wireForm(meeting), data: { data, offset, limit, count: present.length } });
    },
  );

  registerOperation(server, 'startMeeting', 'POST /v1/mmc/management/conferences/start', async (request) => {
    const account = authenticate(request);
    const body = readJsonObject(request.body);
    const id = readMeetingId(body);
    const password = readText(body, 'password', { maxLength: 64 });
    if (attempts.isBlocked(account.id)) {
      throw new AppError(
        'TOO_MANY_ATTEMPTS',
        `account ${account.id} showed too many wrong meeting passwords`,
      );
    }
    if (meetings.verifyPassword(id, password) === null) {
      attempts.recordFailure(account.id);
    }
    const uuid = await meetings.start(id, password);
    return { uuid, regionIP: new URL(deps.publicUrl()).hostname };
  });

  registerOperation(server, 'cancelMeeting', 'DELETE /v1/mmc/management/conferences', async (request) => {
    const account = authenticate(request);
    const query = asObject(request.query);
    const id = readMeetingId(query);
    const endIfRunning = readOptionalInteger(query, 'type', { min: 0, max: 1 }) === 1;
    await meetings.cancel(account, id, endIfRunning ? 'end' : 'refuse');
    return SUCCESS_BODY;
  });
}

function readMeetingId(fields: JsonObject): MeetingId {
  const id = readText(fields, 'conferenceID', { maxLength: 32 });
  if (!/^\d+$/.test(id)) {
    throw new AppError('PARAMETER_INVALID', 'conferenceID is not digits');
  }
  return meetingId(id);
}

const daysOfMode: ReadonlyMap<string, number | null> = new Map([
  ['ADAY', 1],
  ['AWEEK', 7],
  ['AMONTH', 30],
  ['ALL', null],
]);

const sortTypes: readonly string[] = ['ASC_StartTIME', 'DSC_StartTIME'];

/** A member sees his own meetings; the administrator all, or his own with queryAll=false. */
function readMeetingQuery(query: JsonObject, account: Account): MeetingQuery {
  const mode = readOptionalText(query, 'queryConfMode', { maxLength: 16 }) || 'ALL';
  const sort = readOptionalText(query, 'sortType', { maxLength: 16 }) || 'ASC_StartTIME';
  const withinDays = daysOfMode.get(mode);
  if (withinDays === undefined || !sortTypes.includes(sort)) {
    throw new AppError('PARAMETER_INVALID', 'queryConfMode or sortType has an unknown value');
  }
  const all = account.role === 'administrator' && readOptionalBoolean(query, 'queryAll') !== false;
  return {
    ...readPage(query),
    scheduler: all ? null : account.id,
    searchKey: readOptionalText(query, 'searchKey', { maxLength: 128 }),
    withinDays,
    order: sort === 'ASC_StartTIME' ? 'startAscending' : 'startDescending',
  };
}
