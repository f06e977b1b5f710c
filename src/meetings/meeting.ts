import type { AccountId, ConferenceId, MeetingId } from '../conference/ids.ts';

/** A stored meeting. Passwords are sealed: the wire shows them to the scheduler, so they cannot be hashes. */
export interface Meeting {
  readonly id: MeetingId;
  readonly subject: string;
  readonly media: 'voice' | 'video';
  /** The wire's mediaTypes as asked for, such as "HDVideo". */
  readonly mediaTypes: string;
  /** Unix ms. */
  readonly startsAtMs: number;
  readonly lengthMinutes: number;
  readonly immediate: boolean;
  readonly scheduler: AccountId;
  readonly hostPassword: SealedText;
  readonly guestPassword: SealedText;
  readonly state: 'scheduled' | 'live' | 'ended' | 'cancelled';
  /** The live or last run. */
  readonly conference: ConferenceId | null;
  readonly language: string;
  readonly timeZoneId: string;
  readonly settings: MeetingSettings;
  /** Who is expected, and who of them is called at the start; absent in meetings stored before there were any. */
  readonly attendees?: readonly ScheduledAttendee[];
  readonly createdAtMs: number;
}

/** Text under the data folder's key: AES-256-GCM, base64url of nonce, tag and ciphertext. */
export type SealedText = string & { readonly sealed?: never };

/** Somebody expected, as the conference knows him (`conference/state.ts`, Attendee). */
export interface ScheduledAttendee {
  readonly number: string;
  readonly name: string;
  readonly type: string;
  readonly account: string | null;
  readonly role: 'host' | 'guest';
  /** Whether he is called at the start. */
  readonly called: boolean;
}

export interface MeetingSettings {
  /** Whether the guest password starts the meeting too. */
  readonly guestsMayStart: boolean;
  /** Whether guests join muted. */
  readonly guestsJoinMuted: boolean;
  /** Whether terminals join muted. */
  readonly terminalsJoinMuted: boolean;
  // Absent in meetings stored before these could be set.
  /** Whether newcomers other than the host wait to be let in. */
  readonly waitingRoom?: boolean;
  /** By how many minutes the end is put off while somebody is there, 0 to 60; 0: the meeting stops on time. */
  readonly prolongMinutes?: number;
  readonly callIn?: 'everyone' | 'organisation' | 'invited';
}
