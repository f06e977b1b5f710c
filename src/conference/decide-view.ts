import { AppError } from '../errors.ts';
import type { HostView, ViewCommand } from './commands.ts';
import { showStoredLayout } from './decide-layout.ts';
import type { DurableEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { ParticipantId } from './ids.ts';
import { requireParticipant, requireVideo, requireVideoConference } from './participants.ts';
import { type Actor, forbidCoHostOnHost, requireControl } from './permissions.ts';
import {
  type Choice,
  type ConferenceState,
  type ExplicitView,
  hostOf,
  type Participant,
  sameChoice,
} from './state.ts';
import { heldChoice, nextPolledSite, viewOf } from './views.ts';

/** lockView, partView and chairView: who may steer which screen. The checks keep the order of the lockView table. */
export const decideView = (
  state: ConferenceState,
  actor: Actor,
  command: ViewCommand,
): readonly DurableEvent[] => {
  requireControl(state, actor);
  requireVideoConference(state);
  if (command.type === 'hostView') return decideHostView(state, actor, command.view);

  const viewer = requireProfessional(state, command.viewer);
  forbidCoHostOnHost(state, actor, viewer);
  if (command.type === 'unlockView') return unlock(state, viewer);

  const choice = chosenSource(state, viewer, command.source);
  forbidWhilePolling(viewer);
  return command.type === 'lockView' ? lock(viewer, choice) : choose(viewer, { by: 'PART_VIEW', choice });
};

const requireProfessional = (state: ConferenceState, id: ParticipantId): Participant => {
  const viewer = requireParticipant(state, id);
  requireVideo(viewer);
  if (viewer.kind === 'terminal') return viewer;
  if (viewer.role === 'host') {
    throw new AppError('VIEWER_IS_HOST_NOT_PROFESSIONAL', 'the host is not on a professional terminal');
  }
  throw new AppError('VIEWER_NOT_PROFESSIONAL', `participant ${id} is not on a professional terminal`);
};

const chosenSource = (state: ConferenceState, viewer: Participant, id: ParticipantId): Choice => {
  const source = requireParticipant(state, id);
  requireVideo(source);
  if (source.id === viewer.id)
    throw new AppError('SOURCE_IS_VIEWER', 'a participant cannot be shown to himself');
  return { kind: 'single', source: source.id };
};

const forbidWhilePolling = (viewer: Participant): void => {
  if (viewer.explicit?.by === 'POLL')
    throw new AppError('HOST_POLLING_RUNS', 'host polling runs on this terminal');
};

const lock = (viewer: Participant, choice: Choice): readonly DurableEvent[] =>
  sameChoice(viewer.lock, choice) ? [] : [{ type: 'view.locked', viewer: viewer.id, choice }];

const unlock = (state: ConferenceState, viewer: Participant): readonly DurableEvent[] => {
  if (viewer.lock === null) return [];
  const unlocked: DurableEvent = { type: 'view.unlocked', viewer: viewer.id, held: null };
  const held = heldAfter(state, viewer, unlocked);
  return [{ ...unlocked, held }];
};

const heldAfter = (state: ConferenceState, viewer: Participant, event: DurableEvent): Choice | null => {
  const after = evolve(state, event);
  return heldChoice(viewOf(state, viewer), viewOf(after, requireParticipant(after, viewer.id)));
};

/** An explicit command for a locked viewer retargets the lock, which stays. */
const choose = (viewer: Participant, explicit: ExplicitView): readonly DurableEvent[] => {
  if (viewer.lock !== null) return lock(viewer, explicit.choice);
  const current = viewer.explicit;
  if (current?.by === explicit.by && sameChoice(current.choice, explicit.choice)) return [];
  return [{ type: 'view.chosen', viewer: viewer.id, explicit }];
};

const decideHostView = (state: ConferenceState, actor: Actor, view: HostView): readonly DurableEvent[] => {
  const host = hostOf(state);
  if (!host) throw new AppError('CONFERENCE_HAS_NO_HOST', 'the conference has no host');
  requireProfessional(state, host.id);
  forbidCoHostOnHost(state, actor, host);
  switch (view.kind) {
    case 'site': {
      const choice = chosenSource(state, host, view.source);
      forbidWhilePolling(host);
      return choose(host, { by: 'CHAIR_VIEW', choice });
    }
    case 'continuousPresence':
      forbidWhilePolling(host);
      forbidPresenceWhileSwitched(state);
      return [
        ...showStoredLayout(state),
        ...choose(host, { by: 'CHAIR_VIEW', choice: { kind: 'continuousPresence' } }),
      ];
    case 'startPolling':
      return startPolling(state, host, view.switchSeconds);
    case 'stopPolling':
      return host.explicit?.by === 'POLL' ? [{ type: 'view.chosen', viewer: host.id, explicit: null }] : [];
  }
};

const forbidPresenceWhileSwitched = (state: ConferenceState): void => {
  if (state.mode.kind === 'FIXED' || state.voiceActivation !== 'off') {
    throw new AppError('CONFERENCE_STATE_FORBIDS', 'a continuous presence or voice activation is on');
  }
};

const startPolling = (
  state: ConferenceState,
  host: Participant,
  switchSeconds: number,
): readonly DurableEvent[] => {
  const source = nextPolledSite(state, host.id, null);
  if (source === null) throw new AppError('PARTICIPANT_NOT_FOUND', 'there is nobody to poll');
  if (host.explicit?.by === 'POLL' && host.explicit.switchSeconds === switchSeconds) return [];
  const explicit: ExplicitView = { by: 'POLL', choice: { kind: 'single', source }, switchSeconds };
  return [{ type: 'view.chosen', viewer: host.id, explicit }];
};
