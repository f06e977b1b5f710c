/** Time as the media worker sees it; tests put their own in. */
export interface MediaClock {
  /** Monotonic, in ms, with the same origin in every process of the machine. */
  nowMs(): number;
  /** Calls once after `delayMs`; the returned function cancels. */
  after(delayMs: number, action: () => void): () => void;
}

/** CLOCK_MONOTONIC, which the server process and its media processes share. */
export const systemClock: MediaClock = {
  nowMs: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
