import { AppError } from '../errors.ts';
import type { WaitingCommand } from './commands.ts';
import type { DurableEvent } from './events.ts';
import type { ParticipantId } from './ids.ts';
import { newParticipant, requireParticipant } from './participants.ts';
import { type Actor, forbidCoHostOnHost, requireControl } from './permissions.ts';
import type { ConferenceState, Participant, Waiting } from './state.ts';

/** The waiting room: who is let in, and who is sent back. */
export const decideWaiting = (
  state: ConferenceState,
  actor: Actor,
  command: WaitingCommand,
  nowMs: number,
): readonly DurableEvent[] => {
  requireControl(state, actor);
  return command.type === 'admit'
    ? admit(state, command.participants, nowMs)
    : moveToWaitingRoom(state, actor, command.participants, nowMs);
};

const admit = (
  state: ConferenceState,
  ids: readonly ParticipantId[] | null,
  nowMs: number,
): readonly DurableEvent[] => {
  const admitted = ids === null ? state.waiting : [...new Set(ids)].map((id) => requireWaiting(state, id));
  return admitted.flatMap((waiting): DurableEvent[] => [
    { type: 'waiting.left', participant: waiting.id, cause: 'admitted' },
    { type: 'participant.joined', participant: newParticipant(state, waiting, nowMs) },
  ]);
};

const requireWaiting = (state: ConferenceState, id: ParticipantId): Waiting => {
  const waiting = state.waiting.find((other) => other.id === id);
  if (!waiting) throw new AppError('PARTICIPANT_NOT_FOUND', `nobody with the ID ${id} waits`);
  return waiting;
};

const moveToWaitingRoom = (
  state: ConferenceState,
  actor: Actor,
  ids: readonly ParticipantId[],
  nowMs: number,
): readonly DurableEvent[] => {
  if (!state.waitingRoom) throw new AppError('CONFERENCE_NOT_SUPPORTED', 'the meeting has no waiting room');
  const targets = [...new Set(ids)].map((id) => requireParticipant(state, id));
  for (const target of targets) {
    forbidCoHostOnHost(state, actor, target);
    if (target.role === 'host') throw new AppError('CONFERENCE_STATE_FORBIDS', 'the host does not wait');
  }
  return targets.flatMap((target): DurableEvent[] => [
    { type: 'participant.left', participant: target.id, cause: 'movedToWaitingRoom' },
    { type: 'waiting.entered', waiting: waitingOf(target, nowMs) },
  ]);
};

const waitingOf = (participant: Participant, sinceMs: number): Waiting => {
  const { id, name, kind, serialNumber, number, tokenDigest, video, account, role } = participant;
  const entitledTo = role === 'audience' ? 'audience' : 'guest';
  return { id, name, kind, serialNumber, number, tokenDigest, video, account, entitledTo, sinceMs };
};
