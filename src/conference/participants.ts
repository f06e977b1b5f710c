import { AppError } from '../errors.ts';
import type { ParticipantId } from './ids.ts';
import type { ConferenceState, Participant } from './state.ts';

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
