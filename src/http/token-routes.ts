import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { AccessTokens, AuthenticatedAccount } from '../identity/access-tokens.ts';
import type { AccountService } from '../identity/account-service.ts';
import { type AccessGuard, readAccessToken } from './access-guard.ts';
import { registerOperation } from './operations.ts';
import { readInteger, readJsonObject, readOptionalBoolean, readText } from './request-readers.ts';
import { SUCCESS_BODY } from './server.ts';
import { tokenObject, userInfo } from './token-object.ts';

export interface TokenRouteDeps {
  readonly accounts: AccountService;
  readonly accessTokens: AccessTokens;
  readonly guard: AccessGuard;
}

/** Login, and what becomes of the access token afterwards. */
export function registerTokenRoutes(
  server: FastifyInstance,
  { accounts, accessTokens, guard }: TokenRouteDeps,
): void {
  const answer = (token: string, authenticated: AuthenticatedAccount, request: FastifyRequest) =>
    tokenObject(authenticated, { token, address: request.ip });

  registerOperation(server, 'login', 'POST /v1/usg/acs/auth/account', async (request) => {
    const body = readJsonObject(request.body);
    const named = readText(body, 'account', { maxLength: 255 });
    const clientType = readInteger(body, 'clientType', { min: 0, max: 9999 });
    const { name, password } = readBasic(request);
    const account = await accounts.login({ name, password, address: request.ip });
    if (named !== name) {
      throw new AppError('LOGIN_FAILED', 'the account of the body is not that of the header');
    }
    const { token, record } = await accessTokens.issue(account.id, clientType);
    return { ...answer(token, { account, record }, request), user: userInfo(account) };
  });

  registerOperation(server, 'checkToken', 'POST /v1/usg/acs/token/validate', async (request) => {
    const body = readJsonObject(request.body);
    const shown = readText(body, 'token', { maxLength: 1024 });
    const { account, record } = guard.authenticate(shown);
    const renewed = readOptionalBoolean(body, 'needGenNewToken') === true;
    const withAccount = readOptionalBoolean(body, 'needAccountInfo') === true;
    const issued = renewed
      ? await accessTokens.issue(account.id, record.clientType)
      : { token: shown, record };
    const token = answer(issued.token, { account, record: issued.record }, request);
    return withAccount ? { ...token, user: userInfo(account) } : token;
  });

  registerOperation(server, 'updateToken', 'PUT /v1/usg/acs/token', async (request) => {
    const token = readAccessToken(request);
    const { account } = guard.authenticate(token);
    const renewed = await accessTokens.renew(token);
    if (renewed === null) {
      throw new AppError('ACCESS_TOKEN_INVALID', 'the access token expired a moment ago');
    }
    const answered = answer(renewed.token, { account, record: renewed.record }, request);
    return { ...answered, user: userInfo(account) };
  });

  registerOperation(server, 'deleteToken', 'DELETE /v1/usg/acs/token', async (request) => {
    const token = readAccessToken(request);
    guard.authenticate(token);
    await accessTokens.revoke(token);
    return SUCCESS_BODY;
  });
}

/** `Authorization: Basic base64(account:password)` (RFC 7617). @throws LOGIN_FAILED it is not there or not that */
function readBasic(request: FastifyRequest): { readonly name: string; readonly password: string } {
  const [, encoded] = /^basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(request.headers.authorization ?? '') ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) {
    throw new AppError(
      'LOGIN_FAILED',
      'the Authorization header is not Basic with an account and a password',
    );
  }
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
