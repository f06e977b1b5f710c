import type { DatabaseSync } from 'node:sqlite';
import type { RowStorage } from '../table.ts';

/** A table of JSON values beside the columns they are found by. */
export interface TableSpec<Value> {
  readonly table: string;
  /** Column name to its value; the first is the primary key. */
  readonly columns: Readonly<Record<string, (value: Value) => string | number>>;
}

/** Rows of `spec.table`: the named columns and the whole value as JSON in the column `value`. */
export function sqliteRows<Value>(database: DatabaseSync, spec: TableSpec<Value>): RowStorage<Value> {
  const names = Object.keys(spec.columns);
  const readers = Object.values(spec.columns);
  const [key] = names;
  const replaced = [...names.slice(1), 'value'].map((name) => `${name} = excluded.${name}`);
  const put = database.prepare(
    `INSERT INTO ${spec.table} (${[...names, 'value'].join(', ')})
     VALUES (${[...names, 'value'].map(() => '?').join(', ')})
     ON CONFLICT (${key}) DO UPDATE SET ${replaced.join(', ')}`,
  );
  const remove = database.prepare(`DELETE FROM ${spec.table} WHERE ${key} = ?`);
  const load = database.prepare(`SELECT value FROM ${spec.table} ORDER BY rowid`);
  return {
    *load() {
      for (const row of load.iterate()) yield JSON.parse(String(row.value)) as Value;
    },
    put: (value) => {
      put.run(...readers.map((read) => read(value)), JSON.stringify(value));
    },
    remove: (rowKey) => {
      remove.run(rowKey);
    },
  };
}
