import { randomUUID } from 'node:crypto';
import { evolveAll, startedState } from '../conference/evolve.ts';
import { type ConferenceId, conferenceId, type MeetingId } from '../conference/ids.ts';
import { SYSTEM } from '../conference/permissions.ts';
import { type ConferenceState, deserializeState } from '../conference/state.ts';
import type { ConferenceStarter, LiveParticipant } from '../meetings/conference-starter.ts';
import { readRecord, recordOf } from '../meetings/journal-record.ts';
import type { Meeting } from '../meetings/meeting.ts';
import { endsAtMs } from '../meetings/meeting-query.ts';
import type { Journal, LiveConference } from '../store/store.ts';
import { type Change, ConferenceHost, type ConferenceHostOptions } from './conference-host.ts';

export type ConferenceListener = (host: ConferenceHost, change: Change) => void;

export interface ConferencesOptions extends Omit<ConferenceHostOptions, 'onChange'> {
  readonly journal: Journal;
}

/** Every live conference of this server, by meeting and by run. */
export class Conferences implements ConferenceStarter {
  readonly #options: ConferencesOptions;
  readonly #byMeeting = new Map<MeetingId, ConferenceHost>();
  readonly #byId = new Map<ConferenceId, ConferenceHost>();
  readonly #listeners: ConferenceListener[] = [];
  readonly #startListeners: ((host: ConferenceHost) => void)[] = [];

  constructor(options: ConferencesOptions) {
    this.#options = options;
  }

  /** Hears of every committed change of every conference, in the order of subscription. */
  subscribe(listener: ConferenceListener): void {
    this.#listeners.push(listener);
  }

  /** Hears of every conference once its start is durable. */
  onStarted(listener: (host: ConferenceHost) => void): void {
    this.#startListeners.push(listener);
  }

  ofMeeting(meeting: MeetingId): ConferenceHost | null {
    return this.#byMeeting.get(meeting) ?? null;
  }

  get(id: ConferenceId): ConferenceHost | null {
    return this.#byId.get(id) ?? null;
  }

  all(): Iterable<ConferenceHost> {
    return this.#byId.values();
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The participants of all of them. */
  get participants(): number {
    let sum = 0;
    for (const host of this.#byId.values()) sum += host.state.participants.size;
    return sum;
  }

  /** Starts a run of a meeting; the run that is live already is the answer when there is one. */
  async start(meeting: Meeting): Promise<ConferenceId> {
    const live = this.#byMeeting.get(meeting.id);
    if (live) return live.state.id;
    const host = await this.#open(meeting);
    return host.state.id;
  }

  async end(meeting: MeetingId): Promise<void> {
    await this.#byMeeting.get(meeting)?.execute(SYSTEM, { type: 'end' });
  }

  liveParticipants(meeting: MeetingId): readonly LiveParticipant[] {
    const participants = this.#byMeeting.get(meeting)?.state.participants.values() ?? [];
    return [...participants].map(({ id, name, number, role, kind, account }) => ({
      participant: id,
      name,
      number,
      role,
      kind,
      account,
    }));
  }

  /** Rebuilds the live conferences from the journal; to be called once, before anything listens. */
  async recover(): Promise<number> {
    for await (const stored of this.#options.journal.live()) {
      const { state, sequence } = rebuild(stored);
      this.#add(this.#host(state, sequence));
    }
    return this.#byId.size;
  }

  async #open(meeting: Meeting): Promise<ConferenceHost> {
    const id = conferenceId(randomUUID());
    const started = {
      type: 'conference.started',
      id,
      meeting: meeting.id,
      subject: meeting.subject,
      media: meeting.media,
      atMs: this.#options.now(),
      guestsJoinMuted: meeting.settings.guestsJoinMuted,
      terminalsJoinMuted: meeting.settings.terminalsJoinMuted,
      waitingRoom: meeting.settings.waitingRoom ?? false,
      attendees: meeting.attendees ?? [],
      endsAtMs: endsAtMs(meeting),
      prolongMinutes: meeting.settings.prolongMinutes ?? 0,
      settings: { callIn: meeting.settings.callIn ?? 'everyone' },
    } as const;
    const host = this.#host(startedState(started), 1);
    this.#add(host);
    const entry = {
      conference: id,
      sequence: 1,
      atMs: started.atMs,
      record: JSON.stringify(recordOf(SYSTEM, null, [started])),
      final: false,
    };
    try {
      await this.#options.journal.append(entry);
    } catch (cause) {
      this.#remove(host);
      throw cause;
    }
    for (const listener of this.#startListeners) listener(host);
    return host;
  }

  #host(state: ConferenceState, sequence: number): ConferenceHost {
    const onChange: ConferenceListener = (host, change) => this.#changed(host, change);
    return new ConferenceHost(state, sequence, { ...this.#options, onChange });
  }

  #changed(host: ConferenceHost, change: Change): void {
    if (change.after.ended) this.#remove(host);
    for (const listener of this.#listeners) listener(host, change);
  }

  #add(host: ConferenceHost): void {
    this.#byMeeting.set(host.state.meeting, host);
    this.#byId.set(host.state.id, host);
  }

  #remove(host: ConferenceHost): void {
    this.#byMeeting.delete(host.state.meeting);
    this.#byId.delete(host.state.id);
  }
}

const rebuild = (stored: LiveConference): { state: ConferenceState; sequence: number } => {
  const events = stored.entries.flatMap((entry) => readRecord(entry.record).events);
  const sequence = stored.entries.at(-1)?.sequence ?? stored.snapshot?.sequence ?? 0;
  if (stored.snapshot) return { state: evolveAll(deserializeState(stored.snapshot.state), events), sequence };
  const [first, ...rest] = events;
  if (first?.type !== 'conference.started') {
    throw new Error(`the journal of conference ${stored.conference} does not begin with its start`);
  }
  return { state: evolveAll(startedState(first), rest), sequence };
};
