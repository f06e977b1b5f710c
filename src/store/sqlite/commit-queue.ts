import type { Operation } from '../medium.ts';
import type { SqliteData } from './sqlite-data.ts';

interface Batch {
  readonly operations: readonly Operation[];
  readonly epoch: number;
}

/** The batches that wait for the disk. Those that have piled up share one transaction, and so one fsync. */
export class CommitQueue {
  readonly #data: SqliteData;
  readonly #settle: (error: unknown) => void;
  #waiting: Batch[] = [];
  /** The newest epoch in which a batch has failed, and why: its later batches are refused. */
  #failed: { readonly epoch: number; readonly error: unknown } | null = null;

  /** @param settle told of each batch in its turn: null once it is durable, or why it failed */
  constructor(data: SqliteData, settle: (error: unknown) => void) {
    this.#data = data;
    this.#settle = settle;
  }

  add(operations: readonly Operation[], epoch: number): void {
    this.#waiting.push({ operations, epoch });
  }

  /** Settles all that wait. A throw means that what is in memory may no longer be what is stored. */
  flush(): void {
    const batches = this.#waiting;
    this.#waiting = [];
    if (
      batches.length > 1 &&
      this.#failed === null &&
      this.#commit(batches.flatMap((batch) => batch.operations)) === null
    ) {
      for (const _ of batches) this.#settle(null);
      return;
    }
    for (const batch of batches) this.#settle(this.#commitOne(batch));
  }

  #commitOne({ operations, epoch }: Batch): unknown {
    if (this.#failed && epoch <= this.#failed.epoch) return this.#failed.error;
    const error = this.#commit(operations);
    this.#failed = error === null ? null : { epoch, error };
    return error;
  }

  /** Null, or why it failed; then nothing of it is left. */
  #commit(operations: readonly Operation[]): unknown {
    try {
      this.#data.commit(operations);
      return null;
    } catch (error) {
      this.#data.rollBack();
      return error;
    }
  }
}
