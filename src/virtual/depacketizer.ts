import type { VideoCodec } from '../media/endpoint/selection.ts';
import { distance16 } from '../media/rtp/rtp-rewriter.ts';
import { RtpView } from '../media/rtp/rtp-view.ts';
import { emptyVp8Descriptor, readVp8Descriptor } from '../media/rtp/vp8.ts';

/** What went wrong in a stream that ought to be unbroken; all 0 in a good one. */
export interface Continuity {
  /** Sequence numbers that did not follow the one before. */
  sequenceBreaks: number;
  /** Timestamps that went back. */
  timestampSteps: number;
  /** VP8 picture IDs that were neither the last nor the next one. */
  pictureIdBreaks: number;
  /** Packets of another SSRC than the first. */
  ssrcChanges: number;
}

/** Puts the frames of one RTP stream together. Packets arrive in order, as they do on one machine. */
export class Depacketizer {
  readonly continuity: Continuity = {
    sequenceBreaks: 0,
    timestampSteps: 0,
    pictureIdBreaks: 0,
    ssrcChanges: 0,
  };
  packets = 0;
  readonly #codec: VideoCodec;
  readonly #onFrame: (units: readonly Buffer[]) => void;
  readonly #view = new RtpView();
  readonly #descriptor = emptyVp8Descriptor();
  #units: Buffer[] = [];
  #parts: Buffer[] = [];
  #last: { readonly ssrc: number; readonly sequence: number; readonly timestamp: number } | null = null;
  #lastPictureId: number | null = null;

  constructor(codec: VideoCodec, onFrame: (units: readonly Buffer[]) => void) {
    this.#codec = codec;
    this.#onFrame = onFrame;
  }

  receive(packet: Buffer): void {
    const view = this.#view;
    if (!view.read(packet)) return;
    this.packets += 1;
    this.#check();
    const payload = packet.subarray(view.payloadStart, view.payloadEnd);
    if (payload.length === 0) return;
    if (this.#codec === 'VP8') this.#receiveVp8(packet);
    else this.#receiveH264(payload);
    if (view.marker) this.#finish();
  }

  #check(): void {
    const { ssrc, sequenceNumber: sequence, timestamp } = this.#view;
    const last = this.#last;
    this.#last = { ssrc, sequence, timestamp };
    if (last === null) return;
    if (last.ssrc !== ssrc) this.continuity.ssrcChanges += 1;
    if (distance16(sequence, last.sequence) !== 1) this.continuity.sequenceBreaks += 1;
    if ((timestamp - last.timestamp) >>> 0 > 0x7fff_ffff) this.continuity.timestampSteps += 1;
  }

  #receiveVp8(packet: Buffer): void {
    const { payloadStart, payloadEnd } = this.#view;
    const descriptor = this.#descriptor;
    if (!readVp8Descriptor(packet, payloadStart, payloadEnd, descriptor)) return;
    if (descriptor.startOfPartition && descriptor.partition === 0) this.#parts = [];
    this.#parts.push(packet.subarray(descriptor.payloadStart, payloadEnd));
    const { pictureId } = descriptor;
    const step = this.#lastPictureId === null ? 1 : (pictureId - this.#lastPictureId) & 0x7fff;
    if (step > 1) this.continuity.pictureIdBreaks += 1;
    this.#lastPictureId = pictureId;
  }

  #receiveH264(payload: Buffer): void {
    const type = payload.readUInt8(0) & 0x1f;
    if (type === 24) this.#units.push(...aggregated(payload));
    else if (type === 28) this.#receiveFragment(payload);
    else this.#units.push(payload);
  }

  #receiveFragment(payload: Buffer): void {
    const position = payload.readUInt8(1);
    if ((position & 0x80) !== 0) {
      this.#parts = [Buffer.from([(payload.readUInt8(0) & 0xe0) | (position & 0x1f)])];
    }
    this.#parts.push(payload.subarray(2));
    if ((position & 0x40) !== 0) this.#units.push(Buffer.concat(this.#parts));
  }

  #finish(): void {
    this.#onFrame(this.#codec === 'VP8' ? [Buffer.concat(this.#parts)] : this.#units);
    this.#units = [];
    this.#parts = [];
  }
}

function aggregated(payload: Buffer): Buffer[] {
  const units: Buffer[] = [];
  for (let offset = 1; offset + 2 < payload.length; ) {
    const end = offset + 2 + payload.readUInt16BE(offset);
    units.push(payload.subarray(offset + 2, end));
    offset = end;
  }
  return units;
}
