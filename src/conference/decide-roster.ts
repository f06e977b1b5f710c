import { AppError } from '../errors.ts';
import type { Newcomer, RosterCommand } from './commands.ts';
import type { DurableEvent } from './events.ts';
import type { ParticipantId } from './ids.ts';
import { requireParticipant } from './participants.ts';
import {
  type Actor,
  forbidCoHostOnHost,
  requireControl,
  requireHost,
  requireSelfOrControl,
} from './permissions.ts';
import { type ConferenceState, hostOf, type Participant } from './state.ts';

/** The longest name a participant can be given, in UTF-16 units (MMC.111072047). */
const MAX_NAME_LENGTH = 64;

/** Who is in the conference, under which name and in which role. */
export const decideRoster = (
  state: ConferenceState,
  actor: Actor,
  command: RosterCommand,
  nowMs: number,
): readonly DurableEvent[] => {
  switch (command.type) {
    case 'join':
      return join(state, command.participant, nowMs);
    case 'leave':
      return leave(state, actor, command);
    case 'hangUp':
      return hangUp(state, actor, command.participants);
    case 'rename':
      return rename(state, actor, command.participant, command.name);
    case 'setCamera':
      return setCamera(state, actor, command.participant, command.on);
    case 'setCoHost':
      return setCoHost(state, actor, command.participant, command.coHost);
    case 'applyHost':
      return applyHost(state, command.participant);
    case 'releaseHost':
      return releaseHost(state, actor, command.participant);
  }
};

/** A terminal that is here already comes back as itself; whoever it was before has no token any more. */
const join = (state: ConferenceState, newcomer: Newcomer, nowMs: number): readonly DurableEvent[] => {
  const present = state.participants
    .values()
    .find((p) => p.serialNumber !== null && p.serialNumber === newcomer.serialNumber);
  if (present) {
    return [{ type: 'participant.rejoined', participant: present.id, tokenDigest: newcomer.tokenDigest }];
  }
  if (state.locked && newcomer.entitledTo !== 'host') {
    throw new AppError('CONFERENCE_LOCKED', 'the conference is locked');
  }
  const { entitledTo, ...identity } = newcomer;
  const role = entitledTo === 'host' && !hostOf(state) ? 'host' : 'guest';
  const joinsMuted = newcomer.kind === 'terminal' ? state.terminalsJoinMuted : state.guestsJoinMuted;
  const participant: Participant = {
    ...identity,
    video: identity.video && state.media === 'video',
    role,
    muted: joinsMuted && role !== 'host',
    cameraOn: true,
    connected: false,
    joinedAtMs: nowMs,
    lock: null,
    explicit: null,
    held: null,
  };
  return [{ type: 'participant.joined', participant }];
};

const leave = (
  state: ConferenceState,
  actor: Actor,
  command: Extract<RosterCommand, { type: 'leave' }>,
): readonly DurableEvent[] => {
  requireSelfOrControl(state, actor, command.participant);
  forbidCoHostOnHost(state, actor, requireParticipant(state, command.participant));
  return [{ type: 'participant.left', participant: command.participant, cause: command.cause }];
};

const hangUp = (
  state: ConferenceState,
  actor: Actor,
  ids: readonly ParticipantId[],
): readonly DurableEvent[] => {
  requireControl(state, actor);
  const targets = [...new Set(ids)].map((id) => requireParticipant(state, id));
  for (const target of targets) forbidCoHostOnHost(state, actor, target);
  return targets.map((target) => ({ type: 'participant.left', participant: target.id, cause: 'hungUp' }));
};

const rename = (
  state: ConferenceState,
  actor: Actor,
  id: ParticipantId,
  name: string,
): readonly DurableEvent[] => {
  requireSelfOrControl(state, actor, id);
  const target = requireParticipant(state, id);
  forbidCoHostOnHost(state, actor, target);
  if (name.trim() === '') throw new AppError('NAME_EMPTY', 'the new name is empty');
  if (name.length > MAX_NAME_LENGTH) {
    throw new AppError('NAME_TOO_LONG', `the new name is longer than ${MAX_NAME_LENGTH} characters`);
  }
  return target.name === name ? [] : [{ type: 'participant.renamed', participant: id, name }];
};

const setCamera = (
  state: ConferenceState,
  actor: Actor,
  id: ParticipantId,
  on: boolean,
): readonly DurableEvent[] => {
  requireSelfOrControl(state, actor, id);
  const target = requireParticipant(state, id);
  forbidCoHostOnHost(state, actor, target);
  return target.cameraOn === on ? [] : [{ type: 'participant.cameraSet', participant: id, on }];
};

const setCoHost = (
  state: ConferenceState,
  actor: Actor,
  id: ParticipantId,
  coHost: boolean,
): readonly DurableEvent[] => {
  requireHost(state, actor);
  const target = requireParticipant(state, id);
  if (target.role === 'host') throw new AppError('CO_HOST_IS_HOST', 'the host cannot be a co-host');
  const role = coHost ? 'coHost' : 'guest';
  return target.role === role ? [] : [{ type: 'participant.roleSet', participant: id, role }];
};

const applyHost = (state: ConferenceState, id: ParticipantId): readonly DurableEvent[] => {
  const target = requireParticipant(state, id);
  if (target.role === 'host') return [];
  if (hostOf(state)) throw new AppError('HOST_EXISTS', 'the conference has a host already');
  return [{ type: 'participant.roleSet', participant: id, role: 'host' }];
};

const releaseHost = (state: ConferenceState, actor: Actor, id: ParticipantId): readonly DurableEvent[] => {
  requireHost(state, actor);
  const target = requireParticipant(state, id);
  if (target.role !== 'host') throw new AppError('NOT_HOST', `participant ${id} is not the host`);
  return [{ type: 'participant.roleSet', participant: id, role: 'guest' }];
};
