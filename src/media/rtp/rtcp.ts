const PAYLOAD_SPECIFIC_FEEDBACK = 206;
const PICTURE_LOSS = 1;
const FULL_INTRA_REQUEST = 4;

/** Whether a compound RTCP packet asks for a key frame: PLI (RFC 4585 section 6.3.1) or FIR (RFC 5104 section 4.3.1). */
export function asksForKeyFrame(packet: Buffer): boolean {
  let offset = 0;
  while (offset + 4 <= packet.length) {
    const format = packet.readUInt8(offset) & 0x1f;
    const type = packet.readUInt8(offset + 1);
    if (type === PAYLOAD_SPECIFIC_FEEDBACK && (format === PICTURE_LOSS || format === FULL_INTRA_REQUEST))
      return true;
    offset += 4 + packet.readUInt16BE(offset + 2) * 4;
  }
  return false;
}
