import { isIPv4 } from 'node:net';
import type { Offer, OfferLine } from './offer.ts';
import type { Selection } from './selection.ts';

/** The UDP address that an answer announces. */
export interface HostCandidates {
  readonly addresses: readonly string[];
  readonly port: number;
}

/**
 * The offer as the library is given it: the answered lines only, without candidates. Clients reach this server at its
 * own candidates and are learned from their checks (peer-reflexive, RFC 8445 section 7.3.1.3), so that no name of
 * theirs is resolved and nothing is sent to an address that a client merely claims.
 */
export function libraryOffer(offer: Offer, selection: Selection): string {
  const lines = answeredLines(offer, selection);
  const session = offer.session.filter((line) => !isGroup(line) && !isCandidate(line));
  return join([
    ...session,
    bundle(lines),
    ...lines.flatMap((line) => [
      (line.text[0] ?? '').replace(/^(m=\S+) 0 /, '$1 9 '),
      ...line.text.slice(1).filter((text) => !isCandidate(text) && text !== 'a=bundle-only'),
    ]),
  ]);
}

/**
 * The answer for the client: the library's lines in the order of the offer, the refused ones with port 0
 * (RFC 3264 section 6), and this server's own host candidates on the first line of the bundle.
 */
export function clientAnswer(
  offer: Offer,
  selection: Selection,
  local: string,
  hosts: HostCandidates,
): string {
  const accepted = answeredLines(offer, selection);
  const { session, sections } = split(local);
  const lines = offer.lines.map((line) => {
    const section = accepted.includes(line) ? sections.get(line.mid) : undefined;
    return section ?? refusedLine(line);
  });
  const first = lines.find((line) => accepted[0] !== undefined && line === sections.get(accepted[0].mid));
  first?.push(...candidateLines(hosts), 'a=end-of-candidates');
  return join([...session.filter((line) => !isGroup(line)), bundle(accepted), ...lines.flat()]);
}

function answeredLines(offer: Offer, { videos, audio }: Selection): OfferLine[] {
  const mids = new Set([...videos, ...(audio === null ? [] : [audio])].map(({ line }) => line.mid));
  return offer.lines.filter(({ mid }) => mids.has(mid));
}

function split(sdp: string): { session: string[]; sections: Map<string, string[]> } {
  const session: string[] = [];
  const all: string[][] = [];
  for (const line of sdp.split(/\r?\n/)) {
    if (line === '' || isCandidate(line)) continue;
    if (line.startsWith('m=')) all.push([line]);
    else (all.at(-1) ?? session).push(line);
  }
  const sections = new Map(all.map((section) => [midOf(section), section]));
  return { session, sections };
}

const midOf = (section: readonly string[]): string =>
  section.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length) ?? '';

const isGroup = (line: string): boolean => line.startsWith('a=group:');

const isCandidate = (line: string): boolean =>
  line.startsWith('a=candidate:') || line === 'a=end-of-candidates';

const bundle = (lines: readonly OfferLine[]): string =>
  `a=group:BUNDLE ${lines.map(({ mid }) => mid).join(' ')}`;

const join = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`;

function refusedLine(line: OfferLine): string[] {
  return [
    `m=${line.kind} 0 ${line.protocolAndFormats}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${line.mid}`,
    'a=inactive',
  ];
}

/** Host candidates with the priorities of RFC 8445 section 5.1.2.1, the first address preferred. */
export function candidateLines({ addresses, port }: HostCandidates): string[] {
  return addresses.map((address, index) => {
    const localPreference = (isIPv4(address) ? 65_535 : 65_000) - index;
    const priority = 126 * 2 ** 24 + localPreference * 256 + 255;
    return `a=candidate:${index + 1} 1 UDP ${priority} ${address} ${port} typ host`;
  });
}
