import { type CommitObserver, GroupCommitWriter } from './group-commit-writer.ts';
import { APPEND, type Medium, type Operation, type StoredRows } from './medium.ts';
import { createRepositories } from './repositories.ts';
import type { JournalEntry, Store } from './store.ts';

/** A store over a medium, which it closes when it is closed, and over what the tables held when that was opened. */
export function createStore(medium: Medium, rows: StoredRows, onCommit?: CommitObserver): Store {
  const writer = new GroupCommitWriter(medium, onCommit);
  const close = async () => {
    await writer.close();
    await medium.close();
  };
  let closed: Promise<void> | null = null;
  return {
    journal: {
      append: (entry) => writer.write(appendOf(entry)),
      live: () => medium.live(),
      entries: (conference) => medium.entries(conference),
    },
    ...createRepositories(rows, writer),
    settled: () => writer.settled(),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

const appendOf = ({ conference, sequence, atMs, record, final, snapshot }: JournalEntry): Operation =>
  snapshot === undefined
    ? [APPEND, conference, sequence, atMs, record, final]
    : [APPEND, conference, sequence, atMs, record, final, snapshot];
