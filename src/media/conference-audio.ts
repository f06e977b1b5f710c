import type { ParticipantId } from '../conference/ids.ts';
import type { MediaClock } from './clock.ts';
import { LevelMeter, LoudestPicker } from './loudest.ts';
import { type RewriterOptions, RtpRewriter } from './rtp/rtp-rewriter.ts';
import { RtpView } from './rtp/rtp-view.ts';
import type { PacketSink } from './video-slot.ts';

/** The level assumed for a packet of a publisher that sends none, in -dBov. */
const ASSUMED_LEVEL = 40;
const SILENT_LEVEL = 127;
/** An Opus payload up to this length, in bytes, is silence (RFC 6716 section 2.1.9). */
const SILENCE_LENGTH = 3;

export interface AudioFormat {
  readonly payloadType: number;
  /** ID of the RFC 6464 header extension, null when the publisher does not send it. */
  readonly levelId: number | null;
}

/** The audio of one participant as it arrives. */
export interface AudioSource {
  receive(packet: Buffer): void;
  close(): void;
}

/** The one audio line of a viewing endpoint. */
interface AudioOutput {
  readonly viewer: ParticipantId;
  readonly sink: PacketSink;
  readonly rewriter: RtpRewriter;
  current: LevelMeter | null;
}

interface ConferenceAudioOptions {
  readonly clock: MediaClock;
  readonly isAudible: (participant: ParticipantId) => boolean;
  readonly onSpeakerChanged: (participant: ParticipantId) => void;
}

/**
 * The audio of one conference: every viewer hears the loudest participant, who hears the second loudest, so nobody
 * hears himself. Which one speaks, for the views, is decided more slowly than who is heard.
 */
export class ConferenceAudio {
  readonly #clock: MediaClock;
  readonly #isAudible: (participant: ParticipantId) => boolean;
  readonly #onSpeakerChanged: (participant: ParticipantId) => void;
  readonly #meters = new Set<LevelMeter>();
  readonly #outputs = new Set<AudioOutput>();
  readonly #first = new LoudestPicker({ marginDb: 6, holdMs: 300, silentHoldMs: 0 });
  readonly #second = new LoudestPicker({ marginDb: 6, holdMs: 300, silentHoldMs: 0 });
  readonly #speaker = new LoudestPicker({ marginDb: 6, holdMs: 400, silentHoldMs: 200 });
  #speaking: ParticipantId | null = null;

  constructor({ clock, isAudible, onSpeakerChanged }: ConferenceAudioOptions) {
    this.#clock = clock;
    this.#isAudible = isAudible;
    this.#onSpeakerChanged = onSpeakerChanged;
  }

  get isEmpty(): boolean {
    return this.#meters.size + this.#outputs.size === 0;
  }

  addSource(participant: ParticipantId, format: AudioFormat): AudioSource {
    const meter = new LevelMeter(participant);
    const view = new RtpView();
    this.#meters.add(meter);
    return {
      receive: (packet) => {
        if (!view.read(packet) || view.payloadType !== format.payloadType) return;
        if (this.#isAudible(participant)) this.#receive(meter, view, levelOf(view, format));
      },
      close: () => this.#meters.delete(meter),
    };
  }

  /** Adds the audio line of a viewer; the returned function removes it. */
  addOutput(viewer: ParticipantId, sink: PacketSink, options: RewriterOptions): () => void {
    const rewriter = new RtpRewriter(options);
    const output: AudioOutput = { viewer, sink, rewriter, current: null };
    this.#outputs.add(output);
    return () => this.#outputs.delete(output);
  }

  #receive(meter: LevelMeter, view: RtpView, level: number): void {
    const nowMs = this.#clock.nowMs();
    meter.hear(level, nowMs);
    const speaker = this.#speaker.pick(this.#meters, nowMs);
    if (speaker !== null && speaker.participant !== this.#speaking) {
      this.#speaking = speaker.participant;
      this.#onSpeakerChanged(speaker.participant);
    }
    const first = this.#first.pick(this.#meters, nowMs);
    const second = this.#second.pick(this.#meters, nowMs, first);
    if (meter !== first && meter !== second) return;
    for (const output of this.#outputs) {
      const isOwn = output.viewer === first?.participant;
      if (meter === (isOwn ? second : first)) send(output, meter, view, level, nowMs);
    }
  }
}

function send(output: AudioOutput, meter: LevelMeter, view: RtpView, level: number, nowMs: number): void {
  if (output.viewer === meter.participant || !output.sink.isOpen()) return;
  if (output.current !== meter) {
    output.current = meter;
    output.rewriter.switchTo(view, nowMs);
  }
  const packet = output.rewriter.rewrite(view, nowMs, null, level);
  if (packet !== null) output.sink.send(packet);
}

function levelOf(view: RtpView, format: AudioFormat): number {
  const level = format.levelId === null ? -1 : view.audioLevel(format.levelId);
  if (level >= 0) return level;
  return view.payloadEnd - view.payloadStart <= SILENCE_LENGTH ? SILENT_LEVEL : ASSUMED_LEVEL;
}
