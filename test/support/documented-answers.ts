import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: Schema }>> }>
  >;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const openApi = parse(
  readFileSync(new URL('../../contract/openapi.yaml', import.meta.url), 'utf8'),
) as OpenApi;

const patterns = Object.entries(openApi.paths).map(([path, methods]) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  methods,
}));

const errorSchema: Schema = { $ref: '#/components/schemas/Error' };

/**
 * Fails when an answer has a field that contract/openapi.yaml does not document for it, lacks a required one, or has a
 * value of another type. Answers from 400 on are held to the error form.
 */
export function assertDocumented(method: string, url: string, status: number, answer: unknown): void {
  const [path = ''] = url.split('?');
  const operation = patterns.find(({ pattern }) => pattern.test(path))?.methods[method.toLowerCase()];
  if (status >= 400) {
    check(errorSchema, answer, `${method} ${path} ${status}`);
    return;
  }
  assert.ok(operation, `${method} ${path} is not in contract/openapi.yaml`);
  const schema = operation.responses[status]?.content?.['application/json']?.schema;
  assert.ok(schema, `${operation.operationId} documents no JSON for ${status}`);
  check(schema, answer, operation.operationId);
}

function check(schema: Schema, value: unknown, where: string): void {
  const known = resolve(schema);
  if (known.items !== undefined) {
    assert.ok(Array.isArray(value), `${where} is no list`);
    for (const [index, item] of value.entries()) {
      check(known.items, item, `${where}[${index}]`);
    }
    return;
  }
  if (known.properties !== undefined) {
    checkFields(known, value, where);
    return;
  }
  assert.equal(typeof value, known.type, `${where} has the wrong type`);
  assert.ok(known.enum === undefined || known.enum.includes(value), `${where} is not one of its values`);
}

function checkFields({ properties = {}, required = [] }: Schema, value: unknown, where: string): void {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${where} is no object`);
  for (const name of required) {
    assert.ok(Object.hasOwn(value, name), `${where} lacks ${name}`);
  }
  for (const [name, field] of Object.entries(value)) {
    const schema = properties[name];
    assert.ok(schema, `${where}.${name} is not documented`);
    check(schema, field, `${where}.${name}`);
  }
}

function resolve(schema: Schema): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  const known = name === undefined ? schema : openApi.components.schemas[name];
  assert.ok(known, `contract/openapi.yaml has no model ${name}`);
  return known;
}
