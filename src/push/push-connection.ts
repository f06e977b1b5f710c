import { WebSocket } from 'ws';
import type { ParticipantId } from '../conference/ids.ts';
import type { ControlTokens } from '../identity/control-tokens.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ConferenceHost } from '../runtime/conference-host.ts';
import type { ParticipantTokens } from '../runtime/participant-tokens.ts';
import { digest } from '../secrets.ts';
import { type Echo, readClientMessage, type SubscribeRequest } from './client-message.ts';
import { CloseCode } from './notify-types.ts';
import type { PushAttachment, PushHub } from './push-hub.ts';
import type { PushListener } from './push-room.ts';

export interface PushConnectionOptions {
  readonly hub: PushHub;
  readonly controlTokens: ControlTokens;
  readonly participantTokens: ParticipantTokens;
  readonly clock: Clock;
}

/** A client of which nothing was heard for so long is gone; it should say something every 60 s. */
const IDLE_MS = 180_000;
/** A listener that lets this much pile up is cut off; it connects again and gets everything. */
const MAX_BUFFERED_BYTES = 1_048_576;

/** Who has subscribed; null: whoever holds a control token. */
interface Bearer {
  readonly participant: ParticipantId | null;
}

interface Result {
  readonly code: number;
  readonly message: string;
}

/** Codes of the documented list; the vendor's own replies are not public. */
const results = {
  success: { code: 0, message: 'Success' },
  forbidden: { code: 111070121, message: 'FORBIDDEN_SUBSCRIBE' },
  malformed: { code: 111071061, message: 'PARAMETER_VERIFIED_FAIL' },
  notJson: { code: 111071062, message: 'JSON_CONVERSION_FAILED' },
} as const satisfies Record<string, Result>;

/** A push socket that was let in: it subscribes, and says by heartbeats that it is there. */
export class PushConnection implements PushListener {
  readonly #socket: WebSocket;
  readonly #host: ConferenceHost;
  readonly #options: PushConnectionOptions;
  readonly #attachment: PushAttachment;
  #participant: ParticipantId | null = null;
  #heardAtMs: number;
  #cancelTimer = () => {};

  constructor(socket: WebSocket, host: ConferenceHost, options: PushConnectionOptions) {
    this.#socket = socket;
    this.#host = host;
    this.#options = options;
    this.#heardAtMs = options.clock.now();
    this.#attachment = options.hub.attach(host, this);
    socket.on('message', (data) => this.#received(String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#cancelTimer();
      this.#attachment.detach();
    });
    this.#watch(IDLE_MS);
  }

  get participant(): ParticipantId | null {
    return this.#participant;
  }

  send(frame: Buffer | string): void {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
    else socket.send(frame, { binary: false });
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  #received(text: string): void {
    this.#heardAtMs = this.#options.clock.now();
    const message = readClientMessage(text);
    switch (message.kind) {
      case 'heartBeat':
        this.send(text);
        break;
      case 'subscribe':
        this.#subscribe(message.echo, message.request);
        break;
      case 'malformed':
        this.#reply(message.echo, results.malformed);
        break;
      case 'notJson':
        this.#reply({}, results.notJson);
        break;
    }
  }

  #subscribe(echo: Echo, request: SubscribeRequest | null): void {
    if (request === null) {
      this.#reply(echo, results.malformed);
      return;
    }
    const bearer = this.#bearerOf(request);
    if (bearer === null) {
      this.#reply(echo, results.forbidden);
      return;
    }
    this.#participant = bearer.participant;
    this.#reply(echo, results.success);
    this.#attachment.subscribe(request.types);
  }

  /** Any control token of this meeting, and the own one of everybody who is in it; who waits is not. */
  #bearerOf({ conferenceID, confToken }: SubscribeRequest): Bearer | null {
    const { participantTokens, controlTokens } = this.#options;
    const { meeting, participants } = this.#host.state;
    if (conferenceID !== meeting) return null;
    const session = participantTokens.find(digest(confToken));
    if (session) {
      return session.host === this.#host && participants.has(session.participant) ? session : null;
    }
    return controlTokens.find(confToken)?.meeting === meeting ? { participant: null } : null;
  }

  #reply(echo: Echo, result: Result): void {
    this.send(JSON.stringify({ ...echo, ...result }));
  }

  #watch(delayMs: number): void {
    this.#cancelTimer = this.#options.clock.after(delayMs, () => {
      const leftMs = this.#heardAtMs + IDLE_MS - this.#options.clock.now();
      if (leftMs > 0) this.#watch(leftMs);
      else this.#socket.close(CloseCode.idle);
    });
  }
}
