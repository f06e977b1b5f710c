import type { JoinRequest, JoinResponse } from '../../src/signalling/protocol.ts';

export type JoinFailure =
  /** Conference, name, password, serial number or code: the server does not say which. */
  | 'refused'
  /** Too many wrong tries from this address. */
  | 'throttled'
  /** No answer, or a fault of the server: worth another try. */
  | 'unreachable';

export class JoinError extends Error {
  readonly reason: JoinFailure;
  /** How long the server asks to wait; 0 when it does not say. */
  readonly retryAfterMs: number;

  constructor(reason: JoinFailure, retryAfterMs = 0, options?: ErrorOptions) {
    super(`Join failed: ${reason}`, options);
    this.name = 'JoinError';
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

export async function joinConference(
  conference: string,
  request: JoinRequest,
  signal: AbortSignal,
): Promise<JoinResponse> {
  const path = `sightline/v1/conferences/${encodeURIComponent(conference)}/join`;
  const response = await fetch(new URL(path, document.baseURI), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  }).catch((cause: unknown) => {
    throw new JoinError('unreachable', 0, { cause });
  });
  if (response.status === 429) throw new JoinError('throttled', retryAfterMs(response));
  if (response.status >= 500) throw new JoinError('unreachable', retryAfterMs(response));
  const joined = response.ok ? parseJoinResponse(await response.json().catch(() => undefined)) : undefined;
  if (!joined) throw new JoinError('refused');
  return joined;
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('Retry-After'));
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}

const JOIN_FIELDS = ['participantID', 'participantToken', 'whipURL', 'whepURL', 'eventsURL'] as const;

/** A join answer as parsed from JSON; undefined when it is something else. */
function parseJoinResponse(value: unknown): JoinResponse | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map(Object.entries(value));
  return JOIN_FIELDS.every((field) => typeof fields.get(field) === 'string')
    ? (value as JoinResponse)
    : undefined;
}

/** The place of a participant over reloads of its tab: the join answer, kept in the tab's session storage. */
export class KeptPlace {
  readonly #key: string;

  /** `identity` is the name, or the serial number of a terminal. */
  constructor(conference: string, identity: string) {
    this.#key = `sightline:${conference}:${identity}`;
  }

  read(): JoinResponse | undefined {
    const text = sessionStorage.getItem(this.#key);
    if (text === null) return undefined;
    try {
      return parseJoinResponse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  write(joined: JoinResponse): void {
    sessionStorage.setItem(this.#key, JSON.stringify(joined));
  }

  clear(): void {
    sessionStorage.removeItem(this.#key);
  }
}
