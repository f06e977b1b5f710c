import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { ContractOperation } from './contract-operations.ts';
import type { Scene } from './contract-scene.ts';
import type { ValidRequest } from './valid-requests.ts';

/** A request as it is made up, before it is put on the wire. */
export interface Draft {
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  /** Put behind the query as it is. */
  readonly rawQuery?: string;
  readonly headers: OutgoingHttpHeaders;
  /** Sent as JSON; undefined: no body. */
  readonly body: unknown;
  /** Sent in the place of `body`. */
  readonly raw?: string | Buffer;
}

export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The request with the scene's credentials, as the contract asks for them. */
export function draftOf(operation: ContractOperation, scene: Scene, valid: ValidRequest): Draft {
  const json = { 'content-type': 'application/json; charset=UTF-8' };
  return {
    path: valid.path ?? {},
    query: Object.entries(valid.query ?? {}),
    headers: {
      'x-forwarded-for': scene.address,
      ...(valid.body && json),
      ...credentialOf(operation, scene),
      ...lowerCased(valid.headers ?? {}),
    },
    body: valid.body,
  };
}

export function wireRequest({ method, path }: ContractOperation, draft: Draft): WireRequest {
  const query = draft.query.map((pair) => pair.map(encoded).join('='));
  const search = [...query, ...(draft.rawQuery === undefined ? [] : [draft.rawQuery])].join('&');
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name) => encoded(draft.path[name] ?? ''));
  const body = draft.raw ?? (draft.body === undefined ? undefined : JSON.stringify(draft.body));
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return {
    method,
    target: search === '' ? filled : `${filled}?${search}`,
    headers: { ...draft.headers, ...length },
    body,
  };
}

/** Connections that are kept open and used again. */
export class KeptConnections {
  readonly #agent: Agent;
  readonly #url: URL;

  constructor(url: string, connections: number) {
    this.#url = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send({ method, target, headers, body }: WireRequest): Promise<WireAnswer> {
    const { hostname, port } = this.#url;
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, method, path: target, headers, agent: this.#agent });
      sent.once('error', reject);
      sent.once('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** What a header can carry of the text: UTF-8 bytes, control characters percent-encoded. */
export const headerValue = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what HTTP forbids in a header
  Buffer.from(text.replaceAll(/[\u0000-\u001f\u007f]/g, encodeURIComponent)).toString('latin1');

export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

function credentialOf({ credential }: ContractOperation, scene: Scene): Draft['headers'] {
  switch (credential) {
    case 'accountPassword':
      return { authorization: basic(scene.account.name, scene.password) };
    case 'accessToken':
      return { 'x-access-token': scene.accessToken };
    case 'controlToken':
      return { 'x-conference-authorization': scene.controlToken };
    case null:
      return {};
  }
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

const lowerCased = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
