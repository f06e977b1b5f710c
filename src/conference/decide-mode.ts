import { AppError } from '../errors.ts';
import type { ModeCommand } from './commands.ts';
import { showStoredLayout } from './decide-layout.ts';
import type { DurableEvent } from './events.ts';
import { endsExplicitView, evolve } from './evolve.ts';
import { requireParticipant, requireVideo, requireVideoConference } from './participants.ts';
import { type Actor, forbidCoHostOnHost, requireControl } from './permissions.ts';
import type { ConferenceState, Mode, Participant, VoiceActivation } from './state.ts';
import { heldChoice, viewOf } from './views.ts';

/** Broadcast, roll call, Fixed and voice activation: what a whole conference is switched to. */
export const decideMode = (
  state: ConferenceState,
  actor: Actor,
  command: ModeCommand,
): readonly DurableEvent[] => {
  requireControl(state, actor);
  if (command.type === 'cancelBroadcast') return setMode(state, { kind: 'FREE' }, state.voiceActivation);
  requireVideoConference(state);
  switch (command.type) {
    case 'broadcast':
      return setMode(state, targeted(state, 'BROADCAST', command.participant), state.voiceActivation);
    case 'rollCall': {
      forbidCoHostOnHost(state, actor, requireParticipant(state, command.participant));
      const mode = targeted(state, 'ROLL_CALL', command.participant);
      return [...setMode(state, mode, state.voiceActivation), ...floorTo(state, mode.target)];
    }
    case 'switchMode':
      return switchMode(state, command.to);
  }
};

const switchMode = (
  state: ConferenceState,
  to: 'fixed' | 'voiceSingle' | 'voiceMultiple',
): readonly DurableEvent[] => {
  switch (to) {
    case 'fixed':
      return [...showStoredLayout(state), ...setMode(state, { kind: 'FIXED' }, 'off')];
    case 'voiceSingle':
      return setMode(state, { kind: 'FREE' }, 'single');
    case 'voiceMultiple':
      requireOneSiteAPane(state);
      return [...showStoredLayout(state), ...setMode(state, { kind: 'FREE' }, 'multiple')];
  }
};

const requireOneSiteAPane = ({ layout, storedLayout }: ConferenceState): void => {
  const shown = storedLayout ?? layout;
  if (shown.kind === 'manual' && shown.panes.some((pane) => pane.sites.length > 1)) {
    throw new AppError('LAYOUT_POLLS_WHILE_VOICE_ACTIVATED', 'a pane of the layout has several sites');
  }
};

type TargetedMode = Extract<Mode, { target: unknown }>;

const targeted = (
  state: ConferenceState,
  kind: TargetedMode['kind'],
  id: Participant['id'],
): TargetedMode => {
  const target = requireParticipant(state, id);
  requireVideo(target);
  return { kind, target: target.id };
};

const setMode = (
  state: ConferenceState,
  mode: Mode,
  voiceActivation: VoiceActivation,
): readonly DurableEvent[] => {
  const endsViews = state.participants.values().some((p) => endsExplicitView(mode, p));
  const asItIs = sameMode(state.mode, mode) && state.voiceActivation === voiceActivation;
  if (asItIs && !endsViews) return [];
  const event: DurableEvent = { type: 'mode.set', mode, voiceActivation, held: null };
  if (!('target' in mode)) return [event];
  const target = requireParticipant(state, mode.target);
  const after = evolve(state, event);
  const held = heldChoice(viewOf(state, target), viewOf(after, requireParticipant(after, target.id)));
  return [{ ...event, held }];
};

const sameMode = (a: Mode, b: Mode): boolean =>
  a.kind === b.kind && ('target' in a ? a.target : null) === ('target' in b ? b.target : null);

/** Roll call gives the floor: the called one is unmuted, everybody else but the host is muted. */
const floorTo = (state: ConferenceState, target: Participant['id']): readonly DurableEvent[] => {
  const others = state.participants.values().filter((p) => p.id !== target && p.role !== 'host' && !p.muted);
  const events: DurableEvent[] = [];
  if (others.length > 0)
    events.push({ type: 'audio.set', muted: true, participants: others.map((p) => p.id) });
  if (state.participants.get(target)?.muted)
    events.push({ type: 'audio.set', muted: false, participants: [target] });
  return events;
};
