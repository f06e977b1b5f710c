import type { ParticipantId } from '../conference/ids.ts';
import { type LevelMeter, LoudestPicker } from './loudest.ts';

const HEARD = { marginDb: 6, holdMs: 300, silentHoldMs: 0 };

/**
 * Who is heard on one language channel: everybody hears the loudest of those who speak on it, who hears the second
 * loudest, so nobody hears himself.
 */
export class AudioChannel {
  readonly #meters = new Set<LevelMeter>();
  readonly #firstPicker = new LoudestPicker(HEARD);
  readonly #secondPicker = new LoudestPicker(HEARD);
  #first: LevelMeter | null = null;
  #second: LevelMeter | null = null;

  /** Those who speak on this channel. */
  get meters(): ReadonlySet<LevelMeter> {
    return this.#meters;
  }

  add(meter: LevelMeter): void {
    this.#meters.add(meter);
  }

  /** He is not heard here from now on; the next packet of another decides who is. */
  remove(meter: LevelMeter): void {
    this.#meters.delete(meter);
    if (this.#first === meter) this.#first = null;
    if (this.#second === meter) this.#second = null;
  }

  /** Decides anew who is heard, after a packet of one who speaks on this channel. */
  choose(nowMs: number): void {
    this.#first = this.#firstPicker.pick(this.#meters, nowMs);
    this.#second = this.#secondPicker.pick(this.#meters, nowMs, this.#first);
  }

  /** Whether anybody hears him here. */
  isHeard(meter: LevelMeter): boolean {
    return meter === this.#first || meter === this.#second;
  }

  /** Whom a viewer hears who listens on this channel. */
  heardBy(viewer: ParticipantId): LevelMeter | null {
    return viewer === this.#first?.participant ? this.#second : this.#first;
  }
}
