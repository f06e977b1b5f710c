import type { ConferenceId } from '../../conference/ids.ts';
import type { GroupCommitWriter } from '../group-commit-writer.ts';
import type { Journal, JournalEntry, LiveConference } from '../store.ts';
import { StoreError } from '../store-error.ts';

interface Kept {
  readonly entries: readonly JournalEntry[];
  readonly snapshot: LiveConference['snapshot'];
}

const NOTHING: Kept = { entries: [], snapshot: null };

/** The journal in memory. What a batch changes is staged and becomes visible when the batch commits. */
export class MemoryJournal implements Journal {
  readonly #writer: GroupCommitWriter;
  readonly #committed = new Map<ConferenceId, { entries: JournalEntry[]; snapshot: Kept['snapshot'] }>();
  readonly #staged: JournalEntry[] = [];
  readonly #heads = new Map<ConferenceId, JournalEntry>();

  constructor(writer: GroupCommitWriter) {
    this.#writer = writer;
  }

  append(entry: JournalEntry): Promise<void> {
    return this.#writer.write({ run: () => this.#stage(entry), undo: () => this.#forgetStaged() });
  }

  /** Makes the staged entries part of the journal: the memory store's commit. */
  commit(): void {
    for (const entry of this.#staged) {
      const { conference, sequence, final, snapshot, ...rest } = entry;
      const kept = this.#committed.get(conference) ?? { entries: [], snapshot: null };
      kept.entries.push({ conference, sequence, final, ...rest });
      if (snapshot !== undefined) kept.snapshot = { sequence, state: snapshot };
      this.#committed.set(conference, kept);
    }
    this.#forgetStaged();
  }

  *live(): Generator<LiveConference> {
    const ids = [...this.#committed.keys()].toSorted();
    for (const conference of ids) {
      const { entries, snapshot } = this.#committed.get(conference) ?? NOTHING;
      if (entries.at(-1)?.final === true) continue;
      yield { conference, snapshot, entries: entries.slice(snapshot?.sequence ?? 0) };
    }
  }

  entries(conference: ConferenceId): readonly JournalEntry[] {
    return (this.#committed.get(conference) ?? NOTHING).entries.slice();
  }

  #stage(entry: JournalEntry): void {
    const { conference, sequence } = entry;
    const head = this.#heads.get(conference) ?? this.#committed.get(conference)?.entries.at(-1);
    if (head?.final === true) {
      throw new StoreError('CONFLICT', `Conference ${conference} has its final entry already.`);
    }
    const last = head?.sequence ?? 0;
    if (sequence !== last + 1) {
      const text = `Entry ${sequence} of conference ${conference} does not follow entry ${last}.`;
      throw new StoreError('CONFLICT', text);
    }
    this.#heads.set(conference, entry);
    this.#staged.push(entry);
  }

  #forgetStaged(): void {
    this.#staged.length = 0;
    this.#heads.clear();
  }
}
