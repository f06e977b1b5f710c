import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AccessTokenRecord, Account, ControlTokenRecord, Terminal } from '../../identity/identity.ts';
import type { Meeting } from '../../meetings/meeting.ts';
import { type CommitObserver, GroupCommitWriter, type Transaction } from '../group-commit-writer.ts';
import { createRepositories, type RowStorages } from '../repositories.ts';
import type { Store } from '../store.ts';
import { openDatabase } from './database.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { sqliteRows } from './sqlite-table.ts';

export interface SqliteStoreOptions {
  /** Told after each durable batch. */
  readonly onCommit?: CommitObserver;
}

/**
 * Opens the store in `dataDir`, made where absent with mode 0700. One process at a time: throws a StoreError
 * STORE_LOCKED while another has it open, STORE_NEWER when the data is of a later version.
 */
export function openSqliteStore(dataDir: string, options: SqliteStoreOptions = {}): Store {
  const database = openDatabase(dataDir);
  const journal: SqliteJournal = new SqliteJournal(database, (write) => writer.write(write));
  const writer = new GroupCommitWriter(
    transactionOf(database, () => journal.compact()),
    options.onCommit,
  );
  return {
    journal,
    ...createRepositories(rowsOf(database), writer),
    settled: () => writer.settled(),
    close: async () => {
      writer.close();
      if (database.isOpen) database.close();
    },
  };
}

const rowsOf = (database: DatabaseSync): RowStorages => ({
  meetings: sqliteRows<Meeting>(database, {
    table: 'meetings',
    columns: { id: (meeting) => meeting.id, starts_at_ms: (meeting) => meeting.startsAtMs },
  }),
  accounts: sqliteRows<Account>(database, {
    table: 'accounts',
    columns: { id: (account) => account.id, name: (account) => account.name },
  }),
  accessTokens: sqliteRows<AccessTokenRecord>(database, {
    table: 'access_tokens',
    columns: { digest: (token) => token.digest, expires_at_ms: (token) => token.expiresAtMs },
  }),
  controlTokens: sqliteRows<ControlTokenRecord>(database, {
    table: 'control_tokens',
    columns: { digest: (token) => token.digest, expires_at_ms: (token) => token.expiresAtMs },
  }),
  terminals: sqliteRows<Terminal>(database, {
    table: 'terminals',
    columns: { serial_number: (terminal) => terminal.serialNumber },
  }),
});

function transactionOf(database: DatabaseSync, beforeCommit: () => void): Transaction {
  const run = (statement: StatementSync) => () => {
    statement.run();
  };
  const commit = run(database.prepare('COMMIT'));
  return {
    begin: run(database.prepare('BEGIN IMMEDIATE')),
    commit: () => {
      beforeCommit();
      commit();
    },
    rollback: run(database.prepare('ROLLBACK')),
  };
}
