import type { Command, HostView, ModeCommand, Newcomer } from '../../src/conference/commands.ts';
import { decide } from '../../src/conference/decide.ts';
import type { DurableEvent, EphemeralEvent, LeaveCause } from '../../src/conference/events.ts';
import { evolve, evolveAll, startedState } from '../../src/conference/evolve.ts';
import { conferenceId, meetingId, participantId } from '../../src/conference/ids.ts';
import { type Actor, SYSTEM } from '../../src/conference/permissions.ts';
import {
  type ConferenceState,
  deserializeState,
  hostOf,
  type Participant,
  serializeState,
} from '../../src/conference/state.ts';
import { type Picture, type View, viewOf } from '../../src/conference/views.ts';
import { AppError, type ErrorCode } from '../../src/errors.ts';

/** A meeting for tests. Participants are called by short names, which are their IDs too. */
export const meeting = (options: MeetingOptions = {}): Meeting => new Meeting(options);

export interface MeetingOptions {
  readonly media?: 'voice' | 'video';
  readonly guestsJoinMuted?: boolean;
  readonly terminalsJoinMuted?: boolean;
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
  tokenDigest: `digest of ${name}`,
  video: true,
  entitledTo: 'guest',
});

export const voiceOnly = (newcomer: Newcomer): Newcomer => ({ ...newcomer, video: false });

const hostToken: Actor = { kind: 'token', role: 'host' };
const guestToken: Actor = { kind: 'token', role: 'guest' };

export class Meeting {
  state: ConferenceState;
  readonly journal: DurableEvent[] = [];
  nowMs = 1_000;
  /** Whoever holds the host's control token. */
  readonly host = new Controls(this, hostToken);
  readonly guest = new Controls(this, guestToken);
  readonly server = new Controls(this, SYSTEM);

  constructor(options: MeetingOptions) {
    const started = {
      type: 'conference.started',
      id: conferenceId('conference'),
      meeting: meetingId('900000001'),
      subject: 'Weekly',
      media: options.media ?? 'video',
      atMs: this.nowMs,
      guestsJoinMuted: options.guestsJoinMuted ?? false,
      terminalsJoinMuted: options.terminalsJoinMuted ?? false,
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
    return new Controls(this, { kind: 'participant', id: participantId(name) });
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

/** The commands, as said by one actor. Each returns its events. */
export class Controls {
  readonly #meeting: Meeting;
  readonly #actor: Actor;

  constructor(owner: Meeting, actor: Actor) {
    this.#meeting = owner;
    this.#actor = actor;
  }

  #give(command: Command): readonly DurableEvent[] {
    return this.#meeting.give(this.#actor, command);
  }

  #watch(view: HostView): readonly DurableEvent[] {
    return this.#give({ type: 'hostView', view });
  }

  lock(viewer: string, source: string) {
    return this.#give({ type: 'lockView', viewer: participantId(viewer), source: participantId(source) });
  }

  unlock(viewer: string) {
    return this.#give({ type: 'unlockView', viewer: participantId(viewer) });
  }

  partView(viewer: string, source: string) {
    return this.#give({ type: 'partView', viewer: participantId(viewer), source: participantId(source) });
  }

  /** chairView 2 */
  hostWatches(source: string) {
    return this.#watch({ kind: 'site', source: participantId(source) });
  }

  /** chairView 1 */
  hostWatchesAll() {
    return this.#watch({ kind: 'continuousPresence' });
  }

  /** chairView 0 */
  startPolling(switchSeconds = 10) {
    return this.#watch({ kind: 'startPolling', switchSeconds });
  }

  stopPolling() {
    return this.#watch({ kind: 'stopPolling' });
  }

  broadcast(participant: string) {
    return this.#give({ type: 'broadcast', participant: participantId(participant) });
  }

  rollCall(participant: string) {
    return this.#give({ type: 'rollCall', participant: participantId(participant) });
  }

  cancelBroadcast() {
    return this.#give({ type: 'cancelBroadcast' });
  }

  switchMode(to: Extract<ModeCommand, { type: 'switchMode' }>['to']) {
    return this.#give({ type: 'switchMode', to });
  }

  mute(participant: string, muted = true) {
    return this.#give({ type: 'muteParticipant', participant: participantId(participant), muted });
  }

  muteAll(muted = true, selfUnmuteAllowed: boolean | null = null) {
    return this.#give({ type: 'muteAll', muted, selfUnmuteAllowed });
  }

  join(participant: Newcomer) {
    return this.#give({ type: 'join', participant });
  }

  leave(participant: string, cause: LeaveCause = 'left') {
    return this.#give({ type: 'leave', participant: participantId(participant), cause });
  }

  hangUp(...participants: readonly string[]) {
    return this.#give({ type: 'hangUp', participants: participants.map(participantId) });
  }

  rename(participant: string, name: string) {
    return this.#give({ type: 'rename', participant: participantId(participant), name });
  }

  camera(participant: string, on: boolean) {
    return this.#give({ type: 'setCamera', participant: participantId(participant), on });
  }

  coHost(participant: string, coHost = true) {
    return this.#give({ type: 'setCoHost', participant: participantId(participant), coHost });
  }

  applyHost(participant: string) {
    return this.#give({ type: 'applyHost', participant: participantId(participant) });
  }

  releaseHost(participant: string) {
    return this.#give({ type: 'releaseHost', participant: participantId(participant) });
  }

  lockMeeting(locked = true) {
    return this.#give({ type: 'setConferenceLock', locked });
  }

  end() {
    return this.#give({ type: 'end' });
  }
}

/** `LOCK A` (a single picture), `FIXED [A B]` (a continuous presence, the large pane first), `AUTO -` (nothing). */
export const describeView = (view: View): string => `${view.reason} ${describePicture(view.picture)}`;

const describePicture = (picture: Picture): string => {
  switch (picture.kind) {
    case 'single':
      return picture.source;
    case 'continuousPresence':
      return `[${picture.panes.join(' ')}]`;
    case 'none':
      return '-';
  }
};
