/** Nothing has come for this time, in ms: there is time for other work. */
const IDLE_AFTER_MS = 50;

/** Work done in portions while nothing comes in. Keeps no thread alive. */
export class IdleWork {
  readonly #work: () => boolean;
  #lastMs = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param work does a portion; true when there is more */
  constructor(work: () => boolean) {
    this.#work = work;
  }

  /** Something has come in: the work waits until it is quiet again. */
  postpone(): void {
    this.#lastMs = performance.now();
    this.#timer ??= this.#after(IDLE_AFTER_MS);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  #after(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), delayMs).unref();
  }

  #look(): void {
    const quietMs = performance.now() - this.#lastMs;
    if (quietMs < IDLE_AFTER_MS) this.#timer = this.#after(IDLE_AFTER_MS - quietMs);
    else this.#timer = this.#work() ? this.#after(1) : null;
  }
}
