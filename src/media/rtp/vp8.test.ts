import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyVp8Descriptor, MAX_VP8_DESCRIPTOR, readVp8Descriptor, writeVp8Descriptor } from './vp8.ts';

const read = (...bytes: number[]) => {
  const descriptor = emptyVp8Descriptor();
  return readVp8Descriptor(Buffer.from(bytes), 0, bytes.length, descriptor) ? descriptor : null;
};

test('a descriptor of one byte has no picture ID', () => {
  const descriptor = read(0x10, 0x00);
  assert.deepEqual(
    [descriptor?.pictureId, descriptor?.payloadStart, descriptor?.keyFrameStart],
    [-1, 1, true],
  );
});

test('a full descriptor gives all its fields', () => {
  const descriptor = read(0x90, 0xf0, 0x81, 0x02, 0x33, 0x5f, 0x01);
  assert.equal(descriptor?.pictureId, 0x102);
  assert.equal(descriptor?.pictureIdBits, 15);
  assert.equal(descriptor?.tl0PictureIndex, 0x33);
  assert.equal(descriptor?.layers, 0x5f);
  assert.equal(descriptor?.payloadStart, 6);
  assert.equal(descriptor?.keyFrameStart, false);
});

test('a key frame begins only in the first packet of the first partition', () => {
  assert.equal(read(0x10, 0x00)?.keyFrameStart, true);
  assert.equal(read(0x00, 0x00)?.keyFrameStart, false);
  assert.equal(read(0x11, 0x00)?.keyFrameStart, false);
  assert.equal(read(0x10, 0x01)?.keyFrameStart, false);
});

test('a descriptor that is cut short is refused', () => {
  for (const bytes of [
    [],
    [0x90],
    [0x90, 0x80],
    [0x90, 0x80, 0x81],
    [0x90, 0x80, 0x81, 0x01],
    [0x90, 0x40],
    [0x90, 0x20],
  ]) {
    assert.equal(read(...bytes), null);
  }
});

test('what is written reads back the same, with a picture ID of 15 bits', () => {
  const descriptors = fc.record({
    nonReference: fc.boolean(),
    startOfPartition: fc.boolean(),
    partition: fc.nat(7),
    pictureId: fc.nat(0x7fff),
    tl0PictureIndex: fc.integer({ min: -1, max: 255 }),
    hasTemporalId: fc.boolean(),
    hasKeyIndex: fc.boolean(),
    layers: fc.nat(255),
  });
  fc.assert(
    fc.property(descriptors, (fields) => {
      const written = { ...emptyVp8Descriptor(), ...fields };
      if (!fields.hasTemporalId && !fields.hasKeyIndex) written.layers = 0;
      const packet = Buffer.alloc(MAX_VP8_DESCRIPTOR + 1);
      const end = writeVp8Descriptor(packet, 0, written);
      assert.ok(end <= MAX_VP8_DESCRIPTOR);
      const back = emptyVp8Descriptor();
      assert.ok(readVp8Descriptor(packet, 0, end + 1, back));
      const { keyFrameStart: _, payloadStart, pictureIdBits, ...rest } = back;
      assert.deepEqual([payloadStart, pictureIdBits], [end, 15]);
      const { keyFrameStart: _k, payloadStart: _p, pictureIdBits: _b, ...wanted } = written;
      assert.deepEqual(rest, wanted);
    }),
  );
});

test('arbitrary bytes are read or refused, never thrown over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const descriptor = read(...bytes);
      if (descriptor !== null) assert.ok(descriptor.payloadStart < bytes.length);
    }),
  );
});
