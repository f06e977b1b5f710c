import { AppError } from '../errors.ts';
import type { Command } from './commands.ts';
import { decideAttendees } from './decide-attendees.ts';
import { decideAudio } from './decide-audio.ts';
import { decideConference } from './decide-conference.ts';
import { decideLanguage } from './decide-language.ts';
import { decideLayout } from './decide-layout.ts';
import { decideMode } from './decide-mode.ts';
import { decideRequest } from './decide-request.ts';
import { decideRoster } from './decide-roster.ts';
import { decideView } from './decide-view.ts';
import { decideWaiting } from './decide-waiting.ts';
import type { DurableEvent } from './events.ts';
import type { Actor } from './permissions.ts';
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
    case 'setLayout':
    case 'saveLayout':
    case 'deleteLayout':
      return decideLayout(state, actor, command);
    case 'setInterpreterGroups':
    case 'setInterpretation':
    case 'setLanguage':
      return decideLanguage(state, actor, command);
    case 'admit':
    case 'moveToWaitingRoom':
      return decideWaiting(state, actor, command, nowMs);
    case 'invite':
    case 'endCall':
    case 'removeAttendees':
      return decideAttendees(state, actor, command);
    case 'requestCamera':
    case 'inviteToShare':
    case 'allowClientRecording':
      return decideRequest(state, actor, command);
    case 'allowSelfUnmute':
    case 'muteParticipant':
    case 'muteAll':
      return decideAudio(state, actor, command);
    case 'join':
    case 'leave':
    case 'hangUp':
    case 'rename':
    case 'setCamera':
    case 'raiseHands':
    case 'setCoHost':
    case 'applyHost':
    case 'releaseHost':
      return decideRoster(state, actor, command, nowMs);
    case 'setConferenceLock':
    case 'configure':
    case 'pause':
    case 'allowAudience':
    case 'prolong':
    case 'end':
      return decideConference(state, actor, command);
  }
};
