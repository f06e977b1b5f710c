import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIP_NAMES, clipIndex, loadClip } from './clip.ts';
import { Depacketizer } from './depacketizer.ts';
import { payloadsOf, rtpPacket } from './packetizer.ts';

for (const codec of ['VP8', 'H264'] as const) {
  test(`${codec} clips begin with their one key frame, and every frame tells its clip`, () => {
    const frames = CLIP_NAMES.flatMap((name) => loadClip(name, codec).frames);
    assert.equal(clipIndex(codec).size, frames.length);
    for (const name of CLIP_NAMES) {
      assert.deepEqual(
        loadClip(name, codec).frames.findLastIndex(({ keyFrame }) => keyFrame),
        0,
      );
    }
  });

  test(`${codec} frames come out of packets as they went in`, () => {
    const { frames } = loadClip('red', codec);
    const received: string[] = [];
    const depacketizer = new Depacketizer(codec, (units) =>
      received.push(Buffer.concat(units).toString('base64')),
    );
    let sequenceNumber = 65_530;
    for (const [index, frame] of frames.entries()) {
      const payloads = payloadsOf(frame, codec, index);
      for (const [at, payload] of payloads.entries()) {
        const fields = {
          marker: at === payloads.length - 1,
          payloadType: 96,
          timestamp: index * 6000,
          ssrc: 1,
        };
        depacketizer.receive(rtpPacket({ ...fields, sequenceNumber: sequenceNumber++ }, payload));
      }
    }
    assert.deepEqual(
      received,
      frames.map(({ units }) => Buffer.concat(units).toString('base64')),
    );
    assert.ok(Object.values(depacketizer.continuity).every((count) => count === 0));
  });
}
