import type { LeaveCause } from './events.ts';
import type { ParticipantId } from './ids.ts';
import type { Participant } from './state.ts';

/** What somebody asks of a conference, in the imperative. `decide` answers with events or a coded error. */
export type Command = ViewCommand | ModeCommand | AudioCommand | RosterCommand | ConferenceCommand;

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

export type AudioCommand =
  | { readonly type: 'muteParticipant'; readonly participant: ParticipantId; readonly muted: boolean }
  /** @property selfUnmuteAllowed null leaves it as it is */
  | { readonly type: 'muteAll'; readonly muted: boolean; readonly selfUnmuteAllowed: boolean | null };

export type RosterCommand =
  | { readonly type: 'join'; readonly participant: Newcomer }
  | { readonly type: 'leave'; readonly participant: ParticipantId; readonly cause: LeaveCause }
  | { readonly type: 'hangUp'; readonly participants: readonly ParticipantId[] }
  | { readonly type: 'rename'; readonly participant: ParticipantId; readonly name: string }
  | { readonly type: 'setCamera'; readonly participant: ParticipantId; readonly on: boolean }
  | { readonly type: 'setCoHost'; readonly participant: ParticipantId; readonly coHost: boolean }
  /** The host password has been checked. */
  | { readonly type: 'applyHost'; readonly participant: ParticipantId }
  | { readonly type: 'releaseHost'; readonly participant: ParticipantId };

export type ConferenceCommand =
  | { readonly type: 'setConferenceLock'; readonly locked: boolean }
  | { readonly type: 'end' };

/** Somebody whose credentials have been checked. */
export interface Newcomer
  extends Pick<Participant, 'id' | 'name' | 'kind' | 'serialNumber' | 'number' | 'tokenDigest' | 'video'> {
  /** `host` when he showed the host password. */
  readonly entitledTo: 'host' | 'guest';
}
