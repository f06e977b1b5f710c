import type { GroupCommitWriter } from './group-commit-writer.ts';

/** Where the rows of a table lie. `put` and `remove` are called inside the writer's transaction. */
export interface RowStorage<Value> {
  /** Every row, oldest first. */
  load(): Iterable<Value>;
  /** Inserts or replaces. */
  put(value: Value): void;
  remove(key: string): void;
}

/**
 * A small table held in memory whole, for reads on hot paths. Reads see a write from the moment it is issued, so that
 * two callers in one turn cannot both take a free key; when its commit fails, the table is put back to what is stored
 * before the promise rejects.
 */
export class Table<Value> {
  readonly #rows = new Map<string, Value>();
  readonly #keyOf: (value: Value) => string;
  readonly #storage: RowStorage<Value>;
  readonly #writer: GroupCommitWriter;

  constructor(keyOf: (value: Value) => string, storage: RowStorage<Value>, writer: GroupCommitWriter) {
    this.#keyOf = keyOf;
    this.#storage = storage;
    this.#writer = writer;
    for (const value of storage.load()) this.#rows.set(keyOf(value), value);
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Value | null {
    return this.#rows.get(key) ?? null;
  }

  /** In order of first insertion. */
  values(): readonly Value[] {
    return [...this.#rows.values()];
  }

  save(value: Value): Promise<void> {
    const key = this.#keyOf(value);
    const before = this.#rows.get(key);
    this.#rows.set(key, value);
    return this.#writer.write({
      run: () => this.#storage.put(value),
      undo: () => this.#restore(key, before),
    });
  }

  /** Unknown keys are passed over. */
  delete(keys: readonly string[]): Promise<void> {
    const before = keys.map((key) => ({ key, value: this.#rows.get(key) }));
    for (const key of keys) this.#rows.delete(key);
    return this.#writer.write({
      run: () => {
        for (const key of keys) this.#storage.remove(key);
      },
      undo: () => {
        for (const { key, value } of before) this.#restore(key, value);
      },
    });
  }

  #restore(key: string, value: Value | undefined): void {
    if (value === undefined) this.#rows.delete(key);
    else this.#rows.set(key, value);
  }
}
