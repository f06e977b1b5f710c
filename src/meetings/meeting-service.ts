import { randomInt } from 'node:crypto';
import { type ConferenceId, type MeetingId, meetingId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import type { Account } from '../identity/identity.ts';
import type { Sealer } from '../secrets.ts';
import type { MeetingRepository } from '../store/store.ts';
import type { ConferenceStarter, LiveParticipant } from './conference-starter.ts';
import type { Meeting, MeetingSettings, ScheduledAttendee } from './meeting.ts';
import { newPasswords, PasswordCheck, type PlainPasswords } from './meeting-passwords.ts';
import { isOpen, type MeetingPage, type MeetingQuery, queryMeetings } from './meeting-query.ts';
import type { RunHistory } from './run-history.ts';

/** What its scheduler wants of a meeting; the ranges were checked. */
export interface NewMeeting
  extends Pick<Meeting, 'subject' | 'media' | 'mediaTypes' | 'lengthMinutes' | 'language'> {
  /** Unix ms; null: now. */
  readonly startsAtMs: number | null;
  readonly timeZoneId: string;
  /** 4 to 16 digits; null: made up. */
  readonly guestPassword: string | null;
  readonly settings: MeetingSettings;
  readonly attendees: readonly ScheduledAttendee[];
}

export interface MeetingServiceOptions {
  readonly repository: MeetingRepository;
  readonly history: RunHistory;
  readonly conferences: ConferenceStarter;
  readonly sealer: Sealer;
  /** Unix ms. */
  readonly now: () => number;
}

/** Scheduling: meetings are created, listed, started and cancelled here; what happens inside one is the runtime's. */
export class MeetingService {
  readonly #repository: MeetingRepository;
  readonly #history: RunHistory;
  readonly #conferences: ConferenceStarter;
  readonly #sealer: Sealer;
  readonly #now: () => number;
  readonly #check: PasswordCheck;
  readonly #starting = new Map<MeetingId, Promise<ConferenceId>>();
  readonly #reservedIds = new Set<MeetingId>();

  constructor(options: MeetingServiceOptions) {
    this.#repository = options.repository;
    this.#history = options.history;
    this.#conferences = options.conferences;
    this.#sealer = options.sealer;
    this.#now = options.now;
    this.#check = new PasswordCheck(options.sealer);
  }

  /** Stores the meeting; an immediate one runs when this resolves. @throws MEETING_IDS_EXHAUSTED */
  async create(wanted: NewMeeting, scheduler: Account): Promise<Meeting> {
    const id = this.#reserveId();
    try {
      const meeting = this.#compose(id, wanted, scheduler);
      await this.#repository.save(meeting);
      if (meeting.immediate) {
        await this.#run(meeting);
      }
      return this.find(id) ?? meeting;
    } finally {
      this.#reservedIds.delete(id);
    }
  }

  /** A meeting in any state; null when there is none. */
  find(id: MeetingId): Meeting | null {
    return this.#repository.find(id);
  }

  /** A meeting that the account may see: its own, or any for the administrator. @throws MEETING_NOT_FOUND */
  visibleTo(account: Account, id: MeetingId): Meeting {
    const meeting = this.find(id);
    if (meeting === null || meeting.state === 'cancelled' || !maySee(account, meeting)) {
      throw new AppError('MEETING_NOT_FOUND', `account ${account.id} sees no meeting ${id}`);
    }
    return meeting;
  }

  list(query: MeetingQuery): MeetingPage {
    return queryMeetings(this.#repository.all(), query, this.#now());
  }

  passwords(meeting: Meeting): PlainPasswords {
    return { host: this.#sealer.open(meeting.hostPassword), guest: this.#sealer.open(meeting.guestPassword) };
  }

  liveParticipants(id: MeetingId): readonly LiveParticipant[] {
    return this.#conferences.liveParticipants(id);
  }

  /** Whose password it is; the same work for every wrong answer, a cancelled or unknown meeting included. */
  verifyPassword(id: MeetingId, password: string): 'host' | 'guest' | null {
    const meeting = this.find(id);
    return this.#check.roleOf(meeting?.state === 'cancelled' ? null : meeting, password);
  }

  /**
   * Starts the meeting, or finds it running. The guest password starts it when its settings say so.
   * @throws MEETING_NOT_FOUND_OR_REFUSED unknown or wrong password; GUEST_MAY_NOT_START; CONFERENCE_ENDED no booked time left
   */
  async start(id: MeetingId, password: string): Promise<ConferenceId> {
    const role = this.verifyPassword(id, password);
    const meeting = this.find(id);
    if (role === null || meeting === null) {
      throw new AppError(
        'MEETING_NOT_FOUND_OR_REFUSED',
        `meeting ${id} is unknown, or the password is wrong`,
      );
    }
    if (role === 'guest' && !meeting.settings.guestsMayStart) {
      throw new AppError('GUEST_MAY_NOT_START', `guests may not start meeting ${id}`);
    }
    if (!isOpen(meeting, this.#now())) {
      throw new AppError('CONFERENCE_ENDED', `the booked time of meeting ${id} is over`);
    }
    return this.#run(meeting);
  }

  /** @throws MEETING_NOT_FOUND; MEETING_ALREADY_STARTED it runs and `whenRunning` is `refuse` */
  async cancel(account: Account, id: MeetingId, whenRunning: 'end' | 'refuse'): Promise<void> {
    const meeting = this.visibleTo(account, id);
    if (meeting.state === 'live' && whenRunning === 'refuse') {
      throw new AppError('MEETING_ALREADY_STARTED', `meeting ${id} runs`);
    }
    if (meeting.state === 'live') {
      await this.#conferences.end(id);
    }
    await this.#repository.save({ ...(this.find(id) ?? meeting), state: 'cancelled' });
  }

  /** The runtime reports that this run of the meeting is over. Nothing happens when another run is on already. */
  async markEnded(id: MeetingId, conference: ConferenceId): Promise<void> {
    const meeting = this.find(id);
    const writes = [this.#history.end(conference, this.#now())];
    if (meeting?.state === 'live' && meeting.conference === conference) {
      writes.push(this.#repository.save({ ...meeting, state: 'ended' }));
    }
    await Promise.all(writes);
  }

  /** After a restart: makes the meetings, and the history of their runs, agree with the conferences that the journal says are live. */
  async reconcile(live: ReadonlyMap<MeetingId, ConferenceId>): Promise<void> {
    const changed = this.#repository.all().flatMap((meeting): Meeting[] => {
      const conference = live.get(meeting.id);
      if (conference !== undefined && (meeting.state !== 'live' || meeting.conference !== conference)) {
        return [{ ...meeting, state: 'live', conference }];
      }
      return conference === undefined && meeting.state === 'live' ? [{ ...meeting, state: 'ended' }] : [];
    });
    await Promise.all(changed.map((meeting) => this.#repository.save(meeting)));
    await this.#history.reconcile(live, this.#repository.all());
  }

  #run(meeting: Meeting): Promise<ConferenceId> {
    if (meeting.state === 'live' && meeting.conference !== null) {
      return Promise.resolve(meeting.conference);
    }
    const underWay = this.#starting.get(meeting.id);
    if (underWay !== undefined) {
      return underWay;
    }
    const starting = this.#startRun(meeting).finally(() => this.#starting.delete(meeting.id));
    this.#starting.set(meeting.id, starting);
    return starting;
  }

  async #startRun(meeting: Meeting): Promise<ConferenceId> {
    const startedAtMs = this.#now();
    const conference = await this.#conferences.start(meeting);
    await Promise.all([
      this.#repository.save({ ...meeting, state: 'live', conference }),
      this.#history.begin(meeting, conference, startedAtMs),
    ]);
    return conference;
  }

  #compose(id: MeetingId, wanted: NewMeeting, scheduler: Account): Meeting {
    const { startsAtMs, guestPassword, ...rest } = wanted;
    const nowMs = this.#now();
    const plain = newPasswords(guestPassword);
    return {
      ...rest,
      id,
      startsAtMs: startsAtMs ?? nowMs,
      immediate: startsAtMs === null,
      scheduler: scheduler.id,
      hostPassword: this.#sealer.seal(plain.host),
      guestPassword: this.#sealer.seal(plain.guest),
      state: 'scheduled',
      conference: null,
      createdAtMs: nowMs,
    };
  }

  /** Nine digits, the first a 9, that no meeting has or is about to have. */
  #reserveId(): MeetingId {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const id = meetingId(String(900_000_000 + randomInt(100_000_000)));
      if (!this.#reservedIds.has(id) && this.#repository.find(id) === null) {
        this.#reservedIds.add(id);
        return id;
      }
    }
    throw new AppError('MEETING_IDS_EXHAUSTED', '100 random meeting IDs in a row were taken');
  }
}

function maySee(account: Account, meeting: Meeting): boolean {
  return account.role === 'administrator' || meeting.scheduler === account.id;
}
