/** The VP8 payload descriptor of one packet (RFC 7741 section 4.2); -1 stands for a field that is absent. */
export interface Vp8Descriptor {
  /** First packet of a key frame. */
  keyFrameStart: boolean;
  nonReference: boolean;
  startOfPartition: boolean;
  partition: number;
  /** 0 to 127 or 0 to 32767, see `pictureIdBits`. */
  pictureId: number;
  pictureIdBits: 7 | 15;
  tl0PictureIndex: number;
  /** The byte of TID, Y and KEYIDX. */
  layers: number;
  hasTemporalId: boolean;
  hasKeyIndex: boolean;
  /** Where the VP8 payload begins. */
  payloadStart: number;
}

/** Longest descriptor that `writeVp8Descriptor` writes, in bytes. */
export const MAX_VP8_DESCRIPTOR = 6;

export function emptyVp8Descriptor(): Vp8Descriptor {
  return {
    keyFrameStart: false,
    nonReference: false,
    startOfPartition: false,
    partition: 0,
    pictureId: -1,
    pictureIdBits: 15,
    tl0PictureIndex: -1,
    layers: 0,
    hasTemporalId: false,
    hasKeyIndex: false,
    payloadStart: 0,
  };
}

/** Reads the descriptor of the payload at [start, end) into `into`; false when it is cut short. */
export function readVp8Descriptor(packet: Buffer, start: number, end: number, into: Vp8Descriptor): boolean {
  if (start >= end) return false;
  const first = packet.readUInt8(start);
  into.nonReference = (first & 0x20) !== 0;
  into.startOfPartition = (first & 0x10) !== 0;
  into.partition = first & 0x07;
  into.pictureId = -1;
  into.tl0PictureIndex = -1;
  into.layers = 0;
  into.hasTemporalId = false;
  into.hasKeyIndex = false;
  const offset = (first & 0x80) === 0 ? start + 1 : readExtended(packet, start + 1, end, into);
  if (offset < 0 || offset >= end) return false;
  into.payloadStart = offset;
  // The first bit of the VP8 frame header is 0 for a key frame (RFC 6386 section 9.1).
  into.keyFrameStart =
    into.startOfPartition && into.partition === 0 && (packet.readUInt8(offset) & 0x01) === 0;
  return true;
}

function readExtended(packet: Buffer, start: number, end: number, into: Vp8Descriptor): number {
  if (start >= end) return -1;
  const flags = packet.readUInt8(start);
  let offset = start + 1;
  if ((flags & 0x80) !== 0) {
    if (offset >= end) return -1;
    const head = packet.readUInt8(offset);
    into.pictureIdBits = (head & 0x80) === 0 ? 7 : 15;
    if (into.pictureIdBits === 15 && offset + 2 > end) return -1;
    into.pictureId = into.pictureIdBits === 7 ? head : packet.readUInt16BE(offset) & 0x7fff;
    offset += into.pictureIdBits === 7 ? 1 : 2;
  }
  if ((flags & 0x40) !== 0) {
    if (offset >= end) return -1;
    into.tl0PictureIndex = packet.readUInt8(offset);
    offset += 1;
  }
  into.hasTemporalId = (flags & 0x20) !== 0;
  into.hasKeyIndex = (flags & 0x10) !== 0;
  if (into.hasTemporalId || into.hasKeyIndex) {
    if (offset >= end) return -1;
    into.layers = packet.readUInt8(offset);
    offset += 1;
  }
  return offset;
}

/** Writes a descriptor with a picture ID of 15 bits, and TL0PICIDX unless it is -1; returns the offset behind it. */
export function writeVp8Descriptor(
  target: Buffer,
  offset: number,
  descriptor: Vp8Descriptor,
  pictureId = descriptor.pictureId,
  tl0PictureIndex = descriptor.tl0PictureIndex,
): number {
  const { nonReference, startOfPartition, partition, hasTemporalId, hasKeyIndex } = descriptor;
  target[offset] = 0x80 | (nonReference ? 0x20 : 0) | (startOfPartition ? 0x10 : 0) | partition;
  target[offset + 1] =
    0x80 | (tl0PictureIndex < 0 ? 0 : 0x40) | (hasTemporalId ? 0x20 : 0) | (hasKeyIndex ? 0x10 : 0);
  target.writeUInt16BE(0x8000 | pictureId, offset + 2);
  let next = offset + 4;
  if (tl0PictureIndex >= 0) target[next++] = tl0PictureIndex;
  if (hasTemporalId || hasKeyIndex) target[next++] = descriptor.layers;
  return next;
}
