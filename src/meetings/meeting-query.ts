import type { AccountId } from '../conference/ids.ts';
import type { Meeting } from './meeting.ts';

/** Which meetings a list shows, and which part of it. */
export interface MeetingQuery {
  /** Null: everybody's. */
  readonly scheduler: AccountId | null;
  /** Part of the subject or of the meeting's number, any case; null: no matter. */
  readonly searchKey: string | null;
  /** Meetings that run now or start within so many days; null: no matter. */
  readonly withinDays: number | null;
  /** Those in this state only; absent: no matter. */
  readonly state?: 'live';
  readonly order: 'startAscending' | 'startDescending';
  /** From 0. */
  readonly offset: number;
  /** 1 to 500. */
  readonly limit: number;
}

export interface MeetingPage {
  /** Of all pages. */
  readonly count: number;
  readonly meetings: readonly Meeting[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The meetings that are running or can still be started, filtered, ordered and cut to the page. */
export function queryMeetings(all: readonly Meeting[], query: MeetingQuery, nowMs: number): MeetingPage {
  const key = query.searchKey?.toLowerCase() ?? '';
  const horizonMs = query.withinDays === null ? Number.POSITIVE_INFINITY : nowMs + query.withinDays * DAY_MS;
  const chosen = all.filter(
    (meeting) =>
      isOpen(meeting, nowMs) &&
      (query.state === undefined || meeting.state === query.state) &&
      (query.scheduler === null || meeting.scheduler === query.scheduler) &&
      meeting.startsAtMs <= horizonMs &&
      (meeting.subject.toLowerCase().includes(key) || meeting.id.includes(key)),
  );
  const sign = query.order === 'startAscending' ? 1 : -1;
  chosen.sort((a, b) => sign * (a.startsAtMs - b.startsAtMs || a.createdAtMs - b.createdAtMs));
  return { count: chosen.length, meetings: chosen.slice(query.offset, query.offset + query.limit) };
}

/** Unix ms at which the meeting's booked time is over. */
export function endsAtMs(meeting: Pick<Meeting, 'startsAtMs' | 'lengthMinutes'>): number {
  return meeting.startsAtMs + meeting.lengthMinutes * MINUTE_MS;
}

/** Running, or booked time is left: an ended meeting may be started again until then, as the vendor keeps it. */
export function isOpen(meeting: Meeting, nowMs: number): boolean {
  return meeting.state === 'live' || (meeting.state !== 'cancelled' && nowMs < endsAtMs(meeting));
}
