import type { ConferenceId, MeetingId, ParticipantId } from '../conference/ids.ts';
import type { Meeting } from './meeting.ts';

/** Somebody who is in a running meeting now. */
export interface LiveParticipant {
  readonly participant: ParticipantId;
  readonly name: string;
  /** SIP-style number, empty when there is none. */
  readonly number: string;
  readonly role: 'host' | 'coHost' | 'guest' | 'audience';
  readonly kind: 'browser' | 'terminal';
  /** The login name of the account he joined with; null without one. */
  readonly account: string | null;
}

/** The live world as scheduling sees it; `src/runtime` implements it. */
export interface ConferenceStarter {
  /** Opens a new run of the meeting; resolves when it is durable and takes commands. */
  start(meeting: Meeting): Promise<ConferenceId>;
  /** Ends the meeting's run; nothing happens when there is none. Resolves when the end is durable. */
  end(meeting: MeetingId): Promise<void>;
  /** In order of joining; empty when the meeting is not running. */
  liveParticipants(meeting: MeetingId): readonly LiveParticipant[];
}
