import type { AuthenticatedAccount } from '../identity/access-tokens.ts';
import type { Account } from '../identity/identity.ts';
import type { components } from './contract-types.ts';

type TokenObject = components['schemas']['AccessToken'];

/** What the token object shows beside the token's account and record. */
export interface TokenObjectContext {
  readonly token: string;
  /** Where the caller comes from. */
  readonly address: string;
}

/** The documented token object, without the account. Sightline has no refresh and no proxy tokens. */
export function tokenObject({ record }: AuthenticatedAccount, context: TokenObjectContext): TokenObject {
  return {
    accessToken: context.token,
    tokenIp: context.address,
    validPeriod: Math.round((record.expiresAtMs - record.refreshedAtMs) / 1000),
    expireTime: Math.floor(record.expiresAtMs / 1000),
    createTime: record.createdAtMs,
    clientType: record.clientType,
    forceLoginInd: 0,
    firstLogin: false,
    pwdExpired: false,
    delayDelete: false,
    tokenType: 0,
  };
}

const ENTERPRISE_USER = 2;
const DEFAULT_ADMINISTRATOR = 0;
const MEMBER = 2;

/** The documented UserInfo of an account. */
export function userInfo(account: Account): components['schemas']['UserInfo'] {
  return {
    userId: account.id,
    ucloginAccount: account.name,
    userType: ENTERPRISE_USER,
    adminType: account.role === 'administrator' ? DEFAULT_ADMINISTRATOR : MEMBER,
    name: account.displayName,
    isBindPhone: false,
    freeUser: false,
    status: 0,
    weLinkUser: false,
    grayUser: false,
  };
}
