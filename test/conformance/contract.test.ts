import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly (string | number)[];
  readonly 'x-enum-name'?: string;
}

interface Content {
  readonly content?: { readonly 'application/json': { readonly schema: Schema } };
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: Schema }[];
  readonly requestBody?: Content & { readonly required: boolean };
  readonly responses: Readonly<Record<string, Content>>;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const openApi = parse(read('contract/openapi.yaml')) as OpenApi;
const wire = JSON.parse(read('contract/operations.json')) as {
  readonly operations: Readonly<Record<string, object>>;
  readonly models: Readonly<Record<string, object>>;
};

const listed = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
/** In the OpenAPI file and documented, but not in the vendor's SDK, from which operations.json was read. */
const beyondTheSdk = new Set(['login']);
const documented = listed.filter(
  ({ operation }) => !operation.tags.includes('Sightline') && !beyondTheSdk.has(operation.operationId),
);

/** Back from OpenAPI to the notation of operations.json, so that the two can be compared whole. */
function wireType(schema: Schema): unknown {
  if (schema.$ref !== undefined) {
    return schema.$ref.replace('#/components/schemas/', '');
  }
  if (schema.items !== undefined) {
    return { array: wireType(schema.items) };
  }
  const enumName = schema['x-enum-name'];
  return enumName === undefined ? schema.type : `${enumName} | ${schema.type}`;
}

function wireFields(schema: Schema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, field]) => [name, wireType(field)]),
  );
}

function wireResponse(operation: Operation): Record<string, unknown> {
  const schema = operation.responses['200']?.content?.['application/json'].schema;
  assert.ok(schema, `${operation.operationId} has no answer`);
  if (schema.items !== undefined) {
    return { body: wireType(schema) };
  }
  return schema.$ref === '#/components/schemas/Result' ? {} : wireFields(schema);
}

function wireOperation(method: string, path: string, operation: Operation): Record<string, unknown> {
  const parameters = (operation.parameters ?? []).map(({ name, in: place, required, schema }) => [
    name,
    { in: place, type: wireType(schema), required },
  ]);
  const body = operation.requestBody;
  const schema = body?.content?.['application/json'].schema;
  return {
    method,
    path,
    parameters: Object.fromEntries(parameters),
    ...(schema === undefined ? {} : { body: wireType(schema), bodyRequired: body?.required }),
    response: wireResponse(operation),
  };
}

function wireModel(schema: Schema): Record<string, unknown> {
  const enums = Object.values(schema.properties ?? {})
    .filter((field) => field.enum !== undefined)
    .map((field) => [field['x-enum-name'], field.enum?.map(String)]);
  return {
    fields: wireFields(schema),
    ...(schema.required === undefined ? {} : { required: schema.required }),
    ...(enums.length === 0 ? {} : { enums: Object.fromEntries(enums) }),
  };
}

test('openapi.yaml has the documented operations with their paths, parameters, bodies and answers', () => {
  const operations = Object.fromEntries(
    documented.map(({ method, path, operation }) => [
      operation.operationId,
      wireOperation(method, path, operation),
    ]),
  );
  assert.equal(documented.length, 132);
  assert.deepEqual(operations, wire.operations);
});

test('openapi.yaml has the documented models with their fields, required marks and values', () => {
  const own = new Set(['AccessToken', 'Error', 'Result']);
  const models = Object.entries(openApi.components.schemas)
    .filter(([name]) => !own.has(name))
    .map(([name, schema]) => [name, wireModel(schema)]);
  assert.deepEqual(Object.fromEntries(models), wire.models);
});

test('every operation has a name of its own, a security statement and the error answer', () => {
  const ids = listed.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  const withoutErrors = new Set(['showHealth', 'showReadiness', 'showMetrics']);
  for (const { operation } of listed) {
    assert.ok(Array.isArray(operation.security), operation.operationId);
    const error = operation.responses.default;
    const expected = withoutErrors.has(operation.operationId)
      ? undefined
      : { $ref: '#/components/responses/Error' };
    assert.deepEqual(error, expected, operation.operationId);
  }
});
