import type { VideoCodec } from '../media/endpoint/selection.ts';
import type { ClipFrame } from './clip.ts';

/** Longest payload of a packet, in bytes. */
const MAX_PAYLOAD = 1100;

export interface RtpFields {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** Builds an RTP packet (RFC 3550 section 5.1), with an RFC 6464 level under `level.id` if one is given. */
export function rtpPacket(
  fields: RtpFields,
  payload: Buffer,
  level?: { readonly id: number; readonly value: number },
): Buffer {
  const header = Buffer.alloc(level === undefined ? 12 : 20);
  header[0] = level === undefined ? 0x80 : 0x90;
  header[1] = (fields.marker ? 0x80 : 0) | fields.payloadType;
  header.writeUInt16BE(fields.sequenceNumber & 0xffff, 2);
  header.writeUInt32BE(fields.timestamp >>> 0, 4);
  header.writeUInt32BE(fields.ssrc, 8);
  if (level !== undefined) {
    header.writeUInt32BE(0xbede0001, 12);
    header[16] = level.id << 4;
    header[17] = level.value;
  }
  return Buffer.concat([header, payload]);
}

/** The RTP payloads of one frame, in order. */
export function payloadsOf(frame: ClipFrame, codec: VideoCodec, pictureId: number): Buffer[] {
  return codec === 'VP8' ? vp8Payloads(frame, pictureId) : h264Payloads(frame);
}

function vp8Payloads({ units }: ClipFrame, pictureId: number): Buffer[] {
  return chunks(units[0] ?? Buffer.alloc(0)).map((chunk, index) => {
    const descriptor = Buffer.from([index === 0 ? 0x90 : 0x80, 0x80, 0, 0]);
    descriptor.writeUInt16BE(0x8000 | (pictureId & 0x7fff), 2);
    return Buffer.concat([descriptor, chunk]);
  });
}

/** Parameter sets as one STAP-A, long units as FU-A (RFC 6184 sections 5.7.1 and 5.8). */
function h264Payloads({ units }: ClipFrame): Buffer[] {
  const isParameterSet = (unit: Buffer) => [7, 8].includes(unit.readUInt8(0) & 0x1f);
  const sets = units.filter(isParameterSet);
  const slices = units.filter((unit) => !isParameterSet(unit));
  return [...(sets.length > 0 ? [aggregate(sets)] : []), ...slices.flatMap(fragments)];
}

function aggregate(units: readonly Buffer[]): Buffer {
  const parts = units.flatMap((unit) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(unit.length);
    return [length, unit];
  });
  return Buffer.concat([Buffer.from([0x60 | 24]), ...parts]);
}

function fragments(unit: Buffer): Buffer[] {
  if (unit.length <= MAX_PAYLOAD) return [unit];
  const header = unit.readUInt8(0);
  const all = chunks(unit.subarray(1));
  return all.map((chunk, index) => {
    const position = (index === 0 ? 0x80 : 0) | (index === all.length - 1 ? 0x40 : 0);
    return Buffer.concat([Buffer.from([(header & 0xe0) | 28, position | (header & 0x1f)]), chunk]);
  });
}

function chunks(data: Buffer): Buffer[] {
  const count = Math.max(1, Math.ceil(data.length / MAX_PAYLOAD));
  return Array.from({ length: count }, (_, index) =>
    data.subarray(index * MAX_PAYLOAD, (index + 1) * MAX_PAYLOAD),
  );
}
