import type { MeetingId } from '../conference/ids.ts';
import { digest, newToken } from '../secrets.ts';

/** How long a token may be used to connect after it was issued: one minute. */
export const PUSH_TOKEN_LIFETIME_MS = 60_000;

/** Of one meeting; the oldest gives way, so that nobody fills the memory or takes another meeting's place. */
const MAX_TOKENS_OF_A_MEETING = 2_000;

export interface PushTokensOptions {
  /** Unix ms. */
  readonly now: () => number;
}

/**
 * The tokens that open a push WebSocket (webSocketToken, tmpWsToken): each good for one connection to one meeting.
 * Kept in memory as digests: after a restart a client asks for another.
 */
export class PushTokens {
  readonly #now: () => number;
  /** When each token expires, by digest, the oldest first; the meeting that was issued one last comes last. */
  readonly #byMeeting = new Map<MeetingId, Map<string, number>>();

  constructor({ now }: PushTokensOptions) {
    this.#now = now;
  }

  /** 48 lower-case hex digits, shown once. */
  issue(meeting: MeetingId): string {
    const token = newToken();
    const nowMs = this.#now();
    const tokens = this.#byMeeting.get(meeting) ?? new Map<string, number>();
    this.#byMeeting.delete(meeting);
    this.#byMeeting.set(meeting, tokens);
    const [oldest] = tokens.keys();
    if (oldest !== undefined && tokens.size >= MAX_TOKENS_OF_A_MEETING) tokens.delete(oldest);
    tokens.set(digest(token), nowMs + PUSH_TOKEN_LIFETIME_MS);
    this.#dropExpired(nowMs);
    return token;
  }

  /** Uses the token up. False when it is unknown, used, expired or another meeting's. */
  redeem(meeting: MeetingId, token: string): boolean {
    const tokens = this.#byMeeting.get(meeting);
    const key = digest(token);
    const expiresAtMs = tokens?.get(key);
    if (tokens === undefined || expiresAtMs === undefined) return false;
    tokens.delete(key);
    return expiresAtMs > this.#now();
  }

  /** The tokens kept. */
  get size(): number {
    let sum = 0;
    for (const tokens of this.#byMeeting.values()) sum += tokens.size;
    return sum;
  }

  #dropExpired(nowMs: number): void {
    for (const [meeting, tokens] of this.#byMeeting) {
      dropExpiredOf(tokens, nowMs);
      if (tokens.size > 0) return;
      this.#byMeeting.delete(meeting);
    }
  }
}

const dropExpiredOf = (tokens: Map<string, number>, nowMs: number): void => {
  for (const [key, expiresAtMs] of tokens) {
    if (expiresAtMs > nowMs) return;
    tokens.delete(key);
  }
};
