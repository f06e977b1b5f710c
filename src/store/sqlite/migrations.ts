import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';

/**
 * Migration n is element n - 1. Forward only: a released one is never edited, a change is a new element. The number
 * reached is the database's user_version.
 */
const migrations: readonly string[] = [
  `CREATE TABLE journal (
     conference TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     at_ms INTEGER NOT NULL,
     record TEXT NOT NULL,
     PRIMARY KEY (conference, sequence)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE journal_log (
     id INTEGER PRIMARY KEY,
     conference TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     at_ms INTEGER NOT NULL,
     record TEXT NOT NULL
   ) STRICT;

   CREATE TABLE conferences (
     conference TEXT PRIMARY KEY NOT NULL,
     live INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX conferences_live ON conferences (conference) WHERE live = 1;

   CREATE TABLE snapshots (
     conference TEXT PRIMARY KEY NOT NULL,
     sequence INTEGER NOT NULL,
     state TEXT NOT NULL
   ) STRICT;

   CREATE TABLE meetings (
     id TEXT PRIMARY KEY NOT NULL,
     starts_at_ms INTEGER NOT NULL,
     value TEXT NOT NULL
   ) STRICT;
   CREATE INDEX meetings_start ON meetings (starts_at_ms);

   CREATE TABLE accounts (
     id TEXT PRIMARY KEY NOT NULL,
     name TEXT NOT NULL UNIQUE,
     value TEXT NOT NULL
   ) STRICT;

   CREATE TABLE access_tokens (
     digest TEXT PRIMARY KEY NOT NULL,
     expires_at_ms INTEGER NOT NULL,
     value TEXT NOT NULL
   ) STRICT;

   CREATE TABLE control_tokens (
     digest TEXT PRIMARY KEY NOT NULL,
     expires_at_ms INTEGER NOT NULL,
     value TEXT NOT NULL
   ) STRICT;

   CREATE TABLE terminals (
     serial_number TEXT PRIMARY KEY NOT NULL,
     value TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE runs (
     conference TEXT PRIMARY KEY NOT NULL,
     started_at_ms INTEGER NOT NULL,
     value TEXT NOT NULL
   ) STRICT;
   CREATE INDEX runs_start ON runs (started_at_ms);`,
];

/** Brings the database to the newest form, each migration in its own transaction. Throws STORE_NEWER. */
export function migrate(database: DatabaseSync): void {
  const reached = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (reached > migrations.length) {
    throw new StoreError(
      'STORE_NEWER',
      `The data is of form ${reached}, this version knows forms up to ${migrations.length}: use a newer version.`,
    );
  }
  migrations.slice(reached).forEach((migration, index) => {
    database.exec(`BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${reached + index + 1}; COMMIT`);
  });
}
