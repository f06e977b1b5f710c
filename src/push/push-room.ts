import type { ParticipantId } from '../conference/ids.ts';
import type { ConferenceState } from '../conference/state.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Change, ConferenceHost } from '../runtime/conference-host.ts';
import { Channel, type Receiver } from './channel.ts';
import {
  basicInfo,
  customMultiPicture,
  dynamicInfo,
  interpreterGroups,
  speaker,
} from './conference-notices.ts';
import { InviteResults } from './invite-results.ts';
import { type NoticeSource, WholeSource } from './notice-source.ts';
import { CloseCode, type NotifyType } from './notify-types.ts';
import { attendeesNotify, participantsNotify, waitingListNotify } from './participant-notices.ts';

/** One connected push socket. */
export interface PushListener extends Receiver {
  /** Whose token it has subscribed with; null for a control token or before it has. */
  readonly participant: ParticipantId | null;
  close(code: number): void;
}

export interface PushRoomOptions {
  readonly host: ConferenceHost;
  readonly clock: Clock;
}

/** How long changes are gathered after some were pushed, in ms: the first is immediate, a burst is sent as one. */
const GATHER_MS = 100;

/** The push sockets of one conference. */
export class PushRoom {
  readonly #options: PushRoomOptions;
  readonly #listeners = new Set<PushListener>();
  readonly #channels: ReadonlyMap<NotifyType, Channel>;
  #pending = false;
  #cancelGathering: (() => void) | null = null;

  constructor(options: PushRoomOptions) {
    this.#options = options;
    const { meeting } = options.host.state;
    const { now } = options.clock;
    this.#channels = new Map(
      newSources().map(([type, source]) => [type, new Channel({ type, source, meeting, now })]),
    );
  }

  get empty(): boolean {
    return this.#listeners.size === 0;
  }

  add(listener: PushListener): void {
    this.#listeners.add(listener);
  }

  /** Sends the listener everything of the types that are new to it; changes of them follow. */
  subscribe(listener: PushListener, types: readonly NotifyType[]): void {
    if (!this.#listeners.has(listener)) return;
    this.#flush();
    for (const type of types) this.#channels.get(type)?.add(listener, this.#options.host.state);
  }

  remove(listener: PushListener): void {
    this.#listeners.delete(listener);
    for (const channel of this.#channels.values()) channel.remove(listener);
  }

  changed(change: Change): void {
    if (change.after.ended) {
      this.#end(change);
      return;
    }
    for (const channel of this.#channels.values()) channel.note(change);
    this.#closeThoseRemoved(change);
    this.#gather();
  }

  /** Tells what is still to be told, and closes every socket. */
  dismiss(code: number): void {
    this.#flush();
    for (const listener of this.#listeners) listener.close(code);
    this.close();
  }

  close(): void {
    this.#pending = false;
    this.#cancelGathering?.();
    this.#cancelGathering = null;
    for (const listener of this.#listeners) this.remove(listener);
  }

  /** That everybody is gone goes without saying; the last word is the conference's state. */
  #end({ before, after }: Change): void {
    this.#flush(before);
    this.#channels.get('ConfDynamicInfoNotify')?.publish(after);
    this.dismiss(CloseCode.ended);
  }

  /** A participant's token is good for as long as he is there and has no newer one. */
  #closeThoseRemoved({ events }: Change): void {
    for (const event of events) {
      if (event.type !== 'participant.left' && event.type !== 'participant.rejoined') continue;
      for (const listener of this.#listeners) {
        if (listener.participant === event.participant) listener.close(CloseCode.removed);
      }
    }
  }

  #gather(): void {
    this.#pending = true;
    if (this.#cancelGathering) return;
    queueMicrotask(() => this.#flush());
    this.#cancelGathering = this.#options.clock.after(GATHER_MS, () => {
      this.#cancelGathering = null;
      if (this.#pending) this.#gather();
    });
  }

  #flush(state: ConferenceState = this.#options.host.state): void {
    if (!this.#pending) return;
    this.#pending = false;
    for (const channel of this.#channels.values()) channel.publish(state);
  }
}

/** NetConditionNotify and RealTimeSubtitleNotify are taken and have nothing to tell. */
const newSources = (): readonly (readonly [NotifyType, NoticeSource])[] => [
  ['ConfBasicInfoNotify', new WholeSource(basicInfo)],
  ['ConfDynamicInfoNotify', new WholeSource(dynamicInfo)],
  ['ParticipantsNotify', participantsNotify()],
  ['AttendeesNotify', attendeesNotify()],
  ['SpeakerChangeNotify', new WholeSource(speaker)],
  ['CustomMultiPicNotify', new WholeSource(customMultiPicture)],
  ['InviteResultNotify', new InviteResults()],
  ['WaitingListNotify', waitingListNotify()],
  ['InterpreterGroupNotify', new WholeSource(interpreterGroups)],
];
