import type { ConferenceId, EndpointId, ParticipantId } from '../conference/ids.ts';
import type { MediaClock } from './clock.ts';
import { type AudioFormat, type AudioSource, ConferenceAudio } from './conference-audio.ts';
import type { LanguageChannels, MediaEvent, SlotReport } from './engine.ts';
import type { RewriterOptions } from './rtp/rtp-rewriter.ts';
import { type PacketSink, VideoSlot } from './video-slot.ts';
import { type VideoFormat, VideoSource } from './video-source.ts';

/** Who an endpoint belongs to. */
export interface EndpointOwner {
  readonly endpoint: EndpointId;
  readonly conference: ConferenceId;
  readonly participant: ParticipantId;
}

export interface PublicationOptions {
  readonly video: VideoFormat | null;
  readonly audio: AudioFormat | null;
  readonly sendKeyFrameRequest: () => void;
}

/** The sources of one publishing endpoint. */
export interface Publication {
  readonly video: VideoSource | null;
  readonly audio: AudioSource | null;
  close(): void;
}

export interface OutputLine {
  readonly sink: PacketSink;
  readonly rewriter: RewriterOptions;
}

/** The slots of one viewing endpoint. */
export interface Subscription {
  readonly slots: readonly VideoSlot[];
  close(): void;
}

interface Room {
  readonly sources: Map<ParticipantId, VideoSource>;
  readonly subscriptions: Map<EndpointId, readonly VideoSlot[]>;
  readonly audio: ConferenceAudio;
}

/** Joins the sources and the slots of every conference. Knows packets, not transports. */
export class Router {
  readonly #rooms = new Map<ConferenceId, Room>();
  readonly #roomOf = new Map<EndpointId, Room>();
  readonly #silenced = new Map<ConferenceId, Set<ParticipantId>>();
  readonly #languageChannels = new Map<ConferenceId, LanguageChannels>();
  readonly #clock: MediaClock;
  readonly #emit: (event: MediaEvent) => void;

  constructor(clock: MediaClock, emit: (event: MediaEvent) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  publish(owner: EndpointOwner, { video, audio, sendKeyFrameRequest }: PublicationOptions): Publication {
    const { conference, participant } = owner;
    const room = this.#room(conference);
    const options = { participant, clock: this.#clock, sendKeyFrameRequest };
    const videoSource = video === null ? null : new VideoSource({ ...options, format: video });
    const audioSource = audio === null ? null : room.audio.addSource(participant, audio);
    if (videoSource !== null) {
      room.sources.set(participant, videoSource);
      this.#attachWaiting(room, videoSource);
    }
    return {
      video: videoSource,
      audio: audioSource,
      close: () => {
        videoSource?.close();
        audioSource?.close();
        if (room.sources.get(participant) === videoSource) room.sources.delete(participant);
        this.#dropIfEmpty(conference);
      },
    };
  }

  subscribe(owner: EndpointOwner, videos: readonly OutputLine[], audio: OutputLine | null): Subscription {
    const { endpoint, conference, participant } = owner;
    const room = this.#room(conference);
    const slots = videos.map(
      ({ sink, rewriter }, slot) =>
        new VideoSlot({
          owner: { endpoint, viewer: participant, slot },
          sink,
          rewriter,
          clock: this.#clock,
          onSwitched: ({ source, requestMs, forwardMs }) =>
            this.#emit({ type: 'slot.switched', endpoint, slot, source, requestMs, forwardMs }),
        }),
    );
    const removeOutput =
      audio === null ? () => {} : room.audio.addOutput(participant, audio.sink, audio.rewriter);
    room.subscriptions.set(endpoint, slots);
    this.#roomOf.set(endpoint, room);
    return {
      slots,
      close: () => {
        for (const slot of slots) slot.stop();
        removeOutput();
        room.subscriptions.delete(endpoint);
        this.#roomOf.delete(endpoint);
        this.#dropIfEmpty(conference);
      },
    };
  }

  /** @param wantedAtMs when it was asked for, on the media clock */
  route(endpoint: EndpointId, sources: readonly (ParticipantId | null)[], wantedAtMs: number): void {
    const room = this.#roomOf.get(endpoint);
    for (const [index, slot] of (room?.subscriptions.get(endpoint) ?? []).entries()) {
      slot.wanted = sources[index] ?? null;
      const source = slot.wanted === null ? undefined : room?.sources.get(slot.wanted);
      if (source === undefined) slot.stop();
      else slot.waitFor(source, wantedAtMs);
    }
  }

  setAudible(conference: ConferenceId, participant: ParticipantId, audible: boolean): void {
    const silenced = this.#silenced.get(conference) ?? new Set();
    if (audible) silenced.delete(participant);
    else silenced.add(participant);
    if (silenced.size === 0) this.#silenced.delete(conference);
    else this.#silenced.set(conference, silenced);
  }

  setLanguageChannels(conference: ConferenceId, channels: LanguageChannels): void {
    if (channels.length === 0) this.#languageChannels.delete(conference);
    else this.#languageChannels.set(conference, channels);
    this.#rooms.get(conference)?.audio.setLanguageChannels(channels);
  }

  slots(conference: ConferenceId): readonly SlotReport[] {
    const subscriptions = this.#rooms.get(conference)?.subscriptions.values() ?? [];
    return [...subscriptions].flatMap((slots) => slots.map((slot) => slot.report()));
  }

  #attachWaiting(room: Room, source: VideoSource): void {
    const nowMs = this.#clock.nowMs();
    for (const slot of [...room.subscriptions.values()].flat()) {
      if (slot.wanted === source.participant) slot.waitFor(source, nowMs);
    }
  }

  #room(conference: ConferenceId): Room {
    const existing = this.#rooms.get(conference);
    if (existing !== undefined) return existing;
    const audio = new ConferenceAudio({
      clock: this.#clock,
      isAudible: (participant) => this.#silenced.get(conference)?.has(participant) !== true,
      onSpeakerChanged: (participant) => this.#emit({ type: 'speaker.changed', conference, participant }),
    });
    audio.setLanguageChannels(this.#languageChannels.get(conference) ?? []);
    const room = { sources: new Map(), subscriptions: new Map(), audio };
    this.#rooms.set(conference, room);
    return room;
  }

  #dropIfEmpty(conference: ConferenceId): void {
    const room = this.#rooms.get(conference);
    if (room === undefined || room.sources.size + room.subscriptions.size > 0 || !room.audio.isEmpty) return;
    this.#rooms.delete(conference);
  }
}
