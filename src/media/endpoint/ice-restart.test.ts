import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { publishingOffer } from '../../../test/support/media-offers.ts';
import { AppError } from '../../errors.ts';
import { answerFragment, parseRestartFragment, restartedOffer } from './ice-restart.ts';
import { parseOffer } from './offer.ts';

const fragment = [
  'a=group:BUNDLE 0 1',
  'a=ice-ufrag:EsAw',
  'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
  'a=tls-id:0123456789abcdef0123',
  '',
].join('\r\n');

test('the new credentials replace the old ones on every line', () => {
  const parsed = parseRestartFragment(fragment);
  assert.deepEqual(parsed, { ufrag: 'EsAw', password: 'P2uYro0UCOQ4zxjKXaWCBui1' });
  const { lines } = restartedOffer(parseOffer(publishingOffer()), parsed);
  for (const { text } of lines) {
    const credentials = text.filter((line) => line.startsWith('a=ice-'));
    assert.deepEqual(credentials, ['a=ice-ufrag:EsAw', 'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1']);
  }
});

test('the answered fragment has credentials, association and candidates of the first accepted line', () => {
  const answer = [
    'v=0',
    'a=fingerprint:sha-256 AB',
    'a=group:BUNDLE 1',
    'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
    'a=mid:0',
    'm=video 5004 UDP/TLS/RTP/SAVPF 96',
    'a=mid:1',
    'a=setup:active',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:secret',
    '',
  ].join('\r\n');
  assert.equal(
    answerFragment(answer, { addresses: ['192.0.2.1'], port: 5004 }),
    [
      'a=group:BUNDLE 1',
      'a=ice-ufrag:abcd',
      'a=ice-pwd:secret',
      'a=fingerprint:sha-256 AB',
      'a=setup:active',
      'm=video 5004 UDP/TLS/RTP/SAVPF 96',
      'a=mid:1',
      'a=candidate:1 1 UDP 2130706431 192.0.2.1 5004 typ host',
      'a=end-of-candidates',
      '',
    ].join('\r\n'),
  );
});

test('arbitrary and damaged fragments are read or refused with the code', () => {
  const onlyRefuses = (text: string) => {
    try {
      parseRestartFragment(text);
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'MEDIA_OFFER_REFUSED');
    }
  };
  const edits = fc.array(fc.tuple(fc.nat(fragment.length), fc.string({ maxLength: 2 })), { maxLength: 4 });
  fc.assert(fc.property(fc.string({ unit: 'binary' }), onlyRefuses));
  fc.assert(
    fc.property(edits, (changes) => {
      let text = fragment;
      for (const [at, added] of changes) text = text.slice(0, at) + added + text.slice(at + 1);
      onlyRefuses(text);
    }),
  );
});
