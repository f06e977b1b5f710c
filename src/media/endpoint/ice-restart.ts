import { candidateLines, type HostCandidates } from './answer.ts';
import { type Offer, type OfferLine, refuseOffer } from './offer.ts';

/**
 * ICE restart by a trickle-ice-sdpfrag (RFC 8840 section 9, RFC 9725 section 4.3.3).
 *
 * The library cannot restart ICE of a connection (libjuice: "ICE restart is not supported"), so the endpoint moves to
 * a new connection: new ICE, and of necessity a new DTLS association (RFC 8842). A client that can follow says so by an
 * `a=tls-id` in its fragment, which that RFC uses to ask for a new association; it applies the `a=fingerprint` and
 * `a=setup` of the answered fragment. All else of the endpoint stays: its ID, lines, SSRCs, slots and their sources.
 */
export interface RestartFragment {
  readonly ufrag: string;
  readonly password: string;
}

/** Longest fragment accepted, in characters. */
const MAX_FRAGMENT_LENGTH = 20_000;

/** @throws AppError MEDIA_OFFER_REFUSED when it is malformed or its client cannot follow to a new association */
export function parseRestartFragment(text: string): RestartFragment {
  if (text.length > MAX_FRAGMENT_LENGTH) throw refuseOffer('The fragment is too long.');
  const ufrag = /^a=ice-ufrag:([\w+/-]{4,256})\r?$/m.exec(text)?.[1];
  const password = /^a=ice-pwd:([\w+/-]{22,256})\r?$/m.exec(text)?.[1];
  if (ufrag === undefined || password === undefined) {
    throw refuseOffer('The fragment has no valid ice-ufrag and ice-pwd.');
  }
  if (!/^a=tls-id:[\w+/-]{20,255}\r?$/m.test(text)) {
    throw refuseOffer(
      'ICE restarts only together with DTLS: the fragment has no a=tls-id, so open a new session.',
    );
  }
  return { ufrag, password };
}

/** The offer as it would have been with the new credentials. */
export function restartedOffer(offer: Offer, { ufrag, password }: RestartFragment): Offer {
  const replace = (text: readonly string[]): string[] =>
    text.map((line) => {
      if (line.startsWith('a=ice-ufrag:')) return `a=ice-ufrag:${ufrag}`;
      return line.startsWith('a=ice-pwd:') ? `a=ice-pwd:${password}` : line;
    });
  const lines = offer.lines.map((line): OfferLine => ({ ...line, text: replace(line.text) }));
  return { session: replace(offer.session), lines };
}

/** The fragment for the client, out of the answer to the restarted offer. */
export function answerFragment(answer: string, hosts: HostCandidates): string {
  const lines = answer.split('\r\n');
  const first = (prefix: string): string[] => lines.filter((line) => line.startsWith(prefix)).slice(0, 1);
  const isAccepted = (line: string): boolean => line.startsWith('m=') && !/^m=\S+ 0 /.test(line);
  const at = lines.findIndex(isAccepted);
  const fragment = [
    ...first('a=group:BUNDLE'),
    ...first('a=ice-ufrag:'),
    ...first('a=ice-pwd:'),
    ...first('a=fingerprint:'),
    ...first('a=setup:'),
    ...lines.slice(at, at + 1),
    ...lines.filter((line, index) => index > at && line.startsWith('a=mid:')).slice(0, 1),
    ...candidateLines(hosts),
    'a=end-of-candidates',
  ];
  return `${fragment.join('\r\n')}\r\n`;
}
