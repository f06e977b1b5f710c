import { createStore } from '../create-store.ts';
import type { StoredRows } from '../medium.ts';
import type { Store } from '../store.ts';
import { MemoryMedium } from './memory-medium.ts';

/** A store without a disk, for tests. */
export interface MemoryStore extends Store {
  /** Makes the next commit fail: each write in it rejects with the error, and none of it stays. */
  failNextCommit(error?: Error): void;
}

const NO_ROWS: StoredRows = {
  meetings: [],
  accounts: [],
  access_tokens: [],
  control_tokens: [],
  terminals: [],
  runs: [],
};

/** A store that forgets everything when dropped; else it behaves like the SQLite one. */
export function createMemoryStore(): MemoryStore {
  const medium = new MemoryMedium();
  return {
    ...createStore(medium, NO_ROWS),
    failNextCommit: (error = new Error('The commit failed on purpose.')) => medium.failNextCommit(error),
  };
}
