import { AppError } from '../errors.ts';
import type { Newcomer } from './commands.ts';
import type { ParticipantId } from './ids.ts';
import { type ConferenceState, hostOf, newParticipantDefaults, type Participant } from './state.ts';

/** @throws PARTICIPANT_NOT_FOUND */
export const requireParticipant = (state: ConferenceState, id: ParticipantId): Participant => {
  const participant = state.participants.get(id);
  if (!participant) throw new AppError('PARTICIPANT_NOT_FOUND', `no participant ${id} in this conference`);
  return participant;
};

/** @throws SITE_IS_VOICE_ONLY */
export const requireVideo = (participant: Participant): void => {
  if (!participant.video)
    throw new AppError('SITE_IS_VOICE_ONLY', `participant ${participant.id} has no video`);
};

/** @throws CONFERENCE_IS_VOICE_ONLY */
export const requireVideoConference = (state: ConferenceState): void => {
  if (state.media === 'voice') throw new AppError('CONFERENCE_IS_VOICE_ONLY', 'the meeting is voice only');
};

/** Somebody as he enters the conference, by what he is entitled to and what it does to newcomers. */
export const newParticipant = (state: ConferenceState, newcomer: Newcomer, nowMs: number): Participant => {
  const { id, name, kind, serialNumber, number, account, tokenDigest, entitledTo } = newcomer;
  const role = entitledTo === 'host' && hostOf(state) ? 'guest' : entitledTo;
  const looksOn = role === 'audience';
  const joinsMuted = kind === 'terminal' ? state.terminalsJoinMuted : state.guestsJoinMuted;
  return {
    ...newParticipantDefaults,
    id,
    name,
    kind,
    serialNumber,
    number,
    account,
    tokenDigest,
    video: newcomer.video && state.media === 'video' && !looksOn,
    role,
    muted: looksOn || (joinsMuted && role !== 'host'),
    cameraOn: true,
    connected: false,
    joinedAtMs: nowMs,
    lock: null,
    explicit: null,
    held: null,
  };
};
