import assert from 'node:assert/strict';
import test from 'node:test';
import { answerWithFragment, fragmentOfOffer } from './sdp-fragment.ts';

const lines = (...list: string[]): string => `${list.join('\r\n')}\r\n`;

const offer = lines(
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  'a=group:BUNDLE 0 1',
  'm=video 5000 UDP/TLS/RTP/SAVPF 96',
  'a=candidate:1 1 udp 1 127.0.0.1 5000 typ host',
  'a=ice-ufrag:new',
  'a=ice-pwd:secret',
  'a=mid:0',
  'a=rtpmap:96 VP8/90000',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=ice-ufrag:new',
  'a=ice-pwd:secret',
  'a=mid:1',
);

test('the fragment of an offer holds credentials and candidates once', () => {
  assert.equal(
    fragmentOfOffer(offer, 'association'),
    lines(
      'a=group:BUNDLE 0 1',
      'a=ice-ufrag:new',
      'a=ice-pwd:secret',
      'a=tls-id:association',
      'm=video 5000 UDP/TLS/RTP/SAVPF 96',
      'a=candidate:1 1 udp 1 127.0.0.1 5000 typ host',
      'a=mid:0',
    ),
  );
});

test('the answer takes over the credentials, fingerprint and candidates of a fragment', () => {
  const answer = lines(
    'v=0',
    'a=fingerprint:sha-256 OLD',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=ice-ufrag:old',
    'a=ice-pwd:old',
    'a=candidate:9 1 udp 1 10.0.0.1 1 typ host',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=ice-ufrag:old',
    'a=ice-pwd:old',
  );
  const fragment = lines(
    'a=ice-ufrag:srv',
    'a=ice-pwd:pw',
    'a=fingerprint:sha-256 NEW',
    'a=candidate:2 1 udp 1 10.0.0.2 2 typ host',
  );
  assert.equal(
    answerWithFragment(answer, fragment),
    lines(
      'v=0',
      'a=fingerprint:sha-256 NEW',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=ice-ufrag:srv',
      'a=ice-pwd:pw',
      'a=candidate:2 1 udp 1 10.0.0.2 2 typ host',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=ice-ufrag:srv',
      'a=ice-pwd:pw',
    ),
  );
});

test('a fragment without credentials is refused', () => {
  assert.throws(() => answerWithFragment(offer, 'a=end-of-candidates\r\n'), TypeError);
});
