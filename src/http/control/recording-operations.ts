import type { FastifyInstance } from 'fastify';
import { requireControl } from '../../conference/permissions.ts';
import { AppError, type ErrorCode } from '../../errors.ts';
import { type OperationId, type OperationRoute, registerOperation } from '../operations.ts';
import { type JsonObject, readInteger, readJsonObject, readSwitch } from '../request-readers.ts';
import type { ControlGuard } from './control-guard.ts';

/** Sightline neither records nor streams: these answer the documented codes for that once the request is good. */
export const registerRecordingOperations = (server: FastifyInstance, guard: ControlGuard): void => {
  const refuse = <Id extends OperationId>(
    id: Id,
    route: OperationRoute<Id>,
    code: ErrorCode,
    check: (body: JsonObject) => unknown,
  ): void =>
    registerOperation(server, id, route, (request) => {
      const { host, actor } = guard.authorise(request);
      requireControl(host.state, actor);
      check(readJsonObject(request.body));
      throw new AppError(code, `${id}: this server does not do that`);
    });

  refuse('record', 'PUT /v1/mmc/control/conferences/record', 'RECORDING_UNSUPPORTED', (body) =>
    readSwitch(body, 'isRecord'),
  );
  refuse('setMmrRecord', 'PUT /v1/mmc/control/conferences/mmrRecord', 'RECORDING_UNSUPPORTED', (body) =>
    readInteger(body, 'recordType', { min: 0, max: 2 }),
  );
  refuse('live', 'PUT /v1/mmc/control/conferences/live', 'LIVE_STREAMING_UNSUPPORTED', (body) =>
    readSwitch(body, 'isLive'),
  );
  refuse('setMmrLive', 'PUT /v1/mmc/control/conferences/mmrLive', 'LIVE_STREAMING_UNSUPPORTED', (body) =>
    readSwitch(body, 'liveState'),
  );
};
