import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { AccountService } from './account-service.ts';

const create = () => {
  const clock = { nowMs: 1_000_000 };
  const store = createMemoryStore();
  const accounts = new AccountService({
    accounts: store.accounts,
    now: () => clock.nowMs,
    passwordCost: { N: 16, r: 1, p: 1 },
  });
  const login = (password: string, address = '10.0.0.1', name = 'admin') =>
    accounts.login({ name, password, address });
  return { clock, store, accounts, login };
};

describe('the first administrator', () => {
  it('gets a random password, told once', async () => {
    const { accounts, login } = create();
    const first = await accounts.ensureAdministrator('admin', null);
    assert.equal(first.account.role, 'administrator');
    assert.equal((await login(first.generatedPassword ?? '')).id, first.account.id);
    const again = await accounts.ensureAdministrator('admin', null);
    assert.deepEqual(again, { account: first.account, generatedPassword: null, passwordChanged: false });
  });

  it('gets the configured password, and a later one in its place', async () => {
    const { accounts, login } = create();
    const first = await accounts.ensureAdministrator('admin', 'password-1');
    assert.equal(first.generatedPassword, null);
    assert.equal((await accounts.ensureAdministrator('admin', 'password-1')).passwordChanged, false);
    const changed = await accounts.ensureAdministrator('admin', 'password-2');
    assert.equal(changed.passwordChanged, true);
    assert.equal(changed.account.id, first.account.id);
    await assert.rejects(login('password-1'), { code: 'LOGIN_FAILED' });
    await login('password-2');
  });
});

describe('login', () => {
  it('fails alike for a wrong password and an unknown account', async () => {
    const { accounts, login } = create();
    await accounts.ensureAdministrator('admin', 'password-1');
    await assert.rejects(login('wrong'), { code: 'LOGIN_FAILED' });
    await assert.rejects(login('password-1', '10.0.0.1', 'nobody'), { code: 'LOGIN_FAILED' });
  });

  it('is refused after five wrong tries from one address, for a minute, the right password too', async () => {
    const { clock, accounts, login } = create();
    await accounts.ensureAdministrator('admin', 'password-1');
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => login('wrong')));
    const codes = tries.map((result) => (result.status === 'rejected' ? result.reason.code : null));
    assert.deepEqual(codes, [
      ...Array.from({ length: 5 }, () => 'LOGIN_FAILED'),
      ...Array.from({ length: 3 }, () => 'TOO_MANY_ATTEMPTS'),
    ]);
    await assert.rejects(login('password-1'), { code: 'TOO_MANY_ATTEMPTS' });
    await login('password-1', '10.0.0.2');
    clock.nowMs += 60_000;
    await login('password-1');
  });
});
