import type { Medium, Operation } from './medium.ts';
import { StoreError } from './store-error.ts';

/** Told after each durable batch: its number of operations, and the seconds from its sending to its being durable. */
export type CommitObserver = (operations: number, seconds: number) => void;

interface Batch extends PromiseWithResolvers<void> {
  readonly operations: Operation[];
  readonly undos: (() => void)[];
}

/**
 * Gathers the operations of a turn and sends them together on setImmediate. The operations of a batch share its fate,
 * and so they share one promise. Several batches may be under way; the medium settles them in order. Each may be built
 * on those before, so when a batch fails, all behind it fail too.
 */
export class GroupCommitWriter {
  readonly #medium: Pick<Medium, 'commit'>;
  readonly #onCommit: CommitObserver | undefined;
  readonly #sendLater = () => this.#send();
  #underWay: Batch[] = [];
  #gathering: Batch | null = null;
  #epoch = 0;
  #isClosed = false;

  constructor(medium: Pick<Medium, 'commit'>, onCommit?: CommitObserver) {
    this.#medium = medium;
    this.#onCommit = onCommit;
  }

  /**
   * Resolves once the operation is durable; rejects when its batch failed or the writer is closed.
   *
   * @param undo takes back what the caller has changed in memory; called before the promise rejects, newest first
   */
  write(operation: Operation, undo?: () => void): Promise<void> {
    if (this.#isClosed) {
      undo?.();
      return Promise.reject(new StoreError('STORE_CLOSED', 'The store is closed.'));
    }
    this.#gathering ??= this.#open();
    this.#gathering.operations.push(operation);
    if (undo) this.#gathering.undos.push(undo);
    return this.#gathering.promise;
  }

  /** Resolves when every operation issued so far is durable; rejects when one of those still pending fails. */
  settled(): Promise<void> {
    const newest = this.#gathering ?? this.#underWay.at(-1);
    return newest?.promise ?? Promise.resolve();
  }

  /** Refuses later operations and resolves when those pending are settled, well or badly. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#send();
    await Promise.allSettled([this.settled()]);
  }

  #open(): Batch {
    setImmediate(this.#sendLater);
    return { operations: [], undos: [], ...Promise.withResolvers<void>() };
  }

  #send(): void {
    const batch = this.#gathering;
    if (batch === null) return;
    this.#gathering = null;
    this.#underWay.push(batch);
    const sentMs = performance.now();
    this.#medium.commit(batch.operations, this.#epoch).then(
      () => this.#succeed(batch, (performance.now() - sentMs) / 1000),
      (reason: unknown) => this.#fail(batch, reason),
    );
  }

  #succeed(batch: Batch, seconds: number): void {
    this.#underWay.shift();
    batch.resolve();
    this.#onCommit?.(batch.operations.length, seconds);
  }

  /** The batches behind it have been failed with it already when their own refusals arrive. */
  #fail(batch: Batch, reason: unknown): void {
    if (this.#underWay[0] !== batch) return;
    this.#epoch += 1;
    const failed = this.#gathering === null ? this.#underWay : [...this.#underWay, this.#gathering];
    this.#underWay = [];
    this.#gathering = null;
    for (const undo of failed.flatMap(({ undos }) => undos).toReversed()) undo();
    for (const { reject } of failed) reject(reason);
  }
}
