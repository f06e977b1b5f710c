import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meetingId } from '../../src/conference/ids.ts';
import { PUSH_TOKEN_LIFETIME_MS, PushTokens } from '../../src/identity/push-tokens.ts';
import { FakeClock } from '../support/fake-clock.ts';

const [first, second] = [meetingId('900000001'), meetingId('900000002')];

test('a push token is good once, for its meeting, for a minute', () => {
  const clock = new FakeClock();
  const tokens = new PushTokens(clock);
  const token = tokens.issue(first);
  assert.match(token, /^[0-9a-f]{48}$/);
  assert.equal(tokens.redeem(second, token), false);
  assert.equal(tokens.redeem(first, token), true);
  assert.equal(tokens.redeem(first, token), false);
  const late = tokens.issue(first);
  clock.advance(PUSH_TOKEN_LIFETIME_MS);
  assert.equal(tokens.redeem(first, late), false);
});

test('expired push tokens are dropped when another is issued, whatever meeting they belong to', () => {
  const clock = new FakeClock();
  const tokens = new PushTokens(clock);
  tokens.issue(first);
  clock.advance(PUSH_TOKEN_LIFETIME_MS);
  tokens.issue(second);
  assert.equal(tokens.size, 1);
});

test('a meeting has 2,000 push tokens at most: the oldest gives way, and other meetings’ stay', () => {
  const tokens = new PushTokens(new FakeClock());
  const others = tokens.issue(second);
  const issued = Array.from({ length: 2_001 }, () => tokens.issue(first));
  assert.equal(tokens.size, 2_001);
  assert.equal(tokens.redeem(first, issued[0] ?? ''), false);
  assert.equal(tokens.redeem(first, issued[1] ?? ''), true);
  assert.equal(tokens.redeem(second, others), true);
});
