import type { FastifyRequest } from 'fastify';
import { type MeetingId, meetingId } from '../../conference/ids.ts';
import type { Actor } from '../../conference/permissions.ts';
import { AppError } from '../../errors.ts';
import type { ControlTokens } from '../../identity/control-tokens.ts';
import type { MeetingService } from '../../meetings/meeting-service.ts';
import type { ConferenceHost } from '../../runtime/conference-host.ts';
import type { Conferences } from '../../runtime/conferences.ts';
import type { ParticipantTokens } from '../../runtime/participant-tokens.ts';
import { requireRunning } from '../../runtime/running.ts';
import { digest } from '../../secrets.ts';
import { asObject } from '../request-readers.ts';

/** An authorised call: the live conference and who is calling. */
export interface ControlCall {
  readonly host: ConferenceHost;
  readonly actor: Actor;
}

export interface ControlGuardOptions {
  readonly conferences: Conferences;
  readonly meetings: MeetingService;
  readonly controlTokens: ControlTokens;
  readonly participantTokens: ParticipantTokens;
}

interface Bearer {
  readonly meeting: MeetingId;
  readonly actor: Actor;
}

/**
 * The checks that every control operation begins with, in the documented order: token there, token good, conferenceID
 * well formed, the token's own meeting, running.
 */
export class ControlGuard {
  readonly #options: ControlGuardOptions;

  constructor(options: ControlGuardOptions) {
    this.#options = options;
  }

  /**
   * @param meeting where the path names it and not the query
   * @throws CONTROL_TOKEN_MISSING, CONTROL_TOKEN_INVALID, PARAMETER_INVALID, MEETING_NOT_FOUND_OR_REFUSED,
   * CONFERENCE_NOT_STARTED, CONFERENCE_ENDING, CONFERENCE_ENDED
   */
  authorise(request: FastifyRequest, meeting?: MeetingId): ControlCall {
    const bearer = this.#bearerOf(requireToken(request));
    const id = meeting ?? readConferenceId(request);
    if (bearer.meeting !== id) {
      throw new AppError(
        'MEETING_NOT_FOUND_OR_REFUSED',
        'the token belongs to another meeting, or there is none',
      );
    }
    return { host: this.runningConference(id), actor: bearer.actor };
  }

  /** @throws as `requireRunning` */
  runningConference(id: MeetingId): ConferenceHost {
    return requireRunning(this.#options.conferences, this.#options.meetings, id);
  }

  #bearerOf(token: string): Bearer {
    const control = this.#options.controlTokens.find(token);
    if (control) return { meeting: control.meeting, actor: { kind: 'token', role: control.role } };
    const session = this.#options.participantTokens.find(digest(token));
    if (!session) throw new AppError('CONTROL_TOKEN_INVALID', 'the control token is unknown or has expired');
    return { meeting: session.host.state.meeting, actor: { kind: 'participant', id: session.participant } };
  }
}

const BASIC = /^basic\s+/i;

/** The control token of a request, raw or as `Basic base64(token)`; null when there is none. */
export const readControlToken = (request: FastifyRequest): string | null => {
  const header = request.headers['x-conference-authorization'];
  if (typeof header !== 'string' || header.trim() === '') return null;
  const value = header.trim();
  return BASIC.test(value) ? Buffer.from(value.replace(BASIC, ''), 'base64').toString('utf8') : value;
};

const requireToken = (request: FastifyRequest): string => {
  const token = readControlToken(request);
  if (token === null)
    throw new AppError('CONTROL_TOKEN_MISSING', 'X-Conference-Authorization is missing or blank');
  return token;
};

/** The query's conferenceID: 1 to 32 digits. @throws PARAMETER_INVALID */
export const readConferenceId = (request: FastifyRequest): MeetingId => {
  const value = asObject(request.query).conferenceID;
  if (typeof value !== 'string' || !/^\d{1,32}$/.test(value)) {
    throw new AppError('PARAMETER_INVALID', 'conferenceID is not a number of 1 to 32 digits');
  }
  return meetingId(value);
};
