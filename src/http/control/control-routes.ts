import type { FastifyInstance } from 'fastify';
import type { AttemptLimiter } from '../../identity/attempt-limiter.ts';
import type { ControlTokens } from '../../identity/control-tokens.ts';
import type { MeetingService } from '../../meetings/meeting-service.ts';
import { registerConferenceOperations } from './conference-operations.ts';
import type { ControlGuard } from './control-guard.ts';
import { registerControlToken } from './control-token.ts';
import { registerModeOperations } from './mode-operations.ts';
import { registerRosterOperations } from './roster-operations.ts';
import { registerViewOperations } from './view-operations.ts';

export interface ControlRoutesOptions {
  readonly guard: ControlGuard;
  readonly meetings: MeetingService;
  readonly controlTokens: ControlTokens;
  /** Wrong host passwords, by meeting. */
  readonly attempts: AttemptLimiter;
}

/** Everything under `/v1/mmc/control`. */
export const registerControlRoutes = (server: FastifyInstance, options: ControlRoutesOptions): void => {
  registerControlToken(server, options);
  registerViewOperations(server, options.guard);
  registerModeOperations(server, options.guard);
  registerRosterOperations(server, options.guard, options);
  registerConferenceOperations(server, options.guard);
};
