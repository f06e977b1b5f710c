import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { builtOperations } from './built-operations.ts';
import { documentedOperations, type ownOperations } from './documented-operations.ts';
import { errorBody } from './error-answer.ts';
import { errorTable } from './error-table.ts';

type DocumentedOperations = typeof documentedOperations;
type Operations = DocumentedOperations & typeof ownOperations;

/** The operationId of a documented operation. */
export type OperationId = keyof DocumentedOperations;
/** The operationId of any operation of contract/openapi.yaml. */
export type AnyOperationId = keyof Operations;

/** The contract's method and path of an operation, such as `PUT /v1/mmc/control/conferences/lockView`. */
export type OperationRoute<Id extends AnyOperationId> = Operations[Id];

/**
 * Answers with what it returns: an object is sent as JSON, a string as it is (`SUCCESS_BODY`). A throw is answered by
 * the error table.
 */
export type OperationHandler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/**
 * Gives an operation of the contract its route. `route` repeats the contract's method and path, so that either the
 * operationId or the path finds the code; a wrong one does not compile.
 */
export function registerOperation<Id extends AnyOperationId>(
  server: FastifyInstance,
  id: Id,
  route: OperationRoute<Id>,
  handler: OperationHandler,
): void {
  addRoute(server, id, route, handler);
}

/** Gives every documented operation that is not in `builtOperations` a route that answers 501 and names it. */
export function registerUnbuiltOperations(server: FastifyInstance): void {
  for (const [id, route] of Object.entries(documentedOperations)) {
    if (Object.hasOwn(builtOperations, id)) {
      continue;
    }
    const body = errorBody(
      'NOT_IMPLEMENTED',
      `The operation ${id} is not built yet; see docs/compatibility.md`,
    );
    addRoute(server, id, route, (_request, reply) => {
      reply.code(errorTable.NOT_IMPLEMENTED.status).send(body);
    });
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation of contract/openapi.yaml that the route answers. */
    operationId?: string;
  }
}

function addRoute(server: FastifyInstance, id: string, route: string, handler: OperationHandler): void {
  const [method = '', path = ''] = route.split(' ');
  server.route({
    method: method as HTTPMethods,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { operationId: id },
    exposeHeadRoute: false,
    handler,
  });
}
