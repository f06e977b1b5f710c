import type { FastifyInstance } from 'fastify';
import { requireControl } from '../../conference/permissions.ts';
import type { InterpreterGroup } from '../../conference/state.ts';
import {
  type JsonObject,
  readJsonObject,
  readObjects,
  readOptionalSwitch,
  readOptionalText,
  readSwitch,
  readText,
  readTexts,
} from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';
import { readParticipant, registerControl } from './control-operation.ts';

const MAX_GROUPS = 16;
const MAX_INTERPRETERS = 50;
const MAX_PARTICIPANTS = 1000;
const LANGUAGE = { maxLength: 32 } as const;

/** Simultaneous interpretation: groups of interpreters, on and off, and who speaks and hears which language. */
export const registerLanguageOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  registerControl(server, guard, 'setInterpreterGroup', 'PUT /v1/mmc/control/conferences/interpreterGroup', {
    permission: requireControl,
    command: (request) => {
      const groups = readObjects(readJsonObject(request.body), 'interpreterGroups', MAX_GROUPS, 'required');
      return { type: 'setInterpreterGroups', groups: groups.map(readGroup) };
    },
  });

  registerControl(
    server,
    guard,
    'resumeSimultaneousInterpretation',
    'PUT /v1/mmc/control/conferences/simultaneousInterpretation',
    {
      permission: requireControl,
      command: (request) => {
        const on = readSwitch(readJsonObject(request.body), 'simultaneousInterpretation');
        return { type: 'setInterpretation', on };
      },
    },
  );

  registerControl(
    server,
    guard,
    'setAttendeeLanChannel',
    'PUT /v1/mmc/control/conferences/setAttendeeLanChannel',
    { command: (request) => readLanguage(readJsonObject(request.body)) },
  );
};

const readGroup = (wire: JsonObject): InterpreterGroup => ({
  id: readText(wire, 'groupID', { maxLength: 64 }),
  name: readOptionalText(wire, 'groupName', { maxLength: 96 }) ?? '',
  type: readOptionalText(wire, 'groupType', { maxLength: 32 }) ?? '',
  languages: [readText(wire, 'firstLanguage', LANGUAGE), readText(wire, 'secondLanguage', LANGUAGE)],
  interpreters: readObjects(wire, 'interpreters', MAX_INTERPRETERS).map((interpreter) =>
    readText(interpreter, 'loginAccount', { maxLength: 255 }),
  ),
});

/** Without participantIDs everybody is meant; an empty channel is the original voice. */
const readLanguage = (body: JsonObject) => {
  const ids = readTexts(body, 'participantIDs', MAX_PARTICIPANTS, 64);
  return {
    type: 'setLanguage',
    participants: ids.length === 0 ? null : ids.map((id) => readParticipant({ id }, 'id')),
    language: {
      listen: readChannel(body, 'listenLanChannel'),
      speak: readChannel(body, 'speakLanChannel'),
      original: readOptionalSwitch(body, 'includeOriginalVoice') ?? false,
    },
  } as const;
};

/** A required channel, which may be the empty one. @throws PARAMETER_INVALID */
const readChannel = (body: JsonObject, field: string): string =>
  readOptionalText(body, field, LANGUAGE) ?? readText(body, field, LANGUAGE);
