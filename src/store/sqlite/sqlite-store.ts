import { Worker } from 'node:worker_threads';
import { createStore } from '../create-store.ts';
import type { CommitObserver } from '../group-commit-writer.ts';
import type { Store } from '../store.ts';
import type { StoreError } from '../store-error.ts';
import type { WorkerSettings } from './protocol.ts';
import { WorkerMedium } from './worker-medium.ts';

export interface SqliteStoreOptions {
  /** Told after each durable batch. */
  readonly onCommit?: CommitObserver;
  /** Told once, with STORE_BROKEN, when the store has stopped by itself: nothing can be stored any more. */
  readonly onBroken?: (error: StoreError) => void;
}

/**
 * Opens the store in `dataDir`, made where absent with mode 0700. One process at a time: rejects with a StoreError
 * STORE_LOCKED while another has it open, STORE_NEWER when the data is of a later version. The database is in a worker
 * thread, which keeps the process alive until the store is closed.
 */
export async function openSqliteStore(dataDir: string, options: SqliteStoreOptions = {}): Promise<Store> {
  const workerData: WorkerSettings = { dataDir };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  const medium = new WorkerMedium(worker, options.onBroken);
  try {
    return createStore(medium, await medium.rows, options.onCommit);
  } catch (error) {
    await medium.dispose();
    throw error;
  }
}
