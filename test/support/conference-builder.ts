import type { Command, Newcomer } from '../../src/conference/commands.ts';
import { decide } from '../../src/conference/decide.ts';
import type { DurableEvent, EphemeralEvent } from '../../src/conference/events.ts';
import { evolve, evolveAll, startedState } from '../../src/conference/evolve.ts';
import { conferenceId, meetingId, participantId } from '../../src/conference/ids.ts';
import type { ManualLayout } from '../../src/conference/layouts.ts';
import { type Actor, SYSTEM } from '../../src/conference/permissions.ts';
import {
  type Attendee,
  type ConferenceSettings,
  type ConferenceState,
  deserializeState,
  hostOf,
  type Participant,
  serializeState,
} from '../../src/conference/state.ts';
import { type Picture, type View, viewOf } from '../../src/conference/views.ts';
import { AppError, type ErrorCode } from '../../src/errors.ts';
import { Controls } from './conference-controls.ts';

/** A meeting for tests. Participants are called by short names, which are their IDs too. */
export const meeting = (options: MeetingOptions = {}): Meeting => new Meeting(options);

export interface MeetingOptions {
  readonly media?: 'voice' | 'video';
  readonly guestsJoinMuted?: boolean;
  readonly terminalsJoinMuted?: boolean;
  readonly waitingRoom?: boolean;
  readonly endsAtMs?: number;
  readonly settings?: Partial<ConferenceSettings>;
  readonly attendees?: readonly Attendee[];
}

/** A registered, professional terminal. */
export const terminal = (name: string): Newcomer => ({
  ...browser(name),
  kind: 'terminal',
  serialNumber: `SN-${name}`,
});

export const browser = (name: string): Newcomer => ({
  id: participantId(name),
  name,
  kind: 'browser',
  serialNumber: null,
  number: `+99${name}`,
  account: null,
  tokenDigest: `digest of ${name}`,
  video: true,
  entitledTo: 'guest',
});

export const audience = (name: string): Newcomer => ({ ...browser(name), entitledTo: 'audience' });

export const voiceOnly = (newcomer: Newcomer): Newcomer => ({ ...newcomer, video: false });

/** Whoever has the number of the newcomer of this name; he is on the list and not being called. */
export const attendee = (name: string): Attendee => ({
  number: `+99${name}`,
  name,
  type: 'normal',
  account: null,
  role: 'guest',
  called: false,
});

/** A manual layout: a string a pane, with the sites that take turns in it. */
export const layoutOf = (imageType: string, ...panes: readonly string[]): ManualLayout => ({
  kind: 'manual',
  imageType,
  panes: panes.map((sites) => ({ sites: sites.split(' ').filter((site) => site !== ''), content: false })),
  switchSeconds: 10,
});

const hostToken: Actor = { kind: 'token', role: 'host' };
const guestToken: Actor = { kind: 'token', role: 'guest' };

export class Meeting {
  state: ConferenceState;
  readonly journal: DurableEvent[] = [];
  nowMs = 1_000;
  /** Whoever holds the host's control token. */
  readonly host = this.#controls(hostToken);
  readonly guest = this.#controls(guestToken);
  readonly server = this.#controls(SYSTEM);

  constructor(options: MeetingOptions) {
    const started = {
      type: 'conference.started',
      id: conferenceId('conference'),
      meeting: meetingId('900000001'),
      subject: 'Weekly',
      media: 'video',
      atMs: this.nowMs,
      guestsJoinMuted: false,
      terminalsJoinMuted: false,
      ...options,
    } as const;
    this.state = startedState(started);
    this.journal.push(started);
  }

  with(...newcomers: readonly Newcomer[]): this {
    for (const participant of newcomers) this.give(SYSTEM, { type: 'join', participant });
    return this;
  }

  hostIs(name: string): this {
    const host = hostOf(this.state);
    if (host) this.give(SYSTEM, { type: 'releaseHost', participant: host.id });
    this.give(SYSTEM, { type: 'applyHost', participant: participantId(name) });
    return this;
  }

  coHostIs(name: string): this {
    this.give(SYSTEM, { type: 'setCoHost', participant: participantId(name), coHost: true });
    return this;
  }

  /** The controls in the hands of a participant. */
  as(name: string): Controls {
    return this.#controls({ kind: 'participant', id: participantId(name) });
  }

  #controls(actor: Actor): Controls {
    return new Controls((command) => this.give(actor, command));
  }

  /** What the conference answers: the events, which have happened then. */
  give(actor: Actor, command: Command): readonly DurableEvent[] {
    const events = decide(this.state, actor, command, this.nowMs);
    this.state = evolveAll(this.state, events);
    this.journal.push(...events);
    return events;
  }

  happens(event: EphemeralEvent): this {
    this.state = evolve(this.state, event);
    return this;
  }

  speaks(name: string): this {
    return this.happens({ type: 'speaker.changed', participant: participantId(name) });
  }

  connection(name: string, connected: boolean): this {
    return this.happens({ type: 'connection.changed', participant: participantId(name), connected });
  }

  /** The time on the sites of the polling panes is up. */
  panesTurn(): this {
    return this.happens({ type: 'layout.turned' });
  }

  /** The time on the polled site is up. */
  pollShows(viewer: string, source: string): this {
    return this.happens({
      type: 'poll.advanced',
      viewer: participantId(viewer),
      source: participantId(source),
    });
  }

  /** A killed server that comes back: the journal alone is left. */
  restartFromJournal(): this {
    const journal = JSON.parse(JSON.stringify(this.journal)) as DurableEvent[];
    this.state = evolveAll(this.state, journal);
    return this;
  }

  restartFromSnapshot(): this {
    this.state = deserializeState(serializeState(this.state));
    return this;
  }

  has(name: string): boolean {
    return this.state.participants.has(participantId(name));
  }

  participant(name: string): Participant {
    const participant = this.state.participants.get(participantId(name));
    if (!participant) throw new Error(`${name} is not in the meeting`);
    return participant;
  }

  /** A viewer's view in one line: see `describeView`. */
  view(name: string): string {
    return describeView(viewOf(this.state, this.participant(name)));
  }

  /** The views of these viewers, in their order. */
  views(...names: readonly string[]): readonly string[] {
    return names.map((name) => this.view(name));
  }

  muted(): string {
    return [...this.state.participants.values()]
      .filter((p) => p.muted)
      .map((p) => p.name)
      .join(' ');
  }

  /** Who waits, in the order of arrival. */
  waiting(): string {
    return this.state.waiting.map((waiting) => waiting.name).join(' ');
  }

  hands(): string {
    const raised = this.state.participants.values().filter((p) => p.handRaised);
    return raised.map((p) => p.name).join(' ');
  }

  /** The code of a refusal that left the conference untouched; null where nothing was refused. */
  refusal(attempt: (meeting: this) => unknown): ErrorCode | null {
    const before = serializeState(this.state);
    try {
      attempt(this);
      return null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (serializeState(this.state) !== before) throw new Error('a refused command changed the conference');
      return error.code;
    }
  }
}

/** `LOCK A` (a single picture), `FIXED [A -]` (a continuous presence, the large pane first, the second one empty), `AUTO -` (nothing). */
export const describeView = (view: View): string => `${view.reason} ${describePicture(view.picture)}`;

const describePicture = (picture: Picture): string => {
  switch (picture.kind) {
    case 'single':
      return picture.source;
    case 'continuousPresence':
      return `[${picture.panes.map((pane) => pane ?? '-').join(' ')}]`;
    case 'none':
      return '-';
  }
};
