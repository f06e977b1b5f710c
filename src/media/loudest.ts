import type { ParticipantId } from '../conference/ids.ts';

/** Loudness (127 minus the RFC 6464 level) from which a participant counts as speaking: -50 dBov. */
const SPEECH_LOUDNESS = 77;
/** Without packets for this time, in ms, a participant counts as silent. */
const STALE_MS = 500;
/** How far one packet moves the smoothed loudness up and down: words begin fast, pauses between them are bridged. */
const ATTACK = 0.35;
const DECAY = 0.06;

/** The smoothed loudness of one participant. */
export class LevelMeter {
  readonly participant: ParticipantId;
  #loudness = 0;
  #heardAtMs = Number.NEGATIVE_INFINITY;

  constructor(participant: ParticipantId) {
    this.participant = participant;
  }

  /** 0 (silent) to 127, in dB. */
  get loudness(): number {
    return this.#loudness;
  }

  /** @param level RFC 6464 level of a packet, in -dBov */
  hear(level: number, nowMs: number): void {
    const loudness = 127 - level;
    this.#loudness += (loudness - this.#loudness) * (loudness > this.#loudness ? ATTACK : DECAY);
    this.#heardAtMs = nowMs;
  }

  isSpeaking(nowMs: number): boolean {
    return this.#loudness >= SPEECH_LOUDNESS && nowMs - this.#heardAtMs < STALE_MS;
  }
}

export interface PickerOptions {
  /** How much louder than the picked one another must be to take over while it speaks, in dB. */
  readonly marginDb: number;
  /** For how long it must be so, in ms. */
  readonly holdMs: number;
  /** For how long another must speak to take over from a silent one, in ms. */
  readonly silentHoldMs: number;
}

/** Picks the loudest participant and stays with it until another is clearly louder. */
export class LoudestPicker {
  readonly #options: PickerOptions;
  #picked: LevelMeter | null = null;
  #challenger: LevelMeter | null = null;
  #challengerSinceMs = 0;

  constructor(options: PickerOptions) {
    this.#options = options;
  }

  /** Picks among the meters, without `excluded`; null until somebody has spoken, and when the picked one has gone. */
  pick(
    meters: ReadonlySet<LevelMeter>,
    nowMs: number,
    excluded: LevelMeter | null = null,
  ): LevelMeter | null {
    if (this.#picked !== null && (!meters.has(this.#picked) || this.#picked === excluded))
      this.#picked = null;
    const best = this.#loudestOther(meters, nowMs, excluded);
    const holdMs = best === null ? null : this.#holdAgainst(best, nowMs);
    if (best === null || holdMs === null) {
      this.#challenger = null;
      return this.#picked;
    }
    if (this.#challenger !== best) {
      this.#challenger = best;
      this.#challengerSinceMs = nowMs;
    }
    if (nowMs - this.#challengerSinceMs >= holdMs) {
      this.#picked = best;
      this.#challenger = null;
    }
    return this.#picked;
  }

  #loudestOther(
    meters: ReadonlySet<LevelMeter>,
    nowMs: number,
    excluded: LevelMeter | null,
  ): LevelMeter | null {
    let best: LevelMeter | null = null;
    for (const meter of meters) {
      if (meter === excluded || meter === this.#picked || !meter.isSpeaking(nowMs)) continue;
      if (best === null || meter.loudness > best.loudness) best = meter;
    }
    return best;
  }

  #holdAgainst(best: LevelMeter, nowMs: number): number | null {
    const { marginDb, holdMs, silentHoldMs } = this.#options;
    if (this.#picked === null || !this.#picked.isSpeaking(nowMs)) return silentHoldMs;
    return best.loudness >= this.#picked.loudness + marginDb ? holdMs : null;
  }
}
