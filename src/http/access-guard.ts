import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { AccessTokens, AuthenticatedAccount } from '../identity/access-tokens.ts';
import type { Account } from '../identity/identity.ts';

/** Who calls the management API, by X-Access-Token. */
export class AccessGuard {
  readonly #tokens: AccessTokens;

  constructor(tokens: AccessTokens) {
    this.#tokens = tokens;
  }

  /** @throws ACCESS_TOKEN_INVALID missing, unknown, revoked or expired */
  account(request: FastifyRequest): Account {
    return this.authenticate(readAccessToken(request)).account;
  }

  /** @throws as `account`; ACCESS_DENIED for a member */
  administrator(request: FastifyRequest): Account {
    const account = this.account(request);
    if (account.role !== 'administrator') {
      throw new AppError('ACCESS_DENIED', `account ${account.id} is no administrator`);
    }
    return account;
  }

  /** For a token that did not come in the header. @throws ACCESS_TOKEN_INVALID */
  authenticate(token: string): AuthenticatedAccount {
    const authenticated = this.#tokens.authenticate(token);
    if (authenticated === null) {
      throw new AppError('ACCESS_TOKEN_INVALID', 'the access token is unknown, revoked or expired');
    }
    return authenticated;
  }
}

/** @throws ACCESS_TOKEN_INVALID there is none */
export function readAccessToken(request: FastifyRequest): string {
  const token = request.headers['x-access-token'];
  if (typeof token !== 'string' || token.trim() === '') {
    throw new AppError('ACCESS_TOKEN_INVALID', 'X-Access-Token is missing or blank');
  }
  return token.trim();
}
