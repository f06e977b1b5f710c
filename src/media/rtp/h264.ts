/** What a packet begins (RFC 6184): a picture can be joined at `parameterSets`, or at `idr` if they were known. */
export type H264Start = 'none' | 'idr' | 'parameterSets';

const NAL_IDR = 5;
const NAL_SPS = 7;
const NAL_STAP_A = 24;
const NAL_FU_A = 28;

/** Whether the payload at [start, end) begins a key frame: in a single NAL unit, a STAP-A or the first FU-A. */
export function h264Start(packet: Buffer, start: number, end: number): H264Start {
  if (start >= end) return 'none';
  const type = packet.readUInt8(start) & 0x1f;
  if (type === NAL_STAP_A) return stapStart(packet, start + 1, end);
  if (type === NAL_FU_A) return fragmentStart(packet, start, end);
  return unitStart(packet, start, end, type);
}

function stapStart(packet: Buffer, start: number, end: number): H264Start {
  let found: H264Start = 'none';
  let offset = start;
  while (offset + 3 <= end) {
    const length = packet.readUInt16BE(offset);
    const unit = offset + 2;
    if (length === 0 || unit + length > end) return found;
    const begins = unitStart(packet, unit, unit + length, packet.readUInt8(unit) & 0x1f);
    if (begins === 'parameterSets') return begins;
    if (begins === 'idr') found = begins;
    offset = unit + length;
  }
  return found;
}

function fragmentStart(packet: Buffer, start: number, end: number): H264Start {
  if (start + 2 >= end) return 'none';
  const header = packet.readUInt8(start + 1);
  const isFirst = (header & 0x80) !== 0;
  // The byte before the slice data stands for the NAL header that fragmentation took apart.
  return isFirst ? unitStart(packet, start + 1, end, header & 0x1f) : 'none';
}

function unitStart(packet: Buffer, start: number, end: number, type: number): H264Start {
  if (type === NAL_SPS) return 'parameterSets';
  if (type !== NAL_IDR || start + 1 >= end) return 'none';
  // first_mb_in_slice is 0, coded as a single 1 bit, in the first slice of a picture only.
  return (packet.readUInt8(start + 1) & 0x80) !== 0 ? 'idr' : 'none';
}
