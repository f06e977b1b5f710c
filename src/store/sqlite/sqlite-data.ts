import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { APPEND, type Operation, PUT, type StoredRows } from '../medium.ts';
import { openDatabase } from './database.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { loadRows, openTables, type SqliteTables } from './sqlite-tables.ts';

/** The journal and the tables in one database. Every method waits for the disk. */
export class SqliteData {
  readonly journal: SqliteJournal;
  readonly #database: DatabaseSync;
  readonly #tables: SqliteTables;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;

  /** Throws what `openDatabase` throws. */
  constructor(dataDir: string) {
    this.#database = openDatabase(dataDir);
    this.journal = new SqliteJournal(this.#database);
    this.#tables = openTables(this.#database);
    this.#begin = this.#database.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#database.prepare('COMMIT');
  }

  rows(): StoredRows {
    return loadRows(this.#tables);
  }

  /** Returns once all of them are durable. After a throw `rollBack` has to follow. */
  commit(operations: readonly Operation[]): void {
    this.#begin.run();
    for (const operation of operations) this.#carryOut(operation);
    this.journal.compact();
    this.#commit.run();
  }

  /** Tidies up for a short while; true when there is more to tidy. After a throw `rollBack` has to follow. */
  tidy(): boolean {
    this.#begin.run();
    const more = this.journal.compactIdly();
    this.#commit.run();
    return more;
  }

  rollBack(): void {
    // SQLite has done it by itself after some faults of the disk.
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.journal.reload();
  }

  close(): void {
    this.#database.close();
  }

  #carryOut(operation: Operation): void {
    if (operation[0] === APPEND) this.journal.append(operation);
    else if (operation[0] === PUT) this.#tables[operation[1]].put(operation[2], operation[3]);
    else this.#tables[operation[1]].remove(operation[2]);
  }
}
