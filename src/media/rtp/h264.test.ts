import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadClip } from '../../virtual/clip.ts';
import { payloadsOf } from '../../virtual/packetizer.ts';
import { h264Start } from './h264.ts';

const start = (...bytes: number[]) => h264Start(Buffer.from(bytes), 0, bytes.length);

test('single units: parameter sets and the first slice of an IDR begin a key frame', () => {
  assert.equal(start(0x67, 0x42, 0xe0, 0x1f), 'parameterSets');
  assert.equal(start(0x65, 0x88, 0x80), 'idr');
  assert.equal(start(0x65, 0x08, 0x80), 'none');
  assert.equal(start(0x41, 0x9a), 'none');
  assert.equal(start(0x68, 0xce), 'none');
});

test('aggregated units are looked through', () => {
  assert.equal(start(0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce), 'parameterSets');
  assert.equal(start(0x78, 0, 2, 0x09, 0x10, 0, 2, 0x65, 0x88), 'idr');
  assert.equal(start(0x78, 0, 2, 0x68, 0xce), 'none');
  assert.equal(start(0x78, 0, 200, 0x67), 'none');
});

test('of fragments only the first of an IDR begins a key frame', () => {
  assert.equal(start(0x7c, 0x85, 0x88), 'idr');
  assert.equal(start(0x7c, 0x05, 0x88), 'none');
  assert.equal(start(0x7c, 0x81, 0x88), 'none');
});

test('of a clip exactly the first packet begins with parameter sets', () => {
  const { frames } = loadClip('red', 'H264');
  const starts = frames.flatMap((frame) =>
    payloadsOf(frame, 'H264', 0).map((payload) => h264Start(payload, 0, payload.length)),
  );
  assert.deepEqual(starts.slice(0, 3), ['parameterSets', 'idr', 'none']);
  assert.ok(starts.slice(2).every((found) => found === 'none'));
});

test('arbitrary bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      start(...bytes);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(24, 28, 5, 7), fc.uint8Array({ maxLength: 20 }), (type, bytes) => {
      start(type, ...bytes);
    }),
  );
});
