import { StoreError } from './store-error.ts';

/** One durable change, made of a step inside the transaction and its reversal in memory. */
export interface Write {
  /** Runs inside the transaction, in the order of issue. A throw fails the whole batch. */
  run(): void;
  /**
   * Takes back what the write changed in memory. Called when its batch failed, newest first, before the promise
   * rejects, whether or not `run` was reached.
   */
  undo?(): void;
}

/** What a batch is wrapped in. All three are synchronous. */
export interface Transaction {
  begin(): void;
  /** Returns once the batch is durable. */
  commit(): void;
  rollback(): void;
}

/** Told after each durable batch: its number of writes, and the seconds from begin to the end of the commit. */
export type CommitObserver = (writes: number, seconds: number) => void;

interface Batch {
  readonly writes: Write[];
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Gathers the writes of a turn and commits them together on setImmediate: one fsync for all. The writes of a batch
 * share its fate, and so they share one promise; there is no promise a write.
 */
export class GroupCommitWriter {
  readonly #transaction: Transaction;
  readonly #onCommit: CommitObserver | undefined;
  readonly #flushLater = () => this.flush();
  #batch: Batch | null = null;
  #closed = false;

  constructor(transaction: Transaction, onCommit?: CommitObserver) {
    this.#transaction = transaction;
    this.#onCommit = onCommit;
  }

  /** Resolves once the write is durable; rejects when its batch failed or the writer is closed. */
  write(write: Write): Promise<void> {
    if (this.#closed) {
      write.undo?.();
      return Promise.reject(new StoreError('STORE_CLOSED', 'The store is closed.'));
    }
    this.#batch ??= this.#openBatch();
    this.#batch.writes.push(write);
    return this.#batch.done;
  }

  /** Resolves when every write issued so far is durable; rejects when one of those still pending fails. */
  settled(): Promise<void> {
    return this.#batch === null ? Promise.resolve() : this.#batch.done;
  }

  /** Commits what is pending now. Never throws: a failure goes to the writes' promise. */
  flush(): void {
    const batch = this.#batch;
    if (batch === null) return;
    this.#batch = null;
    const startedMs = performance.now();
    try {
      this.#commit(batch.writes);
    } catch (error) {
      this.#fail(batch, error);
      return;
    }
    batch.resolve();
    this.#onCommit?.(batch.writes.length, (performance.now() - startedMs) / 1000);
  }

  /** Commits what is pending and refuses later writes. Idempotent. */
  close(): void {
    this.flush();
    this.#closed = true;
  }

  #openBatch(): Batch {
    setImmediate(this.#flushLater);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    return { writes: [], done: promise, resolve, reject };
  }

  #commit(writes: readonly Write[]): void {
    this.#transaction.begin();
    for (const write of writes) write.run();
    this.#transaction.commit();
  }

  #fail(batch: Batch, error: unknown): void {
    try {
      this.#transaction.rollback();
    } catch {
      // The engine has rolled back by itself, or the transaction never began; the first error tells more.
    }
    for (const write of batch.writes.toReversed()) write.undo?.();
    batch.reject(error);
  }
}
