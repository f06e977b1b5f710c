import type { AccountId } from '../conference/ids.ts';
import { digest, newToken } from '../secrets.ts';
import type { AccountRepository, TokenRepository } from '../store/store.ts';
import type { AccessTokenRecord, Account } from './identity.ts';

/** The wire's clientType of programs that call the API. */
const API_CLIENT_TYPE = 72;
const API_TOKENS_PER_ACCOUNT = 64;

export interface AccessTokensOptions {
  readonly tokens: TokenRepository;
  readonly accounts: AccountRepository;
  /** Unix ms. */
  readonly now: () => number;
  /** 12 to 24 hours. */
  readonly lifetimeMs: number;
}

/** A token as handed out, once; only its digest is kept. */
export interface IssuedAccessToken {
  readonly token: string;
  readonly record: AccessTokenRecord;
}

export interface AuthenticatedAccount {
  readonly account: Account;
  readonly record: AccessTokenRecord;
}

/** The tokens of the management API. Every change is durable when its promise resolves. */
export class AccessTokens {
  readonly #tokens: TokenRepository;
  readonly #accounts: AccountRepository;
  readonly #now: () => number;
  readonly #lifetimeMs: number;

  constructor({ tokens, accounts, now, lifetimeMs }: AccessTokensOptions) {
    this.#tokens = tokens;
    this.#accounts = accounts;
    this.#now = now;
    this.#lifetimeMs = lifetimeMs;
  }

  /**
   * A new token. An account has at most 64 live ones of client type 72 and one of any other type: the oldest give
   * way. Expired tokens of everybody are dropped on the way.
   */
  async issue(account: AccountId, clientType: number): Promise<IssuedAccessToken> {
    const token = newToken('usg');
    const createdAtMs = this.#now();
    const expiresAtMs = createdAtMs + this.#lifetimeMs;
    const record: AccessTokenRecord = {
      digest: digest(token),
      account,
      clientType,
      createdAtMs,
      refreshedAtMs: createdAtMs,
      expiresAtMs,
    };
    await Promise.all([
      this.#tokens.deleteAccess(this.#superfluous(account, clientType)),
      this.#tokens.saveAccess(record),
    ]);
    return { token, record };
  }

  /** The record of a live token, from memory; null when it is unknown, revoked or expired. */
  find(token: string): AccessTokenRecord | null {
    const record = this.#tokens.findAccess(digest(token));
    return record !== null && record.expiresAtMs > this.#now() ? record : null;
  }

  /** Whose token it is; null when it is not valid or the account is gone. */
  authenticate(token: string): AuthenticatedAccount | null {
    const record = this.find(token);
    const account = record === null ? null : this.#accounts.find(record.account);
    return record === null || account === null ? null : { account, record };
  }

  /** Gives the same token its whole lifetime again; null when it is not valid. */
  async renew(token: string): Promise<IssuedAccessToken | null> {
    const found = this.find(token);
    if (found === null) return null;
    const refreshedAtMs = this.#now();
    const record = { ...found, refreshedAtMs, expiresAtMs: refreshedAtMs + this.#lifetimeMs };
    await this.#tokens.saveAccess(record);
    return { token, record };
  }

  /** Unknown tokens are passed over. */
  revoke(token: string): Promise<void> {
    return this.#tokens.deleteAccess([digest(token)]);
  }

  revokeAllOf(account: AccountId): Promise<void> {
    const tokens = this.#tokens.allAccess().filter((record) => record.account === account);
    return this.#tokens.deleteAccess(tokens.map((record) => record.digest));
  }

  /** The digests that go before one more token of the account and type is saved. */
  #superfluous(account: AccountId, clientType: number): readonly string[] {
    const now = this.#now();
    const all = this.#tokens.allAccess();
    const expired = all.filter((record) => record.expiresAtMs <= now);
    const siblings = all
      .filter((record) => record.account === account && record.clientType === clientType)
      .filter((record) => record.expiresAtMs > now)
      .toSorted((a, b) => a.createdAtMs - b.createdAtMs);
    const room = (clientType === API_CLIENT_TYPE ? API_TOKENS_PER_ACCOUNT : 1) - 1;
    const oldest = siblings.slice(0, Math.max(0, siblings.length - room));
    return [...expired, ...oldest].map((record) => record.digest);
  }
}
