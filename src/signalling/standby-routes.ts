import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { meetingId } from '../conference/ids.ts';
import type { AccessTokens } from '../identity/access-tokens.ts';
import type { AttemptLimiter } from '../identity/attempt-limiter.ts';
import type { TerminalService } from '../identity/terminal-service.ts';
import type { Callee, CalleeName, Calls } from '../runtime/calls.ts';
import type { Clock } from '../runtime/clock.ts';
import {
  CloseCode,
  type StandbyAuthenticate,
  type StandbyClientMessage,
  type StandbyMessage,
} from './protocol.ts';
import { keepAlive, parseMessage } from './sockets.ts';
import type { Urls } from './urls.ts';

export interface StandbyRoutesOptions {
  readonly calls: Calls;
  readonly terminals: TerminalService;
  readonly accessTokens: AccessTokens;
  /** Wrong tries by address. */
  readonly attempts: AttemptLimiter;
  readonly urls: Urls;
  readonly clock: Clock;
}

const MAX_MESSAGE_BYTES = 16_384;
const AUTHENTICATE_WITHIN_MS = 5_000;

/** The standby WebSocket: where a terminal or an account waits to be rung (see `protocol.ts`). */
export const registerStandbyRoutes = async (
  server: FastifyInstance,
  options: StandbyRoutesOptions,
): Promise<void> => {
  await server.register(async (scope) => {
    await scope.register(fastifyWebsocket, { options: { maxPayload: MAX_MESSAGE_BYTES } });
    scope.get(
      '/sightline/v1/standby',
      { websocket: true, config: { operationId: 'openStandby' } },
      (socket, request) => {
        new StandbyConnection(socket, request, options);
      },
    );
  });
};

interface Identity {
  readonly callee: CalleeName;
  readonly name: string;
}

class StandbyConnection implements Callee {
  readonly #socket: WebSocket;
  readonly #request: FastifyRequest;
  readonly #options: StandbyRoutesOptions;
  #identity: Identity | null = null;
  #detach = () => {};
  #cancelTimer: () => void;

  constructor(socket: WebSocket, request: FastifyRequest, options: StandbyRoutesOptions) {
    this.#socket = socket;
    this.#request = request;
    this.#options = options;
    this.#cancelTimer = options.clock.after(AUTHENTICATE_WITHIN_MS, () => this.#refuse());
    socket.on('message', (data) => this.#received(parseMessage(String(data), isClientMessage)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#cancelTimer();
      this.#detach();
    });
  }

  ring({ meeting, subject, invitation }: Parameters<Callee['ring']>[0]): void {
    const joinURL = this.#options.urls.invitation(this.#request, meeting, invitation);
    this.#send({ type: 'invited', conferenceID: meeting, subject, invitation, joinURL });
  }

  stopRinging(meeting: Parameters<Callee['stopRinging']>[0]): void {
    this.#send({ type: 'callEnded', conferenceID: meeting });
  }

  #received(message: StandbyClientMessage | null): void {
    if (this.#identity) {
      if (message?.type === 'decline')
        this.#options.calls.decline(this.#identity.callee, meetingId(message.conferenceID));
    } else if (message?.type === 'authenticate') this.#authenticate(message);
    else this.#refuse();
  }

  #authenticate(message: StandbyAuthenticate): void {
    const { attempts, calls } = this.#options;
    const address = this.#request.ip;
    const identity = attempts.isBlocked(address) ? null : this.#identify(message);
    if (!identity) {
      attempts.recordFailure(address);
      this.#refuse();
      return;
    }
    this.#identity = identity;
    this.#send({ type: 'ready', name: identity.name });
    this.#detach = calls.attach(identity.callee, this);
    this.#cancelTimer();
    this.#cancelTimer = keepAlive(this.#socket, this.#options.clock);
  }

  #identify(message: StandbyAuthenticate): Identity | null {
    const { terminals, accessTokens } = this.#options;
    if ('accessToken' in message) {
      const account = accessTokens.authenticate(message.accessToken)?.account;
      return account ? { callee: `account:${account.name}`, name: account.displayName } : null;
    }
    const terminal = terminals.verify(message.serialNumber, message.activationCode);
    return terminal && { callee: `terminal:${terminal.number}`, name: terminal.name };
  }

  #refuse(): void {
    this.#socket.close(CloseCode.authenticationFailed);
  }

  #send(message: StandbyMessage): void {
    this.#socket.send(JSON.stringify(message));
  }
}

const isClientMessage = (value: unknown): value is StandbyClientMessage => {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  const isText = (name: string) => typeof fields[name] === 'string';
  if (fields.type === 'decline') return isText('conferenceID');
  if (fields.type !== 'authenticate') return false;
  return isText('accessToken') || (isText('serialNumber') && isText('activationCode'));
};
