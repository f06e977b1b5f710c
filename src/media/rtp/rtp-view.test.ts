import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rtpPacket } from '../../virtual/packetizer.ts';
import { asksForKeyFrame } from './rtcp.ts';
import { isRtcp, RtpView } from './rtp-view.ts';

const fields = {
  marker: true,
  payloadType: 96,
  sequenceNumber: 65_535,
  timestamp: 0xffff_fffe,
  ssrc: 0x8765_4321,
};

test('a packet is read with its header, extension and payload', () => {
  const view = new RtpView();
  assert.ok(view.read(rtpPacket(fields, Buffer.from('abc'), { id: 3, value: 42 })));
  const { marker, payloadType, sequenceNumber, timestamp, ssrc } = view;
  assert.deepEqual({ marker, payloadType, sequenceNumber, timestamp, ssrc }, fields);
  assert.equal(view.packet.toString('latin1', view.payloadStart, view.payloadEnd), 'abc');
  assert.equal(view.audioLevel(3), 42);
  assert.equal(view.audioLevel(4), -1);
});

test('padding is not payload, and padding longer than the packet is refused', () => {
  const view = new RtpView();
  const packet = rtpPacket(fields, Buffer.from([1, 2, 3, 2]));
  packet[0] = 0xa0;
  assert.ok(view.read(packet));
  assert.equal(view.payloadEnd - view.payloadStart, 2);
  packet[packet.length - 1] = 200;
  assert.equal(view.read(packet), false);
});

test('contributing sources and elements before the wanted one are skipped', () => {
  const header = [0x91, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9];
  const extension = [0xbe, 0xde, 0, 2, 0x11, 5, 5, 0, 0x30, 0x80 | 30, 0, 0];
  const view = new RtpView();
  assert.ok(view.read(Buffer.from([...header, ...extension, 7])));
  assert.equal(view.audioLevel(3), 30);
  assert.equal(view.payloadEnd - view.payloadStart, 1);
});

test('RTCP is told from RTP', () => {
  const pictureLoss = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]);
  const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 1]);
  assert.ok(isRtcp(pictureLoss));
  assert.equal(isRtcp(rtpPacket(fields, Buffer.from('x'))), false);
  assert.ok(asksForKeyFrame(Buffer.concat([report, pictureLoss])));
  assert.equal(asksForKeyFrame(report), false);
  const intraRequest = Buffer.from([0x84, 206, 0, 4, ...Buffer.alloc(16)]);
  assert.ok(asksForKeyFrame(intraRequest));
});

test('arbitrary bytes are read or refused, never thrown over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 14 }), (bytes, id) => {
      const packet = Buffer.from(bytes);
      const view = new RtpView();
      asksForKeyFrame(packet);
      if (!view.read(packet)) return;
      assert.ok(view.payloadStart <= view.payloadEnd && view.payloadEnd <= packet.length);
      const level = view.audioLevel(id);
      assert.ok(level >= -1 && level <= 127);
    }),
  );
});

test('packets with flipped bytes are read or refused, never thrown over', () => {
  const good = rtpPacket(fields, Buffer.from('payload'), { id: 1, value: 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
      const packet = Buffer.from(good);
      for (const [at, value] of changes) packet[at] = value;
      const view = new RtpView();
      if (view.read(packet)) view.audioLevel(1);
    }),
  );
});
