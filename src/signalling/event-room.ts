import type { ParticipantId } from '../conference/ids.ts';
import type { ConferenceState } from '../conference/state.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Change, ConferenceHost } from '../runtime/conference-host.ts';
import type { MediaDirector } from '../runtime/media-director.ts';
import { modeMessage, ownState, rosterEntry, snapshotMessage } from './messages.ts';
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
  #conference = false;
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
    const { host, director } = this.#options;
    const id = listener.participant;
    const own = id === null ? null : ownState(host, id, director.slotsOf(id));
    listener.send(JSON.stringify(snapshotMessage(host, own)));
    if (id === null) this.#observers.add(listener);
    else this.#participants.set(id, (this.#participants.get(id) ?? new Set()).add(listener));
  }

  remove(listener: EventListener): void {
    this.#observers.delete(listener);
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
        break;
      case 'participant.left':
        this.#leave(event.participant);
        break;
      case 'participant.rejoined':
        this.#dismissParticipant(event.participant);
        break;
      case 'participant.renamed':
      case 'participant.roleSet':
      case 'participant.cameraSet':
      case 'connection.changed':
        this.#roster.add(event.participant);
        break;
      case 'audio.set':
        for (const id of event.participants) this.#roster.add(id);
        break;
      case 'view.locked':
      case 'view.unlocked':
        if (isLocked(before, event.viewer) !== isLocked(after, event.viewer)) this.#roster.add(event.viewer);
        break;
      case 'mode.set':
      case 'conference.lockSet':
        this.#conference = true;
        break;
      case 'conference.started':
      case 'conference.ended':
      case 'selfUnmute.set':
      case 'view.chosen':
      case 'speaker.changed':
      case 'poll.advanced':
        break;
    }
  }

  /** The roster of those who watched him may say that their lock is over. */
  #leave(id: ParticipantId): void {
    this.#dismissParticipant(id);
    this.#removed.add(id);
    this.#roster.delete(id);
    for (const other of this.#options.host.state.participants.keys()) this.#roster.add(other);
  }

  #dismissParticipant(id: ParticipantId): void {
    for (const listener of this.#participants.get(id) ?? []) farewell(listener, 'removed');
    this.#participants.delete(id);
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
    const plain = common.roster || common.mode ? JSON.stringify(common) : null;
    if (this.#observers.size > 0) this.#tellObservers(common, plain);
    for (const [id, listeners] of this.#participants) {
      const text = this.#own.has(id) ? this.#ownChange(common, id) : plain;
      if (text !== null) for (const listener of listeners) listener.send(text);
    }
    this.#conference = false;
    for (const noted of [this.#roster, this.#removed, this.#views, this.#own]) noted.clear();
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
      ...(this.#conference && { mode: modeMessage(state), locked: state.locked }),
      ...((changed.length > 0 || this.#removed.size > 0) && {
        roster: { changed, removed: [...this.#removed] },
      }),
    };
  }

  #ownChange(common: ChangeMessage, id: ParticipantId): string {
    const { host, director } = this.#options;
    return JSON.stringify({ ...common, own: ownState(host, id, director.slotsOf(id)) });
  }

  /** @param plain what everybody is told; null for nothing */
  #tellObservers(common: ChangeMessage, plain: string | null): void {
    const { views } = this.#options.host;
    const changed = [...this.#views].flatMap((id) => {
      const view = views.get(id);
      return view ? [[id, view] as const] : [];
    });
    const text =
      changed.length > 0 ? JSON.stringify({ ...common, views: Object.fromEntries(changed) }) : plain;
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
