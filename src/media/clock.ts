/** Time as the media worker sees it; tests put their own in. */
export interface MediaClock {
  /** Monotonic, in ms, with the same origin in every process of the machine. */
  nowMs(): number;
  /** Calls once after `delayMs`; the returned function cancels. */
  after(delayMs: number, action: () => void): () => void;
}

// performance.now() costs less than process.hrtime(), which has the common origin; both read CLOCK_MONOTONIC.
const ORIGIN_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** CLOCK_MONOTONIC, which the server process and its media processes share. */
export const systemClock: MediaClock = {
  nowMs: () => ORIGIN_MS + performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
