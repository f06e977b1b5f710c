import { hash } from 'node:crypto';

/** The part of an OpenAPI schema that the page shows. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly (string | number)[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Part {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
  readonly content?: Content;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Part[];
  readonly requestBody?: Part;
  readonly responses: Readonly<Record<string, Part>>;
}

/** contract/openapi.yaml as far as the page shows it. */
export interface DocumentedApi {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters?: Readonly<Record<string, Part>>;
    readonly requestBodies?: Readonly<Record<string, Part>>;
    readonly responses?: Readonly<Record<string, Part>>;
  };
}

const STYLE = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
input{font:inherit;width:100%;max-width:30rem;padding:.4rem;display:block}
summary{cursor:pointer;padding:.3rem 0}h3{display:inline;font-size:1rem}h4{font-size:1rem;margin:.8rem 0 .2rem}
p{margin:.4rem 0}details{border-top:1px solid #8886}details>:not(summary){margin-left:1rem}
table{border-collapse:collapse}th{min-width:14rem}
th,td{text-align:left;vertical-align:top;padding:.15rem .6rem .15rem 0;overflow-wrap:anywhere}
code{font-size:.95em;overflow-wrap:anywhere}[hidden]{display:none}`;

const SCRIPT = `const box=document.getElementById('filter'),said=document.getElementById('found');
const entries=[...document.querySelectorAll('details')].map(entry=>[entry,entry.textContent.toLowerCase()]);
box.addEventListener('input',()=>{const wanted=box.value.trim().toLowerCase();let shown=0;
for(const [entry,text] of entries){entry.hidden=!text.includes(wanted);if(!entry.hidden)shown+=1}
for(const section of document.querySelectorAll('section'))section.hidden=!section.querySelector('details:not([hidden])');
said.textContent=wanted===''?'':shown+' found'});
const open=()=>{const entry=document.getElementById(decodeURIComponent(location.hash.slice(1)));
if(entry instanceof HTMLDetailsElement)entry.open=true};addEventListener('hashchange',open);open();`;

const source = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`;

/** The page's Content-Security-Policy: its own style and script, and nothing else. */
export const docsPolicy =
  `default-src 'none'; style-src ${source(STYLE)}; script-src ${source(SCRIPT)}; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** One page without anything from elsewhere: the operations by tag, then the models they name. */
export function docsPage(api: DocumentedApi, built: Readonly<Record<string, string>>): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags[0] ?? '',
      html: operationEntry(api, `${method.toUpperCase()} ${path}`, operation, stateOf(operation, built)),
    })),
  );
  const tags = Object.entries(Object.groupBy(operations, ({ tag }) => tag));
  const sections = tags.map(([tag, entries = []]) => section(tag, entries.map(({ html }) => html).join('')));
  const models = Object.entries(api.components.schemas).map(([name, schema]) =>
    entry(`model-${name}`, `<h3>${escaped(name)}</h3>`, fieldTable(schema)),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(api.info.title)} API</title><style>${STYLE}</style></head>
<body><header><h1>${escaped(api.info.title)} API</h1><p>${escaped(api.info.description)}</p>
<p>The same for programs: <a href="/openapi.yaml">openapi.yaml</a>, OpenAPI 3.1.</p>
<label for="filter">Filter by name, path or field</label><input id="filter" type="search">
<p id="found" role="status"></p></header>
<main>${sections.join('')}${section('Models', models.join(''))}</main><script>${SCRIPT}</script></body></html>
`;
}

function stateOf({ operationId, tags }: Operation, built: Readonly<Record<string, string>>): string {
  const note = tags.includes('Sightline') ? 'done' : built[operationId];
  return note === undefined ? 'not yet' : note === 'done' ? note : `partial: ${note}`;
}

function operationEntry(api: DocumentedApi, route: string, operation: Operation, state: string): string {
  const { operationId, summary, description, security = [] } = operation;
  const parameters = (operation.parameters ?? []).map((part) => resolved(api, part));
  const rows = parameters.map((part) => [part.name, part.in, part.schema ?? {}, part.required] as const);
  const [status = '', success = {}] = Object.entries(operation.responses)[0] ?? [];
  return entry(
    operationId,
    `<h3>${escaped(operationId)}</h3> <code>${escaped(route)}</code> – ${escaped(state)}`,
    paragraph(summary) +
      paragraph(description) +
      part('Credential', paragraph(security.flatMap(Object.keys).join(', '))) +
      part('Parameters', table(rows.map(([name = '', place = '', ...rest]) => row(name, place, ...rest)))) +
      part('Body', contentOf(api, operation.requestBody)) +
      part(`Answer ${status}`, paragraph(resolved(api, success).description) + contentOf(api, success)),
  );
}

function contentOf(api: DocumentedApi, part: Part = {}): string {
  return Object.entries(resolved(api, part).content ?? {})
    .map(([type, { schema }]) => schemaOf(api, type, schema))
    .join('');
}

/** The fields at once; a model's own name links to where it stands. */
function schemaOf(api: DocumentedApi, type: string, schema: Schema): string {
  const named = api.components.schemas[modelName(schema.items ?? schema) ?? ''];
  const choices = schema.oneOf?.map(fieldTable).join('<p>or</p>');
  return `<p>${escaped(type)}: ${typeOf(schema)}</p>${choices ?? fieldTable(named ?? schema)}`;
}

function fieldTable({ properties = {}, required = [] }: Schema): string {
  return table(
    Object.entries(properties).map(([name, schema]) => row(name, '', schema, required.includes(name))),
  );
}

const row = (name: string, place: string, schema: Schema, required = false): string =>
  `<tr><th scope="row"><code>${escaped(name)}</code></th><td>${escaped(place)}</td><td>${typeOf(schema)}</td>` +
  `<td>${required ? 'required' : ''}</td><td>${escaped(schema.description ?? '')}</td></tr>`;

function typeOf(schema: Schema): string {
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  const name = modelName(schema);
  if (name !== null) return `<a href="#model-${escaped(name)}">${escaped(name)}</a>`;
  return escaped([schema.type ?? 'one of', schema.enum?.join(', ')].filter(Boolean).join(': '));
}

const modelName = ({ $ref }: Schema): string | null => $ref?.replace('#/components/schemas/', '') ?? null;

function resolved(api: DocumentedApi, part: Part): Part {
  const { parameters, requestBodies, responses } = api.components;
  const [, , kind, name = ''] = part.$ref?.split('/') ?? [];
  const parts = new Map(Object.entries({ parameters, requestBodies, responses })).get(kind ?? '');
  return parts?.[name] ?? part;
}

const section = (name: string, html: string) => `<section><h2>${escaped(name)}</h2>${html}</section>`;
const entry = (id: string, summary: string, html: string) =>
  `<details id="${escaped(id)}"><summary>${summary}</summary>${html}</details>`;
const part = (name: string, html: string) => (html === '' ? '' : `<h4>${escaped(name)}</h4>${html}`);
const table = (rows: readonly string[]) => (rows.length === 0 ? '' : `<table>${rows.join('')}</table>`);
const paragraph = (text = '') => (text === '' ? '' : `<p>${escaped(text)}</p>`);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
