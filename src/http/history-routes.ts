import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ConferenceId, conferenceId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import type { AccountService } from '../identity/account-service.ts';
import type { Account } from '../identity/identity.ts';
import type { AttendanceRecord } from '../meetings/attendance-records.ts';
import type { ControlRecord } from '../meetings/control-records.ts';
import type { EndedRun, RunHistory, RunQuery } from '../meetings/run-history.ts';
import { conferenceInfo } from './conference-info.ts';
import type { components } from './contract-types.ts';
import { errorTable } from './error-table.ts';
import { registerOperation } from './operations.ts';
import {
  asObject,
  type JsonObject,
  readInteger,
  readOptionalBoolean,
  readOptionalText,
  readPage,
  readText,
} from './request-readers.ts';
import { formatWireTime } from './wire-time.ts';

type Schemas = components['schemas'];

export interface HistoryRouteDeps {
  readonly history: RunHistory;
  /** The account of the request's X-Access-Token. @throws ACCESS_TOKEN_INVALID */
  readonly authenticate: (request: FastifyRequest) => Account;
  readonly accounts: AccountService;
  /** Where people reach the web pages; no slash at the end. */
  readonly publicUrl: () => string;
}

/** The runs that have ended, who was in them and who did what: `/v1/mmc/management/conferences/history`. */
export function registerHistoryRoutes(server: FastifyInstance, deps: HistoryRouteDeps): void {
  const { history, authenticate } = deps;
  const wireForm = (run: EndedRun) =>
    runInfo(run, deps.accounts.find(run.meeting.scheduler), deps.publicUrl());

  registerOperation(
    server,
    'searchHisMeetings',
    'GET /v1/mmc/management/conferences/history',
    (request, reply) => {
      const query = readRunQuery(asObject(request.query), authenticate(request));
      const { count, runs } = history.list(query);
      reply.send({ offset: query.offset, limit: query.limit, count, data: runs.map(wireForm) });
    },
  );

  registerOperation(
    server,
    'showHisMeetingDetail',
    'GET /v1/mmc/management/conferences/history/confDetail',
    async (request) => {
      const account = authenticate(request);
      const query = asObject(request.query);
      const run = history.visibleTo(account, readRunId(query));
      const people = lastStays(await history.attendanceRecords(run)).filter(isNamed(query));
      return { conferenceData: wireForm(run), data: pageOf(people, query, attendedInfo) };
    },
  );

  registerOperation(
    server,
    'searchAttendanceRecordsOfHisMeeting',
    'GET /v1/mmc/management/conferences/history/confAttendeeRecord',
    async (request) => {
      const account = authenticate(request);
      const query = asObject(request.query);
      const run = history.visibleTo(account, readRunId(query));
      const stays = await history.attendanceRecords(run);
      return pageOf(stays.filter(isNamed(query)), query, attendanceInfo);
    },
  );

  registerOperation(
    server,
    'searchCtlRecordsOfHisMeeting',
    'GET /v1/mmc/management/conferences/history/confCtlRecord',
    async (request) => {
      const account = authenticate(request);
      const query = asObject(request.query);
      const run = history.visibleTo(account, readRunId(query));
      return pageOf(await history.controlRecords(run), query, controlInfo);
    },
  );
}

const sortTypes: readonly string[] = ['ASC_StartTIME', 'DSC_StartTIME'];

const UNIX_MS = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

/** A member sees the runs of his own meetings; the administrator all, or his own with queryAll=false. */
function readRunQuery(query: JsonObject, account: Account): RunQuery {
  const sort = readOptionalText(query, 'sortType', { maxLength: 16 }) || 'ASC_StartTIME';
  const fromMs = readInteger(query, 'startDate', UNIX_MS);
  const untilMs = readInteger(query, 'endDate', UNIX_MS);
  if (!sortTypes.includes(sort) || untilMs < fromMs) {
    throw new AppError('PARAMETER_INVALID', 'sortType has an unknown value, or endDate is before startDate');
  }
  const all = account.role === 'administrator' && readOptionalBoolean(query, 'queryAll') !== false;
  return {
    ...readPage(query),
    scheduler: all ? null : account.id,
    fromMs,
    untilMs,
    searchKey: readOptionalText(query, 'searchKey', { maxLength: 128 }),
    order: sort === 'ASC_StartTIME' ? 'startAscending' : 'startDescending',
  };
}

/** Whatever cannot be an ID is an unknown one. @throws PARAMETER_INVALID missing, blank or over 64 characters */
function readRunId(query: JsonObject): ConferenceId {
  return conferenceId(readText(query, 'confUUID', { maxLength: 64 }));
}

function isNamed(query: JsonObject): (stay: AttendanceRecord) => boolean {
  const key = (readOptionalText(query, 'searchKey', { maxLength: 128 }) ?? '').toLowerCase();
  return ({ name }) => name.toLowerCase().includes(key);
}

function pageOf<Item, Info>(items: readonly Item[], query: JsonObject, info: (item: Item) => Info) {
  const { offset, limit } = readPage(query);
  const data = items.slice(offset, offset + limit).map(info);
  return { offset, limit, count: items.length, data };
}

/** Everybody once, by his last stay, in the order of first joining. */
function lastStays(stays: readonly AttendanceRecord[]): readonly AttendanceRecord[] {
  return [...new Map(stays.map((stay) => [stay.id, stay])).values()];
}

/** The documented ConferenceInfo of a run that has ended: its own times, and no passwords. */
function runInfo(run: EndedRun, scheduler: Account | null, publicUrl: string): Schemas['ConferenceInfo'] {
  const noPasswords = { host: '', guest: '' };
  const meeting = {
    ...run.meeting,
    hostPassword: '',
    guestPassword: '',
    state: 'ended',
    conference: run.conference,
  } as const;
  const context = { scheduler, passwords: noPasswords, onlineCount: 0, publicUrl };
  const { passwordEntry: _entries, confConfigInfo, ...info } = conferenceInfo(meeting, context);
  const { guestPwd: _password, ...settings } = confConfigInfo ?? {};
  return {
    ...info,
    confConfigInfo: settings,
    startTime: formatWireTime(run.startedAtMs),
    endTime: formatWireTime(run.endedAtMs),
    conferenceState: 'Destroyed',
    confUUID: run.conference,
  };
}

/** The documented ParticipantInfo of somebody who was in the meeting. */
function attendedInfo({ id, name, number, role, kind }: AttendanceRecord): Schemas['ParticipantInfo'] {
  return {
    participantID: id,
    name,
    subscriberID: number,
    role: role === 'host' ? 1 : 0,
    state: 'LEAVED',
    attendeeType: kind === 'terminal' ? 'terminal' : 'normal',
  };
}

/** The documented ConfAttendeeRecordInfo. */
function attendanceInfo(stay: AttendanceRecord): Schemas['ConfAttendeeRecordInfo'] {
  return {
    displayName: stay.name,
    callNumber: stay.number,
    deviceType: stay.kind === 'terminal' ? 'terminal' : 'normal',
    joinTime: stay.joinedAtMs,
    leftTime: stay.leftAtMs,
    mediaType: stay.video ? 'Video' : 'Voice',
  };
}

/** The documented ConfCtlRecordInfo. */
function controlInfo(record: ControlRecord): Schemas['ConfCtlRecordInfo'] {
  return {
    operateTime: record.atMs,
    operateSource: record.source,
    operator: record.operator,
    operateCode: record.code,
    operationObject: record.object,
    ...resultOf(record),
  };
}

/** A refused command shows the error that its caller got. */
function resultOf({ refused, detail }: ControlRecord): Schemas['ConfCtlRecordInfo'] {
  if (refused === null) return { operateResult: 'Success', detail };
  const { wireCode, publicText } = errorTable[refused];
  return { operateResult: 'Failure', detail: `${wireCode} ${publicText}` };
}
