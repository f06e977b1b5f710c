import { randomBytes } from 'node:crypto';
import type { MeetingId } from '../conference/ids.ts';
import type { ConferenceState } from '../conference/state.ts';
import type { Change } from '../runtime/conference-host.ts';
import type { Notice, NoticeSource } from './notice-source.ts';
import type { NotifyType } from './notify-types.ts';

/** Takes finished text frames. */
export interface Receiver {
  send(frame: Buffer): void;
}

export interface ChannelOptions {
  readonly type: NotifyType;
  readonly source: NoticeSource;
  readonly meeting: MeetingId;
  /** Unix ms. */
  readonly now: () => number;
}

/**
 * The messages of one type of one conference and who has subscribed to them. Each message is made into bytes once,
 * however many listen.
 *
 * A whole message's version is the ms at which it was made, a change's the next number from 1 on; a listener gets all
 * numbers that follow his whole message.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #receivers = new Set<Receiver>();
  #sequence = 0;
  #lastWholeMs = 0;
  /** The whole message, while it still tells the state. */
  #full: Buffer | null = null;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Sends everything first. Whatever the others were still to be told must have been published before. */
  add(receiver: Receiver, state: ConferenceState): void {
    if (this.#receivers.has(receiver)) return;
    this.#full ??= this.#frame({ mode: 0, body: this.#options.source.full(state) });
    this.#receivers.add(receiver);
    receiver.send(this.#full);
  }

  remove(receiver: Receiver): void {
    this.#receivers.delete(receiver);
  }

  note(change: Change): void {
    if (this.#receivers.size > 0) this.#options.source.note?.(change);
  }

  /** Tells everybody what has changed since the last time. */
  publish(state: ConferenceState): void {
    if (this.#receivers.size === 0) {
      this.#full = null;
      return;
    }
    const notice = this.#options.source.change(state);
    if (notice === null) return;
    const frame = this.#frame(notice);
    this.#full = notice.mode === 0 ? frame : null;
    for (const receiver of this.#receivers) receiver.send(frame);
  }

  #frame({ mode, body }: Notice): Buffer {
    const { type, meeting, now } = this.#options;
    const createTime = now();
    return Buffer.from(
      JSON.stringify({
        action: type,
        confID: meeting,
        msgID: randomBytes(16).toString('hex'),
        msgMode: mode,
        version: mode === 0 ? this.#wholeVersion(createTime) : this.#nextNumber(),
        createTime,
        ...body,
      }),
    );
  }

  /** Two whole messages of one ms have two versions. */
  #wholeVersion(nowMs: number): number {
    this.#lastWholeMs = Math.max(nowMs, this.#lastWholeMs + 1);
    return this.#lastWholeMs;
  }

  #nextNumber(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}
