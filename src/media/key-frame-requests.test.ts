import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/support/media-clock.ts';
import { KeyFrameRequests } from './key-frame-requests.ts';

function requestsOf() {
  const clock = new ManualClock();
  const sentAt: number[] = [];
  const startMs = clock.nowMs();
  const requests = new KeyFrameRequests(() => sentAt.push(clock.nowMs() - startMs), clock);
  return { clock, requests, sentAt };
}

test('a request leaves at once and is repeated each 200 ms until a key frame comes', () => {
  const { clock, requests, sentAt } = requestsOf();
  requests.request();
  requests.request();
  clock.advance(450);
  requests.answered();
  clock.advance(1000);
  assert.deepEqual(sentAt, [0, 200, 400]);
});

test('an answered request may be followed at once by another', () => {
  const { clock, requests, sentAt } = requestsOf();
  requests.request();
  clock.advance(20);
  requests.answered();
  requests.request();
  assert.deepEqual(sentAt, [0, 20]);
});

test('whenever viewers ask and key frames come, no second has more than five requests', () => {
  const actions = fc.array(fc.tuple(fc.constantFrom('request', 'answer'), fc.nat(120)), { maxLength: 200 });
  fc.assert(
    fc.property(actions, (plan) => {
      const { clock, requests, sentAt } = requestsOf();
      for (const [action, waitMs] of plan) {
        if (action === 'request') requests.request();
        else requests.answered();
        clock.advance(waitMs);
      }
      for (const [index, at] of sentAt.entries()) {
        const sixth = sentAt[index + 5];
        if (sixth !== undefined) assert.ok(sixth - at > 1000);
      }
    }),
  );
});

test('a request that had to wait for its turn is sent', () => {
  const { clock, requests, sentAt } = requestsOf();
  for (let time = 0; time < 6; time += 1) {
    requests.answered();
    requests.request();
  }
  assert.equal(sentAt.length, 5);
  clock.advance(1001);
  assert.equal(sentAt.length, 6);
});
