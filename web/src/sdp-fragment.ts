/** ICE restarts by PATCH with `application/trickle-ice-sdpfrag` (RFC 9725 section 4.3.3, RFC 8840 section 9). */

/** The fragment of a local offer: credentials, and the candidates of the first line since all lines are bundled. */
export function fragmentOfOffer(offer: string): string {
  const session = linesOf(offer);
  const firstMedia = session.findIndex((line) => line.startsWith('m='));
  if (firstMedia === -1) throw new TypeError('The offer has no media line');
  const nextMedia = session.findIndex((line, index) => index > firstMedia && line.startsWith('m='));
  const media = session.slice(firstMedia, nextMedia === -1 ? undefined : nextMedia);
  const bundle = session.filter((line) => line.startsWith('a=group:BUNDLE'));
  const credentials = media.filter((line) => /^a=ice-(ufrag|pwd):/.test(line));
  const kept = media.filter((line) => /^(m=|a=mid:|a=candidate:|a=end-of-candidates)/.test(line));
  return [...bundle, ...credentials, ...kept, ''].join('\r\n');
}

/** The server's earlier answer with the credentials and candidates of its new fragment. */
export function answerWithFragment(answer: string, fragment: string): string {
  const received = linesOf(fragment);
  const ufrag = received.find((line) => line.startsWith('a=ice-ufrag:'));
  const password = received.find((line) => line.startsWith('a=ice-pwd:'));
  if (ufrag === undefined || password === undefined)
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
    if (line.startsWith('a=ice-ufrag:')) result.push(ufrag);
    else if (line.startsWith('a=ice-pwd:')) result.push(password);
    else result.push(line);
  }
  if (mediaLines === 1) result.push(...candidates);
  return [...result, ''].join('\r\n');
}

function linesOf(sdp: string): string[] {
  return sdp.split(/\r?\n/).filter((line) => line !== '');
}
