import type { RtpView } from './rtp-view.ts';
import { MAX_VP8_DESCRIPTOR, type Vp8Descriptor, writeVp8Descriptor } from './vp8.ts';

export interface RewriterOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  /** In Hz: 90,000 for video, 48,000 for Opus. */
  readonly clockRate: number;
  /** ID of the RFC 6464 header extension to write into audio packets, null for none. */
  readonly audioLevelId: number | null;
}

const HEADER_LENGTH = 12;
const EXTENSION_LENGTH = 8;
/** Packets after a switch during which one from before it is recognised as late. */
const LATE_WINDOW = 1024;
/** Longest packet rewritten, in bytes; more than any UDP datagram of an Ethernet network. */
const MAX_PACKET = 2048;
const scratch = Buffer.alloc(MAX_PACKET);

/**
 * Makes one unbroken RTP stream out of packets of changing sources: one SSRC, and sequence numbers, timestamps, VP8
 * picture IDs and TL0PICIDX that continue over each switch, gaps and reordering of the source kept as they are.
 */
export class RtpRewriter {
  readonly #options: RewriterOptions;
  #started = false;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #lastSequence = 0;
  #lastTimestamp = 0;
  #lastTimestampAtMs = 0;
  #firstSequence = 0;
  #sinceSwitch = 0;
  readonly #pictureId = new ContinuedCounter(0x7fff);
  readonly #tl0PictureIndex = new ContinuedCounter(0xff);

  constructor(options: RewriterOptions) {
    this.#options = options;
  }

  /**
   * Continues with another source, whose first packet is `view`.
   * @param nowMs monotonic clock, for the step of the timestamp
   */
  switchTo(view: RtpView, nowMs: number): void {
    const sequence = this.#started ? this.#lastSequence + 1 : view.sequenceNumber;
    const elapsed = Math.max(
      1,
      Math.round(((nowMs - this.#lastTimestampAtMs) * this.#options.clockRate) / 1000),
    );
    const timestamp = this.#started ? (this.#lastTimestamp + elapsed) >>> 0 : view.timestamp;
    this.#sequenceOffset = sequence - view.sequenceNumber;
    this.#timestampOffset = timestamp - view.timestamp;
    this.#lastSequence = (sequence - 1) & 0xffff;
    this.#lastTimestamp = timestamp;
    this.#lastTimestampAtMs = nowMs;
    this.#firstSequence = view.sequenceNumber;
    this.#sinceSwitch = 0;
    this.#pictureId.switchSource();
    this.#tl0PictureIndex.switchSource();
    this.#started = true;
  }

  /**
   * Rewrites one packet; the result is valid until the next call of any rewriter. Null for a packet that is older
   * than the switch to its source, or too long.
   * @param descriptor that of the packet if its payload is VP8
   * @param audioLevel RFC 6464 level to write, if `audioLevelId` is set
   */
  rewrite(view: RtpView, nowMs: number, descriptor: Vp8Descriptor | null, audioLevel: number): Buffer | null {
    if (
      view.payloadEnd - view.payloadStart >
      MAX_PACKET - HEADER_LENGTH - EXTENSION_LENGTH - MAX_VP8_DESCRIPTOR
    ) {
      return null;
    }
    if (this.#sinceSwitch < LATE_WINDOW) {
      if (distance16(view.sequenceNumber, this.#firstSequence) < 0) return null;
      this.#sinceSwitch += 1;
    }
    const sequence = (view.sequenceNumber + this.#sequenceOffset) & 0xffff;
    const timestamp = (view.timestamp + this.#timestampOffset) >>> 0;
    const isNewer = this.#advance(sequence, timestamp, nowMs);
    const start = this.#writeHeader(view, sequence, timestamp, audioLevel);
    return this.#writePayload(view, start, descriptor, isNewer);
  }

  #advance(sequence: number, timestamp: number, nowMs: number): boolean {
    if (distance16(sequence, this.#lastSequence) <= 0) return false;
    this.#lastSequence = sequence;
    if (timestamp !== this.#lastTimestamp) {
      this.#lastTimestamp = timestamp;
      this.#lastTimestampAtMs = nowMs;
      return true;
    }
    return false;
  }

  #writeHeader(view: RtpView, sequence: number, timestamp: number, audioLevel: number): number {
    const { ssrc, payloadType, audioLevelId } = this.#options;
    const isPadding = view.payloadStart === view.payloadEnd;
    const hasLevel = audioLevelId !== null && audioLevel >= 0;
    scratch[0] = 0x80 | (isPadding ? 0x20 : 0) | (hasLevel ? 0x10 : 0);
    scratch[1] = (view.marker || (hasLevel && this.#sinceSwitch === 1) ? 0x80 : 0) | payloadType;
    scratch.writeUInt16BE(sequence, 2);
    scratch.writeUInt32BE(timestamp, 4);
    scratch.writeUInt32BE(ssrc, 8);
    if (!hasLevel) return HEADER_LENGTH;
    scratch.writeUInt32BE(0xbede0001, 12);
    scratch.writeUInt32BE(((audioLevelId << 28) | (audioLevel << 16)) >>> 0, 16);
    return HEADER_LENGTH + EXTENSION_LENGTH;
  }

  #writePayload(view: RtpView, start: number, descriptor: Vp8Descriptor | null, isNewFrame: boolean): Buffer {
    let offset = start;
    if (view.payloadStart === view.payloadEnd) {
      // A packet of nothing but padding keeps its sequence number: leaving it out would look like loss.
      scratch[offset++] = 1;
      return scratch.subarray(0, offset);
    }
    let payloadStart = view.payloadStart;
    if (descriptor !== null) {
      const bits = descriptor.pictureIdBits === 7 ? 0x7f : 0x7fff;
      const pictureId = this.#pictureId.next(descriptor.pictureId, bits, isNewFrame);
      const inIndex = descriptor.tl0PictureIndex;
      const outIndex = inIndex < 0 ? -1 : this.#tl0PictureIndex.next(inIndex, 0xff, isNewFrame);
      offset = writeVp8Descriptor(scratch, offset, descriptor, pictureId, outIndex);
      payloadStart = descriptor.payloadStart;
    }
    offset += view.packet.copy(scratch, offset, payloadStart, view.payloadEnd);
    return scratch.subarray(0, offset);
  }
}

/** A counter of a source, continued at the next value when the source changes. */
class ContinuedCounter {
  readonly #mask: number;
  #highestIn = -1;
  #highestOut = -1;

  constructor(mask: number) {
    this.#mask = mask;
  }

  switchSource(): void {
    this.#highestIn = -1;
  }

  /** @param value that of the source, -1 when it has none and frames are counted instead */
  next(value: number, sourceMask: number, isNewFrame: boolean): number {
    const first = this.#highestIn < 0;
    const step = first ? 1 : value < 0 ? Number(isNewFrame) : distance(value, this.#highestIn, sourceMask);
    const out = (this.#highestOut + step) & this.#mask;
    if (step <= 0) return out;
    this.#highestIn = Math.max(value, 0);
    this.#highestOut = out;
    return out;
  }
}

/** How far `a` is ahead of `b` in sequence numbers that wrap at 65,536; negative when it is behind. */
export const distance16 = (a: number, b: number): number => distance(a, b, 0xffff);

function distance(a: number, b: number, mask: number): number {
  const ahead = (a - b) & mask;
  return ahead > mask >> 1 ? ahead - mask - 1 : ahead;
}
