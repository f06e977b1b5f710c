import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import { migrate } from './migrations.ts';

const SQLITE_BUSY = 5;

/**
 * Opens `sightline.db` in the folder, making both where absent (modes 0700 and 0600). The database stays locked for
 * this process; the kernel drops the lock when the process dies, however it dies. Throws STORE_LOCKED, STORE_NEWER.
 */
export function openDatabase(dataDir: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'sightline.db');
  createPrivately(file);
  const database = new DatabaseSync(file);
  try {
    // Exclusive before WAL: then the WAL index lives in this process's memory and no -shm file is made.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA wal_autocheckpoint = 1000');
    database.exec('BEGIN IMMEDIATE; COMMIT');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw isBusy(error) ? lockedError(dataDir, error) : error;
  }
}

/** SQLite gives its -wal file the mode of the database. */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // An existing file must not be opened and closed here: that would drop the locks this process holds on it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

const isBusy = (error: unknown) =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

const lockedError = (dataDir: string, cause: unknown) =>
  new StoreError('STORE_LOCKED', `The data folder ${dataDir} is in use by another running Sightline.`, {
    cause,
  });
