import { AppError } from '../../errors.ts';

type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One payload format of a media line (RFC 8866 sections 6.6 and 6.15). */
export interface OfferFormat {
  readonly payloadType: number;
  /** Encoding name in upper case: VP8, H264, OPUS, RTX. */
  readonly codec: string;
  readonly clockRate: number;
  /** Format parameters, keys in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** One media description of an offer. */
export interface OfferLine {
  /** Its place in the offer; an answer keeps the order (RFC 3264 section 6). */
  readonly index: number;
  readonly kind: string;
  /** The text of the `m=` line after the port, for refusing it in the answer. */
  readonly protocolAndFormats: string;
  readonly mid: string;
  readonly direction: MediaDirection;
  /** Refused or stopped by the offerer: port 0 and not part of a bundle. */
  readonly disabled: boolean;
  readonly formats: readonly OfferFormat[];
  /** Header extension URI to its ID (RFC 8285). */
  readonly extensions: ReadonlyMap<string, number>;
  /** The lines of the description as they came, `m=` first. */
  readonly text: readonly string[];
}

export interface Offer {
  readonly session: readonly string[];
  readonly lines: readonly OfferLine[];
}

/** Longest SDP accepted, in characters: Chromium's sixteen video lines need about 100,000. */
const MAX_OFFER_LENGTH = 300_000;
const MAX_MEDIA_LINES = 32;
const DIRECTIONS: ReadonlySet<string> = new Set(['sendrecv', 'sendonly', 'recvonly', 'inactive']);

export function refuseOffer(message: string, cause?: unknown): AppError {
  return new AppError('MEDIA_OFFER_REFUSED', message, cause === undefined ? undefined : { cause });
}

/**
 * Reads an SDP offer (RFC 8866, RFC 9429).
 * @throws AppError MEDIA_OFFER_REFUSED for anything that is not a bundled, encrypted WebRTC offer
 */
export function parseOffer(sdp: string): Offer {
  if (sdp.length > MAX_OFFER_LENGTH) throw refuseOffer('The offer is too long.');
  const all = sdp.split(/\r\n|\n|\r/).filter((line) => line !== '');
  if (all[0] !== 'v=0') throw refuseOffer('The offer is not SDP: it does not begin with v=0.');
  if (all.some((line) => !/^[a-z]=[^\p{Cc}]*$/u.test(line))) {
    throw refuseOffer('The offer has a line that is not SDP.');
  }
  const { session, sections } = splitSections(all);
  if (sections.length === 0) throw refuseOffer('The offer has no media line.');
  if (sections.length > MAX_MEDIA_LINES) throw refuseOffer('The offer has too many media lines.');
  const lines = sections.map((text, index) => parseLine(text, index));
  requireTransport(session, lines);
  requireDistinctMids(lines);
  return { session, lines };
}

function splitSections(all: readonly string[]): { session: string[]; sections: string[][] } {
  const session: string[] = [];
  const sections: string[][] = [];
  for (const line of all) {
    if (line.startsWith('m=')) sections.push([line]);
    else (sections.at(-1) ?? session).push(line);
  }
  return { session, sections };
}

function parseLine(text: readonly string[], index: number): OfferLine {
  const media = /^m=(\S+) (\d{1,5}) (\S+ .+)$/.exec(text[0] ?? '');
  if (media === null) throw refuseOffer('The offer has a malformed m= line.');
  const [, kind = '', port = '', protocolAndFormats = ''] = media;
  const values = attributes(text);
  const mid = values.get('mid')?.[0];
  if (mid === undefined || !/^[!-~]{1,64}$/.test(mid))
    throw refuseOffer('A media line of the offer has no valid mid.');
  return {
    index,
    kind,
    protocolAndFormats,
    mid,
    direction: direction(text),
    disabled: port === '0' && !values.has('bundle-only'),
    formats: formats(protocolAndFormats, values),
    extensions: extensions(values.get('extmap') ?? []),
    text,
  };
}

function attributes(text: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const line of text) {
    const match = /^a=([^:]+)(?::(.*))?$/.exec(line);
    if (match === null) continue;
    const [, name = '', value = ''] = match;
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  return values;
}

function direction(text: readonly string[]): MediaDirection {
  for (const line of text) {
    const name = line.slice(2);
    if (line.startsWith('a=') && DIRECTIONS.has(name)) return name as MediaDirection;
  }
  return 'sendrecv';
}

function formats(protocolAndFormats: string, values: ReadonlyMap<string, readonly string[]>): OfferFormat[] {
  const offered = protocolAndFormats.split(' ').slice(1);
  const parameters = new Map<string, string>();
  for (const value of values.get('fmtp') ?? []) {
    const space = value.indexOf(' ');
    if (space > 0) parameters.set(value.slice(0, space), value.slice(space + 1));
  }
  const found = new Map<number, OfferFormat>();
  for (const value of values.get('rtpmap') ?? []) {
    const match = /^(\d{1,3}) ([\w.-]+)\/(\d{1,7})(?:\/\d+)?$/.exec(value);
    if (match === null) continue;
    const [, type = '', codec = '', clockRate = ''] = match;
    const payloadType = Number(type);
    if (payloadType > 127 || !offered.includes(type)) continue;
    found.set(payloadType, {
      payloadType,
      codec: codec.toUpperCase(),
      clockRate: Number(clockRate),
      parameters: formatParameters(parameters.get(type) ?? ''),
    });
  }
  // The order of the m= line is the offerer's preference (RFC 8866 section 5.14).
  return offered.map((type) => found.get(Number(type))).filter((format) => format !== undefined);
}

function formatParameters(text: string): Map<string, string> {
  const pairs = text
    .split(';')
    .filter(Boolean)
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? [pair.trim().toLowerCase(), '']
        : [pair.slice(0, equals).trim().toLowerCase(), pair.slice(equals + 1).trim()];
    });
  return new Map(pairs);
}

function extensions(values: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const value of values) {
    const match = /^(\d{1,5})(?:\/\w+)? (\S+)/.exec(value);
    const id = Number(match?.[1]);
    // One-byte headers carry the IDs 1 to 14 (RFC 8285 section 4.2).
    if (match?.[2] !== undefined && id >= 1 && id <= 14) found.set(match[2], id);
  }
  return found;
}

/** ICE credentials and a fingerprint of the certificate must be there (RFC 8839, RFC 8842). */
function requireTransport(session: readonly string[], lines: readonly OfferLine[]): void {
  const all = [...session, ...lines.flatMap((line) => line.text)];
  const has = (pattern: RegExp): boolean => all.some((line) => pattern.test(line));
  if (!has(/^a=ice-ufrag:[\w+/-]{4,256}$/)) throw refuseOffer('The offer has no valid ice-ufrag.');
  if (!has(/^a=ice-pwd:[\w+/-]{22,256}$/)) throw refuseOffer('The offer has no valid ice-pwd.');
  if (!has(/^a=fingerprint:sha-(1|224|256|384|512) ([0-9A-F]{2}:){19,63}[0-9A-F]{2}$/i)) {
    throw refuseOffer('The offer has no valid certificate fingerprint.');
  }
}

function requireDistinctMids(lines: readonly OfferLine[]): void {
  if (new Set(lines.map((line) => line.mid)).size !== lines.length) {
    throw refuseOffer('Two media lines of the offer have the same mid.');
  }
}
