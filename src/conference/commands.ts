import type { CallResult, LeaveCause } from './events.ts';
import type { ParticipantId } from './ids.ts';
import type { Layout, SavedLayout } from './layouts.ts';
import type { Attendee, ConferenceSettings, InterpreterGroup, LanguageChoice, Waiting } from './state.ts';

/** What somebody asks of a conference, in the imperative. `decide` answers with events or a coded error. */
export type Command =
  | ViewCommand
  | ModeCommand
  | LayoutCommand
  | AudioCommand
  | LanguageCommand
  | RosterCommand
  | WaitingCommand
  | AttendeeCommand
  | RequestCommand
  | ConferenceCommand;

export type ViewCommand =
  | { readonly type: 'lockView'; readonly viewer: ParticipantId; readonly source: ParticipantId }
  | { readonly type: 'unlockView'; readonly viewer: ParticipantId }
  | { readonly type: 'partView'; readonly viewer: ParticipantId; readonly source: ParticipantId }
  | { readonly type: 'hostView'; readonly view: HostView };

/** chairView: what the host's own terminal watches. */
export type HostView =
  | { readonly kind: 'site'; readonly source: ParticipantId }
  | { readonly kind: 'continuousPresence' }
  /** @property switchSeconds time on each site, 10 to 120 */
  | { readonly kind: 'startPolling'; readonly switchSeconds: number }
  | { readonly kind: 'stopPolling' };

export type ModeCommand =
  | { readonly type: 'broadcast'; readonly participant: ParticipantId }
  | { readonly type: 'rollCall'; readonly participant: ParticipantId }
  | { readonly type: 'cancelBroadcast' }
  | { readonly type: 'switchMode'; readonly to: 'fixed' | 'voiceSingle' | 'voiceMultiple' };

export type LayoutCommand =
  /** @property saveOnly whether it is shown only from the next switch to a continuous presence on */
  | { readonly type: 'setLayout'; readonly layout: Layout; readonly saveOnly: boolean }
  | { readonly type: 'saveLayout'; readonly saved: SavedLayout }
  | { readonly type: 'deleteLayout'; readonly id: string };

export type LanguageCommand =
  | { readonly type: 'setInterpreterGroups'; readonly groups: readonly InterpreterGroup[] }
  | { readonly type: 'setInterpretation'; readonly on: boolean }
  /** @property participants null: everybody */
  | {
      readonly type: 'setLanguage';
      readonly participants: readonly ParticipantId[] | null;
      readonly language: LanguageChoice;
    };

export type WaitingCommand =
  /** @property participants null: everybody who waits */
  | { readonly type: 'admit'; readonly participants: readonly ParticipantId[] | null }
  | { readonly type: 'moveToWaitingRoom'; readonly participants: readonly ParticipantId[] };

export type AttendeeCommand =
  | { readonly type: 'invite'; readonly attendees: readonly Attendee[] }
  /** Without an answer; the server's own. */
  | { readonly type: 'endCall'; readonly number: string; readonly result: CallResult }
  /** @property participant null: whoever has the number */
  | {
      readonly type: 'removeAttendees';
      readonly attendees: readonly { readonly number: string; readonly participant: ParticipantId | null }[];
    };

/** What the host asks of a participant, who is told. */
export type RequestCommand =
  | { readonly type: 'requestCamera'; readonly participant: ParticipantId; readonly on: boolean }
  | { readonly type: 'inviteToShare'; readonly participant: ParticipantId; readonly invited: boolean }
  | { readonly type: 'allowClientRecording'; readonly participant: ParticipantId; readonly allowed: boolean };

export type AudioCommand =
  | { readonly type: 'allowSelfUnmute'; readonly allowed: boolean }
  | { readonly type: 'muteParticipant'; readonly participant: ParticipantId; readonly muted: boolean }
  /** @property selfUnmuteAllowed null leaves it as it is */
  | { readonly type: 'muteAll'; readonly muted: boolean; readonly selfUnmuteAllowed: boolean | null };

export type RosterCommand =
  | { readonly type: 'join'; readonly participant: Newcomer }
  | { readonly type: 'leave'; readonly participant: ParticipantId; readonly cause: LeaveCause }
  | { readonly type: 'hangUp'; readonly participants: readonly ParticipantId[] }
  | { readonly type: 'rename'; readonly participant: ParticipantId; readonly name: string }
  | { readonly type: 'setCamera'; readonly participant: ParticipantId; readonly on: boolean }
  | { readonly type: 'raiseHands'; readonly participants: readonly ParticipantId[]; readonly raised: boolean }
  | { readonly type: 'setCoHost'; readonly participant: ParticipantId; readonly coHost: boolean }
  /** The host password has been checked. */
  | { readonly type: 'applyHost'; readonly participant: ParticipantId }
  | { readonly type: 'releaseHost'; readonly participant: ParticipantId };

export type ConferenceCommand =
  | { readonly type: 'setConferenceLock'; readonly locked: boolean }
  /** What is absent stays as it is. */
  | {
      readonly type: 'configure';
      readonly settings: Partial<ConferenceSettings>;
      readonly locked?: boolean;
      readonly selfUnmuteAllowed?: boolean;
    }
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'allowAudience'; readonly allowed: boolean }
  /** Puts the end off, now or (automatic) each time it comes. @property minutes 1 or more */
  | { readonly type: 'prolong'; readonly minutes: number; readonly automatic: boolean }
  | { readonly type: 'end' };

/** Somebody whose credentials have been checked. */
export type Newcomer = Omit<Waiting, 'sinceMs'>;
