import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Command } from '../../conference/commands.ts';
import { type ParticipantId, participantId } from '../../conference/ids.ts';
import type { Actor } from '../../conference/permissions.ts';
import type { ConferenceState } from '../../conference/state.ts';
import { AppError } from '../../errors.ts';
import type { ConferenceHost } from '../../runtime/conference-host.ts';
import { type OperationId, type OperationRoute, registerOperation } from '../operations.ts';
import { asObject, type JsonObject, readText } from '../request-readers.ts';
import { SUCCESS_BODY } from '../server.ts';
import type { ControlGuard } from './control-guard.ts';

const MAX_PARTICIPANT_ID_LENGTH = 64;

/** A control operation that is one command: who may, and how the request is read. */
export interface ControlOperation {
  /** Throws when this caller may not do it at all; runs before the rest of the request is looked at. */
  readonly permission?: (state: ConferenceState, actor: Actor) => void;
  /** Reads the command from the request. */
  readonly command: (request: FastifyRequest, actor: Actor, state: ConferenceState) => Command;
}

/** Gives a control operation its route: authorise, read, execute, and the 39-byte success when it is durable. */
export const registerControl = <Id extends OperationId>(
  server: FastifyInstance,
  guard: ControlGuard,
  id: Id,
  route: OperationRoute<Id>,
  operation: ControlOperation,
): void => {
  registerOperation(server, id, route, async (request) => {
    const { host, actor } = guard.authorise(request);
    try {
      operation.permission?.(host.state, actor);
    } catch (error) {
      noteRefusal(host, actor, error, () => operation.command(request, actor, host.state));
      throw error;
    }
    await host.execute(actor, operation.command(request, actor, host.state));
    return SUCCESS_BODY;
  });
};

/** What cannot be read is not told of. */
const noteRefusal = (host: ConferenceHost, actor: Actor, error: unknown, read: () => Command): void => {
  if (!(error instanceof AppError)) return;
  try {
    host.noteRefusal(actor, read(), error.code);
  } catch (unreadable) {
    if (!(unreadable instanceof AppError)) throw unreadable;
  }
};

/** The query's participantID: 1 to 64 characters. @throws PARAMETER_INVALID */
export const queryParticipant = (request: FastifyRequest): ParticipantId =>
  readParticipant(asObject(request.query), 'participantID');

/** A participant's ID in a field: 1 to 64 characters. @throws PARAMETER_INVALID */
export const readParticipant = (fields: JsonObject, field: string): ParticipantId =>
  participantId(readText(fields, field, { maxLength: MAX_PARTICIPANT_ID_LENGTH }));
