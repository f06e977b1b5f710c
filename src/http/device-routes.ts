import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import type { Terminal } from '../identity/identity.ts';
import type { TerminalRegistration, TerminalService } from '../identity/terminal-service.ts';
import type { AccessGuard } from './access-guard.ts';
import type { components } from './contract-types.ts';
import { registerOperation } from './operations.ts';
import {
  asObject,
  type JsonObject,
  readJsonObject,
  readOptionalInteger,
  readOptionalText,
  readPage,
  readText,
} from './request-readers.ts';

export interface DeviceRouteDeps {
  readonly terminals: TerminalService;
  readonly guard: AccessGuard;
}

/** Registering and reading terminals: `/v1/usg/dcs/corp/device`; and their activation codes, which are our own. */
export function registerDeviceRoutes(server: FastifyInstance, { terminals, guard }: DeviceRouteDeps): void {
  registerOperation(server, 'addDevice', 'POST /v1/usg/dcs/corp/device', async (request) => {
    guard.administrator(request);
    return deviceResult(await terminals.register(readRegistration(readJsonObject(request.body))));
  });

  registerOperation(server, 'searchDevices', 'GET /v1/usg/dcs/corp/device', (request, reply) => {
    guard.administrator(request);
    const query = asObject(request.query);
    const { offset, limit } = readPage(query);
    const searchKey = readOptionalText(query, 'searchKey', { maxLength: 128 });
    const model = readOptionalText(query, 'model', { maxLength: 128 });
    const page = terminals.list({
      offset,
      limit,
      ...(searchKey ? { searchKey } : {}),
      ...(model ? { model } : {}),
    });
    reply.send({ offset, limit, count: page.count, data: page.terminals.map(deviceResult) });
  });

  registerOperation(server, 'showDeviceDetail', 'GET /v1/usg/dcs/corp/device/{sn}', (request, reply) => {
    guard.administrator(request);
    const sn = readText(asObject(request.params), 'sn', { maxLength: 64 });
    const terminal = terminals.find(sn);
    if (terminal === null) {
      throw new AppError('TERMINAL_NOT_FOUND', `there is no terminal ${sn}`);
    }
    reply.send(deviceResult(terminal));
  });

  registerOperation(
    server,
    'createActivationCode',
    'POST /sightline/v1/terminals/{serialNumber}/activation-code',
    async (request) => {
      guard.administrator(request);
      const serialNumber = readText(asObject(request.params), 'serialNumber', { maxLength: 64 });
      return { activationCode: await terminals.renewActivationCode(serialNumber) };
    },
  );
}

/** Documented fields that are kept as given and shown again. */
const detailTexts = ['deptCode', 'phone', 'country', 'email', 'description'] as const;

function readRegistration(body: JsonObject): TerminalRegistration {
  const serialNumber = readOptionalText(body, 'sn', { maxLength: 64 });
  const texts = detailTexts.flatMap((field) => {
    const text = readOptionalText(body, field, { maxLength: 255 });
    return text === null ? [] : [[field, text] as const];
  });
  const prjCodeMode = readOptionalInteger(body, 'prjCodeMode', { min: 0, max: 2 });
  return {
    name: readText(body, 'name', { maxLength: 128 }),
    model: readText(body, 'model', { maxLength: 128 }),
    ...(serialNumber ? { serialNumber } : {}),
    enabled: readOptionalInteger(body, 'status', { min: 0, max: 1 }) !== 1,
    details: { ...Object.fromEntries(texts), ...(prjCodeMode === null ? {} : { prjCodeMode }) },
  };
}

/** The documented QueryDeviceResultDTO. */
function deviceResult(terminal: Terminal): components['schemas']['QueryDeviceResultDTO'] {
  return {
    name: terminal.name,
    type: 'terminal',
    model: terminal.model,
    sn: terminal.serialNumber,
    account: terminal.account,
    number: terminal.number,
    ...terminal.details,
    status: terminal.enabled ? 0 : 1,
  };
}
