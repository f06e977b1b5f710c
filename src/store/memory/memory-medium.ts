import { setImmediate } from 'node:timers/promises';
import type { ConferenceId } from '../../conference/ids.ts';
import { APPEND, type Append, type Medium, type Operation } from '../medium.ts';
import type { JournalEntry, LiveConference } from '../store.ts';
import { StoreError } from '../store-error.ts';

interface Kept {
  readonly entries: readonly JournalEntry[];
  readonly snapshot: LiveConference['snapshot'];
}

const NOTHING: Kept = { entries: [], snapshot: null };

/** A journal in memory. The tables need nothing: their values are in the store's own memory. */
export class MemoryMedium implements Medium {
  readonly #kept = new Map<ConferenceId, Kept>();
  #fault: Error | null = null;
  /** The newest epoch in which a commit has failed, and why. */
  #failed: { readonly epoch: number; readonly reason: unknown } | null = null;

  failNextCommit(error: Error): void {
    this.#fault = error;
  }

  /** Takes a turn of the event loop, as a disk would. */
  async commit(operations: readonly Operation[], epoch: number): Promise<void> {
    await setImmediate();
    if (this.#failed && epoch <= this.#failed.epoch) throw this.#failed.reason;
    try {
      this.#carryOut(operations);
    } catch (reason) {
      this.#failed = { epoch, reason };
      throw reason;
    }
  }

  #carryOut(operations: readonly Operation[]): void {
    const fault = this.#fault;
    this.#fault = null;
    if (fault !== null) throw fault;
    const changed = new Map<ConferenceId, Kept>();
    for (const operation of operations) {
      if (operation[0] !== APPEND) continue;
      const [, conference] = operation;
      changed.set(conference, extended(changed.get(conference) ?? this.#of(conference), operation));
    }
    for (const [conference, kept] of changed) this.#kept.set(conference, kept);
  }

  async *live(): AsyncGenerator<LiveConference> {
    for (const [conference, { entries, snapshot }] of [...this.#kept].toSorted(byId)) {
      if (entries.at(-1)?.final === true) continue;
      yield { conference, snapshot, entries: entries.slice(snapshot?.sequence ?? 0) };
    }
  }

  async entries(conference: ConferenceId): Promise<readonly JournalEntry[]> {
    return this.#of(conference).entries;
  }

  async close(): Promise<void> {}

  #of(conference: ConferenceId): Kept {
    return this.#kept.get(conference) ?? NOTHING;
  }
}

const byId = ([a]: readonly [ConferenceId, Kept], [b]: readonly [ConferenceId, Kept]) => (a < b ? -1 : 1);

function extended(kept: Kept, [, conference, sequence, atMs, record, final, state]: Append): Kept {
  const head = kept.entries.at(-1);
  if (head?.final === true) {
    throw new StoreError('CONFLICT', `Conference ${conference} has its final entry already.`);
  }
  const last = head?.sequence ?? 0;
  if (sequence !== last + 1) {
    const text = `Entry ${sequence} of conference ${conference} does not follow entry ${last}.`;
    throw new StoreError('CONFLICT', text);
  }
  return {
    entries: [...kept.entries, { conference, sequence, atMs, record, final }],
    snapshot: state === undefined ? kept.snapshot : { sequence, state },
  };
}
