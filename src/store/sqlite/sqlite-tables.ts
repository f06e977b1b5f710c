import type { DatabaseSync } from 'node:sqlite';
import { type Columns, type StoredRows, TABLES, type TableName } from '../medium.ts';

/** One table of values: the columns they are found by and the whole value as JSON in the column `value`. */
export interface SqliteTable {
  /** Every value, oldest first. */
  load(): string[];
  /** Inserts or replaces. */
  put(columns: Columns, json: string): void;
  remove(keys: readonly string[]): void;
}

export type SqliteTables = Readonly<Record<TableName, SqliteTable>>;

export const openTables = (database: DatabaseSync): SqliteTables => ({
  meetings: openTable(database, 'meetings'),
  accounts: openTable(database, 'accounts'),
  access_tokens: openTable(database, 'access_tokens'),
  control_tokens: openTable(database, 'control_tokens'),
  terminals: openTable(database, 'terminals'),
  runs: openTable(database, 'runs'),
});

export const loadRows = (tables: SqliteTables): StoredRows => ({
  meetings: tables.meetings.load(),
  accounts: tables.accounts.load(),
  access_tokens: tables.access_tokens.load(),
  control_tokens: tables.control_tokens.load(),
  terminals: tables.terminals.load(),
  runs: tables.runs.load(),
});

function openTable(database: DatabaseSync, name: TableName): SqliteTable {
  const [key, ...more] = TABLES[name];
  const names = [key, ...more, 'value'];
  const replaced = [...more, 'value'].map((column) => `${column} = excluded.${column}`);
  const put = database.prepare(
    `INSERT INTO ${name} (${names.join(', ')})
     VALUES (${names.map(() => '?').join(', ')})
     ON CONFLICT (${key}) DO UPDATE SET ${replaced.join(', ')}`,
  );
  const remove = database.prepare(`DELETE FROM ${name} WHERE ${key} = ?`);
  const load = database.prepare(`SELECT value FROM ${name} ORDER BY rowid`);
  return {
    load: () => load.all().map(({ value }) => String(value)),
    put: (columns, json) => {
      put.run(...columns, json);
    },
    remove: (keys) => {
      for (const removed of keys) remove.run(removed);
    },
  };
}
