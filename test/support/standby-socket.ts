import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { StandbyAuthenticate, StandbyMessage } from '../../src/signalling/protocol.ts';

/** A terminal or an account that waits to be rung. */
export class StandbySocket {
  readonly socket: WebSocket;
  /** The close code, once the socket is closed. */
  readonly closed: Promise<number>;
  readonly #received: StandbyMessage[] = [];
  #arrival = Promise.withResolvers<void>();

  private constructor(url: string) {
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/sightline/v1/standby`);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => resolve(code));
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => {
      this.#received.push(JSON.parse(String(data)) as StandbyMessage);
      this.#arrival.resolve();
      this.#arrival = Promise.withResolvers();
    });
  }

  /** Connected and authenticating. */
  static async open(url: string, credentials: StandbyAuthenticate): Promise<StandbySocket> {
    const standby = new StandbySocket(url);
    await once(standby.socket, 'open');
    standby.socket.send(JSON.stringify(credentials));
    return standby;
  }

  /** The next message of a type; those before it are passed over. */
  async next<Type extends StandbyMessage['type']>(
    type: Type,
  ): Promise<Extract<StandbyMessage, { type: Type }>> {
    for (;;) {
      const message = this.#received.shift();
      if (!message) await this.#arrival.promise;
      else if (message.type === type) return message as Extract<StandbyMessage, { type: Type }>;
    }
  }

  /** Resolves when the server has had what was sent before, its own pings' answers included. */
  async roundTrip(): Promise<void> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }

  decline(conferenceID: string): void {
    this.socket.send(JSON.stringify({ type: 'decline', conferenceID }));
  }

  close(): void {
    this.socket.terminate();
  }
}
