import { AppError } from '../errors.ts';
import type { ParticipantId } from './ids.ts';
import type { ConferenceState, Participant, Role } from './state.ts';

/** Who gives a command. A control token has no participant of its own. */
export type Actor =
  | { readonly kind: 'token'; readonly role: 'host' | 'guest' }
  | { readonly kind: 'participant'; readonly id: ParticipantId }
  /** The server itself: timers, transports. */
  | { readonly kind: 'system' };

export const SYSTEM: Actor = { kind: 'system' };

/** The role an actor has now; a participant who has left has none. */
export const roleOf = (state: ConferenceState, actor: Actor): Role | null => {
  if (actor.kind === 'system') return 'host';
  if (actor.kind === 'token') return actor.role;
  return state.participants.get(actor.id)?.role ?? null;
};

/** @throws GUEST_NOT_PERMITTED unless the actor is host or co-host */
export const requireControl = (state: ConferenceState, actor: Actor): void => {
  const role = roleOf(state, actor);
  if (role !== 'host' && role !== 'coHost') {
    throw new AppError('GUEST_NOT_PERMITTED', 'only the host or a co-host may do this');
  }
};

/** @throws GUEST_NOT_PERMITTED unless the actor is the host */
export const requireHost = (state: ConferenceState, actor: Actor): void => {
  if (roleOf(state, actor) !== 'host') throw new AppError('GUEST_NOT_PERMITTED', 'only the host may do this');
};

/** @throws GUEST_NOT_PERMITTED for somebody who waits to be let in */
export const requirePresent = (state: ConferenceState, actor: Actor): void => {
  if (roleOf(state, actor) === null) throw new AppError('GUEST_NOT_PERMITTED', 'who waits is not in yet');
};

/** @throws GUEST_NOT_PERMITTED unless it is the server itself */
export const requireSystem = (actor: Actor): void => {
  if (actor.kind !== 'system') throw new AppError('GUEST_NOT_PERMITTED', 'only the server does this');
};

/** @throws GUEST_NOT_PERMITTED_ON_OTHERS when a guest acts on anybody but himself */
export const requireSelfOrControl = (state: ConferenceState, actor: Actor, target: ParticipantId): void => {
  const role = roleOf(state, actor);
  if (role === 'host' || role === 'coHost') return;
  if (actor.kind === 'participant' && actor.id === target && role !== null) return;
  throw new AppError('GUEST_NOT_PERMITTED_ON_OTHERS', 'a guest may do this to himself only');
};

/** @throws ACTOR_IS_CO_HOST_TARGET_IS_HOST when a co-host acts on the host */
export const forbidCoHostOnHost = (state: ConferenceState, actor: Actor, target: Participant): void => {
  if (roleOf(state, actor) === 'coHost' && target.role === 'host') {
    throw new AppError('ACTOR_IS_CO_HOST_TARGET_IS_HOST', 'a co-host cannot act on the host');
  }
};
