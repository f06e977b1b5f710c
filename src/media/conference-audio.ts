import type { ParticipantId } from '../conference/ids.ts';
import { AudioChannel } from './audio-channel.ts';
import type { MediaClock } from './clock.ts';
import type { LanguageChannel, LanguageChannels } from './engine.ts';
import { LevelMeter, LoudestPicker } from './loudest.ts';
import { type RewriterOptions, RtpRewriter } from './rtp/rtp-rewriter.ts';
import { RtpView } from './rtp/rtp-view.ts';
import type { PacketSink } from './video-slot.ts';

/** The level assumed for a packet of a publisher that sends none, in -dBov. */
const ASSUMED_LEVEL = 40;
const SILENT_LEVEL = 127;
/** An Opus payload up to this length, in bytes, is silence (RFC 6716 section 2.1.9). */
const SILENCE_LENGTH = 3;
/** Where those speak and listen who are not in the table of language channels. */
const FLOOR: LanguageChannel = { speak: '', listen: '', original: false };

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

/** One who speaks, and the channel that he speaks on. */
interface Voice {
  readonly meter: LevelMeter;
  channel: AudioChannel;
}

/** The one audio line of a viewing endpoint. */
interface AudioOutput {
  readonly viewer: ParticipantId;
  readonly sink: PacketSink;
  readonly rewriter: RtpRewriter;
  channel: AudioChannel;
  /** Heard while nobody speaks on the channel. */
  original: AudioChannel | null;
  current: LevelMeter | null;
}

interface ConferenceAudioOptions {
  readonly clock: MediaClock;
  readonly isAudible: (participant: ParticipantId) => boolean;
  readonly onSpeakerChanged: (participant: ParticipantId) => void;
}

/**
 * The audio of one conference: every viewer hears the loudest other on the language channel that he listens on, which
 * is the floor for all when nobody interprets. Which one speaks, for the views, is decided among the floor, and more
 * slowly than who is heard.
 */
export class ConferenceAudio {
  readonly #clock: MediaClock;
  readonly #isAudible: (participant: ParticipantId) => boolean;
  readonly #onSpeakerChanged: (participant: ParticipantId) => void;
  readonly #voices = new Set<Voice>();
  readonly #outputs = new Set<AudioOutput>();
  readonly #floor = new AudioChannel();
  readonly #channels = new Map([[FLOOR.speak, this.#floor]]);
  readonly #speaker = new LoudestPicker({ marginDb: 6, holdMs: 400, silentHoldMs: 200 });
  #table: ReadonlyMap<ParticipantId, LanguageChannel> = new Map();
  #speaking: ParticipantId | null = null;

  constructor({ clock, isAudible, onSpeakerChanged }: ConferenceAudioOptions) {
    this.#clock = clock;
    this.#isAudible = isAudible;
    this.#onSpeakerChanged = onSpeakerChanged;
  }

  get isEmpty(): boolean {
    return this.#voices.size + this.#outputs.size === 0;
  }

  addSource(participant: ParticipantId, format: AudioFormat): AudioSource {
    const voice = { meter: new LevelMeter(participant), channel: this.#speakingChannel(participant) };
    const view = new RtpView();
    this.#voices.add(voice);
    voice.channel.add(voice.meter);
    return {
      receive: (packet) => {
        if (!view.read(packet) || view.payloadType !== format.payloadType) return;
        if (this.#isAudible(participant)) this.#receive(voice, view, levelOf(view, format));
      },
      close: () => {
        this.#voices.delete(voice);
        voice.channel.remove(voice.meter);
      },
    };
  }

  /** Adds the audio line of a viewer; the returned function removes it. */
  addOutput(viewer: ParticipantId, sink: PacketSink, options: RewriterOptions): () => void {
    const rewriter = new RtpRewriter(options);
    const output: AudioOutput = { viewer, sink, rewriter, ...this.#listeningChannels(viewer), current: null };
    this.#outputs.add(output);
    return () => this.#outputs.delete(output);
  }

  /** Replaces the table of `MediaEngine.setLanguageChannels`. */
  setLanguageChannels(channels: LanguageChannels): void {
    this.#table = new Map(channels);
    for (const voice of this.#voices) this.#place(voice);
    for (const output of this.#outputs) Object.assign(output, this.#listeningChannels(output.viewer));
    this.#dropUnused();
  }

  /** One who stays on his channel is not interrupted. */
  #place(voice: Voice): void {
    const channel = this.#speakingChannel(voice.meter.participant);
    if (channel === voice.channel) return;
    voice.channel.remove(voice.meter);
    voice.channel = channel;
    channel.add(voice.meter);
  }

  #speakingChannel(participant: ParticipantId): AudioChannel {
    return this.#channel(this.#languageOf(participant).speak);
  }

  #listeningChannels(viewer: ParticipantId): Pick<AudioOutput, 'channel' | 'original'> {
    const { listen, original } = this.#languageOf(viewer);
    return { channel: this.#channel(listen), original: original ? this.#floor : null };
  }

  #languageOf(participant: ParticipantId): LanguageChannel {
    return this.#table.get(participant) ?? FLOOR;
  }

  #channel(name: string): AudioChannel {
    const channel = this.#channels.get(name) ?? new AudioChannel();
    this.#channels.set(name, channel);
    return channel;
  }

  #dropUnused(): void {
    const used = new Set([FLOOR, ...this.#table.values()].flatMap(({ speak, listen }) => [speak, listen]));
    for (const name of this.#channels.keys()) if (!used.has(name)) this.#channels.delete(name);
  }

  #receive({ meter, channel }: Voice, view: RtpView, level: number): void {
    const nowMs = this.#clock.nowMs();
    meter.hear(level, nowMs);
    this.#chooseSpeaker(nowMs);
    channel.choose(nowMs);
    if (!channel.isHeard(meter)) return;
    for (const output of this.#outputs) {
      if (meter === heardOn(output, nowMs)) send(output, meter, view, level, nowMs);
    }
  }

  #chooseSpeaker(nowMs: number): void {
    const speaker = this.#speaker.pick(this.#floor.meters, nowMs);
    if (speaker === null || speaker.participant === this.#speaking) return;
    this.#speaking = speaker.participant;
    this.#onSpeakerChanged(speaker.participant);
  }
}

function heardOn({ viewer, channel, original }: AudioOutput, nowMs: number): LevelMeter | null {
  const heard = channel.heardBy(viewer);
  return original === null || heard?.isSpeaking(nowMs) ? heard : original.heardBy(viewer);
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
