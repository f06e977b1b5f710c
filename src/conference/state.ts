import type { ConferenceId, MeetingId, ParticipantId } from './ids.ts';
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

export type Role = 'host' | 'coHost' | 'guest';

export interface Participant {
  readonly id: ParticipantId;
  readonly name: string;
  /** A terminal is a registered, professional one: the only kind whose view can be locked. */
  readonly kind: 'browser' | 'terminal';
  /** Of a terminal. */
  readonly serialNumber: string | null;
  /** The number shown on the wire (TEL, phone). */
  readonly number: string;
  readonly role: Role;
  /** SHA-256 of the participant's token. */
  readonly tokenDigest: string;
  /** False for a participant without video (the wire's voice-only site). */
  readonly video: boolean;
  readonly muted: boolean;
  readonly cameraOn: boolean;
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

/** A snapshot for the journal; what is not journaled is left out. */
export const serializeState = (state: ConferenceState): string =>
  JSON.stringify({ ...state, participants: state.participants.values(), speakers: [] });

/** The inverse of `serializeState`. Everybody counts as away until his transport is back. */
export const deserializeState = (json: string): ConferenceState => {
  const stored = JSON.parse(json) as Omit<ConferenceState, 'participants'> & { participants: Participant[] };
  const away = stored.participants.map((participant) => ({ ...participant, connected: false }));
  return { ...stored, participants: ParticipantMap.of(away) };
};
