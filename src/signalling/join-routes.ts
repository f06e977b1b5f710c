import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type MeetingId, meetingId } from '../conference/ids.ts';
import type { AccessGuard } from '../http/access-guard.ts';
import { registerOperation } from '../http/operations.ts';
import {
  asObject,
  type JsonObject,
  readJsonObject,
  readOptionalBoolean,
  readOptionalText,
  readText,
} from '../http/request-readers.ts';
import type { Admission, Applicant } from '../runtime/admission.ts';
import type { JoinResponse } from './protocol.ts';
import type { Urls } from './urls.ts';

export interface JoinRoutesOptions {
  readonly admission: Admission;
  readonly accessGuard: AccessGuard;
  readonly urls: Urls;
}

/** How a browser or a registered terminal gets into a conference. */
export const registerJoinRoutes = (
  server: FastifyInstance,
  { admission, accessGuard, urls }: JoinRoutesOptions,
): void => {
  registerOperation(
    server,
    'joinConference',
    'POST /sightline/v1/conferences/{conferenceID}/join',
    async (request): Promise<JoinResponse> => {
      const meeting = pathMeeting(request);
      const account = request.headers['x-access-token'] ? accessGuard.account(request).name : null;
      const applicant = readApplicant(readJsonObject(request.body), account);
      const { participant, token } = await admission.admit(meeting, applicant, request.ip);
      return {
        participantID: participant,
        participantToken: token,
        whipURL: urls.media(request, meeting, participant, 'whip'),
        whepURL: urls.media(request, meeting, participant, 'whep'),
        eventsURL: urls.events(request, meeting),
      };
    },
  );
};

export const pathMeeting = (request: FastifyRequest): MeetingId =>
  meetingId(readText(asObject(request.params), 'conferenceID', { maxLength: 32 }));

/** @param account the login name of the caller's account; null without one */
const readApplicant = (body: JsonObject, account: string | null): Applicant => {
  const video = readOptionalBoolean(body, 'video') ?? true;
  if (Object.hasOwn(body, 'serialNumber')) {
    const serialNumber = readText(body, 'serialNumber', { maxLength: 64 });
    return {
      kind: 'terminal',
      serialNumber,
      activationCode: readText(body, 'activationCode', { maxLength: 64 }),
      video,
    };
  }
  if (Object.hasOwn(body, 'invitation')) {
    const invitation = readText(body, 'invitation', { maxLength: 128 });
    const name = readOptionalText(body, 'name', { maxLength: 64, tooLongCode: 'NAME_TOO_LONG' }) || null;
    return { kind: 'invited', invitation, name, video };
  }
  const name = readText(body, 'name', { maxLength: 64, code: 'NAME_EMPTY', tooLongCode: 'NAME_TOO_LONG' });
  const password = readText(body, 'password', { maxLength: 64 });
  const audience = readOptionalBoolean(body, 'audience') ?? false;
  return { kind: 'person', name, password, account, audience, video };
};
