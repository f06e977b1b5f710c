import type { DatabaseSync } from 'node:sqlite';
import { type ConferenceId, conferenceId } from '../../conference/ids.ts';
import type { JournalEntry } from '../store.ts';

/** Entries the log keeps when there is time to move the others on. They are in memory too: some 3 MB. */
const IDLE_ENTRIES = 8192;
/** Entries above which the log is shortened with every commit, time or not: some 50 MB. */
const MOST_ENTRIES = 131_072;
/** Entries moved in one go while idle, so that a commit does not wait long. */
const IDLE_PORTION = 2000;

export type LoggedEntry = Pick<JournalEntry, 'sequence' | 'atMs' | 'record'> & { readonly id: number };

/**
 * Where entries go first. The table `journal` is ordered by conference, so that the entries of one commit, which
 * belong to as many conferences, would cost the WAL a page each: nine times the time. So they are appended to
 * `journal_log`, and `compact` moves them on, many of one conference together. What the log holds is in memory as
 * well. All methods but `entriesOf` run inside the writer's transaction.
 */
export class EntryLog {
  readonly #statements: ReturnType<typeof prepare>;
  /** In order of each conference's oldest entry here: whoever is moved on comes back at the end. */
  readonly #entries = new Map<ConferenceId, LoggedEntry[]>();
  #count = 0;
  #nextId = 1;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
    this.reload();
  }

  append(conference: ConferenceId, { sequence, atMs, record }: Omit<LoggedEntry, 'id'>): void {
    const id = this.#nextId;
    this.#statements.insert.run(id, conference, sequence, atMs, record);
    this.#hold(conference, { id, sequence, atMs, record });
  }

  /** The entries of a conference that are still here, in order. */
  entriesOf(conference: ConferenceId): readonly LoggedEntry[] {
    return this.#entries.get(conference) ?? [];
  }

  /** Moves the conferences with the oldest entries on to the journal while there are far too many. */
  compact(): void {
    if (this.#count > MOST_ENTRIES) this.#shorten(MOST_ENTRIES);
  }

  /** Moves a portion on; true when there is more to move. */
  compactIdly(): boolean {
    if (this.#count <= IDLE_ENTRIES) return false;
    this.#shorten(Math.max(IDLE_ENTRIES, this.#count - IDLE_PORTION));
    return this.#count > IDLE_ENTRIES;
  }

  #shorten(keep: number): void {
    for (const [conference, [oldest]] of this.#entries) {
      if (this.#count <= keep) {
        if (oldest !== undefined) this.#statements.trim.run(oldest.id);
        return;
      }
      this.#move(conference);
    }
    this.#statements.trim.run(this.#nextId);
  }

  /** Reads the log again, after a rollback. */
  reload(): void {
    this.#entries.clear();
    this.#count = 0;
    for (const row of this.#statements.all.iterate()) {
      const { id, sequence, at_ms: atMs, record } = row;
      const conference = conferenceId(String(row.conference));
      this.#hold(conference, {
        id: Number(id),
        sequence: Number(sequence),
        atMs: Number(atMs),
        record: String(record),
      });
    }
  }

  #hold(conference: ConferenceId, entry: LoggedEntry): void {
    const held = this.#entries.get(conference);
    if (held === undefined) this.#entries.set(conference, [entry]);
    else held.push(entry);
    this.#count += 1;
    this.#nextId = entry.id + 1;
  }

  #move(conference: ConferenceId): void {
    const entries = this.entriesOf(conference);
    for (const { sequence, atMs, record } of entries) {
      this.#statements.move.run(conference, sequence, atMs, record);
    }
    this.#entries.delete(conference);
    this.#count -= entries.length;
  }
}

const prepare = (database: DatabaseSync) => ({
  insert: database.prepare(
    'INSERT INTO journal_log (id, conference, sequence, at_ms, record) VALUES (?, ?, ?, ?, ?)',
  ),
  // What was moved and not yet trimmed comes twice when the log is read again.
  move: database.prepare(
    'INSERT OR IGNORE INTO journal (conference, sequence, at_ms, record) VALUES (?, ?, ?, ?)',
  ),
  trim: database.prepare('DELETE FROM journal_log WHERE id < ?'),
  all: database.prepare('SELECT id, conference, sequence, at_ms, record FROM journal_log ORDER BY id'),
});
