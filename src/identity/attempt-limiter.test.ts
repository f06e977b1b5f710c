import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttemptLimiter } from './attempt-limiter.ts';

const create = (options: { limit?: number; maxKeys?: number } = {}) => {
  const clock = { nowMs: 1_000_000 };
  const limiter = new AttemptLimiter({ now: () => clock.nowMs, ...options });
  const fail = (key: string, times: number) => {
    for (let count = 0; count < times; count++) limiter.recordFailure(key);
  };
  return { clock, limiter, fail };
};

test('a key is blocked by the fifth wrong try within a minute, others are not', () => {
  const { limiter, fail } = create();
  fail('a', 4);
  assert.equal(limiter.isBlocked('a'), false);
  fail('a', 1);
  assert.equal(limiter.isBlocked('a'), true);
  assert.equal(limiter.isBlocked('b'), false);
});

test('a blocked key may try again when the oldest of its five leaves the window', () => {
  const { clock, limiter, fail } = create();
  fail('a', 1);
  clock.nowMs += 40_000;
  fail('a', 4);
  assert.equal(limiter.retryAfterMs('a'), 20_000);
  clock.nowMs += 20_000;
  assert.equal(limiter.isBlocked('a'), false);
  fail('a', 1);
  assert.equal(limiter.retryAfterMs('a'), 40_000);
});

test('tries spread over more than the window never block', () => {
  const { clock, limiter, fail } = create();
  for (let round = 0; round < 20; round++) {
    fail('a', 1);
    clock.nowMs += 15_001;
    assert.equal(limiter.isBlocked('a'), false);
  }
});

test('when too many keys are remembered, the one with the oldest wrong try is forgotten', () => {
  const { limiter, fail } = create({ limit: 1, maxKeys: 2 });
  fail('a', 1);
  fail('b', 1);
  fail('a', 1);
  fail('c', 1);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => limiter.isBlocked(key)),
    [true, false, true],
  );
});
