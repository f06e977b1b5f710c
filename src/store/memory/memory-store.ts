import { GroupCommitWriter } from '../group-commit-writer.ts';
import { createRepositories } from '../repositories.ts';
import type { Store } from '../store.ts';
import type { RowStorage } from '../table.ts';
import { MemoryJournal } from './memory-journal.ts';

/** A store without a disk, for tests. */
export interface MemoryStore extends Store {
  /** Makes the next commit fail: each write in it rejects with the error, and none of it stays. */
  failNextCommit(error?: Error): void;
}

/** A store that forgets everything when dropped; else it behaves like the SQLite one. */
export function createMemoryStore(): MemoryStore {
  let fault: Error | null = null;
  const commit = () => {
    const thrown = fault;
    fault = null;
    if (thrown !== null) throw thrown;
    journal.commit();
  };
  const writer = new GroupCommitWriter({ begin: () => {}, commit, rollback: () => {} });
  const journal = new MemoryJournal(writer);
  return {
    journal,
    ...createRepositories(
      {
        meetings: noRows(),
        accounts: noRows(),
        accessTokens: noRows(),
        controlTokens: noRows(),
        terminals: noRows(),
      },
      writer,
    ),
    settled: () => writer.settled(),
    close: async () => writer.close(),
    failNextCommit: (error = new Error('The commit failed on purpose.')) => {
      fault = error;
    },
  };
}

/** Nothing behind the table: its rows live in its own memory. */
const noRows = <Value>(): RowStorage<Value> => ({ load: () => [], put: () => {}, remove: () => {} });
