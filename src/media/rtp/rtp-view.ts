const HEADER_LENGTH = 12;
const ONE_BYTE_PROFILE = 0xbede;
const EMPTY = Buffer.alloc(0);

/**
 * A received RTP packet (RFC 3550 section 5.1), read in place. One view is kept for each source and reused for every
 * packet, since a packet is forwarded before the next one is read.
 */
export class RtpView {
  packet: Buffer = EMPTY;
  marker = false;
  payloadType = 0;
  sequenceNumber = 0;
  timestamp = 0;
  ssrc = 0;
  payloadStart = 0;
  /** Excludes padding. */
  payloadEnd = 0;
  #extensionStart = 0;
  #extensionEnd = 0;

  /** Reads a packet; false, with the view in no defined state, when it is not whole RTP. */
  read(packet: Buffer): boolean {
    if (packet.length < HEADER_LENGTH || isRtcp(packet)) return false;
    const first = packet.readUInt8(0);
    if (first >> 6 !== 2) return false;
    const second = packet.readUInt8(1);
    this.packet = packet;
    this.marker = second >= 0x80;
    this.payloadType = second & 0x7f;
    this.sequenceNumber = packet.readUInt16BE(2);
    this.timestamp = packet.readUInt32BE(4);
    this.ssrc = packet.readUInt32BE(8);
    const start = this.#readExtension(packet, HEADER_LENGTH + (first & 0x0f) * 4, (first & 0x10) !== 0);
    if (start < 0 || start > packet.length) return false;
    const padding = (first & 0x20) === 0 ? 0 : packet.readUInt8(packet.length - 1);
    this.payloadStart = start;
    this.payloadEnd = packet.length - padding;
    return this.payloadEnd >= start;
  }

  /** RFC 6464 level of the packet in -dBov, 0 (loudest) to 127 (silence); -1 when it carries none under this ID. */
  audioLevel(id: number): number {
    let offset = this.#extensionStart;
    while (offset < this.#extensionEnd) {
      const head = this.packet.readUInt8(offset);
      const length = (head & 0x0f) + 1;
      // An ID of 0 is padding of one byte, 15 ends the elements (RFC 8285 section 4.2).
      if (head >> 4 === 15) return -1;
      if (head >> 4 === id && offset + 1 < this.#extensionEnd)
        return this.packet.readUInt8(offset + 1) & 0x7f;
      offset += head === 0 ? 1 : 1 + length;
    }
    return -1;
  }

  #readExtension(packet: Buffer, offset: number, present: boolean): number {
    this.#extensionStart = offset;
    this.#extensionEnd = offset;
    if (!present) return offset;
    if (offset + 4 > packet.length) return -1;
    const end = offset + 4 + packet.readUInt16BE(offset + 2) * 4;
    if (end > packet.length) return -1;
    if (packet.readUInt16BE(offset) === ONE_BYTE_PROFILE) {
      this.#extensionStart = offset + 4;
      this.#extensionEnd = end;
    }
    return end;
  }
}

/** Whether a packet on a shared port is RTCP (RFC 5761 section 4). */
export function isRtcp(packet: Buffer): boolean {
  if (packet.length < 2) return false;
  const type = packet.readUInt8(1);
  return type >= 192 && type <= 223;
}
