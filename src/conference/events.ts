import type { ConferenceId, MeetingId, ParticipantId } from './ids.ts';
import type { Layout, SavedLayout } from './layouts.ts';
import type {
  Attendee,
  Choice,
  ConferenceSettings,
  ExplicitView,
  InterpreterGroup,
  LanguageChoice,
  Mode,
  Participant,
  Role,
  VoiceActivation,
  Waiting,
} from './state.ts';

/** What has happened in a conference. Past tense; `evolve` turns each into the next state. */
export type ConferenceEvent = DurableEvent | EphemeralEvent;

/** Journaled before it is acknowledged. The JSON form is stored: members may be added, never renamed. */
export type DurableEvent =
  | {
      readonly type: 'conference.started';
      readonly id: ConferenceId;
      readonly meeting: MeetingId;
      readonly subject: string;
      readonly media: 'voice' | 'video';
      readonly atMs: number;
      readonly guestsJoinMuted: boolean;
      readonly terminalsJoinMuted: boolean;
      readonly waitingRoom?: boolean;
      readonly endsAtMs?: number | null;
      readonly prolongMinutes?: number;
      readonly settings?: Partial<ConferenceSettings>;
      readonly attendees?: readonly Attendee[];
    }
  | { readonly type: 'conference.ended' }
  | { readonly type: 'conference.lockSet'; readonly locked: boolean }
  | { readonly type: 'conference.configured'; readonly settings: Partial<ConferenceSettings> }
  | { readonly type: 'conference.pauseSet'; readonly paused: boolean }
  | { readonly type: 'conference.audienceSet'; readonly allowed: boolean }
  | {
      readonly type: 'conference.prolonged';
      readonly endsAtMs: number | null;
      readonly prolongMinutes: number;
    }
  | { readonly type: 'layout.set'; readonly layout: Layout }
  | { readonly type: 'layout.stored'; readonly layout: Layout }
  | { readonly type: 'layout.saved'; readonly saved: SavedLayout }
  | { readonly type: 'layout.deleted'; readonly id: string }
  | { readonly type: 'interpretation.groupsSet'; readonly groups: readonly InterpreterGroup[] }
  | { readonly type: 'interpretation.set'; readonly on: boolean }
  | {
      readonly type: 'language.set';
      readonly participants: readonly ParticipantId[];
      readonly language: LanguageChoice;
    }
  | { readonly type: 'waiting.entered'; readonly waiting: Waiting }
  | {
      readonly type: 'waiting.left';
      readonly participant: ParticipantId;
      readonly cause: LeaveCause | 'admitted';
    }
  | { readonly type: 'attendee.called'; readonly attendee: Attendee }
  | { readonly type: 'attendee.callEnded'; readonly number: string; readonly result: CallResult }
  | { readonly type: 'attendee.removed'; readonly number: string }
  | {
      readonly type: 'hands.set';
      readonly participants: readonly ParticipantId[];
      readonly raised: boolean;
    }
  /** He is asked to open his camera, or told that it is closed. */
  | { readonly type: 'camera.requested'; readonly participant: ParticipantId; readonly on: boolean }
  | { readonly type: 'share.invited'; readonly participant: ParticipantId; readonly invited: boolean }
  | { readonly type: 'clientRecording.set'; readonly participant: ParticipantId; readonly allowed: boolean }
  | { readonly type: 'participant.joined'; readonly participant: Participant }
  /** A terminal that joined again: same identity, new token. */
  | {
      readonly type: 'participant.rejoined';
      readonly participant: ParticipantId;
      readonly tokenDigest: string;
    }
  | { readonly type: 'participant.left'; readonly participant: ParticipantId; readonly cause: LeaveCause }
  | { readonly type: 'participant.renamed'; readonly participant: ParticipantId; readonly name: string }
  | { readonly type: 'participant.roleSet'; readonly participant: ParticipantId; readonly role: Role }
  | { readonly type: 'participant.cameraSet'; readonly participant: ParticipantId; readonly on: boolean }
  | { readonly type: 'audio.set'; readonly muted: boolean; readonly participants: readonly ParticipantId[] }
  | { readonly type: 'selfUnmute.set'; readonly allowed: boolean }
  | { readonly type: 'view.locked'; readonly viewer: ParticipantId; readonly choice: Choice }
  | { readonly type: 'view.unlocked'; readonly viewer: ParticipantId; readonly held: Choice | null }
  | { readonly type: 'view.chosen'; readonly viewer: ParticipantId; readonly explicit: ExplicitView | null }
  | {
      readonly type: 'mode.set';
      readonly mode: Mode;
      readonly voiceActivation: VoiceActivation;
      /** What the called or broadcast participant himself goes on watching. */
      readonly held: Choice | null;
    };

/** Not journaled: known again soon after a restart. */
export type EphemeralEvent =
  | { readonly type: 'speaker.changed'; readonly participant: ParticipantId }
  | { readonly type: 'connection.changed'; readonly participant: ParticipantId; readonly connected: boolean }
  | { readonly type: 'layout.turned' }
  /** The end by the clock is near. */
  | { readonly type: 'conference.endsSoon'; readonly endsAtMs: number }
  | { readonly type: 'poll.advanced'; readonly viewer: ParticipantId; readonly source: ParticipantId };

/** How the call of an attendee ended. */
export type CallResult = 'answered' | 'refused' | 'noAnswer' | 'busy' | 'offline' | 'unknownNumber';

export type LeaveCause = 'left' | 'hungUp' | 'timedOut' | 'movedToWaitingRoom';
