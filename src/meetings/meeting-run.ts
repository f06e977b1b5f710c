import type { ConferenceId } from '../conference/ids.ts';
import type { Meeting } from './meeting.ts';

/** One run of a meeting, kept for its history. What happened in it is in the journal under the same ID. */
export interface MeetingRun {
  /** The wire's confUUID. */
  readonly conference: ConferenceId;
  readonly meeting: RunMeeting;
  /** Unix ms. */
  readonly startedAtMs: number;
  /** Unix ms; null while it runs. */
  readonly endedAtMs: number | null;
}

/** The meeting as it was when the run began. Passwords are not kept. */
export type RunMeeting = Omit<Meeting, 'hostPassword' | 'guestPassword' | 'state' | 'conference'>;
