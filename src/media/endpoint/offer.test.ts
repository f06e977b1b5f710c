import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { publishingOffer, viewingOffer } from '../../../test/support/media-offers.ts';
import { AppError } from '../../errors.ts';
import { clientAnswer, libraryOffer } from './answer.ts';
import { parseOffer } from './offer.ts';
import { selectPublishing, selectViewing } from './selection.ts';

const refused = { code: 'MEDIA_OFFER_REFUSED' };
const hosts = { addresses: ['192.0.2.7', '2001:db8::7'], port: 5004 };
const dataChannel = [
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=mid:data',
  'a=sctp-port:5000',
  '',
].join('\r\n');

test('an offer is read line by line', () => {
  const { lines } = parseOffer(viewingOffer({ videoLines: 2 }));
  assert.deepEqual(
    lines.map(({ kind, mid, direction }) => [kind, mid, direction]),
    [
      ['video', '0', 'recvonly'],
      ['video', '1', 'recvonly'],
      ['audio', '2', 'recvonly'],
    ],
  );
  assert.deepEqual(lines[2]?.formats[0], {
    payloadType: 111,
    codec: 'OPUS',
    clockRate: 48_000,
    parameters: new Map(),
  });
  assert.equal(lines[2]?.extensions.get('urn:ietf:params:rtp-hdrext:ssrc-audio-level'), 1);
});

test('what is not a WebRTC offer is refused', () => {
  const good = publishingOffer();
  const broken = [
    '',
    'v=1\r\n',
    good.replace('v=0', 'v=7'),
    good.replace(/a=ice-ufrag:.*\r\n/g, ''),
    good.replace(/a=ice-pwd:.*/g, 'a=ice-pwd:short'),
    good.replace(/a=fingerprint:.*\r\n/g, ''),
    good.replace('a=mid:1', 'a=mid:0'),
    good.replace('a=mid:1\r\n', ''),
    good.replace(/m=video .*/, 'm=video x y'),
    `${good}not sdp\r\n`,
    `${good}a=${'x'.repeat(400_000)}\r\n`,
  ];
  for (const offer of broken) assert.throws(() => parseOffer(offer), refused);
});

test('H.264 must be constrained baseline in packetization mode 1', () => {
  const good = publishingOffer({ codec: 'H264' });
  assert.equal(selectPublishing(parseOffer(good), 'H264').videos[0]?.format.payloadType, 96);
  for (const [from, to] of [
    ['packetization-mode=1', 'packetization-mode=0'],
    ['42e01f', '640c1f'],
    ['42e01f', '42001f'],
  ] as const) {
    const offer = parseOffer(good.replace(from, to));
    assert.throws(() => selectPublishing(offer, 'H264'), refused);
  }
});

test('lines of the wrong direction are not selected', () => {
  assert.throws(() => selectPublishing(parseOffer(viewingOffer()), 'VP8'), refused);
  assert.throws(() => selectViewing(parseOffer(publishingOffer()), 'VP8'), refused);
});

test('other lines are hidden from the library and refused in their place in the answer', () => {
  const offer = parseOffer(publishingOffer().replace('m=audio', `${dataChannel}m=audio`));
  const selection = selectPublishing(offer, 'VP8');
  const toLibrary = libraryOffer(offer, selection);
  assert.doesNotMatch(toLibrary, /application/);
  assert.match(toLibrary, /^a=group:BUNDLE 0 1\r$/m);
  const local = [
    'v=0',
    's=-',
    'a=group:LS 0 1',
    'm=video 5004 X 96',
    'a=mid:0',
    'm=audio 5004 X 111',
    'a=mid:1',
  ];
  const answer = clientAnswer(offer, selection, local.join('\r\n'), hosts);
  const media = answer.split('\r\n').filter((line) => line.startsWith('m='));
  assert.deepEqual(media, [
    'm=video 5004 X 96',
    'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
    'm=audio 5004 X 111',
  ]);
  const candidates = answer.split('\r\n').filter((line) => line.startsWith('a=candidate'));
  assert.deepEqual(
    candidates.map((line) => line.split(' ').slice(4, 8)),
    [
      ['192.0.2.7', '5004', 'typ', 'host'],
      ['2001:db8::7', '5004', 'typ', 'host'],
    ],
  );
});

test('no candidate of the client reaches the library', () => {
  const offer = publishingOffer().replace(
    'a=mid:0',
    'a=candidate:1 1 UDP 1 secret-host.local 9 typ host\r\na=end-of-candidates\r\na=mid:0',
  );
  const parsed = parseOffer(offer);
  assert.doesNotMatch(libraryOffer(parsed, selectPublishing(parsed, 'VP8')), /candidate/);
});

test('arbitrary and damaged offers are read or refused with the code, never thrown over', () => {
  const onlyRefuses = (sdp: string) => {
    try {
      const offer = parseOffer(sdp);
      libraryOffer(offer, selectPublishing(offer, 'VP8'));
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'MEDIA_OFFER_REFUSED', String(error));
    }
  };
  const good = publishingOffer();
  const line = fc.constantFrom(
    ...good.split('\r\n'),
    'm=',
    'a=rtpmap:',
    'a=fmtp:96',
    'a=extmap:0 x',
    'a=mid:',
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), onlyRefuses));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => onlyRefuses(['v=0', ...lines].join('\r\n'))),
  );
  const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.string({ maxLength: 2 })), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(edits, (changes) => {
      let sdp = good;
      for (const [at, text] of changes) sdp = sdp.slice(0, at) + text + sdp.slice(at + 1);
      onlyRefuses(sdp);
    }),
  );
});
