import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MeetingId } from '../../conference/ids.ts';
import { AppError } from '../../errors.ts';
import type { AttemptLimiter } from '../../identity/attempt-limiter.ts';
import {
  CONTROL_TOKEN_LIFETIME_MS,
  type ControlTokens,
  type IssuedControlToken,
} from '../../identity/control-tokens.ts';
import type { MeetingService } from '../../meetings/meeting-service.ts';
import { registerOperation } from '../operations.ts';
import { type ControlGuard, readConferenceId, readControlToken } from './control-guard.ts';
import type { PushEntry } from './push-token-operation.ts';

export interface ControlTokenOptions {
  readonly guard: ControlGuard;
  readonly meetings: MeetingService;
  readonly controlTokens: ControlTokens;
  /** Wrong passwords, by meeting. */
  readonly attempts: AttemptLimiter;
  readonly push: PushEntry;
}

/**
 * createConfToken: a control token for the host password, or a longer life for the token shown. A guest password gives
 * a guest's token, which may read and not steer.
 */
export const registerControlToken = (server: FastifyInstance, options: ControlTokenOptions): void => {
  registerOperation(server, 'createConfToken', 'GET /v1/mmc/control/conferences/token', async (request) => {
    checkLoginType(request);
    const meeting = readConferenceId(request);
    const issued = (await keepAlive(request, meeting, options)) ?? (await logIn(request, meeting, options));
    return tokenAnswer(request, meeting, issued, options);
  });
};

const checkLoginType = (request: FastifyRequest): void => {
  const loginType = request.headers['x-login-type'];
  if (loginType !== undefined && loginType !== '1') {
    throw new AppError('PARAMETER_INVALID', 'X-Login-Type is not 1');
  }
};

/** @throws CONTROL_TOKEN_INVALID when the token is no good and no password is there to log in anew */
const keepAlive = async (
  request: FastifyRequest,
  meeting: MeetingId,
  { guard, controlTokens }: ControlTokenOptions,
): Promise<IssuedControlToken | null> => {
  const token = readControlToken(request);
  if (token === null) return null;
  if (controlTokens.find(token)?.meeting === meeting) {
    guard.runningConference(meeting);
    return controlTokens.extend(token);
  }
  if (readPassword(request) === null) {
    throw new AppError('CONTROL_TOKEN_INVALID', 'the control token is unknown or has expired');
  }
  return null;
};

const logIn = async (
  request: FastifyRequest,
  meeting: MeetingId,
  { guard, meetings, controlTokens, attempts }: ControlTokenOptions,
): Promise<IssuedControlToken> => {
  if (attempts.isBlocked(meeting)) throw new AppError('CONTROL_LOGIN_LOCKED', 'too many wrong passwords');
  const role = meetings.verifyPassword(meeting, readPassword(request) ?? '');
  if (!role) {
    attempts.recordFailure(meeting);
    throw new AppError('MEETING_NOT_FOUND_OR_REFUSED', 'unknown meeting or wrong password');
  }
  guard.runningConference(meeting);
  return controlTokens.issue(meeting, role);
};

const readPassword = (request: FastifyRequest): string | null => {
  const header = request.headers['x-password'];
  return typeof header === 'string' && header !== '' ? header : null;
};

const tokenAnswer = (
  request: FastifyRequest,
  meeting: MeetingId,
  { token, record }: IssuedControlToken,
  { meetings, push }: ControlTokenOptions,
) => ({
  data: {
    token,
    tmpWsToken: push.issueToken(meeting),
    wsURL: push.url(request),
    role: record.role === 'host' ? 1 : 0,
    expireTime: record.expiresAtMs,
    userID: meetings.find(meeting)?.scheduler ?? '',
    orgID: '',
    confTokenExpireTime: CONTROL_TOKEN_LIFETIME_MS / 1000,
    vmrCurrentConfID: '',
    supportNotifyType: push.notifyTypes,
  },
});
