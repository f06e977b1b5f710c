import type { ParticipantId } from '../conference/ids.ts';
import type { MediaClock } from './clock.ts';
import type { VideoCodec } from './endpoint/selection.ts';
import { KeyFrameRequests } from './key-frame-requests.ts';
import { h264Start } from './rtp/h264.ts';
import { RtpView } from './rtp/rtp-view.ts';
import { emptyVp8Descriptor, readVp8Descriptor, type Vp8Descriptor } from './rtp/vp8.ts';
import type { SlotSource, VideoSlot } from './video-slot.ts';

export interface VideoFormat {
  readonly codec: VideoCodec;
  readonly payloadType: number;
}

interface VideoSourceOptions {
  readonly participant: ParticipantId;
  readonly format: VideoFormat;
  readonly clock: MediaClock;
  /** Asks the publisher for a key frame. */
  readonly sendKeyFrameRequest: () => void;
}

/** The video of one participant as it arrives: forwards packets to the slots that show it. */
export class VideoSource implements SlotSource {
  readonly participant: ParticipantId;
  readonly #format: VideoFormat;
  readonly #clock: MediaClock;
  readonly #requests: KeyFrameRequests;
  readonly #active = new Set<VideoSlot>();
  readonly #waiting = new Set<VideoSlot>();
  readonly #view = new RtpView();
  readonly #descriptor = emptyVp8Descriptor();
  #isConnected = false;
  #sendsParameterSets = false;

  constructor({ participant, format, clock, sendKeyFrameRequest }: VideoSourceOptions) {
    this.participant = participant;
    this.#format = format;
    this.#clock = clock;
    this.#requests = new KeyFrameRequests(() => {
      const nowMs = clock.nowMs();
      for (const slot of this.#waiting) slot.requested(nowMs);
      sendKeyFrameRequest();
    }, clock);
  }

  /** The publishing endpoint has connected: key frames can be asked for. */
  connected(): void {
    this.#isConnected = true;
    if ([...this.#waiting].some((slot) => slot.isOpen)) this.#requests.request();
  }

  addWaiting(slot: VideoSlot): void {
    this.#waiting.add(slot);
    if (slot.isOpen) this.requestKeyFrame();
  }

  removeWaiting(slot: VideoSlot): void {
    this.#waiting.delete(slot);
    this.#forgetRequest();
  }

  removeActive(slot: VideoSlot): void {
    this.#active.delete(slot);
    this.#forgetRequest();
  }

  requestKeyFrame(): void {
    if (this.#isConnected) this.#requests.request();
  }

  /** Handles one RTP packet of the publisher. */
  receive(packet: Buffer): void {
    const arrivedAtMs = this.#clock.nowMs();
    const view = this.#view;
    if (!view.read(packet) || view.payloadType !== this.#format.payloadType) return;
    const isPadding = view.payloadStart === view.payloadEnd;
    const isVp8 = this.#format.codec === 'VP8' && !isPadding;
    if (isVp8 && !readVp8Descriptor(packet, view.payloadStart, view.payloadEnd, this.#descriptor)) return;
    const descriptor = isVp8 ? this.#descriptor : null;
    for (const slot of this.#active) slot.forward(view, descriptor, arrivedAtMs);
    if (!isPadding && this.#beginsKeyFrame(view)) this.#switchWaiting(view, descriptor, arrivedAtMs);
  }

  close(): void {
    this.#requests.close();
    for (const slot of [...this.#active, ...this.#waiting]) slot.lose(this);
    this.#active.clear();
    this.#waiting.clear();
  }

  #beginsKeyFrame(view: RtpView): boolean {
    if (this.#format.codec === 'VP8') return this.#descriptor.keyFrameStart;
    const start = h264Start(view.packet, view.payloadStart, view.payloadEnd);
    if (start === 'parameterSets') this.#sendsParameterSets = true;
    return start === 'parameterSets' || (start === 'idr' && !this.#sendsParameterSets);
  }

  #switchWaiting(view: RtpView, descriptor: Vp8Descriptor | null, arrivedAtMs: number): void {
    this.#requests.answered();
    for (const slot of this.#waiting) {
      if (!slot.isOpen) continue;
      this.#waiting.delete(slot);
      this.#active.add(slot);
      slot.switchTo(this, view, descriptor, arrivedAtMs);
    }
  }

  #forgetRequest(): void {
    if (this.#active.size + this.#waiting.size === 0) this.#requests.close();
  }
}
