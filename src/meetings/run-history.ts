import type { AccountId, ConferenceId, MeetingId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import type { Account } from '../identity/identity.ts';
import type { Journal, JournalEntry, RunRepository } from '../store/store.ts';
import { type AttendanceRecord, attendanceRecords } from './attendance-records.ts';
import { type ControlRecord, controlRecords } from './control-records.ts';
import type { Meeting } from './meeting.ts';
import type { MeetingRun, RunMeeting } from './meeting-run.ts';

/** Which ended runs a list shows, and which part of it. */
export interface RunQuery {
  /** Null: everybody's. */
  readonly scheduler: AccountId | null;
  /** Unix ms: runs that started no earlier. */
  readonly fromMs: number;
  /** Unix ms: runs that started no later. */
  readonly untilMs: number;
  /** Part of the subject or of the meeting's number, any case; null: no matter. */
  readonly searchKey: string | null;
  readonly order: 'startAscending' | 'startDescending';
  /** From 0. */
  readonly offset: number;
  /** 1 to 500. */
  readonly limit: number;
}

export interface RunPage {
  /** Of all pages. */
  readonly count: number;
  readonly runs: readonly EndedRun[];
}

export interface EndedRun extends MeetingRun {
  readonly endedAtMs: number;
}

export interface RunHistoryOptions {
  readonly runs: RunRepository;
  readonly journal: Pick<Journal, 'entries'>;
}

/** The runs of all meetings, and of those that have ended what happened in them. */
export class RunHistory {
  readonly #runs: RunRepository;
  readonly #journal: Pick<Journal, 'entries'>;

  constructor({ runs, journal }: RunHistoryOptions) {
    this.#runs = runs;
    this.#journal = journal;
  }

  /** A run has begun. Resolves when that is durable. */
  begin(meeting: Meeting, conference: ConferenceId, startedAtMs: number): Promise<void> {
    return this.#runs.save({ conference, meeting: runMeeting(meeting), startedAtMs, endedAtMs: null });
  }

  /** A run is over. Nothing happens when that is known, or the run is not. */
  async end(conference: ConferenceId, endedAtMs: number): Promise<void> {
    const run = this.#runs.find(conference);
    if (run?.endedAtMs === null) await this.#runs.save({ ...run, endedAtMs });
  }

  list(query: RunQuery): RunPage {
    const key = query.searchKey?.toLowerCase() ?? '';
    const chosen = this.#runs
      .all()
      .filter(hasEnded)
      .filter(
        ({ meeting, startedAtMs }) =>
          (query.scheduler === null || meeting.scheduler === query.scheduler) &&
          startedAtMs >= query.fromMs &&
          startedAtMs <= query.untilMs &&
          (meeting.subject.toLowerCase().includes(key) || meeting.id.includes(key)),
      );
    if (query.order === 'startAscending') chosen.reverse();
    return { count: chosen.length, runs: chosen.slice(query.offset, query.offset + query.limit) };
  }

  /** An ended run that the account may see: of its own meetings, or any for the administrator. @throws MEETING_NOT_FOUND */
  visibleTo(account: Account, conference: ConferenceId): EndedRun {
    const run = this.#runs.find(conference);
    const mayBeSeen = account.role === 'administrator' || run?.meeting.scheduler === account.id;
    if (run === null || !hasEnded(run) || !mayBeSeen) {
      throw new AppError('MEETING_NOT_FOUND', `account ${account.id} sees no ended run ${conference}`);
    }
    return run;
  }

  /** Who did what to whom, in order. */
  async controlRecords({ conference }: EndedRun): Promise<readonly ControlRecord[]> {
    return controlRecords(await this.#journal.entries(conference));
  }

  /** Who was there from when to when, in the order of joining. */
  async attendanceRecords({ conference, endedAtMs }: EndedRun): Promise<readonly AttendanceRecord[]> {
    return attendanceRecords(await this.#journal.entries(conference), endedAtMs);
  }

  /**
   * After a restart: completes by the journal what a crash has left open, and makes up the runs that are missing, be it
   * by a crash or because they ended before runs were kept.
   */
  async reconcile(live: ReadonlyMap<MeetingId, ConferenceId>, meetings: readonly Meeting[]): Promise<void> {
    const running = new Set(live.values());
    for (const run of this.#runs.all()) {
      if (run.endedAtMs !== null || running.has(run.conference)) continue;
      const last = (await this.#journal.entries(run.conference)).at(-1);
      await this.end(run.conference, last?.atMs ?? run.startedAtMs);
    }
    for (const meeting of meetings) {
      if (meeting.conference === null || this.#runs.find(meeting.conference) !== null) continue;
      await this.#makeUp(meeting, meeting.conference);
    }
  }

  async #makeUp(meeting: Meeting, conference: ConferenceId): Promise<void> {
    const entries = await this.#journal.entries(conference);
    const [first] = entries;
    if (first === undefined) return;
    const run = { conference, meeting: runMeeting(meeting), startedAtMs: first.atMs };
    await this.#runs.save({ ...run, endedAtMs: endOf(entries) });
  }
}

const hasEnded = (run: MeetingRun): run is EndedRun => run.endedAtMs !== null;

const endOf = (entries: readonly JournalEntry[]): number | null => {
  const last = entries.at(-1);
  return last?.final ? last.atMs : null;
};

const runMeeting = ({
  hostPassword: _host,
  guestPassword: _guest,
  state: _state,
  conference: _conference,
  ...kept
}: Meeting): RunMeeting => kept;
