import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { ParticipantSession, ParticipantTokens } from '../runtime/participant-tokens.ts';
import { digest } from '../secrets.ts';

const BEARER = /^bearer\s+(\S+)$/i;

/**
 * The participant a request's bearer token belongs to (RFC 6750, as WHIP asks for).
 *
 * @throws PARTICIPANT_TOKEN_INVALID also when the token is another participant's than the one in the path;
 * PARTICIPANT_WAITING before he is let in
 */
export const requireSession = (
  request: FastifyRequest,
  tokens: ParticipantTokens,
  participant?: string,
): ParticipantSession => {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  const session = token === undefined ? null : tokens.find(digest(token));
  if (!session || (participant !== undefined && session.participant !== participant)) {
    throw new AppError(
      'PARTICIPANT_TOKEN_INVALID',
      'the participant token is missing, unknown or another one’s',
    );
  }
  if (!session.host.state.participants.has(session.participant)) {
    throw new AppError('PARTICIPANT_WAITING', 'the participant is in the waiting room');
  }
  return session;
};
