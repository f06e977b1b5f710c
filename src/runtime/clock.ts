/** Time as the runtime sees it, so that tests can advance it by hand. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A longer setTimeout would fire at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, callback) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const piece = Math.min(leftMs, LONGEST_TIMEOUT_MS);
      timer = setTimeout(() => (leftMs > piece ? wait(leftMs - piece) : callback()), piece);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
