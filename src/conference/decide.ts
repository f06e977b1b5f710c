import { AppError } from '../errors.ts';
import type { Command, ConferenceCommand } from './commands.ts';
import { decideAudio } from './decide-audio.ts';
import { decideMode } from './decide-mode.ts';
import { decideRoster } from './decide-roster.ts';
import { decideView } from './decide-view.ts';
import type { DurableEvent } from './events.ts';
import { type Actor, requireControl, requireHost } from './permissions.ts';
import type { ConferenceState } from './state.ts';

/**
 * Judges a command. The events are all of it, in order; none means that the conference is as asked already.
 * Pure: the same state, actor, command and time give the same answer.
 *
 * @param nowMs Unix ms, for what the events must remember
 * @throws AppError with the code of the first check that fails; nothing has changed then
 */
export const decide = (
  state: ConferenceState,
  actor: Actor,
  command: Command,
  nowMs: number,
): readonly DurableEvent[] => {
  if (state.ended) throw new AppError('CONFERENCE_ENDED', 'the conference has ended');
  switch (command.type) {
    case 'lockView':
    case 'unlockView':
    case 'partView':
    case 'hostView':
      return decideView(state, actor, command);
    case 'broadcast':
    case 'rollCall':
    case 'cancelBroadcast':
    case 'switchMode':
      return decideMode(state, actor, command);
    case 'muteParticipant':
    case 'muteAll':
      return decideAudio(state, actor, command);
    case 'join':
    case 'leave':
    case 'hangUp':
    case 'rename':
    case 'setCamera':
    case 'setCoHost':
    case 'applyHost':
    case 'releaseHost':
      return decideRoster(state, actor, command, nowMs);
    case 'setConferenceLock':
    case 'end':
      return decideConference(state, actor, command);
  }
};

const decideConference = (
  state: ConferenceState,
  actor: Actor,
  command: ConferenceCommand,
): readonly DurableEvent[] => {
  if (command.type === 'end') {
    requireHost(state, actor);
    return [{ type: 'conference.ended' }];
  }
  requireControl(state, actor);
  return state.locked === command.locked ? [] : [{ type: 'conference.lockSet', locked: command.locked }];
};
