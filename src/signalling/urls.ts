import type { FastifyRequest } from 'fastify';
import type { MeetingId, ParticipantId } from '../conference/ids.ts';

/** Makes the URLs that are handed out: on the configured public URL, else on the host that the request was sent to. */
export const createUrls = (publicUrl: string | null) => {
  const base = (request: FastifyRequest): string =>
    (publicUrl ?? `${request.protocol}://${request.host}`).replace(/\/$/, '');
  return {
    media: (
      request: FastifyRequest,
      meeting: MeetingId,
      participant: ParticipantId,
      kind: 'whip' | 'whep',
    ): string => `${base(request)}/sightline/v1/conferences/${meeting}/participants/${participant}/${kind}`,
    endpoint: (request: FastifyRequest, endpoint: string): string =>
      `${base(request)}/sightline/v1/endpoints/${endpoint}`,
    invitation: (request: FastifyRequest, meeting: MeetingId, invitation: string): string =>
      `${base(request)}/room?conference=${meeting}#invitation=${invitation}`,
    events: (request: FastifyRequest, meeting: MeetingId): string =>
      `${base(request).replace(/^http/, 'ws')}/sightline/v1/conferences/${meeting}/events`,
  };
};

export type Urls = ReturnType<typeof createUrls>;
