import type { ParticipantId } from '../conference/ids.ts';
import type { ConferenceState } from '../conference/state.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Change, ConferenceHost } from '../runtime/conference-host.ts';
import type { MediaDirector } from '../runtime/media-director.ts';
import {
  conferenceEntry,
  mayAdmit,
  ownState,
  rosterEntry,
  snapshotMessage,
  waitingEntries,
} from './messages.ts';
import { type ChangeMessage, CloseCode, type ServerMessage } from './protocol.ts';

/** One connected events socket. */
export interface EventListener {
  /** Null for an observer. */
  readonly participant: ParticipantId | null;
  send(text: string): void;
  close(code: number): void;
}

export interface EventRoomOptions {
  readonly host: ConferenceHost;
  readonly director: MediaDirector;
  readonly clock: Clock;
}

/** How long notices are gathered after one went out, in ms: the first is immediate, a burst is sent as one. */
const GATHER_MS = 100;

/** The listeners of one conference, and what they have not been told yet. */
export class EventRoom {
  readonly #options: EventRoomOptions;
  readonly #participants = new Map<ParticipantId, Set<EventListener>>();
  readonly #observers = new Set<EventListener>();
  readonly #roster = new Set<ParticipantId>();
  readonly #removed = new Set<ParticipantId>();
  readonly #views = new Set<ParticipantId>();
  readonly #own = new Set<ParticipantId>();
  /** Listeners that have been let in and are to get their snapshot. */
  readonly #admitted = new Set<EventListener>();
  #conference = false;
  #waiting = false;
  /** Who can let others in, or not any more, since the last message. */
  readonly #regraded = new Set<ParticipantId>();
  #pending = false;
  #cancelGathering: (() => void) | null = null;

  constructor(options: EventRoomOptions) {
    this.#options = options;
  }

  get empty(): boolean {
    return this.#participants.size === 0 && this.#observers.size === 0;
  }

  /** Sends the snapshot first; whatever the others are still to be told is in it. */
  add(listener: EventListener): void {
    this.#flush();
    this.#greet(listener);
    const id = listener.participant;
    if (id === null) this.#observers.add(listener);
    else this.#participants.set(id, (this.#participants.get(id) ?? new Set()).add(listener));
  }

  /** The snapshot, or to somebody in the waiting room the word that he waits. */
  #greet(listener: EventListener): void {
    const { host, director } = this.#options;
    const id = listener.participant;
    if (id !== null && !host.state.participants.has(id)) {
      const { meeting, subject } = host.state;
      const message: ServerMessage = { type: 'waiting', conferenceID: meeting, subject };
      listener.send(JSON.stringify(message));
      return;
    }
    const own = id === null ? null : ownState(host, id, director.slotsOf(id));
    listener.send(JSON.stringify(snapshotMessage(host, id, own)));
  }

  remove(listener: EventListener): void {
    this.#observers.delete(listener);
    this.#admitted.delete(listener);
    if (listener.participant === null) return;
    const own = this.#participants.get(listener.participant);
    own?.delete(listener);
    if (own?.size === 0) this.#participants.delete(listener.participant);
  }

  changed(change: Change): void {
    for (const event of change.events) this.#note(event, change);
    for (const id of change.views.keys()) {
      this.#views.add(id);
      this.#own.add(id);
    }
    this.#gather();
  }

  slotsChanged(participant: ParticipantId): void {
    if (!this.#participants.has(participant)) return;
    this.#own.add(participant);
    this.#gather();
  }

  /** Says a last word to everybody, or to one participant, and closes. */
  dismiss(message: 'ended' | 'draining'): void {
    this.#flush();
    for (const listener of this.#everybody()) farewell(listener, message);
    this.close();
  }

  tell(participant: ParticipantId, message: ServerMessage): void {
    this.#flush();
    for (const listener of this.#participants.get(participant) ?? []) listener.send(JSON.stringify(message));
  }

  close(): void {
    this.#cancelGathering?.();
    this.#participants.clear();
    this.#observers.clear();
  }

  #note(event: Change['events'][number], { before, after }: Change): void {
    switch (event.type) {
      case 'participant.joined':
        this.#roster.add(event.participant.id);
        for (const listener of this.#participants.get(event.participant.id) ?? [])
          this.#admitted.add(listener);
        break;
      case 'participant.left':
        this.#leave(event.participant, event.cause === 'movedToWaitingRoom');
        break;
      case 'waiting.entered':
        this.#waiting = true;
        for (const listener of this.#participants.get(event.waiting.id) ?? []) this.#greet(listener);
        break;
      case 'waiting.left':
        this.#waiting = true;
        if (event.cause !== 'admitted') this.#dismissParticipant(event.participant);
        break;
      case 'camera.requested':
        this.tell(event.participant, { type: 'cameraRequested', on: event.on });
        break;
      case 'conference.endsSoon':
        this.#tellAll({ type: 'endsSoon', endsAtMs: event.endsAtMs });
        break;
      case 'participant.rejoined':
        this.#dismissParticipant(event.participant);
        break;
      case 'participant.roleSet':
        this.#roster.add(event.participant);
        this.#regraded.add(event.participant);
        break;
      case 'participant.renamed':
      case 'participant.cameraSet':
      case 'share.invited':
      case 'clientRecording.set':
      case 'connection.changed':
        this.#roster.add(event.participant);
        break;
      case 'audio.set':
      case 'hands.set':
        for (const id of event.participants) this.#roster.add(id);
        break;
      case 'view.locked':
      case 'view.unlocked':
        if (isLocked(before, event.viewer) !== isLocked(after, event.viewer)) this.#roster.add(event.viewer);
        break;
      case 'mode.set':
      case 'conference.lockSet':
      case 'conference.configured':
      case 'conference.pauseSet':
      case 'conference.prolonged':
      case 'interpretation.groupsSet':
      case 'interpretation.set':
      case 'selfUnmute.set':
        this.#conference = true;
        break;
      case 'conference.started':
      case 'conference.ended':
      case 'attendee.called':
      case 'attendee.callEnded':
      case 'attendee.removed':
      case 'conference.audienceSet':
      case 'language.set':
      case 'layout.set':
      case 'layout.stored':
      case 'layout.saved':
      case 'layout.deleted':
      case 'layout.turned':
      case 'view.chosen':
      case 'speaker.changed':
      case 'poll.advanced':
        break;
    }
  }

  /** The roster of those who watched him may say that their lock is over. */
  #leave(id: ParticipantId, waits: boolean): void {
    if (!waits) this.#dismissParticipant(id);
    this.#removed.add(id);
    this.#roster.delete(id);
    for (const other of this.#options.host.state.participants.keys()) this.#roster.add(other);
  }

  #dismissParticipant(id: ParticipantId): void {
    for (const listener of this.#participants.get(id) ?? []) {
      this.#admitted.delete(listener);
      farewell(listener, 'removed');
    }
    this.#participants.delete(id);
  }

  #tellAll(message: ServerMessage): void {
    const text = JSON.stringify(message);
    for (const listener of this.#everybody()) listener.send(text);
  }

  /** What one change makes others report (slots) is in the message as well: it is sent after the running step. */
  #gather(): void {
    this.#pending = true;
    if (this.#cancelGathering) return;
    queueMicrotask(() => this.#flush());
    this.#cancelGathering = this.#options.clock.after(GATHER_MS, () => {
      this.#cancelGathering = null;
      if (this.#pending) this.#gather();
    });
  }

  #flush(): void {
    if (!this.#pending) return;
    this.#pending = false;
    const common = this.#commonChange();
    const plain = common.roster || common.conference ? JSON.stringify(common) : null;
    if (this.#observers.size > 0) this.#tellObservers(common, plain);
    for (const [id, listeners] of this.#participants) {
      if (!this.#options.host.state.participants.has(id)) continue;
      const text = this.#own.has(id) || this.#hearsOfWaiting(id) ? this.#ownChange(common, id) : plain;
      if (text === null) continue;
      for (const listener of listeners) if (!this.#admitted.has(listener)) listener.send(text);
    }
    for (const listener of this.#admitted) this.#greet(listener);
    this.#admitted.clear();
    this.#conference = false;
    this.#waiting = false;
    for (const noted of [this.#roster, this.#removed, this.#views, this.#own, this.#regraded]) noted.clear();
  }

  #commonChange(): ChangeMessage {
    const { host } = this.#options;
    const { state } = host;
    const changed = [...this.#roster].flatMap((id) => {
      const participant = state.participants.get(id);
      return participant ? [rosterEntry(participant)] : [];
    });
    return {
      type: 'change',
      version: host.version,
      ...(this.#conference && { conference: conferenceEntry(state) }),
      ...((changed.length > 0 || this.#removed.size > 0) && {
        roster: { changed, removed: [...this.#removed] },
      }),
    };
  }

  #ownChange(common: ChangeMessage, id: ParticipantId): string {
    const { host, director } = this.#options;
    const change: ChangeMessage = {
      ...common,
      ...(this.#own.has(id) && { own: ownState(host, id, director.slotsOf(id)) }),
      ...(this.#hearsOfWaiting(id) && { waiting: waitingEntries(host.state, id) }),
    };
    return JSON.stringify(change);
  }

  #hearsOfWaiting(id: ParticipantId): boolean {
    return this.#regraded.has(id) || (this.#waiting && mayAdmit(this.#options.host.state, id));
  }

  /** @param plain what everybody is told; null for nothing */
  #tellObservers(common: ChangeMessage, plain: string | null): void {
    const { views, state } = this.#options.host;
    const changed = [...this.#views].flatMap((id) => {
      const view = views.get(id);
      return view ? [[id, view] as const] : [];
    });
    const more = {
      ...(changed.length > 0 && { views: Object.fromEntries(changed) }),
      ...(this.#waiting && { waiting: waitingEntries(state, null) }),
    };
    const text = 'views' in more || 'waiting' in more ? JSON.stringify({ ...common, ...more }) : plain;
    if (text !== null) for (const listener of this.#observers) listener.send(text);
  }

  *#everybody(): Iterable<EventListener> {
    yield* this.#observers;
    for (const listeners of this.#participants.values()) yield* listeners;
  }
}

const isLocked = (state: ConferenceState, id: ParticipantId): boolean =>
  Boolean(state.participants.get(id)?.lock);

const farewell = (listener: EventListener, message: 'ended' | 'draining' | 'removed'): void => {
  listener.send(JSON.stringify({ type: message } satisfies ServerMessage));
  listener.close(CloseCode[message]);
};
