import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { meetingId } from '../conference/ids.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { ControlTokens } from './control-tokens.ts';

const MEETING = meetingId('912345678');

const create = () => {
  const clock = { nowMs: 1_000_000 };
  const store = createMemoryStore();
  const now = () => clock.nowMs;
  return { clock, store, now, tokens: new ControlTokens({ tokens: store.tokens, now }) };
};

describe('control tokens', () => {
  it('are of the documented form and stored as digests', async () => {
    const { store, tokens } = create();
    const { token } = await tokens.issue(MEETING, 'host');
    assert.match(token, /^cnr[0-9a-f]{48}$/);
    assert.equal(JSON.stringify(store.tokens.allControl()).includes(token), false);
  });

  it('live half an hour, and another half from each keep-alive', async () => {
    const { clock, tokens } = create();
    const { token } = await tokens.issue(MEETING, 'guest');
    clock.nowMs += 1_799_999;
    assert.deepEqual([tokens.find(token)?.meeting, tokens.find(token)?.role], [MEETING, 'guest']);
    const kept = await tokens.extend(token);
    assert.equal(kept?.token, token);
    assert.equal(kept?.record.expiresAtMs, clock.nowMs + 1_800_000);
    clock.nowMs += 1_800_000;
    assert.equal(tokens.find(token), null);
    assert.equal(await tokens.extend(token), null);
  });

  it('are found by a later service over the same store', async () => {
    const { store, now, tokens } = create();
    const { token } = await tokens.issue(MEETING, 'host');
    assert.notEqual(new ControlTokens({ tokens: store.tokens, now }).find(token), null);
  });

  it('end together with revokeAll, those of other meetings stay', async () => {
    const { tokens } = create();
    const issued = [await tokens.issue(MEETING, 'host'), await tokens.issue(MEETING, 'guest')];
    const other = await tokens.issue(meetingId('900000000'), 'host');
    await tokens.revokeAll(MEETING);
    for (const { token } of issued) assert.equal(tokens.find(token), null);
    assert.notEqual(tokens.find(other.token), null);
  });

  it('that expired are dropped by the next issue', async () => {
    const { clock, store, tokens } = create();
    await tokens.issue(MEETING, 'host');
    clock.nowMs += 1_800_000;
    await tokens.issue(MEETING, 'host');
    assert.equal(store.tokens.allControl().length, 1);
  });
});
