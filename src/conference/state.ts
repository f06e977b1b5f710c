import type { ConferenceId, MeetingId, ParticipantId } from './ids.ts';
import { AUTOMATIC_LAYOUT, type Layout, type SavedLayout } from './layouts.ts';
import { ParticipantMap } from './participant-map.ts';

/** The live conference. Plain, immutable data: `evolve` makes the next one. */
export interface ConferenceState {
  readonly id: ConferenceId;
  readonly meeting: MeetingId;
  readonly subject: string;
  readonly media: 'voice' | 'video';
  readonly ended: boolean;
  readonly startedAtMs: number;
  /** Whether guests are kept from joining. */
  readonly locked: boolean;
  readonly mode: Mode;
  readonly voiceActivation: VoiceActivation;
  /** Whether a participant muted by the host may unmute himself. */
  readonly selfUnmuteAllowed: boolean;
  readonly guestsJoinMuted: boolean;
  readonly terminalsJoinMuted: boolean;
  readonly settings: ConferenceSettings;
  /** Whether nothing is sent to anybody for the time being. Views and locks stay. */
  readonly paused: boolean;
  /** Whether people may join to look on only. */
  readonly audienceAllowed: boolean;
  /** The continuous presence as shown. */
  readonly layout: Layout;
  /** Set with multiPicSaveOnly: shown from the next switch to a continuous presence on. */
  readonly storedLayout: Layout | null;
  /** Kept for this conference only. */
  readonly savedLayouts: readonly SavedLayout[];
  /** How often polling panes have turned. Not journaled. */
  readonly layoutTurn: number;
  readonly interpretation: Interpretation;
  /** Whether newcomers other than the host wait to be let in. */
  readonly waitingRoom: boolean;
  /** Who waits, in the order of arrival. */
  readonly waiting: readonly Waiting[];
  /** Whom the host has invited, in the order of the invitations. */
  readonly attendees: readonly Attendee[];
  /** When the conference ends by the clock, Unix ms; null: it does not. */
  readonly endsAtMs: number | null;
  /** Whether everybody has been warned of that end. Not journaled. */
  readonly endWarned: boolean;
  /** By how many minutes the end is put off by itself while somebody is there; 0: not at all. */
  readonly prolongMinutes: number;
  /** In the order of joining. */
  readonly participants: ParticipantMap<Participant>;
  /** Everybody who has spoken and is still here, the latest first. Not journaled. */
  readonly speakers: readonly ParticipantId[];
}

/** Conference-wide switching that excludes the others: at most one at a time. */
export type Mode =
  | { readonly kind: 'FREE' }
  | { readonly kind: 'FIXED' }
  | { readonly kind: 'ROLL_CALL'; readonly target: ParticipantId }
  | { readonly kind: 'BROADCAST'; readonly target: ParticipantId };

/** switchMode VAS with imageType 0 (single) or 1 (multiple). */
export type VoiceActivation = 'off' | 'single' | 'multiple';

/** The audience looks on: it sends nothing and steers nothing. */
export type Role = 'host' | 'coHost' | 'guest' | 'audience';

/** What can be set while the conference runs (updateStartedConfConfig). */
export interface ConferenceSettings {
  /** Whether only the host may share. */
  readonly sharingLocked: boolean;
  readonly callIn: CallIn;
  readonly audienceCallIn: CallIn;
  readonly chat: 'none' | 'private' | 'public' | 'free';
  /** The wire's clientRecMode, 0 to 2; clients obey it. */
  readonly clientRecordingMode: number;
  readonly selfCameraAllowed: boolean;
  readonly selfRenameAllowed: boolean;
  /** Whether anybody may take the share over from another. */
  readonly freeSharing: boolean;
}

/** Who may join by himself: everyone, accounts and registered terminals, or those invited. */
export type CallIn = 'everyone' | 'organisation' | 'invited';

interface Interpretation {
  readonly on: boolean;
  readonly groups: readonly InterpreterGroup[];
}

/** Interpreters between two languages, each of them a channel named by its code. */
export interface InterpreterGroup {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly languages: readonly [string, string];
  /** Login names of accounts. */
  readonly interpreters: readonly string[];
}

/** The language channels of a participant; the empty name is the original voice (the floor). */
export interface LanguageChoice {
  readonly speak: string;
  readonly listen: string;
  /** Whether he hears the floor while nobody interprets. */
  readonly original: boolean;
}

/** Somebody who was invited; `number` is unique. */
export interface Attendee {
  /** The number that is called: a terminal's, or whatever names an account. */
  readonly number: string;
  readonly name: string;
  /** The wire's type, such as "normal" or "terminal". */
  readonly type: string;
  /** The login name of the account that is meant; null for none. */
  readonly account: string | null;
  readonly role: 'host' | 'guest';
  /** Whether he is being called now. */
  readonly called: boolean;
}

/** Somebody in the waiting room: who he will be when he is let in. */
export interface Waiting
  extends Pick<Participant, 'id' | 'name' | 'kind' | 'serialNumber' | 'number' | 'tokenDigest' | 'video'> {
  readonly account: string | null;
  readonly entitledTo: 'host' | 'guest' | 'audience';
  readonly sinceMs: number;
}

export interface Participant {
  readonly id: ParticipantId;
  readonly name: string;
  /** A terminal is a registered, professional one: the only kind whose view can be locked. */
  readonly kind: 'browser' | 'terminal';
  /** Of a terminal. */
  readonly serialNumber: string | null;
  /** The number shown on the wire (TEL, phone). */
  readonly number: string;
  /** The login name of the account he joined with; null without one. */
  readonly account: string | null;
  readonly role: Role;
  /** SHA-256 of the participant's token. */
  readonly tokenDigest: string;
  /** False for a participant without video (the wire's voice-only site). */
  readonly video: boolean;
  readonly muted: boolean;
  readonly cameraOn: boolean;
  readonly handRaised: boolean;
  /** Whether the host has asked him to open his camera, which he may then do. */
  readonly cameraRequested: boolean;
  /** Whether the host has asked him to share. */
  readonly invitedToShare: boolean;
  readonly clientRecordingAllowed: boolean;
  /** Null: speaks and hears the original voice. */
  readonly language: LanguageChoice | null;
  /** Whether a transport of his is up. Not journaled. */
  readonly connected: boolean;
  readonly joinedAtMs: number;
  /** lockView: the choice that nothing but an explicit command for this viewer changes. */
  readonly lock: Choice | null;
  /** partView, chairView or host polling. Kept while locked, and back on unlock. */
  readonly explicit: ExplicitView | null;
  /** What this viewer goes on watching by default until the next switching event. */
  readonly held: Choice | null;
}

/** What a viewer can be told to watch. */
export type Choice =
  | { readonly kind: 'single'; readonly source: ParticipantId }
  | { readonly kind: 'continuousPresence' };

export interface ExplicitView {
  readonly by: 'PART_VIEW' | 'CHAIR_VIEW' | 'POLL';
  readonly choice: Choice;
  /** Seconds on each site while polling, 10 to 120. */
  readonly switchSeconds?: number;
}

export const sameChoice = (a: Choice | null, b: Choice | null): boolean => {
  if (a === null || b === null || a.kind !== b.kind) return a === b;
  return a.kind === 'continuousPresence' || (b.kind === 'single' && a.source === b.source);
};

export const hostOf = (state: ConferenceState): Participant | null => {
  for (const participant of state.participants.values()) if (participant.role === 'host') return participant;
  return null;
};

/** What a participant has that nobody has set yet; it also completes those of journals written before it existed. */
export const newParticipantDefaults = {
  account: null,
  handRaised: false,
  cameraRequested: false,
  invitedToShare: false,
  clientRecordingAllowed: false,
  language: null,
} as const satisfies Partial<Participant>;

/** What a conference begins with; it also completes snapshots written before a part of it existed. */
export const newConferenceDefaults = {
  locked: false,
  mode: { kind: 'FREE' },
  voiceActivation: 'off',
  selfUnmuteAllowed: true,
  settings: {
    sharingLocked: false,
    callIn: 'everyone',
    audienceCallIn: 'everyone',
    chat: 'free',
    clientRecordingMode: 0,
    selfCameraAllowed: true,
    selfRenameAllowed: true,
    freeSharing: false,
  },
  paused: false,
  audienceAllowed: false,
  layout: AUTOMATIC_LAYOUT,
  storedLayout: null,
  savedLayouts: [],
  layoutTurn: 0,
  interpretation: { on: false, groups: [] },
  waitingRoom: false,
  waiting: [],
  attendees: [],
  endsAtMs: null,
  endWarned: false,
  prolongMinutes: 0,
} as const satisfies Partial<ConferenceState>;

/** A snapshot for the journal; what is not journaled is left out. */
export const serializeState = (state: ConferenceState): string =>
  JSON.stringify({
    ...state,
    participants: state.participants.values(),
    speakers: [],
    layoutTurn: 0,
    endWarned: false,
  });

/** The inverse of `serializeState`. Everybody counts as away until his transport is back. */
export const deserializeState = (json: string): ConferenceState => {
  const stored = JSON.parse(json) as Omit<ConferenceState, 'participants'> & { participants: Participant[] };
  const away = stored.participants.map((participant) => ({
    ...newParticipantDefaults,
    ...participant,
    connected: false,
  }));
  const settings = { ...newConferenceDefaults.settings, ...stored.settings };
  return { ...newConferenceDefaults, ...stored, settings, participants: ParticipantMap.of(away) };
};
