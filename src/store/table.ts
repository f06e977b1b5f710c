import type { GroupCommitWriter } from './group-commit-writer.ts';
import { type Columns, PUT, REMOVE, type StoredRows, type TableName } from './medium.ts';

export interface TableOptions<Value> {
  readonly name: TableName;
  readonly columns: (value: Value) => Columns;
  readonly rows: StoredRows;
  readonly writer: GroupCommitWriter;
}

/**
 * A small table held in memory whole, for reads on hot paths. Reads see a write from the moment it is issued, so that
 * two callers in one turn cannot both take a free key; when its commit fails, the table is put back to what is stored
 * before the promise rejects.
 */
export class Table<Value> {
  readonly #values = new Map<string, Value>();
  readonly #options: TableOptions<Value>;

  constructor(options: TableOptions<Value>) {
    this.#options = options;
    for (const json of options.rows[options.name]) {
      const value = JSON.parse(json) as Value;
      this.#values.set(options.columns(value)[0], value);
    }
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | null {
    return this.#values.get(key) ?? null;
  }

  /** In order of first insertion. */
  values(): readonly Value[] {
    return [...this.#values.values()];
  }

  save(value: Value): Promise<void> {
    const { name, columns: columnsOf, writer } = this.#options;
    const columns = columnsOf(value);
    const [key] = columns;
    const before = this.#values.get(key);
    this.#values.set(key, value);
    return writer.write([PUT, name, columns, JSON.stringify(value)], () => this.#restore(key, before));
  }

  /** Unknown keys are passed over. */
  delete(keys: readonly string[]): Promise<void> {
    const { name, writer } = this.#options;
    const before = keys.map((key) => ({ key, value: this.#values.get(key) }));
    for (const key of keys) this.#values.delete(key);
    return writer.write([REMOVE, name, keys], () => {
      for (const { key, value } of before) this.#restore(key, value);
    });
  }

  #restore(key: string, value: Value | undefined): void {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }
}
