import { backoffMs } from './backoff.ts';
import { answerWithFragment, fragmentOfOffer } from './sdp-fragment.ts';

const GATHERING_MS = 1000;
/** A transport that is away for longer is restarted. */
const AWAY_MS = 2000;
/** From the answer, or from an ICE restart, to a connection. */
const CONNECTING_MS = 8000;

export interface MediaLinkOptions {
  /** WHIP or WHEP endpoint. */
  readonly url: string;
  readonly token: string;
  /** Adds the lines of the offer to a fresh connection. */
  readonly prepare: (connection: RTCPeerConnection) => void;
  /** Called whenever the link comes up or goes down. */
  readonly changed: () => void;
}

/** One attempt: a connection and, once answered, its resource on the server. */
interface Attempt {
  readonly connection: RTCPeerConnection;
  resource?: URL;
  answer?: string;
  restarted: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * A WHIP or WHEP session (one offer, one answer) that comes back by itself: when its transport is away it tries one
 * ICE restart, and when that does not help it is opened anew with the same token, for as long as it is not closed.
 */
export class MediaLink {
  readonly #options: MediaLinkOptions;
  #current: Attempt | undefined;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: MediaLinkOptions) {
    this.#options = options;
  }

  /** Whether media can flow now. */
  get up(): boolean {
    return this.#current?.connection.connectionState === 'connected';
  }

  /** Whether the server has answered, so that it should know this session. */
  get answered(): boolean {
    return this.#current?.answer !== undefined;
  }

  /** The server is back: tries at once instead of waiting for the backoff. */
  hurry(): void {
    if (this.#retry !== undefined) this.open();
  }

  /** Opens the session, or drops what there is and opens it anew. */
  open(): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#drop();
    const attempt: Attempt = { connection: new RTCPeerConnection(), restarted: false, timer: undefined };
    this.#current = attempt;
    attempt.connection.onconnectionstatechange = () => this.#stateChanged(attempt);
    this.#options.changed();
    this.#negotiate(attempt).catch(() => this.#openLater(attempt));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#drop();
  }

  #drop(): void {
    const attempt = this.#current;
    this.#current = undefined;
    if (!attempt) return;
    clearTimeout(attempt.timer);
    attempt.connection.onconnectionstatechange = null;
    attempt.connection.close();
    if (attempt.resource) this.#delete(attempt.resource);
  }

  /** Best effort: the resource of a dead server is gone anyway. */
  #delete(resource: URL): void {
    fetch(resource, { method: 'DELETE', headers: this.#authorization(), keepalive: true }).catch(
      () => undefined,
    );
  }

  async #negotiate(attempt: Attempt): Promise<void> {
    const { connection } = attempt;
    this.#options.prepare(connection);
    await connection.setLocalDescription();
    await gathered(connection);
    const endpoint = new URL(this.#options.url, document.baseURI);
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { ...this.#authorization(), 'Content-Type': 'application/sdp' },
      body: connection.localDescription?.sdp ?? '',
    });
    const location = response.headers.get('Location');
    const resource = location === null ? undefined : new URL(location, endpoint);
    if (attempt !== this.#current) {
      if (response.ok && resource) this.#delete(resource);
      return;
    }
    if (response.status !== 201) throw new Error(`The media endpoint answered ${response.status}`);
    if (resource) attempt.resource = resource;
    const answer = await response.text();
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    attempt.answer = answer;
    this.#watch(attempt, CONNECTING_MS);
  }

  #stateChanged(attempt: Attempt): void {
    if (attempt !== this.#current) return;
    switch (attempt.connection.connectionState) {
      case 'connected':
        clearTimeout(attempt.timer);
        this.#failures = 0;
        attempt.restarted = false;
        break;
      case 'disconnected':
        this.#watch(attempt, AWAY_MS);
        break;
      case 'failed':
      case 'closed':
        this.#recover(attempt);
        break;
      case 'new':
      case 'connecting':
        break;
    }
    this.#options.changed();
  }

  /** Recovers the attempt unless it is connected in time. */
  #watch(attempt: Attempt, waitMs: number): void {
    clearTimeout(attempt.timer);
    attempt.timer = setTimeout(() => {
      if (attempt === this.#current && attempt.connection.connectionState !== 'connected')
        this.#recover(attempt);
    }, waitMs);
  }

  #recover(attempt: Attempt): void {
    clearTimeout(attempt.timer);
    if (attempt.restarted || !attempt.resource || attempt.connection.connectionState === 'closed') {
      this.#openLater(attempt);
      return;
    }
    attempt.restarted = true;
    this.#restartIce(attempt).catch(() => {
      if (attempt === this.#current) this.open();
    });
  }

  /** RFC 9725 section 4.3.3. */
  async #restartIce(attempt: Attempt): Promise<void> {
    const { connection, resource, answer } = attempt;
    if (!resource || answer === undefined) throw new Error('There is no session to restart');
    connection.restartIce();
    await connection.setLocalDescription();
    await gathered(connection);
    const response = await fetch(resource, {
      method: 'PATCH',
      headers: {
        ...this.#authorization(),
        'Content-Type': 'application/trickle-ice-sdpfrag',
        'If-Match': '*',
      },
      body: fragmentOfOffer(connection.localDescription?.sdp ?? '', crypto.randomUUID()),
    });
    if (response.status !== 200) throw new Error(`The ICE restart was answered ${response.status}`);
    const restarted = answerWithFragment(answer, await response.text());
    if (attempt !== this.#current) return;
    await connection.setRemoteDescription({ type: 'answer', sdp: restarted });
    attempt.answer = restarted;
    this.#watch(attempt, CONNECTING_MS);
  }

  #openLater(attempt: Attempt): void {
    if (attempt !== this.#current) return;
    this.#drop();
    this.#options.changed();
    this.#retry = setTimeout(() => this.open(), backoffMs(this.#failures));
    this.#failures += 1;
  }

  #authorization(): Record<string, string> {
    return { Authorization: `Bearer ${this.#options.token}` };
  }
}

/** Resolves when the candidates are in the local description, or after a second with those that are. */
async function gathered(connection: RTCPeerConnection): Promise<void> {
  if (connection.iceGatheringState === 'complete') return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, GATHERING_MS);
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    });
  });
}
