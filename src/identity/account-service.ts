import { randomUUID } from 'node:crypto';
import { type AccountId, accountId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import { hashPassword, newPassword, PASSWORD_COST, type PasswordCost, verifyPassword } from '../secrets.ts';
import type { AccountRepository } from '../store/store.ts';
import { AttemptLimiter } from './attempt-limiter.ts';
import type { Account } from './identity.ts';

export interface AccountServiceOptions {
  readonly accounts: AccountRepository;
  /** Unix ms. */
  readonly now: () => number;
  /** Cheaper in tests. Default PASSWORD_COST. */
  readonly passwordCost?: PasswordCost;
}

export interface Login {
  readonly name: string;
  readonly password: string;
  /** Where the caller comes from: wrong tries are counted per address. */
  readonly address: string;
}

export interface AdministratorSetup {
  readonly account: Account;
  /** The random password of an account made just now, to be shown once; null when a password was configured. */
  readonly generatedPassword: string | null;
  /** True when the configured password replaced another: the account's tokens should be revoked. */
  readonly passwordChanged: boolean;
}

/** Who may call the management API. */
export class AccountService {
  readonly #accounts: AccountRepository;
  readonly #now: () => number;
  readonly #cost: PasswordCost;
  readonly #limiter: AttemptLimiter;
  /** The end of each address's queue of logins. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor({ accounts, now, passwordCost = PASSWORD_COST }: AccountServiceOptions) {
    this.#accounts = accounts;
    this.#now = now;
    this.#cost = passwordCost;
    this.#limiter = new AttemptLimiter({ now });
  }

  /** Makes the administrator where absent; a configured password that differs from the stored one replaces it. */
  async ensureAdministrator(name: string, password: string | null): Promise<AdministratorSetup> {
    const existing = this.#accounts.findByName(name);
    if (existing === null) return this.#createAdministrator(name, password);
    if (password === null || (await verifyPassword(password, existing.passwordHash, this.#cost))) {
      return { account: existing, generatedPassword: null, passwordChanged: false };
    }
    const account = { ...existing, passwordHash: await hashPassword(password, this.#cost) };
    await this.#accounts.save(account);
    return { account, generatedPassword: null, passwordChanged: true };
  }

  /**
   * The account of a name and password. Fails with LOGIN_FAILED, in the same time whatever was wrong, and with
   * TOO_MANY_ATTEMPTS after 5 wrong tries in a minute from one address. Logins of one address wait for each other:
   * sent all at once, they would be checked before any was counted.
   */
  async login(login: Login): Promise<Account> {
    const { address } = login;
    const before = this.#queues.get(address) ?? Promise.resolve();
    const attempt = before.then(() => this.#attempt(login));
    const settled = attempt.catch(() => {});
    this.#queues.set(address, settled);
    try {
      return await attempt;
    } finally {
      if (this.#queues.get(address) === settled) this.#queues.delete(address);
    }
  }

  findByName(name: string): Account | null {
    return this.#accounts.findByName(name);
  }

  find(id: AccountId): Account | null {
    return this.#accounts.find(id);
  }

  async #attempt({ name, password, address }: Login): Promise<Account> {
    if (this.#limiter.isBlocked(address)) {
      throw new AppError('TOO_MANY_ATTEMPTS', 'Too many wrong passwords from this address.');
    }
    const account = this.#accounts.findByName(name);
    const right = await verifyPassword(password, account?.passwordHash ?? null, this.#cost);
    if (account !== null && right) return account;
    this.#limiter.recordFailure(address);
    throw new AppError('LOGIN_FAILED', 'The account or the password is wrong.');
  }

  async #createAdministrator(name: string, password: string | null): Promise<AdministratorSetup> {
    const chosen = password ?? newPassword();
    const account: Account = {
      id: accountId(randomUUID()),
      name,
      displayName: name,
      role: 'administrator',
      passwordHash: await hashPassword(chosen, this.#cost),
      createdAtMs: this.#now(),
    };
    await this.#accounts.save(account);
    return { account, generatedPassword: password === null ? chosen : null, passwordChanged: false };
  }
}
