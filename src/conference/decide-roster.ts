import { AppError } from '../errors.ts';
import type { Newcomer, RosterCommand } from './commands.ts';
import { attendeeByAccount, attendeeOf } from './decide-attendees.ts';
import type { DurableEvent } from './events.ts';
import type { ParticipantId } from './ids.ts';
import { newParticipant, requireParticipant } from './participants.ts';
import {
  type Actor,
  forbidCoHostOnHost,
  requireControl,
  requireHost,
  requireSelfOrControl,
  roleOf,
} from './permissions.ts';
import { type ConferenceState, hostOf } from './state.ts';

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
    case 'raiseHands':
      return raiseHands(state, actor, command.participants, command.raised);
    case 'setCoHost':
      return setCoHost(state, actor, command.participant, command.coHost);
    case 'applyHost':
      return applyHost(state, actor, command.participant);
    case 'releaseHost':
      return releaseHost(state, actor, command.participant);
  }
};

/** A terminal that is here already comes back as itself; whoever it was before has no token any more. */
const join = (state: ConferenceState, newcomer: Newcomer, nowMs: number): readonly DurableEvent[] => {
  const isSame = ({ serialNumber }: Pick<Newcomer, 'serialNumber'>) =>
    serialNumber !== null && serialNumber === newcomer.serialNumber;
  const present = state.participants.values().find(isSame);
  if (present) {
    return [{ type: 'participant.rejoined', participant: present.id, tokenDigest: newcomer.tokenDigest }];
  }
  const attendee = attendeeOf(state, newcomer.number) ?? attendeeByAccount(state, newcomer.account);
  if (!attendee) requireAdmissible(state, newcomer);
  const before = state.waiting.find(isSame);
  const waitsNoMore: readonly DurableEvent[] = before
    ? [{ type: 'waiting.left', participant: before.id, cause: 'left' }]
    : [];
  if (!state.waitingRoom || newcomer.entitledTo === 'host' || attendee?.called) {
    const joined: DurableEvent = {
      type: 'participant.joined',
      participant: newParticipant(state, newcomer, nowMs),
    };
    if (!attendee?.called) return [...waitsNoMore, joined];
    return [
      ...waitsNoMore,
      joined,
      { type: 'attendee.callEnded', number: attendee.number, result: 'answered' },
    ];
  }
  const waits: DurableEvent = { type: 'waiting.entered', waiting: { ...newcomer, sinceMs: nowMs } };
  return [...waitsNoMore, waits];
};

/** Whoever is invited may come in whatever keeps others out. */
const requireAdmissible = (state: ConferenceState, { entitledTo, kind, account }: Newcomer): void => {
  if (entitledTo === 'host') return;
  if (state.locked) throw new AppError('CONFERENCE_LOCKED', 'the conference is locked');
  if (entitledTo === 'audience' && !state.audienceAllowed) {
    throw new AppError('AUDIENCE_NOT_ALLOWED', 'the host does not let the audience in');
  }
  const { callIn, audienceCallIn } = state.settings;
  const restriction = entitledTo === 'audience' ? audienceCallIn : callIn;
  const known = kind === 'terminal' || account !== null;
  if (restriction === 'organisation' && !known) {
    throw new AppError('ORGANISATION_ONLY', 'only accounts and registered terminals may join');
  }
  if (restriction === 'invited') throw new AppError('INVITED_ONLY', 'only those invited may join');
};

const leave = (
  state: ConferenceState,
  actor: Actor,
  command: Extract<RosterCommand, { type: 'leave' }>,
): readonly DurableEvent[] => {
  requireSelfOrControl(state, actor, command.participant);
  if (state.waiting.some(({ id }) => id === command.participant)) {
    return [{ type: 'waiting.left', participant: command.participant, cause: command.cause }];
  }
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
  if (!state.settings.selfRenameAllowed && isOrdinary(state, actor)) {
    throw new AppError('GUEST_NOT_PERMITTED', 'the host does not allow renaming oneself');
  }
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
  if (on && !state.settings.selfCameraAllowed && !target.cameraRequested && isOrdinary(state, actor)) {
    throw new AppError('GUEST_NOT_PERMITTED', 'the host does not allow opening the camera oneself');
  }
  return target.cameraOn === on ? [] : [{ type: 'participant.cameraSet', participant: id, on }];
};

const isOrdinary = (state: ConferenceState, actor: Actor): boolean => {
  const role = roleOf(state, actor);
  return role === 'guest' || role === 'audience';
};

/** A guest raises and lowers his own hand; host and co-host those of others. The host himself has none to raise. */
const raiseHands = (
  state: ConferenceState,
  actor: Actor,
  ids: readonly ParticipantId[],
  raised: boolean,
): readonly DurableEvent[] => {
  for (const id of ids) requireSelfOrControl(state, actor, id);
  const targets = [...new Set(ids)].map((id) => requireParticipant(state, id));
  if (raised && targets.some(({ role }) => role === 'host')) {
    throw new AppError('HOST_HAS_NO_HAND', 'the host does not raise his hand');
  }
  const changed = targets.filter((target) => target.handRaised !== raised).map(({ id }) => id);
  return changed.length === 0 ? [] : [{ type: 'hands.set', participants: changed, raised }];
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
  if (target.role === 'audience') throw new AppError('CO_HOST_IS_AUDIENCE', 'the audience cannot be co-host');
  const role = coHost ? 'coHost' : 'guest';
  return target.role === role ? [] : [{ type: 'participant.roleSet', participant: id, role }];
};

const applyHost = (state: ConferenceState, actor: Actor, id: ParticipantId): readonly DurableEvent[] => {
  requireSelfOrControl(state, actor, id);
  const target = requireParticipant(state, id);
  if (target.role === 'host') return [];
  if (target.role === 'audience') throw new AppError('HOST_IS_AUDIENCE', 'the audience cannot be host');
  if (hostOf(state)) throw new AppError('HOST_EXISTS', 'the conference has a host already');
  return [{ type: 'participant.roleSet', participant: id, role: 'host' }];
};

const releaseHost = (state: ConferenceState, actor: Actor, id: ParticipantId): readonly DurableEvent[] => {
  requireHost(state, actor);
  const target = requireParticipant(state, id);
  if (target.role !== 'host') throw new AppError('NOT_HOST', `participant ${id} is not the host`);
  return [{ type: 'participant.roleSet', participant: id, role: 'guest' }];
};
