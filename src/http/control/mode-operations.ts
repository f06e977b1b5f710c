import type { FastifyInstance } from 'fastify';
import type { ModeCommand } from '../../conference/commands.ts';
import { requireControl } from '../../conference/permissions.ts';
import { AppError } from '../../errors.ts';
import { type JsonObject, readInteger, readJsonObject, readText } from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { queryParticipant, registerControl } from './control-operation.ts';

/** What the whole conference is switched to: broadcast, roll call, Fixed, voice activation. */
export const registerModeOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  registerControl(
    server,
    guard,
    'broadcastParticipant',
    'PUT /v1/mmc/control/conferences/participants/broadcast',
    {
      permission: requireControl,
      command: (request) => ({ type: 'broadcast', participant: queryParticipant(request) }),
    },
  );

  registerControl(
    server,
    guard,
    'rollcallParticipant',
    'PUT /v1/mmc/control/conferences/participants/rollCall',
    {
      permission: requireControl,
      command: (request) => ({ type: 'rollCall', participant: queryParticipant(request) }),
    },
  );

  registerControl(server, guard, 'cancelBroadcast', 'PUT /v1/mmc/control/conferences/cancelBroadcast', {
    permission: requireControl,
    command: () => ({ type: 'cancelBroadcast' }),
  });

  registerControl(server, guard, 'switchMode', 'PUT /v1/mmc/control/conferences/display/mode', {
    permission: requireControl,
    command: (request) => ({ type: 'switchMode', to: readSwitchMode(readJsonObject(request.body)) }),
  });
};

const readSwitchMode = (body: JsonObject): Extract<ModeCommand, { type: 'switchMode' }>['to'] => {
  const mode = readText(body, 'switchMode', { maxLength: 32, code: 'SWITCH_MODE_MISSING' });
  const multiple = readInteger(body, 'imageType', { min: 0, max: 1, code: 'IMAGE_TYPE_OUT_OF_RANGE' }) === 1;
  if (mode === 'VAS') return multiple ? 'voiceMultiple' : 'voiceSingle';
  if (mode !== 'Fixed') throw new AppError('SWITCH_MODE_OUT_OF_RANGE', 'switchMode is neither Fixed nor VAS');
  if (!multiple) throw new AppError('IMAGE_TYPE_OUT_OF_RANGE', 'imageType 0 goes with switchMode VAS only');
  return 'fixed';
};
