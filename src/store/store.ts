import type { AccountId, ConferenceId, MeetingId } from '../conference/ids.ts';
import type { AccessTokenRecord, Account, ControlTokenRecord, Terminal } from '../identity/identity.ts';
import type { Meeting } from '../meetings/meeting.ts';
import type { MeetingRun } from '../meetings/meeting-run.ts';

/**
 * Everything that outlives the process. Each write resolves once it is durable (fsync'd), and writes issued in the
 * same turn share one commit. A failed commit rejects every write in it and leaves nothing of it.
 *
 * The repositories show a write to readers as soon as it is issued (so two callers in one turn cannot both take a free
 * name) and take it back when its commit fails; the journal shows committed entries only. When a commit fails, what
 * was issued after it and is not durable yet fails with it. `create-store.ts` makes it over a medium, of which there are
 * two, `sqlite/` and `memory/`; the contract suite is `test/support/store-contract.ts`.
 */
export interface Store {
  readonly journal: Journal;
  readonly meetings: MeetingRepository;
  readonly runs: RunRepository;
  readonly accounts: AccountRepository;
  readonly tokens: TokenRepository;
  readonly terminals: TerminalRepository;
  /** Resolves when every write issued before the call is durable; rejects if one of them failed. */
  settled(): Promise<void>;
  /** Commits what is pending, then closes. Idempotent. */
  close(): Promise<void>;
}

/** One accepted command: all its events, or none. The primary key is (conference, sequence). */
export interface JournalEntry {
  readonly conference: ConferenceId;
  /** 1 for the first entry of a conference, growing by 1. */
  readonly sequence: number;
  /** Unix ms. */
  readonly atMs: number;
  /** JSON of the record, opaque to the store. */
  readonly record: string;
  /** True for the entry that ends the conference: it is no longer among the live ones. */
  readonly final: boolean;
  /** JSON of the state after this entry, when the runtime wants a snapshot here. */
  readonly snapshot?: string;
}

export interface LiveConference {
  readonly conference: ConferenceId;
  /** The newest snapshot, null when there is none. */
  readonly snapshot: { readonly sequence: number; readonly state: string } | null;
  /** The entries after the snapshot, in order. */
  readonly entries: readonly JournalEntry[];
}

export interface Journal {
  /**
   * Rejects with a StoreError CONFLICT when the sequence is not the last one plus 1, or the conference has its final
   * entry; like every failure, that fails the whole batch.
   */
  append(entry: JournalEntry): Promise<void>;
  /** Every conference without a final entry, by ID, for recovery at start. */
  live(): AsyncIterable<LiveConference>;
  /** All entries of one conference in order, ended ones included. */
  entries(conference: ConferenceId): Promise<readonly JournalEntry[]>;
}

export interface MeetingRepository {
  /** Inserts or replaces. */
  save(meeting: Meeting): Promise<void>;
  find(id: MeetingId): Meeting | null;
  /** All meetings, newest start first. */
  all(): readonly Meeting[];
}

export interface RunRepository {
  /** Inserts or replaces. */
  save(run: MeetingRun): Promise<void>;
  find(conference: ConferenceId): MeetingRun | null;
  /** All runs, the latest start first; of those with the same start the one saved first is the last. */
  all(): readonly MeetingRun[];
}

export interface AccountRepository {
  /** Inserts or replaces. Rejects with a StoreError CONFLICT when another account has the name. */
  save(account: Account): Promise<void>;
  findByName(name: string): Account | null;
  find(id: AccountId): Account | null;
  count(): number;
}

/** Tokens are kept as SHA-256 digests only. */
export interface TokenRepository {
  saveAccess(token: AccessTokenRecord): Promise<void>;
  deleteAccess(digests: readonly string[]): Promise<void>;
  findAccess(digest: string): AccessTokenRecord | null;
  allAccess(): readonly AccessTokenRecord[];
  saveControl(token: ControlTokenRecord): Promise<void>;
  deleteControl(digests: readonly string[]): Promise<void>;
  findControl(digest: string): ControlTokenRecord | null;
  allControl(): readonly ControlTokenRecord[];
}

export interface TerminalRepository {
  /** Inserts or replaces. */
  save(terminal: Terminal): Promise<void>;
  find(serialNumber: string): Terminal | null;
  /** In order of registration. */
  all(): readonly Terminal[];
}
