import type { MeetingId } from '../conference/ids.ts';
import { digest, newToken } from '../secrets.ts';
import type { TokenRepository } from '../store/store.ts';
import type { ControlTokenRecord } from './identity.ts';

/** How long a control token lives after it was issued or kept alive: half an hour. */
export const CONTROL_TOKEN_LIFETIME_MS = 1_800_000;

export interface ControlTokensOptions {
  readonly tokens: TokenRepository;
  /** Unix ms. */
  readonly now: () => number;
}

/** A token as handed out, once; only its digest is kept. */
export interface IssuedControlToken {
  /** 51 characters: `cnr` and 48 lower-case hex digits. */
  readonly token: string;
  readonly record: ControlTokenRecord;
}

/** The tokens of the control operations. Every change is durable when its promise resolves. */
export class ControlTokens {
  readonly #tokens: TokenRepository;
  readonly #now: () => number;

  constructor({ tokens, now }: ControlTokensOptions) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** A new token for the meeting. Expired ones of every meeting are dropped on the way. */
  async issue(meeting: MeetingId, role: ControlTokenRecord['role']): Promise<IssuedControlToken> {
    const token = newToken('cnr');
    const createdAtMs = this.#now();
    const expiresAtMs = createdAtMs + CONTROL_TOKEN_LIFETIME_MS;
    const record: ControlTokenRecord = {
      digest: digest(token),
      meeting,
      role,
      createdAtMs,
      refreshedAtMs: createdAtMs,
      expiresAtMs,
    };
    await Promise.all([this.#tokens.saveControl(record), this.#dropExpired(createdAtMs)]);
    return { token, record };
  }

  /** The record of a live token, from memory; null when it is unknown, revoked or expired. */
  find(token: string, nowMs = this.#now()): ControlTokenRecord | null {
    const record = this.#tokens.findControl(digest(token));
    return record !== null && record.expiresAtMs > nowMs ? record : null;
  }

  /** Gives the same token another half hour from now; null when it is not valid any more. */
  async extend(token: string): Promise<IssuedControlToken | null> {
    const refreshedAtMs = this.#now();
    const found = this.find(token, refreshedAtMs);
    if (found === null) return null;
    const record = { ...found, refreshedAtMs, expiresAtMs: refreshedAtMs + CONTROL_TOKEN_LIFETIME_MS };
    await this.#tokens.saveControl(record);
    return { token, record };
  }

  /** Ends every token of the meeting. */
  revokeAll(meeting: MeetingId): Promise<void> {
    const tokens = this.#tokens.allControl().filter((record) => record.meeting === meeting);
    return this.#tokens.deleteControl(tokens.map((record) => record.digest));
  }

  #dropExpired(nowMs: number): Promise<void> {
    const expired = this.#tokens.allControl().filter((record) => record.expiresAtMs <= nowMs);
    return this.#tokens.deleteControl(expired.map((record) => record.digest));
  }
}
