import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type ClientOptions, WebSocket } from 'ws';
import type {
  ChangeMessage,
  ClientMessage,
  RosterEntry,
  ServerMessage,
  SnapshotMessage,
} from '../../src/signalling/protocol.ts';
import type { FakeClock } from './fake-clock.ts';

/** The conference as a listener knows it: the snapshot with every change laid over it. */
export type FoldedState = Omit<SnapshotMessage, 'type' | 'roster'> & {
  readonly roster: ReadonlyMap<string, RosterEntry>;
};

/** For so long the server gathers changes after one went out. */
export const GATHERING_MS = 100;

/** Longer than a commit to a disk mostly takes. */
const COMMIT_MS = 10;

interface Waiter {
  readonly tryNow: () => boolean;
}

/** A client of the events WebSocket that keeps every message and folds them into one state. */
export class EventsSocket {
  readonly messages: ServerMessage[] = [];
  readonly socket: WebSocket;
  /** The close code, once the socket is closed. */
  readonly closed: Promise<number>;
  #state: FoldedState | null = null;
  #read = 0;
  /** Of the next message. */
  #arrival = Promise.withResolvers<void>();
  readonly #waiters = new Set<Waiter>();

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, options);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => resolve(code));
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => this.#received(JSON.parse(String(data)) as ServerMessage));
  }

  /** Connects, authenticates and waits for the snapshot, or for the word that one waits to be let in. */
  static async open(url: string, token: string, options: ClientOptions = {}): Promise<EventsSocket> {
    const events = new EventsSocket(url, options);
    await once(events.socket, 'open');
    events.send({ type: 'authenticate', token });
    await events.next(({ type }) => type === 'snapshot' || type === 'waiting');
    return events;
  }

  /** What this listener knows now. */
  get state(): FoldedState {
    if (!this.#state) throw new Error('there was no snapshot yet, or one waits to be let in');
    return this.#state;
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message, after those already returned, that the predicate takes; those before it are passed over. */
  next(predicate: (message: ServerMessage) => boolean = () => true): Promise<ServerMessage> {
    return this.#until(() => {
      while (this.#read < this.messages.length) {
        const message = this.messages[this.#read];
        this.#read += 1;
        if (message && predicate(message)) return message;
      }
      return null;
    });
  }

  /** As `next`, for a change. */
  async change(predicate: (message: ChangeMessage) => boolean = () => true): Promise<ChangeMessage> {
    const message = await this.next((m) => m.type === 'change' && predicate(m));
    return message as ChangeMessage;
  }

  /** Resolves when everything that the server sent before has arrived. */
  async roundTrip(): Promise<void> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }

  /** Lets little times pass, so that gathered changes are sent, until the folded state is as wanted. */
  async eventually(clock: FakeClock, predicate: (state: FoldedState) => boolean): Promise<FoldedState> {
    for (let n = 0; n < 200; n += 1) {
      await this.roundTrip();
      if (predicate(this.state)) return this.state;
      clock.advance(GATHERING_MS);
      await Promise.race([this.#arrival.promise, setTimeout(COMMIT_MS)]);
    }
    return assert.fail('the state that was awaited did not come');
  }

  close(): void {
    this.socket.terminate();
  }

  #until<Value>(find: () => Value | null): Promise<Value> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        tryNow: () => {
          const value = find();
          if (value !== null) resolve(value);
          return value !== null;
        },
      };
      if (waiter.tryNow()) return;
      this.#waiters.add(waiter);
      this.closed
        .then((code) => reject(new Error(`the socket was closed (${code}) before what was awaited`)))
        .catch(reject);
    });
  }

  #received(message: ServerMessage): void {
    this.messages.push(message);
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
    if (message.type === 'snapshot') {
      const { type: _, roster, ...rest } = message;
      this.#state = { ...rest, roster: new Map(roster.map((entry) => [entry.participantID, entry])) };
    } else if (message.type === 'change') {
      this.#state = fold(this.state, message);
    } else if (message.type === 'waiting') {
      this.#state = null;
    }
    for (const waiter of this.#waiters) if (waiter.tryNow()) this.#waiters.delete(waiter);
  }
}

/** Lays a change over what was known. An observer's view of somebody who is gone goes with him. */
const fold = (state: FoldedState, { type: _, roster, views, ...change }: ChangeMessage): FoldedState => {
  const entries = new Map(state.roster);
  for (const id of roster?.removed ?? []) entries.delete(id);
  for (const entry of roster?.changed ?? []) entries.set(entry.participantID, entry);
  const present = Object.entries({ ...state.views, ...views }).filter(([id]) => entries.has(id));
  return {
    ...state,
    ...change,
    roster: entries,
    ...(state.views && { views: Object.fromEntries(present) }),
  };
};
