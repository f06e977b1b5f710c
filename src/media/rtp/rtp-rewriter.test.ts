import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { payloadsOf, rtpPacket } from '../../virtual/packetizer.ts';
import { RtpRewriter } from './rtp-rewriter.ts';
import { RtpView } from './rtp-view.ts';
import { emptyVp8Descriptor, readVp8Descriptor } from './vp8.ts';

const SSRC = 77;

/** A VP8 source that begins anywhere and wraps. */
class Source {
  #sequence: number;
  #timestamp: number;
  #pictureId: number;

  constructor(sequence: number, timestamp: number, pictureId: number) {
    this.#sequence = sequence;
    this.#timestamp = timestamp;
    this.#pictureId = pictureId;
  }

  /** The packets of the next frame. */
  frame(packets: number): Buffer[] {
    const units = [Buffer.alloc((packets - 1) * 1100 + 10, 1)];
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    this.#timestamp += 6000;
    return payloadsOf({ units, keyFrame: false }, 'VP8', this.#pictureId).map((payload, index) => {
      const fields = { marker: index === packets - 1, payloadType: 100, ssrc: 5 };
      return rtpPacket({ ...fields, sequenceNumber: this.#sequence++, timestamp: this.#timestamp }, payload);
    });
  }
}

const rewriterOf = () =>
  new RtpRewriter({ ssrc: SSRC, payloadType: 96, clockRate: 90_000, audioLevelId: null });

/** Reads a packet, rewrites it, and reads the result. */
function rewritten(rewriter: RtpRewriter, packet: Buffer, nowMs: number, isSwitch: boolean) {
  const view = new RtpView();
  const descriptor = emptyVp8Descriptor();
  assert.ok(view.read(packet));
  assert.ok(readVp8Descriptor(packet, view.payloadStart, view.payloadEnd, descriptor));
  if (isSwitch) rewriter.switchTo(view, nowMs);
  const result = rewriter.rewrite(view, nowMs, descriptor, -1);
  if (result === null) return null;
  const out = new RtpView();
  assert.ok(out.read(Buffer.from(result)));
  assert.ok(readVp8Descriptor(out.packet, out.payloadStart, out.payloadEnd, descriptor));
  const payload = out.packet.subarray(descriptor.payloadStart, out.payloadEnd);
  return { ...fieldsOf(out), pictureId: descriptor.pictureId, payload };
}

const fieldsOf = ({ ssrc, payloadType, sequenceNumber, timestamp, marker }: RtpView) => {
  return { ssrc, payloadType, sequenceNumber, timestamp, marker };
};

const sources = fc.array(
  fc.record({ sequence: fc.nat(0xffff), timestamp: fc.nat(0xffff_ffff), pictureId: fc.nat(0x7fff) }),
  { minLength: 2, maxLength: 4 },
);
const steps = fc.array(
  fc.record({
    source: fc.nat(3),
    frames: fc.integer({ min: 1, max: 6 }),
    packets: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 20 },
);

test('whatever the sources and switches, the stream is unbroken', () => {
  fc.assert(
    fc.property(sources, steps, (starts, plan) => {
      const all = starts.map(
        ({ sequence, timestamp, pictureId }) => new Source(sequence, timestamp, pictureId),
      );
      const rewriter = rewriterOf();
      let nowMs = 0;
      let current = -1;
      let last: ReturnType<typeof rewritten> = null;
      for (const { source, frames, packets } of plan) {
        const next = source % all.length;
        let isSwitch = next !== current;
        current = next;
        for (let frame = 0; frame < frames; frame += 1) {
          nowMs += 66.7;
          for (const [index, packet] of (all[next]?.frame(packets) ?? []).entries()) {
            const out = rewritten(rewriter, packet, nowMs, isSwitch);
            isSwitch = false;
            assert.ok(out !== null);
            assert.equal(out.ssrc, SSRC);
            assert.equal(out.payloadType, 96);
            if (last !== null) {
              assert.equal(out.sequenceNumber, (last.sequenceNumber + 1) & 0xffff);
              assert.equal(out.pictureId, (last.pictureId + (index === 0 ? 1 : 0)) & 0x7fff);
              const step = (out.timestamp - last.timestamp) >>> 0;
              assert.ok(index === 0 ? step > 0 && step < 90_000 : step === 0, `timestamp step ${step}`);
            }
            last = out;
          }
        }
      }
    }),
  );
});

test('gaps and reordering of a source are kept, payloads are not touched', () => {
  const rewriter = rewriterOf();
  const source = new Source(65_533, 1000, 0x7ffe);
  const packets = [1, 1, 1, 1, 1, 1].flatMap((count) => source.frame(count));
  const arrival = [0, 1, 3, 2, 5];
  const out = arrival.map((at, index) =>
    rewritten(rewriter, packets[at] ?? Buffer.alloc(0), index, index === 0),
  );
  const first = out[0]?.sequenceNumber ?? 0;
  assert.deepEqual(
    out.map((packet) => ((packet?.sequenceNumber ?? 0) - first) & 0xffff),
    arrival,
  );
  const firstId = out[0]?.pictureId ?? 0;
  assert.deepEqual(
    out.map((packet) => ((packet?.pictureId ?? 0) - firstId) & 0x7fff),
    arrival,
  );
  assert.ok(out.every((packet) => packet?.payload.equals(Buffer.alloc(10, 1))));
});

test('a packet from before the switch that arrives late is dropped', () => {
  const rewriter = rewriterOf();
  const source = new Source(10, 0, 0);
  const [early = Buffer.alloc(0)] = source.frame(1);
  const [key = Buffer.alloc(0)] = source.frame(1);
  assert.ok(rewritten(rewriter, key, 0, true));
  assert.equal(rewritten(rewriter, early, 1, false), null);
});

test('picture IDs of 7 bits and none at all become 15 bits that go on', () => {
  const rewriter = rewriterOf();
  const fields = { marker: true, payloadType: 100, ssrc: 5 };
  const short = (pictureId: number, sequenceNumber: number) =>
    rtpPacket(
      { ...fields, sequenceNumber, timestamp: sequenceNumber * 10 },
      Buffer.from([0x90, 0x80, pictureId, 0]),
    );
  const none = (sequenceNumber: number) =>
    rtpPacket({ ...fields, sequenceNumber, timestamp: sequenceNumber * 10 }, Buffer.from([0x10, 0]));
  const ids = [short(126, 1), short(127, 2), short(0, 3), short(1, 4)].map(
    (packet, index) => rewritten(rewriter, packet, index, index === 0)?.pictureId,
  );
  const more = [none(900), none(901)].map(
    (packet, index) => rewritten(rewriter, packet, 9 + index, index === 0)?.pictureId,
  );
  const first = ids[0] ?? 0;
  assert.deepEqual(
    [...ids, ...more],
    [0, 1, 2, 3, 4, 5].map((step) => first + step),
  );
});

test('a packet of padding keeps its place in the sequence', () => {
  const rewriter = rewriterOf();
  const view = new RtpView();
  const padding = Buffer.concat([
    rtpPacket(
      { marker: false, payloadType: 100, sequenceNumber: 3, timestamp: 0, ssrc: 1 },
      Buffer.from([0, 2]),
    ),
  ]);
  padding[0] = 0xa0;
  assert.ok(view.read(padding));
  rewriter.switchTo(view, 0);
  const out = rewriter.rewrite(view, 0, null, -1);
  assert.ok(out !== null && view.read(out));
  assert.equal(view.payloadEnd, view.payloadStart);
});
