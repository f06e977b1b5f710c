/** SDP offers that look like a browser's, for tests without media. */

interface OfferOptions {
  readonly videoLines?: number;
  readonly audio?: boolean;
  readonly codec?: 'VP8' | 'H264';
}

/** An offer as a WHIP client makes it: one video and one audio line that send. */
export const publishingOffer = (options: OfferOptions = {}): string => offer('sendonly', options);

/** An offer as a WHEP client makes it: `videoLines` slots (default 1) and one audio line that receive. */
export const viewingOffer = (options: OfferOptions = {}): string => offer('recvonly', options);

function offer(direction: string, options: OfferOptions): string {
  const { videoLines = 1, audio = true, codec = 'VP8' } = options;
  const mids = Array.from({ length: videoLines + (audio ? 1 : 0) }, (_, index) => String(index));
  const media = mids.map((mid, index) =>
    index < videoLines ? videoLine(mid, direction, codec) : audioLine(mid, direction),
  );
  return [...session(mids), ...media.flat(), ''].join('\r\n');
}

function session(mids: readonly string[]): string[] {
  return [
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
  ];
}

function videoLine(mid: string, direction: string, codec: 'VP8' | 'H264'): string[] {
  const fmtp = 'a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f';
  return [
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    ...transport(mid, direction),
    `a=rtpmap:96 ${codec}/90000`,
    'a=rtcp-fb:96 nack pli',
    ...(codec === 'H264' ? [fmtp] : []),
  ];
}

function audioLine(mid: string, direction: string): string[] {
  return [
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    ...transport(mid, direction),
    'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    'a=rtpmap:111 opus/48000/2',
  ];
}

function transport(mid: string, direction: string): string[] {
  return [
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:Fvxp',
    'a=ice-pwd:k3WkEHSJvFqhSWn6bNXkYtPU',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    'a=setup:actpass',
    `a=mid:${mid}`,
    `a=${direction}`,
    'a=rtcp-mux',
  ];
}
