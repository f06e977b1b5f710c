import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatWireTime, parseWireTime } from './wire-time.ts';

test('wire times are UTC minutes, both ways', () => {
  assert.equal(parseWireTime('2026-11-24 05:30'), Date.UTC(2026, 10, 24, 5, 30));
  assert.equal(formatWireTime(Date.UTC(2026, 10, 24, 5, 30, 59, 999)), '2026-11-24 05:30');
});

test('days and times that do not exist are no wire times', () => {
  for (const text of [
    '2026-02-30 10:00',
    '2026-11-24 24:00',
    '2026-11-24T05:30',
    '2026-11-24 5:30',
    '2026-13-01 00:00',
    '2026-11-24 05:30:00',
  ]) {
    assert.equal(parseWireTime(text), null, text);
  }
});
