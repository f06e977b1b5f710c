import { AppError } from '../errors.ts';
import type { AudioCommand } from './commands.ts';
import type { DurableEvent } from './events.ts';
import { requireParticipant } from './participants.ts';
import {
  type Actor,
  forbidCoHostOnHost,
  requireControl,
  requireSelfOrControl,
  roleOf,
} from './permissions.ts';
import type { ConferenceState } from './state.ts';

type MuteOne = Extract<AudioCommand, { type: 'muteParticipant' }>;
type MuteAll = Extract<AudioCommand, { type: 'muteAll' }>;

/** Muting of one and of all. */
export const decideAudio = (
  state: ConferenceState,
  actor: Actor,
  command: AudioCommand,
): readonly DurableEvent[] => {
  switch (command.type) {
    case 'muteAll':
      return muteAll(state, actor, command);
    case 'muteParticipant':
      return muteOne(state, actor, command);
    case 'allowSelfUnmute':
      requireControl(state, actor);
      return selfUnmute(state, command.allowed);
  }
};

const selfUnmute = (state: ConferenceState, allowed: boolean): readonly DurableEvent[] =>
  state.selfUnmuteAllowed === allowed ? [] : [{ type: 'selfUnmute.set', allowed }];

const muteOne = (state: ConferenceState, actor: Actor, command: MuteOne): readonly DurableEvent[] => {
  requireSelfOrControl(state, actor, command.participant);
  const target = requireParticipant(state, command.participant);
  forbidCoHostOnHost(state, actor, target);
  if (!command.muted && target.role === 'audience') {
    throw new AppError('AUDIENCE_MAY_NOT_SPEAK', `participant ${target.id} is of the audience`);
  }
  if (!command.muted && !state.selfUnmuteAllowed && roleOf(state, actor) === 'guest') {
    throw new AppError('GUEST_NOT_PERMITTED', 'the host does not allow unmuting oneself');
  }
  if (target.muted === command.muted) return [];
  return [{ type: 'audio.set', muted: command.muted, participants: [target.id] }];
};

/** Everybody but the host; the audience is never heard. */
const muteAll = (state: ConferenceState, actor: Actor, command: MuteAll): readonly DurableEvent[] => {
  requireControl(state, actor);
  const changed = state.participants
    .values()
    .filter((p) => p.role !== 'host' && p.role !== 'audience' && p.muted !== command.muted);
  const events: DurableEvent[] = [];
  if (changed.length > 0) {
    events.push({ type: 'audio.set', muted: command.muted, participants: changed.map((p) => p.id) });
  }
  return [...events, ...selfUnmute(state, command.selfUnmuteAllowed ?? state.selfUnmuteAllowed)];
};
