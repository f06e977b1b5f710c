import type { ParticipantId } from '../conference/ids.ts';
import type { ConferenceState, Mode, Participant } from '../conference/state.ts';
import type { ConferenceHost } from '../runtime/conference-host.ts';
import type { ConferenceEntry, OwnState, RosterEntry, SnapshotMessage, WaitingEntry } from './protocol.ts';

/** Turns the conference into the words of the events WebSocket. */

const MODES: Readonly<Record<Mode['kind'], ConferenceEntry['mode']>> = {
  FREE: 'FREE',
  FIXED: 'FIXED',
  ROLL_CALL: 'ROLLCALL',
  BROADCAST: 'BROADCAST',
};

export const conferenceEntry = (state: ConferenceState): ConferenceEntry => ({
  mode: MODES[state.mode.kind],
  locked: state.locked,
  paused: state.paused,
  selfUnmuteAllowed: state.selfUnmuteAllowed,
  selfCameraAllowed: state.settings.selfCameraAllowed,
  endsAtMs: state.endsAtMs,
  interpretation: {
    on: state.interpretation.on,
    languages: [...new Set(state.interpretation.groups.flatMap(({ languages }) => languages))],
  },
});

/** Those who wait, as far as this listener may see and let them in. */
export const waitingEntries = (
  state: ConferenceState,
  participant: ParticipantId | null,
): readonly WaitingEntry[] =>
  mayAdmit(state, participant)
    ? state.waiting.map(({ id, name, kind }) => ({ participantID: id, name, kind }))
    : [];

/** Whether somebody may see, and let in, those who wait; null is an observer. */
export const mayAdmit = (state: ConferenceState, participant: ParticipantId | null): boolean => {
  const role = participant === null ? 'host' : state.participants.get(participant)?.role;
  return role === 'host' || role === 'coHost';
};

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
  handRaised: participant.handRaised,
  invitedToShare: participant.invitedToShare,
  clientRecordingAllowed: participant.clientRecordingAllowed,
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

/**
 * @param participant whose snapshot it is; null for an observer
 * @param own null for an observer, who gets everybody's view instead
 */
export const snapshotMessage = (
  host: ConferenceHost,
  participant: ParticipantId | null,
  own: OwnState | null,
): SnapshotMessage => {
  const { state } = host;
  return {
    type: 'snapshot',
    version: host.version,
    conferenceID: state.meeting,
    subject: state.subject,
    conference: conferenceEntry(state),
    roster: state.participants.values().map(rosterEntry),
    ...(own ? { own } : { views: Object.fromEntries(host.views) }),
    waiting: waitingEntries(state, participant),
  };
};
