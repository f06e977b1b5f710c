import type { EndpointId, ParticipantId } from '../conference/ids.ts';
import type { MediaClock } from './clock.ts';
import type { SlotReport } from './engine.ts';
import { type RewriterOptions, RtpRewriter } from './rtp/rtp-rewriter.ts';
import type { RtpView } from './rtp/rtp-view.ts';
import type { Vp8Descriptor } from './rtp/vp8.ts';

/** Where packets of a slot leave. */
export interface PacketSink {
  isOpen(): boolean;
  /** Sends at once; the packet belongs to the caller again afterwards. */
  send(packet: Buffer): void;
}

/** What a slot asks of a source. */
export interface SlotSource {
  readonly participant: ParticipantId;
  /** Switches the slot to this source at its next key frame, which it asks for. */
  addWaiting(slot: VideoSlot): void;
  removeWaiting(slot: VideoSlot): void;
  /** Forwards nothing more to the slot. */
  removeActive(slot: VideoSlot): void;
  requestKeyFrame(): void;
}

export interface SlotOwner {
  readonly endpoint: EndpointId;
  readonly viewer: ParticipantId;
  readonly slot: number;
}

export interface SlotSwitch {
  readonly owner: SlotOwner;
  readonly source: ParticipantId;
  readonly requestMs: number;
  readonly forwardMs: number;
}

interface VideoSlotOptions {
  readonly owner: SlotOwner;
  readonly sink: PacketSink;
  readonly rewriter: RewriterOptions;
  readonly clock: MediaClock;
  readonly onSwitched: (change: SlotSwitch) => void;
}

/** One receiving video line of a viewing endpoint: sends what `active` gives while it waits for a key frame of another. */
export class VideoSlot {
  readonly owner: SlotOwner;
  wanted: ParticipantId | null = null;
  readonly #sink: PacketSink;
  readonly #clock: MediaClock;
  readonly #rewriter: RtpRewriter;
  readonly #onSwitched: (change: SlotSwitch) => void;
  #active: SlotSource | null = null;
  #waitingFor: SlotSource | null = null;
  #wantedAtMs = 0;
  #requestedAtMs: number | null = null;
  #shown: ParticipantId | null = null;
  #packets = 0;
  #shownSinceMs: number | null = null;

  constructor({ owner, sink, rewriter, clock, onSwitched }: VideoSlotOptions) {
    this.owner = owner;
    this.#sink = sink;
    this.#clock = clock;
    this.#rewriter = new RtpRewriter(rewriter);
    this.#onSwitched = onSwitched;
  }

  get isOpen(): boolean {
    return this.#sink.isOpen();
  }

  /** Goes on with the current source until `source` has a key frame. */
  waitFor(source: SlotSource, wantedAtMs: number): void {
    if (source === this.#waitingFor) return;
    this.#stopWaiting();
    if (source === this.#active) return;
    this.#waitingFor = source;
    this.#wantedAtMs = wantedAtMs;
    this.#requestedAtMs = null;
    source.addWaiting(this);
  }

  /** Sends nothing more: there is no source, or it is not published. */
  stop(): void {
    this.#stopWaiting();
    this.#active?.removeActive(this);
    this.#active = null;
    this.#shown = null;
    this.#packets = 0;
    this.#shownSinceMs = null;
  }

  /** A source has gone. */
  lose(source: SlotSource): void {
    if (this.#active === source) this.#active = null;
    if (this.#waitingFor === source) this.#waitingFor = null;
  }

  /** The viewing endpoint has connected: what it waits for can be asked for. */
  opened(): void {
    this.#waitingFor?.requestKeyFrame();
  }

  /** The viewer lost a picture and asks for a key frame. */
  refresh(): void {
    (this.#active ?? this.#waitingFor)?.requestKeyFrame();
  }

  /** The key frame that this slot waits for has been asked for. */
  requested(atMs: number): void {
    this.#requestedAtMs ??= atMs;
  }

  /** Takes over the source it waited for; `view` is the first packet of a key frame. */
  switchTo(source: SlotSource, view: RtpView, descriptor: Vp8Descriptor | null, arrivedAtMs: number): void {
    this.#active?.removeActive(this);
    this.#active = source;
    this.#waitingFor = null;
    this.#shown = source.participant;
    this.#packets = 0;
    this.#shownSinceMs = Date.now();
    this.#rewriter.switchTo(view, arrivedAtMs);
    this.forward(view, descriptor, arrivedAtMs);
    this.#onSwitched({
      owner: this.owner,
      source: source.participant,
      requestMs: this.#requestedAtMs === null ? 0 : Math.max(0, this.#requestedAtMs - this.#wantedAtMs),
      forwardMs: this.#clock.nowMs() - arrivedAtMs,
    });
  }

  forward(view: RtpView, descriptor: Vp8Descriptor | null, arrivedAtMs: number): void {
    const packet = this.#rewriter.rewrite(view, arrivedAtMs, descriptor, -1);
    if (packet === null) return;
    this.#packets += 1;
    this.#sink.send(packet);
  }

  report(): SlotReport {
    return { ...this.owner, source: this.#shown, packets: this.#packets, sinceMs: this.#shownSinceMs };
  }

  #stopWaiting(): void {
    this.#waitingFor?.removeWaiting(this);
    this.#waitingFor = null;
  }
}
