import type { MediaClock } from './clock.ts';

/** A request is repeated after this time, in ms, until a key frame comes. */
const REPEAT_MS = 200;
/** Most requests to a source in any one second. */
const MAX_PER_SECOND = 5;

/**
 * The key-frame requests to one source, merged over all its viewers: one outstanding, repeated each 200 ms until it
 * is answered, and never more than five in any second.
 */
export class KeyFrameRequests {
  readonly #send: () => void;
  readonly #clock: MediaClock;
  readonly #sentAtMs: number[] = [];
  #cancelTimer: (() => void) | null = null;
  #outstanding = false;

  constructor(send: () => void, clock: MediaClock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** When the last request left, on the media clock; -Infinity before the first. */
  get lastSentAtMs(): number {
    return this.#sentAtMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  request(): void {
    if (this.#outstanding) return;
    this.#outstanding = true;
    this.#sendOrWait();
  }

  /** A key frame came. */
  answered(): void {
    this.#outstanding = false;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  close(): void {
    this.answered();
  }

  #sendOrWait(): void {
    this.#cancelTimer = null;
    const nowMs = this.#clock.nowMs();
    while (this.#sentAtMs.length >= MAX_PER_SECOND && nowMs - (this.#sentAtMs[0] ?? 0) > 1000)
      this.#sentAtMs.shift();
    if (this.#sentAtMs.length < MAX_PER_SECOND) {
      this.#sentAtMs.push(nowMs);
      this.#send();
      this.#cancelTimer = this.#clock.after(REPEAT_MS, () => this.#sendOrWait());
      return;
    }
    const freeAtMs = (this.#sentAtMs[0] ?? nowMs) + 1001;
    this.#cancelTimer = this.#clock.after(Math.max(1, freeAtMs - nowMs), () => this.#sendOrWait());
  }
}
