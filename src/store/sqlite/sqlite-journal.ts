import type { DatabaseSync } from 'node:sqlite';
import { type ConferenceId, conferenceId } from '../../conference/ids.ts';
import type { Append } from '../medium.ts';
import type { JournalEntry, LiveConference } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { EntryLog } from './entry-log.ts';

/** Live conferences read at a time. */
const CHUNK = 100;

/** The journal in SQLite. A conference's first entry lists it as live, its final one takes it off. */
export class SqliteJournal {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #log: EntryLog;
  /** The last sequence of each live conference, as of the running transaction; filled when first asked for. */
  readonly #heads = new Map<ConferenceId, number>();

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
    this.#log = new EntryLog(database);
  }

  /** Part of a transaction. Throws a StoreError CONFLICT. */
  append([, conference, sequence, atMs, record, final, snapshot]: Append): void {
    const head = this.#heads.get(conference) ?? this.#readHead(conference);
    if (sequence !== head + 1) {
      const text = `Entry ${sequence} of conference ${conference} does not follow entry ${head}.`;
      throw new StoreError('CONFLICT', text);
    }
    this.#log.append(conference, { sequence, atMs, record });
    if (sequence === 1) this.#statements.insertConference.run(conference);
    this.#heads.set(conference, sequence);
    if (final) this.#end(conference);
    else if (snapshot !== undefined) this.#statements.saveSnapshot.run(conference, sequence, snapshot);
  }

  /** Keeps the log short; part of each transaction, just before its commit. */
  compact(): void {
    this.#log.compact();
  }

  /** Moves a portion of the log on while nothing else is to do; true when there is more. */
  compactIdly(): boolean {
    return this.#log.compactIdly();
  }

  /** Reads again what is in memory, after a rollback. */
  reload(): void {
    this.#heads.clear();
    this.#log.reload();
  }

  /** The first live conferences behind this ID, by ID; none when there are no more. */
  liveAfter(conference: string): readonly LiveConference[] {
    return this.#statements.liveAfter.all(conference, CHUNK).map((row) => {
      const id = conferenceId(String(row.conference));
      const newest = this.#statements.snapshot.get(id);
      const snapshot = newest ? { sequence: Number(newest.sequence), state: String(newest.state) } : null;
      return { conference: id, snapshot, entries: this.#entriesAfter(id, snapshot?.sequence ?? 0) };
    });
  }

  entries(conference: ConferenceId): readonly JournalEntry[] {
    const entries = this.#entriesAfter(conference, 0);
    const last = entries.at(-1);
    if (last === undefined || !this.#hasEnded(conference)) return entries;
    return [...entries.slice(0, -1), { ...last, final: true }];
  }

  #end(conference: ConferenceId): void {
    this.#statements.endConference.run(conference);
    this.#statements.deleteSnapshot.run(conference);
    this.#heads.delete(conference);
  }

  #readHead(conference: ConferenceId): number {
    if (this.#hasEnded(conference)) {
      throw new StoreError('CONFLICT', `Conference ${conference} has its final entry already.`);
    }
    const logged = this.#log.entriesOf(conference).at(-1);
    return logged?.sequence ?? Number(this.#statements.head.get(conference)?.sequence ?? 0);
  }

  #hasEnded(conference: ConferenceId): boolean {
    return this.#statements.isLive.get(conference)?.live === 0;
  }

  /** The entries from the journal and then the log, all as not final. */
  #entriesAfter(conference: ConferenceId, sequence: number): JournalEntry[] {
    const entries = this.#statements.entriesAfter.all(conference, sequence).map(
      (row): JournalEntry => ({
        conference,
        sequence: Number(row.sequence),
        atMs: Number(row.at_ms),
        record: String(row.record),
        final: false,
      }),
    );
    let last = entries.at(-1)?.sequence ?? sequence;
    for (const logged of this.#log.entriesOf(conference)) {
      if (logged.sequence <= last) continue;
      last = logged.sequence;
      entries.push({ conference, sequence: last, atMs: logged.atMs, record: logged.record, final: false });
    }
    return entries;
  }
}

const prepare = (database: DatabaseSync) => ({
  insertConference: database.prepare('INSERT INTO conferences (conference, live) VALUES (?, 1)'),
  endConference: database.prepare('UPDATE conferences SET live = 0 WHERE conference = ?'),
  saveSnapshot: database.prepare(
    `INSERT INTO snapshots (conference, sequence, state) VALUES (?, ?, ?)
     ON CONFLICT (conference) DO UPDATE SET sequence = excluded.sequence, state = excluded.state`,
  ),
  deleteSnapshot: database.prepare('DELETE FROM snapshots WHERE conference = ?'),
  head: database.prepare('SELECT max(sequence) AS sequence FROM journal WHERE conference = ?'),
  isLive: database.prepare('SELECT live FROM conferences WHERE conference = ?'),
  liveAfter: database.prepare(
    'SELECT conference FROM conferences WHERE live = 1 AND conference > ? ORDER BY conference LIMIT ?',
  ),
  snapshot: database.prepare('SELECT sequence, state FROM snapshots WHERE conference = ?'),
  entriesAfter: database.prepare(
    `SELECT sequence, at_ms, record FROM journal
     WHERE conference = ? AND sequence > ? ORDER BY sequence`,
  ),
});
