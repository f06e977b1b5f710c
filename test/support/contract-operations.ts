import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { builtOperations } from '../../src/http/built-operations.ts';
import type { OperationId } from '../../src/http/operations.ts';

interface Schema {
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly operationId: OperationId;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
}

/** Where a body field is, such as `['attendees', 0, 'name']`. */
export type FieldPath = readonly (string | number)[];

export type Credential = 'accountPassword' | 'accessToken' | 'controlToken';

/** What a client can know of an operation from contract/openapi.yaml. */
export interface ContractOperation {
  readonly id: OperationId;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  /** Null: the operation asks for none. */
  readonly credential: Credential | null;
  readonly parameters: readonly Parameter[];
  /** Every field of the body, nested ones included; null: no body. */
  readonly fields: readonly FieldPath[] | null;
}

const openApi = parse(
  readFileSync(new URL('../../contract/openapi.yaml', import.meta.url), 'utf8'),
) as OpenApi;

/** Models within models are followed this far. */
const MAX_DEPTH = 3;

/** The documented operations that are built, in the contract's order. */
export const builtContractOperations: readonly ContractOperation[] = Object.entries(openApi.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  .filter(({ operation }) => Object.hasOwn(builtOperations, operation.operationId))
  .map(({ path, method, operation }) => contractOperation(method, path, operation));

function contractOperation(method: string, path: string, operation: Operation): ContractOperation {
  const [security = {}] = operation.security;
  const [credential = null] = Object.keys(security) as Credential[];
  const schema = operation.requestBody?.content['application/json']?.schema;
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    credential,
    parameters: (operation.parameters ?? []).filter(({ name }) => name !== 'X-Conference-Authorization'),
    fields: schema === undefined ? null : fieldsOf(schema, []),
  };
}

function fieldsOf(schema: Schema, path: FieldPath): readonly FieldPath[] {
  if (path.length >= MAX_DEPTH) return [];
  const name = schema.$ref?.replace('#/components/schemas/', '');
  const { items, properties = {} } = (name === undefined ? schema : openApi.components.schemas[name]) ?? {};
  if (items !== undefined) return fieldsOf(items, [...path, 0]);
  return Object.entries(properties).flatMap(([field, inner]) => {
    const here = [...path, field];
    return [here, ...fieldsOf(inner, here)];
  });
}
