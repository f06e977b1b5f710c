/** Turns `operations.json` (names, places and types read off the vendor's SDK) into an OpenAPI 3.1 document. */

type WireType = string | { readonly array: string };

interface WireParameter {
  readonly in: 'query' | 'header' | 'path';
  readonly type: WireType;
  readonly required: boolean;
}

interface WireOperation {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, WireParameter>>;
  readonly body?: WireType;
  readonly bodyRequired?: boolean;
  /** Field by field; the one field `body` of an array type means that the answer itself is that array. */
  readonly response: Readonly<Record<string, WireType>>;
}

interface WireModel {
  readonly fields: Readonly<Record<string, WireType>>;
  readonly required?: readonly string[];
  readonly enums?: Readonly<Record<string, readonly string[]>>;
}

export interface WireContract {
  readonly operations: Readonly<Record<string, WireOperation>>;
  readonly models: Readonly<Record<string, WireModel>>;
}

export type Schema = Readonly<Record<string, unknown>>;
export type Paths = Record<string, Record<string, unknown>>;

/** Documented operations that take no access token and no control token [R where the vendor's pages do not say]. */
const openOperations: ReadonlySet<string> = new Set([
  'checkToken',
  'sendSlideVerifyCode',
  'checkSlideVerifyCode',
  'sendVeriCodeForChangePwd',
  'checkVerifyCode',
  'resetPwd',
  'createAnonymousAuthRandom',
  'createAuthRandom',
  'createConfToken',
  'inviteWithPwd',
  'showMgmtSiteStatus',
]);

export function documentedPaths(contract: WireContract): Paths {
  const paths: Paths = {};
  for (const [name, operation] of Object.entries(contract.operations)) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    path[operation.method.toLowerCase()] = openApiOperation(name, operation);
  }
  return paths;
}

export function documentedSchemas(contract: WireContract): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(contract.models).map(([name, model]) => [name, modelSchema(model)]),
  );
}

function openApiOperation(name: string, operation: WireOperation): Schema {
  const parameters = Object.entries(operation.parameters).map(
    ([parameter, { in: place, type, required }]) => ({
      name: parameter,
      in: place,
      required,
      schema: typeSchema(type),
    }),
  );
  return {
    operationId: name,
    tags: [tagOf(operation.path)],
    security: securityOf(name, operation.path),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: operation.bodyRequired ?? false,
            content: json(typeSchema(operation.body)),
          },
        }),
    responses: {
      '200': { description: 'Done', content: json(responseSchema(operation)) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function responseSchema(operation: WireOperation): Schema {
  const fields = Object.entries(operation.response);
  const whole = operation.response.body;
  if (fields.length === 1 && whole !== undefined) {
    return typeSchema(whole);
  }
  if (fields.length === 0) {
    return { $ref: '#/components/schemas/Result' };
  }
  return { type: 'object', properties: properties(operation.response) };
}

function modelSchema(model: WireModel): Schema {
  return {
    type: 'object',
    properties: properties(model.fields, model.enums),
    ...(model.required === undefined ? {} : { required: [...model.required] }),
  };
}

function properties(
  fields: Readonly<Record<string, WireType>>,
  enums?: WireModel['enums'],
): Record<string, Schema> {
  return Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, typeSchema(type, enums)]));
}

/** `XEnum | number` is how the SDK writes a number of which it names the values. */
function typeSchema(type: WireType, enums: WireModel['enums'] = {}): Schema {
  if (typeof type !== 'string') {
    return { type: 'array', items: typeSchema(type.array, enums) };
  }
  if (type === 'string' || type === 'number' || type === 'boolean') {
    return { type };
  }
  const [enumName, plain] = type.split(' | ');
  if (plain === undefined) {
    return { $ref: `#/components/schemas/${type}` };
  }
  const values = enumName === undefined ? undefined : enums[enumName];
  const typed = plain === 'number' ? values?.map(Number) : values;
  return { type: plain, 'x-enum-name': enumName, ...(typed === undefined ? {} : { enum: [...typed] }) };
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } };
}

function securityOf(name: string, path: string): readonly Schema[] {
  if (openOperations.has(name)) {
    return [];
  }
  return path.startsWith('/v1/mmc/control/') ? [{ controlToken: [] }] : [{ accessToken: [] }];
}

function tagOf(path: string): string {
  if (path.startsWith('/v1/mmc/control/')) {
    return 'Meeting control';
  }
  if (path.startsWith('/v1/mmc/') || path.startsWith('/v2/mms/')) {
    return 'Meetings';
  }
  return path.includes('/usg/acs/') ? 'Accounts and tokens' : 'Directory and devices';
}
