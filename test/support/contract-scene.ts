import { randomUUID } from 'node:crypto';
import { type AccountId, accountId, type ConferenceId, meetingId } from '../../src/conference/ids.ts';
import type { Account } from '../../src/identity/identity.ts';
import { digest, hashPassword, newToken } from '../../src/secrets.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { SightlineClient } from '../../src/virtual/sightline-client.ts';
import { TestApp } from './test-app.ts';

const PASSWORD = 'a-password-9';
const CHEAP = { N: 16, r: 8, p: 1 };
const TOKEN_MS = 1_800_000;

/** A server, and as many meetings on it as wanted, each with an account of its own. */
export class ContractStage {
  readonly test: TestApp;
  /** The serial numbers of every scene's terminals. */
  readonly serialNumbers = new Set<string>();
  readonly #passwordHash: string;
  #scenes = 0;

  private constructor(test: TestApp, passwordHash: string) {
    this.test = test;
    this.#passwordHash = passwordHash;
  }

  static async start(): Promise<ContractStage> {
    const test = await TestApp.start({
      SIGHTLINE_CONFERENCE_COMMANDS_PER_SECOND: '100000',
      SIGHTLINE_CONFERENCE_RECONNECT_GRACE_SECONDS: '3600',
      SIGHTLINE_HTTP_TRUSTED_PROXIES: '127.0.0.1',
    });
    return new ContractStage(test, await hashPassword(PASSWORD, CHEAP));
  }

  /**
   * A new account of an administrator, a meeting of his and the participants in it.
   *
   * @param more fields of createMeeting's body
   */
  async scene(more: object = {}): Promise<Scene> {
    const account = await this.#account('administrator');
    const accessToken = await this.accessToken(account.id);
    const address = this.#newAddress();
    const client = new AccountClient(this.test.app.url, { accessToken, address });
    const meeting = await client.createMeeting('A scene', more);
    const conference = this.test.store.meetings.find(meetingId(meeting.conferenceID))?.conference;
    if (!conference) throw new Error('an immediate meeting does not run');
    const [controlToken, observerToken, guestToken, foreignControlToken, stranger] = await Promise.all([
      this.#controlToken(meeting.conferenceID, 'host'),
      this.#controlToken(meeting.conferenceID, 'host'),
      this.#controlToken(meeting.conferenceID, 'guest'),
      this.#controlToken('100000000', 'host'),
      this.#account('member'),
    ]);
    const join = (name: string, password: string) =>
      client.join(meeting.conferenceID, { name, password }) as Promise<JoinResponse>;
    const host = await join('Anna', meeting.hostPassword);
    const guests = await Promise.all([
      join('Ben', meeting.guestPassword),
      join('Cleo', meeting.guestPassword),
    ]);
    const terminals = await Promise.all([this.#terminal(client, meeting), this.#terminal(client, meeting)]);
    return {
      ...meeting,
      stage: this,
      address,
      client,
      account,
      password: PASSWORD,
      accessToken,
      foreignAccessToken: await this.accessToken(stranger.id),
      conference,
      controlToken,
      observerToken,
      guestToken,
      foreignControlToken,
      host,
      guests,
      terminals,
    };
  }

  async accessToken(account: AccountId): Promise<string> {
    const token = newToken('usg');
    const nowMs = this.test.clock.now();
    await this.test.store.tokens.saveAccess({
      digest: digest(token),
      account,
      clientType: 72,
      createdAtMs: nowMs,
      refreshedAtMs: nowMs,
      expiresAtMs: nowMs + TOKEN_MS,
    });
    return token;
  }

  close(): Promise<void> {
    return this.test.close();
  }

  #newAddress(): string {
    this.#scenes += 1;
    return `10.0.${this.#scenes >> 8}.${this.#scenes & 255}`;
  }

  async #account(role: Account['role']): Promise<Account> {
    const name = randomUUID();
    const account: Account = {
      id: accountId(name),
      name,
      displayName: 'Somebody',
      role,
      passwordHash: this.#passwordHash,
      createdAtMs: this.test.clock.now(),
    };
    await this.test.store.accounts.save(account);
    return account;
  }

  async #controlToken(meeting: string, role: 'host' | 'guest'): Promise<string> {
    const token = newToken('cnr');
    const nowMs = this.test.clock.now();
    await this.test.store.tokens.saveControl({
      digest: digest(token),
      meeting: meetingId(meeting),
      role,
      createdAtMs: nowMs,
      refreshedAtMs: nowMs,
      expiresAtMs: nowMs + TOKEN_MS,
    });
    return token;
  }

  async #terminal(
    client: SightlineClient,
    { conferenceID }: { conferenceID: string },
  ): Promise<SceneTerminal> {
    const serialNumber = randomUUID();
    this.serialNumbers.add(serialNumber);
    const activationCode = await client.registerTerminal(serialNumber, 'Room');
    return { ...(await client.join(conferenceID, { serialNumber, activationCode })), serialNumber };
  }
}

interface SceneCaller {
  readonly accessToken: string;
  readonly address: string;
}

/** The client of an account that has logged in already, at an address of its own. */
class AccountClient extends SightlineClient {
  readonly #caller: SceneCaller;

  constructor(url: string, caller: SceneCaller) {
    super(url);
    this.#caller = caller;
  }

  override manage(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { 'x-access-token': this.#caller.accessToken };
    return this.call(method, path, { headers, ...(body && { body }) });
  }

  override call(
    method: string,
    path: string,
    { headers, ...rest }: { headers?: Record<string, string>; body?: object } = {},
  ): Promise<unknown> {
    return super.call(method, path, {
      headers: { ...headers, 'x-forwarded-for': this.#caller.address },
      ...rest,
    });
  }
}

export type SceneTerminal = JoinResponse & { readonly serialNumber: string };

/** Whoever and whatever a request can name. */
export interface Scene {
  readonly stage: ContractStage;
  /** Where its requests come from: wrong tries are counted by it. */
  readonly address: string;
  readonly client: SightlineClient;
  /** An administrator; the meeting is his. */
  readonly account: Account;
  readonly password: string;
  readonly accessToken: string;
  /** A member's, who has no meeting. */
  readonly foreignAccessToken: string;
  readonly conferenceID: string;
  readonly conference: ConferenceId;
  readonly hostPassword: string;
  readonly guestPassword: string;
  readonly controlToken: string;
  /** Another host's token, for looking at the meeting. */
  readonly observerToken: string;
  readonly guestToken: string;
  /** A host's token of another meeting. */
  readonly foreignControlToken: string;
  /** The host, in a browser. */
  readonly host: JoinResponse;
  /** Two guests in browsers. */
  readonly guests: readonly [JoinResponse, JoinResponse];
  readonly terminals: readonly [SceneTerminal, SceneTerminal];
}
