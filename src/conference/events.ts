import type { ConferenceId, MeetingId, ParticipantId } from './ids.ts';
import type { Choice, ExplicitView, Mode, Participant, Role, VoiceActivation } from './state.ts';

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
    }
  | { readonly type: 'conference.ended' }
  | { readonly type: 'conference.lockSet'; readonly locked: boolean }
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
  | { readonly type: 'poll.advanced'; readonly viewer: ParticipantId; readonly source: ParticipantId };

export type LeaveCause = 'left' | 'hungUp' | 'timedOut';
