import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpointId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import { registerOperation } from '../http/operations.ts';
import { asObject, readText } from '../http/request-readers.ts';
import type { EndpointKind, MediaDirector } from '../runtime/media-director.ts';
import type { ParticipantTokens } from '../runtime/participant-tokens.ts';
import { requireSession } from './participant-guard.ts';
import type { Urls } from './urls.ts';

const SDP_TYPE = 'application/sdp';
const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

export interface MediaRoutesOptions {
  readonly director: MediaDirector;
  readonly participantTokens: ParticipantTokens;
  readonly urls: Urls;
}

/** WHIP (RFC 9725) to publish, WHEP to view: one offer and one answer an endpoint, PATCH to restart ICE, DELETE to leave. */
export const registerMediaRoutes = (server: FastifyInstance, options: MediaRoutesOptions): void => {
  registerOperation(
    server,
    'publishMedia',
    'POST /sightline/v1/conferences/{conferenceID}/participants/{participantID}/whip',
    (request, reply) => open('publish', request, reply, options),
  );
  registerOperation(
    server,
    'viewMedia',
    'POST /sightline/v1/conferences/{conferenceID}/participants/{participantID}/whep',
    (request, reply) => open('view', request, reply, options),
  );
  registerOperation(
    server,
    'closeEndpoint',
    'DELETE /sightline/v1/endpoints/{endpointID}',
    (request, reply) => {
      const { participant } = requireSession(request, options.participantTokens);
      options.director.closeEndpoint(participant, pathEndpoint(request));
      reply.code(200);
      return '';
    },
  );
  registerOperation(server, 'restartIce', 'PATCH /sightline/v1/endpoints/{endpointID}', (request, reply) =>
    restartIce(request, reply, options),
  );
};

const open = async (
  kind: EndpointKind,
  request: FastifyRequest,
  reply: FastifyReply,
  { director, participantTokens, urls }: MediaRoutesOptions,
): Promise<string> => {
  const path = asObject(request.params);
  const { host, participant } = requireSession(
    request,
    participantTokens,
    readText(path, 'participantID', { maxLength: 64 }),
  );
  if (kind === 'publish' && host.state.participants.get(participant)?.role === 'audience') {
    throw new AppError('AUDIENCE_MAY_NOT_SPEAK', 'the audience publishes nothing');
  }
  requireContentType(request, SDP_TYPE);
  const { endpoint, answer } = await director.open(kind, host, participant, String(request.body ?? ''));
  reply
    .code(201)
    .header('content-type', SDP_TYPE)
    .header('location', urls.endpoint(request, endpoint))
    .header('etag', etagOf(answer));
  return answer;
};

/** RFC 9725 section 4.3.3: If-Match "*" restarts ICE whatever the session is; the answer has the new session's ETag. */
const restartIce = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { director, participantTokens }: MediaRoutesOptions,
): Promise<string> => {
  const { participant } = requireSession(request, participantTokens);
  requireContentType(request, FRAGMENT_TYPE);
  if (request.headers['if-match'] !== '*') {
    throw new AppError('PRECONDITION_FAILED', 'an ICE restart is asked for with If-Match: *');
  }
  const fragment = await director.restartIce(participant, pathEndpoint(request), String(request.body ?? ''));
  reply.header('content-type', FRAGMENT_TYPE).header('etag', etagOf(fragment));
  return fragment;
};

const requireContentType = (request: FastifyRequest, type: string): void => {
  const given = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (given !== type) throw new AppError('MEDIA_TYPE_UNSUPPORTED', `the content type is not ${type}`);
};

const pathEndpoint = (request: FastifyRequest) =>
  endpointId(readText(asObject(request.params), 'endpointID', { maxLength: 64 }));

/** The ETag names the ICE session (RFC 9725 section 4.3.1): its user fragment. */
const etagOf = (description: string): string => `"${/^a=ice-ufrag:(\S+)/m.exec(description)?.[1] ?? ''}"`;
