import type { ConferenceEvent } from './events.ts';
import type { ParticipantId } from './ids.ts';
import { ParticipantMap } from './participant-map.ts';
import {
  type Choice,
  type ConferenceState,
  type ExplicitView,
  type Mode,
  newConferenceDefaults,
  newParticipantDefaults,
  type Participant,
  type Role,
} from './state.ts';
import { nextPolledSite, siteOf } from './views.ts';

type Started = Extract<ConferenceEvent, { type: 'conference.started' }>;
type ModeSet = Extract<ConferenceEvent, { type: 'mode.set' }>;

/** The state of a conference that has just started. */
export const startedState = (event: Started): ConferenceState => ({
  ...newConferenceDefaults,
  id: event.id,
  meeting: event.meeting,
  subject: event.subject,
  media: event.media,
  ended: false,
  startedAtMs: event.atMs,
  guestsJoinMuted: event.guestsJoinMuted,
  terminalsJoinMuted: event.terminalsJoinMuted,
  settings: { ...newConferenceDefaults.settings, ...event.settings },
  waitingRoom: event.waitingRoom ?? false,
  attendees: event.attendees ?? [],
  endsAtMs: event.endsAtMs ?? null,
  prolongMinutes: event.prolongMinutes ?? 0,
  participants: ParticipantMap.of([]),
  speakers: [],
});

/** State and event give the next state. Never refuses: `decide` has judged. */
export const evolve = (state: ConferenceState, event: ConferenceEvent): ConferenceState => {
  switch (event.type) {
    case 'conference.started':
      return startedState(event);
    case 'conference.ended':
      return {
        ...state,
        ended: true,
        participants: ParticipantMap.of([]),
        waiting: [],
        speakers: [],
        mode: { kind: 'FREE' },
      };
    case 'conference.lockSet':
      return { ...state, locked: event.locked };
    case 'conference.configured':
      return { ...state, settings: { ...state.settings, ...event.settings } };
    case 'conference.pauseSet':
      return { ...state, paused: event.paused };
    case 'conference.audienceSet':
      return { ...state, audienceAllowed: event.allowed };
    case 'conference.prolonged':
      return {
        ...state,
        endsAtMs: event.endsAtMs,
        endWarned: false,
        prolongMinutes: event.prolongMinutes,
      };
    case 'layout.set':
      return { ...state, layout: event.layout, storedLayout: null, layoutTurn: 0 };
    case 'layout.stored':
      return { ...state, storedLayout: event.layout };
    case 'layout.saved':
      return { ...state, savedLayouts: [...withoutLayout(state, event.saved.id), event.saved] };
    case 'layout.deleted':
      return { ...state, savedLayouts: withoutLayout(state, event.id) };
    case 'layout.turned':
      return { ...state, layoutTurn: state.layoutTurn + 1 };
    case 'interpretation.groupsSet':
      return { ...state, interpretation: { ...state.interpretation, groups: event.groups } };
    case 'interpretation.set':
      return { ...state, interpretation: { ...state.interpretation, on: event.on } };
    case 'language.set':
      return updateAll(state, event.participants, { language: event.language });
    case 'waiting.entered':
      return { ...state, waiting: [...state.waiting, event.waiting] };
    case 'waiting.left':
      return { ...state, waiting: state.waiting.filter(({ id }) => id !== event.participant) };
    case 'attendee.called':
      return { ...state, attendees: [...withoutAttendee(state, event.attendee.number), event.attendee] };
    case 'attendee.callEnded':
      return { ...state, attendees: withCallEnded(state, event.number) };
    case 'attendee.removed':
      return { ...state, attendees: withoutAttendee(state, event.number) };
    case 'hands.set':
      return updateAll(state, event.participants, { handRaised: event.raised });
    case 'camera.requested':
      return update(state, event.participant, { cameraRequested: event.on });
    case 'conference.endsSoon':
      return { ...state, endWarned: true };
    case 'share.invited':
      return update(state, event.participant, { invitedToShare: event.invited });
    case 'clientRecording.set':
      return update(state, event.participant, { clientRecordingAllowed: event.allowed });
    case 'participant.joined':
      return withParticipant(state, { ...newParticipantDefaults, ...event.participant });
    case 'participant.rejoined':
      return update(state, event.participant, { tokenDigest: event.tokenDigest });
    case 'participant.left':
      return withoutParticipant(state, event.participant);
    case 'participant.renamed':
      return update(state, event.participant, { name: event.name });
    case 'participant.roleSet':
      return withRole(state, event.participant, event.role);
    case 'participant.cameraSet':
      return update(state, event.participant, { cameraOn: event.on, cameraRequested: false });
    case 'audio.set':
      return updateAll(state, event.participants, { muted: event.muted });
    case 'selfUnmute.set':
      return { ...state, selfUnmuteAllowed: event.allowed };
    case 'view.locked':
      return update(state, event.viewer, { lock: event.choice, held: null });
    case 'view.unlocked':
      return update(state, event.viewer, { lock: null, held: event.held });
    case 'view.chosen':
      return update(state, event.viewer, { explicit: event.explicit, held: null });
    case 'mode.set':
      return withMode(state, event);
    case 'speaker.changed':
      return withSpeaker(state, event.participant);
    case 'connection.changed':
      return update(state, event.participant, { connected: event.connected });
    case 'poll.advanced':
      return withPolledSite(state, event.viewer, event.source);
  }
};

export const evolveAll = (state: ConferenceState, events: readonly ConferenceEvent[]): ConferenceState =>
  events.reduce(evolve, state);

const withParticipant = (state: ConferenceState, participant: Participant): ConferenceState => ({
  ...state,
  participants: state.participants.with(participant),
});

const update = (state: ConferenceState, id: ParticipantId, change: Partial<Participant>): ConferenceState => {
  const participant = state.participants.get(id);
  return participant ? withParticipant(state, { ...participant, ...change }) : state;
};

const updateAll = (
  state: ConferenceState,
  ids: readonly ParticipantId[],
  change: Partial<Participant>,
): ConferenceState => ids.reduce((next, id) => update(next, id, change), state);

const withoutAttendee = (state: ConferenceState, number: string) =>
  state.attendees.filter((attendee) => attendee.number !== number);

const withCallEnded = (state: ConferenceState, number: string) =>
  state.attendees.map((attendee) => (attendee.number === number ? { ...attendee, called: false } : attendee));

const withoutLayout = (state: ConferenceState, id: string) =>
  state.savedLayouts.filter((saved) => saved.id !== id);

/** chairView and host polling are the host's: they end with his role. */
const withRole = (state: ConferenceState, id: ParticipantId, role: Role): ConferenceState => {
  const explicit = state.participants.get(id)?.explicit ?? null;
  const ends = role !== 'host' && explicit?.by !== 'PART_VIEW';
  const lowersHand = role === 'host' ? { handRaised: false } : {};
  return update(state, id, { role, explicit: ends ? null : explicit, ...lowersHand });
};

const names = (choice: Choice | null, id: ParticipantId): boolean =>
  choice?.kind === 'single' && choice.source === id;

/** Whoever watched the one who leaves, by lock or by choice, falls to his derived view. */
const withoutParticipant = (state: ConferenceState, id: ParticipantId): ConferenceState => {
  const participants = state.participants.without(id).map((p) => ({
    ...p,
    lock: names(p.lock, id) ? null : p.lock,
    explicit: p.explicit && siteOf(p.explicit) === id ? afterSiteLeft(state, p, p.explicit, id) : p.explicit,
    held: names(p.held, id) ? null : p.held,
  }));
  const targeted = 'target' in state.mode && state.mode.target === id;
  return {
    ...state,
    participants,
    mode: targeted ? { kind: 'FREE' } : state.mode,
    speakers: state.speakers.filter((speaker) => speaker !== id),
  };
};

/** Polling goes on with the next site; a view of that one site is over. */
const afterSiteLeft = (
  state: ConferenceState,
  viewer: Participant,
  explicit: ExplicitView,
  left: ParticipantId,
): ExplicitView | null => {
  if (explicit.by !== 'POLL') return null;
  const source = nextPolledSite(state, viewer.id, left);
  return source === null || source === left ? null : { ...explicit, choice: { kind: 'single', source } };
};

/**
 * Whether a mode, set now, ends a participant's explicit view. A conference-wide command ends an unlocked viewer's
 * partView; chairView and polling stay, and so does the view of the one who is called or broadcast. Voice activation
 * ends no explicit view.
 */
export const endsExplicitView = (mode: Mode, viewer: Participant): boolean =>
  mode.kind !== 'FREE' &&
  !('target' in mode && mode.target === viewer.id) &&
  viewer.lock === null &&
  viewer.explicit?.by === 'PART_VIEW';

const withMode = (state: ConferenceState, event: ModeSet): ConferenceState => {
  const target = 'target' in event.mode ? event.mode.target : null;
  const participants = state.participants.map((p) =>
    p.id === target
      ? { ...p, held: event.held }
      : { ...p, held: null, explicit: endsExplicitView(event.mode, p) ? null : p.explicit },
  );
  return { ...state, mode: event.mode, voiceActivation: event.voiceActivation, participants };
};

/** Speech of somebody who can be shown is a switching event for everybody else. */
const withSpeaker = (state: ConferenceState, id: ParticipantId): ConferenceState => {
  const speaker = state.participants.get(id);
  if (!speaker || state.speakers[0] === id) return state;
  const switches = (p: Participant) => speaker.video && p.held !== null && p.id !== id;
  const participants = state.participants.map((p) => (switches(p) ? { ...p, held: null } : p));
  return { ...state, participants, speakers: [id, ...state.speakers.filter((speaker) => speaker !== id)] };
};

const withPolledSite = (
  state: ConferenceState,
  viewer: ParticipantId,
  source: ParticipantId,
): ConferenceState => {
  const explicit = state.participants.get(viewer)?.explicit;
  if (explicit?.by !== 'POLL') return state;
  return update(state, viewer, { explicit: { ...explicit, choice: { kind: 'single', source } } });
};
