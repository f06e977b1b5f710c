import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { PUSH_PATH } from '../../src/push/push-url.ts';
import type { SightlineClient } from '../../src/virtual/sightline-client.ts';

/** A push with its documented envelope; the rest depends on the action. */
export interface PushMessage {
  readonly action: string;
  readonly confID: string;
  readonly msgID: string;
  readonly msgMode: 0 | 1;
  readonly version: number;
  readonly createTime: number;
  readonly data?: unknown;
  readonly [field: string]: unknown;
}

/** What the server answers to a message of the client. */
export interface PushReply {
  readonly action?: string;
  readonly sequence?: string;
  readonly code: number;
  readonly message: string;
}

/** An entry of ParticipantsNotify or WaitingListNotify. */
export interface PushRow {
  readonly pid: string;
  readonly mode: 0 | 1;
  readonly pinfoMap?: Readonly<Record<string, string>>;
}

/** The meeting whose pushes are listened to. */
export interface PushMeeting {
  readonly test: { readonly client: SightlineClient; readonly app: { readonly url: string } };
  readonly conferenceID: string;
  readonly token: string;
}

/** A webSocketToken for the meeting; any control or participant token gets one. */
export const webSocketToken = async (meeting: PushMeeting, token = meeting.token): Promise<string> => {
  const { conferenceID, test } = meeting;
  const answer = await test.client.control(token, 'GET', 'wsToken', { conferenceID });
  return (answer as { webSocketToken: string }).webSocketToken;
};

/** A client of the push WebSocket that keeps everything it was sent. */
export class PushSocket {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly pushes: PushMessage[] = [];
  readonly replies: PushReply[] = [];
  /** The close code, once the socket is closed. */
  readonly closed: Promise<number>;
  #sequence = 0;
  #read = 0;
  #arrival = Promise.withResolvers<void>();

  constructor(url: string, confID: string, tmpToken: string, options: ClientOptions = {}) {
    const query = new URLSearchParams({ confID, tmpToken });
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}${PUSH_PATH}?${query}`, options);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => {
        resolve(code);
        this.#arrived();
      });
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => this.#received(String(data)));
  }

  /** Connects with a new webSocketToken. */
  static async open(meeting: PushMeeting, options: ClientOptions = {}): Promise<PushSocket> {
    const token = await webSocketToken(meeting);
    const push = new PushSocket(meeting.test.app.url, meeting.conferenceID, token, options);
    await once(push.socket, 'open');
    return push;
  }

  /** Connects and subscribes; the whole messages have come. */
  static async listen(
    meeting: PushMeeting,
    types: readonly string[],
    confToken = meeting.token,
  ): Promise<PushSocket> {
    const push = await PushSocket.open(meeting);
    const { conferenceID } = meeting;
    const reply = await push.subscribe({ conferenceID, subscribeType: types, confToken });
    assert.equal(reply.code, 0, reply.message);
    await push.roundTrip();
    return push;
  }

  /** Subscribes and waits for the answer. */
  async subscribe(data: unknown): Promise<PushReply> {
    this.#sequence += 1;
    const sequence = String(this.#sequence).padStart(20, '0');
    this.socket.send(JSON.stringify({ action: 'Subscribe', sequence, data }));
    for (;;) {
      const reply = this.replies.find((candidate) => candidate.sequence === sequence);
      if (reply) return reply;
      await this.#more();
    }
  }

  /** The first push, after those already returned, that the predicate takes; those before it are passed over. */
  async next(predicate: (push: PushMessage) => boolean = () => true): Promise<PushMessage> {
    for (;;) {
      while (this.#read < this.pushes.length) {
        const push = this.pushes[this.#read];
        this.#read += 1;
        if (push && predicate(push)) return push;
      }
      await this.#more();
    }
  }

  /** Resolves when everything that the server sent before has arrived. */
  async roundTrip(): Promise<void> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }

  /** The pushes of one type. */
  of(action: string): readonly PushMessage[] {
    return this.pushes.filter((push) => push.action === action);
  }

  close(): void {
    this.socket.terminate();
  }

  async #more(): Promise<void> {
    assert.notEqual(
      this.socket.readyState,
      WebSocket.CLOSED,
      'the socket was closed before what was awaited',
    );
    await this.#arrival.promise;
  }

  #received(text: string): void {
    this.texts.push(text);
    const message = JSON.parse(text) as PushMessage | PushReply;
    if ('msgID' in message) this.pushes.push(message);
    else if ('code' in message) this.replies.push(message);
    this.#arrived();
  }

  #arrived(): void {
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
  }
}

const ENVELOPE: ReadonlySet<string> = new Set(['msgID', 'msgMode', 'version', 'createTime']);
const LISTS: ReadonlySet<string> = new Set(['ParticipantsNotify', 'WaitingListNotify', 'AttendeesNotify']);

interface ListEntry {
  readonly mode: 0 | 1;
  readonly pid?: string;
  readonly participantID?: string;
  readonly pinfoMap?: object;
}

/**
 * What a listener knows of the conference: lists by ID, everything else as last told. Refuses a change without a whole
 * message before it, a number left out or repeated, and a refresh that changes nothing.
 */
export const foldPushes = (pushes: readonly PushMessage[]): ReadonlyMap<string, unknown> => {
  const known = new Map<string, unknown>();
  const versions = new Map<string, number>();
  for (const push of pushes) {
    checkVersion(versions, push);
    if (push.action === 'InviteResultNotify') continue;
    if (LISTS.has(push.action)) known.set(push.action, foldList(known.get(push.action), push));
    else known.set(push.action, withoutEnvelope(push));
  }
  return known;
};

const checkVersion = (versions: Map<string, number>, { action, msgMode, version }: PushMessage): void => {
  const key = `${action} ${msgMode}`;
  const last = versions.get(key);
  if (msgMode === 0) {
    assert.ok(last === undefined || version > last, `${action}: whole messages grow`);
    if (LISTS.has(action)) assert.equal(last, undefined, `${action}: one whole message`);
  } else {
    assert.ok(versions.has(`${action} 0`), `${action}: the whole message comes first`);
    if (last !== undefined) assert.equal(version, last + 1, `${action}: none left out, none repeated`);
  }
  versions.set(key, version);
};

const foldList = (known: unknown, { msgMode, data }: PushMessage): ReadonlyMap<string, object> => {
  const rows = new Map(msgMode === 0 ? [] : (known as ReadonlyMap<string, object>));
  for (const { mode, ...entry } of data as readonly ListEntry[]) {
    const id = entry.pid ?? entry.participantID ?? '';
    const row = { ...rows.get(id), ...(entry.pinfoMap ?? entry) };
    if (mode === 1) assert.ok(rows.delete(id), 'only who is there is removed');
    else {
      assert.notDeepEqual(row, rows.get(id), 'a refresh changes something');
      rows.set(id, row);
    }
  }
  return rows;
};

const withoutEnvelope = (push: PushMessage): object =>
  Object.fromEntries(Object.entries(push).filter(([key]) => !ENVELOPE.has(key)));
