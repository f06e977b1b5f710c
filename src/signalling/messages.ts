import type { ParticipantId } from '../conference/ids.ts';
import type { ConferenceState, Mode, Participant } from '../conference/state.ts';
import type { ConferenceHost } from '../runtime/conference-host.ts';
import type { OwnState, RosterEntry, SnapshotMessage } from './protocol.ts';

/** Turns the conference into the words of the events WebSocket. */

const MODES: Readonly<Record<Mode['kind'], SnapshotMessage['mode']>> = {
  FREE: 'FREE',
  FIXED: 'FIXED',
  ROLL_CALL: 'ROLLCALL',
  BROADCAST: 'BROADCAST',
};

export const modeMessage = (state: ConferenceState): SnapshotMessage['mode'] => MODES[state.mode.kind];

export const rosterEntry = (participant: Participant): RosterEntry => ({
  participantID: participant.id,
  name: participant.name,
  kind: participant.kind,
  role: participant.role,
  muted: participant.muted,
  video: participant.video,
  cameraOn: participant.cameraOn,
  connected: participant.connected,
  viewLocked: participant.lock !== null,
});

/** @param slots sources of the participant's slots */
export const ownState = (
  host: ConferenceHost,
  participant: ParticipantId,
  slots: readonly (ParticipantId | null)[],
): OwnState => ({
  participantID: participant,
  view: host.views.get(participant) ?? { reason: 'AUTO', picture: { kind: 'none' } },
  slots,
});

/** @param own null for an observer, who gets everybody's view instead */
export const snapshotMessage = (host: ConferenceHost, own: OwnState | null): SnapshotMessage => {
  const { state } = host;
  return {
    type: 'snapshot',
    version: host.version,
    conferenceID: state.meeting,
    subject: state.subject,
    mode: modeMessage(state),
    locked: state.locked,
    roster: state.participants.values().map(rosterEntry),
    ...(own ? { own } : { views: Object.fromEntries(host.views) }),
  };
};
