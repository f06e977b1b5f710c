import { randomBytes } from 'node:crypto';
import type { Newcomer } from '../conference/commands.ts';
import { type MeetingId, type ParticipantId, participantId } from '../conference/ids.ts';
import { SYSTEM } from '../conference/permissions.ts';
import { AppError } from '../errors.ts';
import type { AttemptLimiter } from '../identity/attempt-limiter.ts';
import type { TerminalService } from '../identity/terminal-service.ts';
import type { MeetingService } from '../meetings/meeting-service.ts';
import { digest, newToken } from '../secrets.ts';
import type { Calls } from './calls.ts';
import type { ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';
import { requireRunning } from './running.ts';

/** Somebody at the door of a meeting. */
export type Applicant = { readonly video: boolean } & (
  | {
      readonly kind: 'person';
      readonly name: string;
      readonly password: string;
      /** The login name of the account he has shown the token of; null without one. */
      readonly account: string | null;
      /** Whether he comes to look on only. */
      readonly audience: boolean;
    }
  | { readonly kind: 'terminal'; readonly serialNumber: string; readonly activationCode: string }
  /** Somebody who was rung; the invitation is good once. */
  | { readonly kind: 'invited'; readonly invitation: string; readonly name: string | null }
);

export interface Admitted {
  readonly participant: ParticipantId;
  /** The secret of this participant, shown once; only its digest is kept. */
  readonly token: string;
}

export interface AdmissionOptions {
  readonly conferences: Conferences;
  readonly meetings: MeetingService;
  readonly terminals: TerminalService;
  readonly calls: Calls;
  /** Wrong tries by address. */
  readonly attempts: AttemptLimiter;
}

/** Lets people and terminals into conferences by their credentials. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * The host password starts a meeting that is not running yet.
   *
   * @param address where the try comes from, for the limit of wrong ones
   * @throws TOO_MANY_ATTEMPTS after five wrong tries in a minute, JOIN_REFUSED whatever was wrong, CONFERENCE_NOT_STARTED,
   * CONFERENCE_ENDED, CONFERENCE_LOCKED, AUDIENCE_NOT_ALLOWED, ORGANISATION_ONLY, INVITED_ONLY
   */
  async admit(meeting: MeetingId, applicant: Applicant, address: string): Promise<Admitted> {
    const { attempts } = this.#options;
    if (attempts.isBlocked(address))
      throw new AppError('TOO_MANY_ATTEMPTS', 'too many wrong tries; wait a minute');
    const known = this.#identify(meeting, applicant);
    if (!known) {
      attempts.recordFailure(address);
      throw new AppError('JOIN_REFUSED', 'unknown meeting or wrong credentials');
    }
    const host = await this.#conferenceFor(meeting, applicant);
    const token = newToken();
    const newcomer: Newcomer = {
      ...known,
      id: participantId(randomBytes(16).toString('hex')),
      tokenDigest: digest(token),
      video: applicant.video,
    };
    const events = await host.execute(SYSTEM, { type: 'join', participant: newcomer });
    const [joined] = events;
    const participant = joined?.type === 'participant.rejoined' ? joined.participant : newcomer.id;
    return { participant, token };
  }

  /** Both secrets are compared whatever is asked for, so that the time tells nothing. */
  #identify(meeting: MeetingId, applicant: Applicant): Omit<Newcomer, 'id' | 'tokenDigest' | 'video'> | null {
    const { meetings, terminals, calls } = this.#options;
    if (applicant.kind === 'person') {
      const { name, account, audience } = applicant;
      const role = meetings.verifyPassword(meeting, applicant.password);
      const entitledTo = role === 'guest' && audience ? 'audience' : role;
      return entitledTo && { name, kind: 'browser', serialNumber: null, number: '', account, entitledTo };
    }
    if (applicant.kind === 'invited') {
      const attendee = calls.takeInvitation(meeting, applicant.invitation);
      if (!attendee) return null;
      const { number, account, role } = attendee;
      const name = applicant.name ?? attendee.name;
      return { name, kind: 'browser', serialNumber: null, number, account, entitledTo: role };
    }
    const terminal = terminals.verify(applicant.serialNumber, applicant.activationCode);
    if (!terminal?.enabled || !meetings.find(meeting)) return null;
    const { name, serialNumber, number } = terminal;
    return { name, kind: 'terminal', serialNumber, number, account: null, entitledTo: 'guest' };
  }

  /** A person whose password may start the meeting starts it; everybody else waits for that. */
  async #conferenceFor(id: MeetingId, applicant: Applicant): Promise<ConferenceHost> {
    const { conferences, meetings } = this.#options;
    if (applicant.kind === 'person' && !conferences.ofMeeting(id)) {
      const role = meetings.verifyPassword(id, applicant.password);
      const mayStart = meetings.find(id)?.settings.guestsMayStart && !applicant.audience;
      if (role === 'host' || mayStart) await meetings.start(id, applicant.password);
    }
    return requireRunning(conferences, meetings, id);
  }
}
