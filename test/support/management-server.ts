import type { FastifyInstance, FastifyRequest } from 'fastify';
import { accountId, conferenceId, participantId } from '../../src/conference/ids.ts';
import { AccessGuard } from '../../src/http/access-guard.ts';
import { registerHistoryRoutes } from '../../src/http/history-routes.ts';
import { registerMeetingRoutes } from '../../src/http/meeting-routes.ts';
import { registerOnlineRoutes } from '../../src/http/online-routes.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { registerUsgRoutes } from '../../src/http/usg-routes.ts';
import { AccessTokens } from '../../src/identity/access-tokens.ts';
import { AccountService } from '../../src/identity/account-service.ts';
import { TerminalService } from '../../src/identity/terminal-service.ts';
import type { ConferenceStarter } from '../../src/meetings/conference-starter.ts';
import { MeetingService } from '../../src/meetings/meeting-service.ts';
import { RunHistory } from '../../src/meetings/run-history.ts';
import { hashPassword } from '../../src/secrets.ts';
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/memory-store.ts';
import { assertDocumented } from './documented-answers.ts';
import { FakeClock } from './fake-clock.ts';

const CHEAP = { N: 16, r: 8, p: 1 };
const HOUR_MS = 3_600_000;

export interface Call {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: object | string;
  readonly address?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The parsed text; the tests look into it as they expect it to be. */
  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is what the tests are about
  readonly json: any;
}

/** The management API over a memory store, a clock of the test's and a live world that only pretends. */
export interface ManagementServer {
  readonly server: FastifyInstance;
  readonly store: MemoryStore;
  readonly clock: FakeClock;
  readonly terminals: TerminalService;
  readonly meetings: MeetingService;
  /** Every answer is held to contract/openapi.yaml. */
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, call?: Call): Promise<Answer>;
  /** Logs in and gives the access token. */
  logIn(name: string, password: string): Promise<string>;
}

/** Accounts: `admin` / `admin-pass` (administrator), `anna` / `anna-pass` and `ben` / `ben-pass`. */
export async function withManagementServer(use: (world: ManagementServer) => Promise<void>): Promise<void> {
  const store = createMemoryStore();
  const clock = new FakeClock();
  const { now } = clock;
  for (const name of ['admin', 'anna', 'ben']) {
    await store.accounts.save({
      id: accountId(`id-of-${name}`),
      name,
      displayName: name.toUpperCase(),
      role: name === 'admin' ? 'administrator' : 'member',
      passwordHash: await hashPassword(`${name}-pass`, CHEAP),
      createdAtMs: now(),
    });
  }
  const accounts = new AccountService({ accounts: store.accounts, now, passwordCost: CHEAP });
  const accessTokens = new AccessTokens({ ...store, now, lifetimeMs: 12 * HOUR_MS });
  const terminals = new TerminalService({ terminals: store.terminals, now });
  const history = new RunHistory(store);
  const meetings = new MeetingService({
    repository: store.meetings,
    history,
    conferences: pretendedConferences(),
    sealer: { seal: (text) => `sealed:${text}`, open: (sealed) => sealed.slice('sealed:'.length) },
    now,
  });
  const guard = new AccessGuard(accessTokens);
  const server = createHttpServer({ log: { debug: () => {}, warn: () => {}, error: console.error } });
  registerUsgRoutes(server, { accounts, accessTokens, guard, terminals });
  const management = {
    meetings,
    history,
    authenticate: (request: FastifyRequest) => guard.account(request),
    accounts,
    publicUrl: () => 'https://meet.example.org',
    now,
  };
  registerMeetingRoutes(server, management);
  registerOnlineRoutes(server, management);
  registerHistoryRoutes(server, management);
  const call = caller(server);
  try {
    await use({ server, store, clock, terminals, meetings, call, logIn: logInWith(call) });
  } finally {
    await server.close();
    await store.close();
  }
}

function caller(server: FastifyInstance): ManagementServer['call'] {
  return async (method, url, { token, headers = {}, body, address } = {}) => {
    const answer = await server.inject({
      method,
      url,
      headers: {
        ...(token === undefined ? {} : { 'x-access-token': token }),
        ...(body === undefined ? {} : { 'content-type': 'application/json; charset=UTF-8' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(address === undefined ? {} : { remoteAddress: address }),
    });
    const json = JSON.parse(answer.body);
    assertDocumented(method, url, answer.statusCode, json);
    return { status: answer.statusCode, text: answer.body, json };
  };
}

export function basic(name: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

function logInWith(call: ManagementServer['call']): ManagementServer['logIn'] {
  return async (name, password) => {
    const body = { account: name, clientType: 72 };
    const answer = await call('POST', '/v1/usg/acs/auth/account', { headers: basic(name, password), body });
    return String(answer.json.accessToken);
  };
}

function pretendedConferences(): ConferenceStarter {
  const running = new Set<string>();
  let runs = 0;
  return {
    start: async (meeting) => {
      running.add(meeting.id);
      runs += 1;
      return conferenceId(`run-${runs}`);
    },
    end: async (meeting) => {
      running.delete(meeting);
    },
    liveParticipants: (meeting) =>
      running.has(meeting)
        ? [
            {
              participant: participantId('p1'),
              name: 'Host',
              number: '',
              role: 'host',
              kind: 'browser',
              account: 'anna',
            },
            {
              participant: participantId('p2'),
              name: 'Room',
              number: '+991',
              role: 'guest',
              kind: 'terminal',
              account: null,
            },
          ]
        : [],
  };
}
