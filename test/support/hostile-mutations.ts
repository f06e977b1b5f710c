import type { ContractOperation, FieldPath, Parameter } from './contract-operations.ts';
import { basic, type Draft, headerValue } from './contract-request.ts';
import type { Scene } from './contract-scene.ts';
import { hostileBodies, hostileQueries, hostileTexts, hostileValues, type Named } from './hostile-values.ts';

/** One way to spoil a valid request. */
export interface Mutation {
  /** Names it in a failure. */
  readonly what: string;
  apply(draft: Draft, scene: Scene): Draft;
}

/** Every single way to spoil a request of the operation. */
export function mutationsOf(operation: ContractOperation): readonly Mutation[] {
  const { parameters, fields } = operation;
  return [
    { what: 'nothing spoilt', apply: (draft) => draft },
    ...parameters.flatMap(parameterMutations),
    ...(fields ?? []).flatMap(fieldMutations),
    ...bodyMutations,
    ...hostileQueries.map(
      ([name, rawQuery]): Mutation => ({
        what: `query: ${name}`,
        apply: (draft) => ({ ...draft, rawQuery }),
      }),
    ),
    ...credentialMutations(operation),
  ];
}

function parameterMutations(parameter: Parameter): readonly Mutation[] {
  const values: readonly Named<(scene: Scene) => string>[] = [
    ...hostileTexts.map(([name, text]): Named<() => string> => [name, () => text]),
    ...sceneTexts,
  ];
  const { name } = parameter;
  return [
    { what: `${name} missing`, apply: (draft) => withParameter(draft, parameter, null) },
    { what: `${name} twice`, apply: (draft) => ({ ...draft, query: [...draft.query, ...draft.query] }) },
    ...values.map(
      ([what, make]): Mutation => ({
        what: `${name}: ${what}`,
        apply: (draft, scene) => withParameter(draft, parameter, make(scene)),
      }),
    ),
  ];
}

/** What is right in another place. */
const sceneTexts: readonly Named<(scene: Scene) => string>[] = [
  ['the meeting', ({ conferenceID }) => conferenceID],
  ['the host', ({ host }) => host.participantID],
  ['a guest', ({ guests: [guest] }) => guest.participantID],
  ['a terminal', ({ terminals: [terminal] }) => terminal.participantID],
  ['a serial number', ({ terminals: [terminal] }) => terminal.serialNumber],
  ['the access token', ({ accessToken }) => accessToken],
  ['the host password', ({ hostPassword }) => hostPassword],
];

function withParameter(draft: Draft, { name, in: place }: Parameter, value: string | null): Draft {
  if (place === 'path') return { ...draft, path: { ...draft.path, [name]: value ?? '' } };
  if (place === 'header') return withHeader(draft, name, value === null ? null : headerValue(value));
  const others = draft.query.filter(([other]) => other !== name);
  return { ...draft, query: value === null ? others : [...others, [name, value]] };
}

function withHeader(draft: Draft, name: string, value: string | null): Draft {
  const { [name.toLowerCase()]: _old, ...others } = draft.headers;
  return { ...draft, headers: value === null ? others : { ...others, [name.toLowerCase()]: value } };
}

function fieldMutations(path: FieldPath): readonly Mutation[] {
  const name = path.join('.');
  const values: readonly Named<(scene: Scene) => unknown>[] = [
    ...hostileValues.map(([what, value]): Named<() => unknown> => [what, () => value]),
    ...sceneTexts,
    [
      'every participant 500 times',
      ({ host, guests }) =>
        Array(500)
          .fill([host, ...guests].map(idOf))
          .flat(),
    ],
  ];
  return [
    { what: `${name} missing`, apply: (draft) => withField(draft, path, undefined) },
    ...values.map(
      ([what, make]): Mutation => ({
        what: `${name}: ${what}`,
        apply: (draft, scene) => withField(draft, path, make(scene)),
      }),
    ),
  ];
}

const idOf = ({ participantID }: { readonly participantID: string }): string => participantID;

type Container = Record<string | number, unknown>;

/** Undefined takes the field away. What the path goes through is made when it is not there. */
function withField(draft: Draft, path: FieldPath, value: unknown): Draft {
  const body = structuredClone(isContainer(draft.body) ? draft.body : {});
  let here: Container = body;
  for (const [index, step] of path.slice(0, -1).entries()) {
    const known = here[step];
    const next: Container = isContainer(known) ? known : typeof path[index + 1] === 'number' ? newList() : {};
    here[step] = next;
    here = next;
  }
  const last = path.at(-1) ?? '';
  if (value === undefined) delete here[last];
  else here[last] = value;
  return { ...draft, body };
}

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
const newList = (): Container => [] as unknown[] as unknown as Container;

const raw = (what: string, make: (json: string) => string | Buffer, type?: string): Mutation => ({
  what: `body: ${what}`,
  apply: (draft) => {
    const spoilt = { ...draft, raw: make(JSON.stringify(draft.body ?? {})) };
    return type === undefined ? spoilt : withHeader(spoilt, 'content-type', type);
  },
});

const JSON_TYPE = 'application/json; charset=UTF-8';

const bodyMutations: readonly Mutation[] = [
  ...hostileBodies.map(([name, body]) => raw(name, () => body, JSON_TYPE)),
  { what: 'no body', apply: ({ body: _body, ...draft }) => ({ ...draft, body: undefined }) },
  raw('cut in the middle', (json) => json.slice(0, Math.ceil(json.length / 2))),
  raw('cut before its end', (json) => json.slice(0, -1)),
  raw('something behind it', (json) => `${json}x`),
  raw('twice', (json) => json + json),
  raw('in a list', (json) => `[${json}]`),
  raw('in a text', (json) => JSON.stringify(json)),
  raw('its keys twice', (json) => `${json.slice(0, -1)}${json === '{}' ? '' : ','}${json.slice(1)}`),
  raw('its keys again with null', (json) => `${json.slice(0, -1)},${nulls(json)}}`),
  raw('__proto__', (json) => `{"__proto__":${json},"constructor":{"prototype":{"polluted":1}}}`),
  raw('unknown fields', (json) => `{"unknown":[1,{"a":null}],"hasOwnProperty":1,${json.slice(1)}`),
  raw('a byte order mark', (json) => `\ufeff${json}`),
  raw('white space around it', (json) => `\n\t ${json} \r\n`),
  raw('UTF-16', (json) => Buffer.from(json, 'utf16le'), 'application/json; charset=utf-16'),
  raw('UTF-16 said to be UTF-8', (json) => Buffer.from(json, 'utf16le'), JSON_TYPE),
  raw('a wrong charset', (json) => json, 'application/json; charset=no-such-charset'),
  raw('a wrong type', (json) => json, 'text/plain'),
  raw('the type of a form', (json) => json, 'application/x-www-form-urlencoded'),
  raw('the type of a multipart', (json) => json, 'multipart/form-data; boundary=x'),
  raw('a type that is none', (json) => json, ';;;'),
  raw('an empty type', (json) => json, ''),
];

const nulls = (json: string): string =>
  Object.keys(JSON.parse(json) as object)
    .map((key) => `${JSON.stringify(key)}:null`)
    .join(',');

const credentialHeaders = {
  accountPassword: 'authorization',
  accessToken: 'x-access-token',
  controlToken: 'x-conference-authorization',
} as const;

const credentials: readonly Named<(scene: Scene) => string>[] = [
  ['empty', () => ''],
  ['blank', () => '  '],
  ['unknown', () => `cnr${'0'.repeat(48)}`],
  ['malformed', () => 'Basic !!!'],
  ['Basic without anything', () => 'Basic '],
  ['Basic without a colon', () => `Basic ${Buffer.from('text').toString('base64')}`],
  ['Basic without a name', () => basic('', 'x')],
  ['Basic with a wrong password', ({ account }) => basic(account.name, 'wrong')],
  ['Basic with an unknown name', () => basic('__proto__', 'wrong')],
  ['too long', () => 'x'.repeat(10_000)],
  ['emoji', () => headerValue('😀')],
  ['__proto__', () => '__proto__'],
  ['a foreign access token', ({ foreignAccessToken }) => foreignAccessToken],
  ['a foreign control token', ({ foreignControlToken }) => foreignControlToken],
  ['a control token', ({ controlToken }) => controlToken],
  ['a guest’s token', ({ guestToken }) => guestToken],
  ['a participant’s token', ({ guests: [guest] }) => guest.participantToken],
  ['an access token', ({ accessToken }) => accessToken],
];

function credentialMutations({ credential }: ContractOperation): readonly Mutation[] {
  const header = credential === null ? 'x-conference-authorization' : credentialHeaders[credential];
  return [
    { what: 'no credential', apply: (draft) => withHeader(draft, header, null) },
    ...credentials.map(
      ([what, make]): Mutation => ({
        what: `credential: ${what}`,
        apply: (draft, scene) => withHeader(draft, header, make(scene)),
      }),
    ),
  ];
}
