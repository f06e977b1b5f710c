import { type ClientMessage, CloseCode, type ServerMessage } from '../../src/signalling/protocol.ts';
import { backoffMs } from './backoff.ts';

export interface EventsLinkListener {
  message(message: ServerMessage): void;
  /** The connection dropped; it is being opened again. */
  dropped(): void;
  /** The server closed for good with one of `CloseCode`: another try with this token is pointless. */
  closed(code: number): void;
}

const FINAL_CODES: ReadonlySet<number> = new Set([
  CloseCode.authenticationFailed,
  CloseCode.removed,
  CloseCode.ended,
]);

/** The events WebSocket of a participant, opened again by itself until it is closed or refused. */
export class EventsLink {
  readonly #url: URL;
  readonly #token: string;
  readonly #listener: EventsLinkListener;
  readonly #scope = new AbortController();
  #socket: WebSocket | undefined;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, token: string, listener: EventsLinkListener) {
    this.#url = new URL(url, document.baseURI);
    this.#url.protocol = this.#url.protocol.replace('http', 'ws');
    this.#token = token;
    this.#listener = listener;
    // A network that comes back need not wait for the backoff.
    window.addEventListener('online', () => this.#hurry(), { signal: this.#scope.signal });
    this.#open();
  }

  send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#scope.abort();
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
  }

  #open(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.send({ type: 'authenticate', token: this.#token });
    socket.onmessage = (event: MessageEvent<unknown>) => {
      const message = parseServerMessage(event.data);
      if (!message || this.#scope.signal.aborted) return;
      this.#attempt = 0;
      this.#listener.message(message);
    };
    socket.onclose = (event) => this.#closed(event.code);
  }

  #closed(code: number): void {
    if (this.#scope.signal.aborted) return;
    if (FINAL_CODES.has(code)) {
      this.close();
      this.#listener.closed(code);
      return;
    }
    this.#listener.dropped();
    this.#timer = setTimeout(() => this.#open(), backoffMs(this.#attempt));
    this.#attempt += 1;
  }

  #hurry(): void {
    if (this.#socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.#timer);
    this.#open();
  }
}

/** The server is ours: a message with a type is taken as the protocol says, anything else is dropped. */
function parseServerMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    const known = typeof value === 'object' && value !== null && 'type' in value;
    return known ? (value as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}
