import assert from 'node:assert/strict';
import test from 'node:test';
import { backoffMs } from './backoff.ts';

test('the delay doubles from 250 ms and stays at 4 s', () => {
  const delays = [0, 1, 2, 3, 4, 5, 40].map((attempt) => backoffMs(attempt, () => 0));
  assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 4000, 4000]);
});

test('chance takes off a quarter at most', () => {
  assert.equal(
    backoffMs(4, () => 1),
    3000,
  );
});
