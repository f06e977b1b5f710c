import type { FastifyInstance } from 'fastify';
import type { AttemptLimiter } from '../../identity/attempt-limiter.ts';
import type { ControlTokens } from '../../identity/control-tokens.ts';
import type { MeetingService } from '../../meetings/meeting-service.ts';
import { type AttendeeOperationsOptions, registerAttendeeOperations } from './attendee-operations.ts';
import { registerConferenceOperations } from './conference-operations.ts';
import type { ControlGuard } from './control-guard.ts';
import { registerControlToken } from './control-token.ts';
import { registerLanguageOperations } from './language-operations.ts';
import { registerLayoutOperations } from './layout-operations.ts';
import { registerModeOperations } from './mode-operations.ts';
import { type PushEntry, registerPushTokenOperation } from './push-token-operation.ts';
import { registerRecordingOperations } from './recording-operations.ts';
import { registerRequestOperations } from './request-operations.ts';
import { registerRosterOperations } from './roster-operations.ts';
import { registerSettingsOperations } from './settings-operations.ts';
import { registerViewOperations } from './view-operations.ts';
import { registerWaitingOperations } from './waiting-operations.ts';

export interface ControlRoutesOptions extends Omit<AttendeeOperationsOptions, 'meetings'> {
  readonly guard: ControlGuard;
  readonly meetings: MeetingService;
  readonly controlTokens: ControlTokens;
  /** Wrong host passwords, by meeting. */
  readonly attempts: AttemptLimiter;
  readonly push: PushEntry;
  /** Where people reach the web pages; no slash at the end. */
  readonly publicUrl: () => string;
}

/** Everything under `/v1/mmc/control`. */
export const registerControlRoutes = (server: FastifyInstance, options: ControlRoutesOptions): void => {
  registerControlToken(server, options);
  registerPushTokenOperation(server, options.guard, options.push);
  registerViewOperations(server, options.guard);
  registerModeOperations(server, options.guard);
  registerRosterOperations(server, options.guard, options);
  registerLanguageOperations(server, options.guard);
  registerLayoutOperations(server, options.guard);
  registerRecordingOperations(server, options.guard);
  registerRequestOperations(server, options.guard);
  registerSettingsOperations(server, options.guard);
  registerWaitingOperations(server, options.guard);
  registerAttendeeOperations(server, options.guard, options);
  registerConferenceOperations(server, options.guard, options.publicUrl);
};
