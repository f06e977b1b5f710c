export interface AttemptLimiterOptions {
  /** Unix ms. */
  readonly now: () => number;
  /** Wrong tries within the window that block a key. Default 5. */
  readonly limit?: number;
  /** Default 60,000. */
  readonly windowMs?: number;
  /** Keys remembered; beyond it the one with the oldest wrong try is forgotten. Default 10,000. */
  readonly maxKeys?: number;
}

/**
 * Counts wrong tries per key (an address, a meeting) over a sliding window. A right try does not clear the count:
 * else a guesser could hide behind somebody who knows the password.
 */
export class AttemptLimiter {
  readonly #now: () => number;
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #maxKeys: number;
  /** Times of the latest wrong tries, at most `limit` a key; the keys in order of their last wrong try. */
  readonly #failures = new Map<string, number[]>();

  constructor({ now, limit = 5, windowMs = 60_000, maxKeys = 10_000 }: AttemptLimiterOptions) {
    this.#now = now;
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#maxKeys = maxKeys;
  }

  /** True while the window holds `limit` wrong tries of the key: refuse without looking at the secret. */
  isBlocked(key: string): boolean {
    return this.retryAfterMs(key) > 0;
  }

  /** Milliseconds until the key may try again, 0 when it may now. */
  retryAfterMs(key: string): number {
    const failures = this.#failures.get(key);
    const oldest = failures?.[0];
    if (failures === undefined || oldest === undefined || failures.length < this.#limit) return 0;
    return Math.max(0, oldest + this.#windowMs - this.#now());
  }

  /** Notes a wrong try. */
  recordFailure(key: string): void {
    const failures = this.#failures.get(key) ?? [];
    const kept = [...failures, this.#now()].slice(-this.#limit);
    this.#failures.delete(key);
    this.#failures.set(key, kept);
    this.#forget();
  }

  #forget(): void {
    const horizon = this.#now() - this.#windowMs;
    for (const [key, failures] of this.#failures) {
      const expired = (failures.at(-1) ?? 0) <= horizon;
      if (!expired && this.#failures.size <= this.#maxKeys) return;
      this.#failures.delete(key);
    }
  }
}
