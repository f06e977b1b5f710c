import type { FastifyInstance } from 'fastify';
import type { Command } from '../../conference/commands.ts';
import { requireControl } from '../../conference/permissions.ts';
import type { ConferenceSettings } from '../../conference/state.ts';
import { callInOf } from '../meeting-request.ts';
import {
  type JsonObject,
  readJsonObject,
  readOptionalInteger,
  readOptionalSwitch,
  readSwitch,
} from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { registerControl } from './control-operation.ts';

/** Minutes that a meeting is prolonged by when the request names none. */
const DEFAULT_PROLONG_MINUTES = 15;
const MAX_PROLONG_MINUTES = 1440;

/** What holds for the running conference: its settings, its length, its pauses, its audience. */
export const registerSettingsOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  registerControl(
    server,
    guard,
    'updateStartedConfConfig',
    'PUT /v1/mmc/control/conferences/updateStartedConfConfig',
    {
      permission: requireControl,
      command: (request) => readConfigure(readJsonObject(request.body)),
    },
  );

  registerControl(server, guard, 'prolongMeeting', 'PUT /v1/mmc/control/conferences/duration', {
    permission: requireControl,
    command: (request) => {
      const body = readJsonObject(request.body);
      const automatic = readSwitch(body, 'auto');
      const minutes = readOptionalInteger(body, 'duration', { min: 1, max: MAX_PROLONG_MINUTES });
      return { type: 'prolong', automatic, minutes: minutes ?? DEFAULT_PROLONG_MINUTES };
    },
  });

  registerControl(server, guard, 'pauseConference', 'PUT /v1/mmc/control/conferences/pause', {
    permission: requireControl,
    command: (request) => ({ type: 'pause', paused: readSwitch(readJsonObject(request.body), 'pause') }),
  });

  registerControl(server, guard, 'allowAudienceJoin', 'PUT /v1/mmc/control/conferences/allowAudience', {
    permission: requireControl,
    command: (request) => {
      return { type: 'allowAudience', allowed: readSwitch(readJsonObject(request.body), 'allowAudience') };
    },
  });
};

const chatOf = ['none', 'private', 'public', 'free'] as const;

const readConfigure = (body: JsonObject): Command => {
  const chat = readOptionalInteger(body, 'chatPermission', { min: 1, max: 4 });
  const callIn = readOptionalInteger(body, 'callInRestriction', { min: 0, max: 3 });
  const audienceCallIn = readOptionalInteger(body, 'audienceCallInRestriction', { min: 0, max: 2 });
  const settings: Partial<ConferenceSettings> = withoutNull({
    sharingLocked: readOptionalSwitch(body, 'lockSharing'),
    callIn: callIn === null ? null : callInOf(callIn),
    audienceCallIn: audienceCallIn === null ? null : callInOf(audienceCallIn),
    chat: chat === null ? null : chatOf[chat - 1],
    clientRecordingMode: readOptionalInteger(body, 'clientRecMode', { min: 0, max: 2 }),
    selfCameraAllowed: readOptionalSwitch(body, 'allowOpenCamera'),
    selfRenameAllowed: readOptionalSwitch(body, 'allowRename'),
    freeSharing: readOptionalSwitch(body, 'freeShare'),
  });
  const locked = readOptionalSwitch(body, 'isLock');
  const selfUnmuteAllowed = readOptionalSwitch(body, 'allowUnmuteByOneself');
  return { type: 'configure', settings, ...withoutNull({ locked, selfUnmuteAllowed }) };
};

type Present<Fields> = { [Key in keyof Fields]?: NonNullable<Fields[Key]> };

const withoutNull = <Fields extends object>(fields: Fields): Present<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as Present<Fields>;
