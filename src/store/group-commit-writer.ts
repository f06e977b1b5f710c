import type { Medium, Operation } from './medium.ts';
import { StoreError } from './store-error.ts';

/** Told after each durable batch: its number of operations, and the seconds from its sending to its being durable. */
export type CommitObserver = (operations: number, seconds: number) => void;

interface Batch extends PromiseWithResolvers<void> {
  readonly operations: Operation[];
  readonly undos: (() => void)[];
}

/**
 * Gathers the operations of a turn and commits them together on setImmediate: one fsync for all. The operations of a
 * batch share its fate, and so they share one promise. One batch is under way at a time; what is issued meanwhile forms
 * the next one. That may be built on what is under way, so when a batch fails, the one behind it fails too.
 */
export class GroupCommitWriter {
  readonly #medium: Pick<Medium, 'commit'>;
  readonly #onCommit: CommitObserver | undefined;
  readonly #sendLater = () => this.#send();
  #underWay: Batch | null = null;
  #gathering: Batch | null = null;
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
    const newest = this.#gathering ?? this.#underWay;
    return newest === null ? Promise.resolve() : newest.promise;
  }

  /** Refuses later operations and resolves when those pending are settled, well or badly. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#send();
    await Promise.allSettled([this.settled()]);
  }

  #open(): Batch {
    if (this.#underWay === null) setImmediate(this.#sendLater);
    return { operations: [], undos: [], ...Promise.withResolvers<void>() };
  }

  #send(): void {
    const batch = this.#gathering;
    if (batch === null || this.#underWay !== null) return;
    this.#gathering = null;
    this.#underWay = batch;
    const sentMs = performance.now();
    this.#medium.commit(batch.operations).then(
      () => this.#succeed(batch, (performance.now() - sentMs) / 1000),
      (reason: unknown) => this.#fail(batch, reason),
    );
  }

  #succeed(batch: Batch, seconds: number): void {
    this.#underWay = null;
    batch.resolve();
    this.#onCommit?.(batch.operations.length, seconds);
    this.#send();
  }

  #fail(batch: Batch, reason: unknown): void {
    const failed = this.#gathering === null ? [batch] : [batch, this.#gathering];
    this.#underWay = null;
    this.#gathering = null;
    for (const undo of failed.flatMap(({ undos }) => undos).toReversed()) undo();
    for (const { reject } of failed) reject(reason);
  }
}
