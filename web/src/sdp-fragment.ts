/** ICE restarts by PATCH with `application/trickle-ice-sdpfrag` (RFC 9725 section 4.3.3, RFC 8840 section 9). */

/**
 * The fragment of a local offer: credentials, and the candidates of the first line since all lines are bundled.
 *
 * @param association a fresh `a=tls-id` (RFC 8842), 20 characters or more: says that a new DTLS association, with
 * another fingerprint, will be taken
 */
export function fragmentOfOffer(offer: string, association: string): string {
  const session = linesOf(offer);
  const firstMedia = session.findIndex((line) => line.startsWith('m='));
  if (firstMedia === -1) throw new TypeError('The offer has no media line');
  const nextMedia = session.findIndex((line, index) => index > firstMedia && line.startsWith('m='));
  const media = session.slice(firstMedia, nextMedia === -1 ? undefined : nextMedia);
  const bundle = session.filter((line) => line.startsWith('a=group:BUNDLE'));
  const credentials = media.filter((line) => /^a=ice-(ufrag|pwd):/.test(line));
  const kept = media.filter((line) => /^(m=|a=mid:|a=candidate:|a=end-of-candidates)/.test(line));
  return [...bundle, ...credentials, `a=tls-id:${association}`, ...kept, ''].join('\r\n');
}

/** What a fragment may have anew, beside candidates. */
const RENEWED = ['a=ice-ufrag:', 'a=ice-pwd:', 'a=fingerprint:'];

/** The server's earlier answer with the credentials, fingerprint and candidates of its new fragment. */
export function answerWithFragment(answer: string, fragment: string): string {
  const received = linesOf(fragment);
  const find = (prefix: string) => received.find((line) => line.startsWith(prefix));
  if (!find('a=ice-ufrag:') || !find('a=ice-pwd:'))
    throw new TypeError('The fragment has no ICE credentials');
  const candidates = received.filter((line) => /^a=(candidate:|end-of-candidates)/.test(line));
  const result: string[] = [];
  let mediaLines = 0;
  for (const line of linesOf(answer)) {
    if (/^a=(candidate:|end-of-candidates)/.test(line)) continue;
    if (line.startsWith('m=')) {
      if (mediaLines === 1) result.push(...candidates);
      mediaLines += 1;
    }
    const renewed = RENEWED.find((prefix) => line.startsWith(prefix));
    result.push((renewed && find(renewed)) ?? line);
  }
  if (mediaLines === 1) result.push(...candidates);
  return [...result, ''].join('\r\n');
}

function linesOf(sdp: string): string[] {
  return sdp.split(/\r?\n/).filter((line) => line !== '');
}
