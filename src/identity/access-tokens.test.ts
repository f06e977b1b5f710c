import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accountId } from '../conference/ids.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { AccessTokens } from './access-tokens.ts';

const ACCOUNT = accountId('account-1');
const HOUR_MS = 3_600_000;

const create = async () => {
  const clock = { nowMs: 1_000_000 };
  const store = createMemoryStore();
  await store.accounts.save({
    id: ACCOUNT,
    name: 'admin',
    displayName: 'admin',
    role: 'administrator',
    passwordHash: '',
    createdAtMs: 0,
  });
  const options = { tokens: store.tokens, accounts: store.accounts, lifetimeMs: 24 * HOUR_MS };
  return { clock, store, tokens: new AccessTokens({ ...options, now: () => clock.nowMs }) };
};

describe('access tokens', () => {
  it('name their account until they expire, and are stored as digests', async () => {
    const { clock, store, tokens } = await create();
    const { token, record } = await tokens.issue(ACCOUNT, 72);
    assert.equal(tokens.authenticate(token)?.account.id, ACCOUNT);
    assert.equal(JSON.stringify(store.tokens.allAccess()).includes(token), false);
    assert.equal(record.expiresAtMs - clock.nowMs, 24 * HOUR_MS);
    clock.nowMs = record.expiresAtMs - 1;
    assert.notEqual(tokens.find(token), null);
    clock.nowMs += 1;
    assert.equal(tokens.find(token), null);
    assert.equal(tokens.authenticate('usg00'), null);
  });

  it('live anew when renewed, the same token', async () => {
    const { clock, tokens } = await create();
    const { token } = await tokens.issue(ACCOUNT, 72);
    clock.nowMs += HOUR_MS;
    const renewed = await tokens.renew(token);
    assert.equal(renewed?.token, token);
    assert.equal(renewed?.record.expiresAtMs, clock.nowMs + 24 * HOUR_MS);
    clock.nowMs += 25 * HOUR_MS;
    assert.equal(await tokens.renew(token), null);
  });

  it('end when revoked, alone or all of an account', async () => {
    const { tokens } = await create();
    const issued = [await tokens.issue(ACCOUNT, 72), await tokens.issue(ACCOUNT, 72)];
    const other = await tokens.issue(accountId('account-2'), 72);
    await tokens.revoke(issued[0]?.token ?? '');
    assert.deepEqual(
      issued.map(({ token }) => tokens.find(token) !== null),
      [false, true],
    );
    await tokens.revokeAllOf(ACCOUNT);
    assert.equal(tokens.find(issued[1]?.token ?? ''), null);
    assert.notEqual(tokens.find(other.token), null);
  });

  it('of client type 72 are at most 64 an account: the 65th ends the oldest', async () => {
    const { clock, tokens } = await create();
    const issued: string[] = [];
    for (let count = 0; count < 65; count++) {
      issued.push((await tokens.issue(ACCOUNT, 72)).token);
      clock.nowMs += 1;
    }
    const live = issued.filter((token) => tokens.find(token) !== null);
    assert.deepEqual(live, issued.slice(1));
  });

  it('of another client type are one an account and type', async () => {
    const { tokens } = await create();
    const first = await tokens.issue(ACCOUNT, 0);
    const api = await tokens.issue(ACCOUNT, 72);
    const second = await tokens.issue(ACCOUNT, 0);
    assert.equal(tokens.find(first.token), null);
    assert.notEqual(tokens.find(api.token), null);
    assert.notEqual(tokens.find(second.token), null);
  });

  it('that expired are dropped by the next issue', async () => {
    const { clock, store, tokens } = await create();
    await tokens.issue(accountId('account-2'), 72);
    clock.nowMs += 25 * HOUR_MS;
    const { record } = await tokens.issue(ACCOUNT, 72);
    assert.deepEqual(store.tokens.allAccess(), [record]);
  });
});
