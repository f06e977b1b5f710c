import type { ConferenceId } from '../conference/ids.ts';
import type { JournalEntry, LiveConference } from './store.ts';

/** The tables of values and the columns each value is found by; the first is the primary key. */
export const TABLES = {
  meetings: ['id', 'starts_at_ms'],
  accounts: ['id', 'name'],
  access_tokens: ['digest', 'expires_at_ms'],
  control_tokens: ['digest', 'expires_at_ms'],
  terminals: ['serial_number'],
  runs: ['conference', 'started_at_ms'],
} as const;

export type TableName = keyof typeof TABLES;

/** The columns of one value, in the order of TABLES. */
export type Columns = readonly [key: string, ...more: (string | number)[]];

export const APPEND = 0;
export const PUT = 1;
export const REMOVE = 2;

/**
 * One durable change, as plain data: flat tuples that begin with a number, since the main thread pays for copying them
 * to the worker, and this costs half of what an object does.
 */
export type Operation =
  | readonly [
      kind: typeof APPEND,
      conference: ConferenceId,
      sequence: number,
      atMs: number,
      record: string,
      final: boolean,
      snapshot?: string,
    ]
  | readonly [kind: typeof PUT, table: TableName, columns: Columns, json: string]
  | readonly [kind: typeof REMOVE, table: TableName, keys: readonly string[]];

export type Append = Extract<Operation, readonly [typeof APPEND, ...unknown[]]>;

/** Every value of every table as JSON, oldest first. */
export type StoredRows = Readonly<Record<TableName, readonly string[]>>;

/** What a store stands on. It carries out what it is asked in the order it is asked. */
export interface Medium {
  /**
   * All operations in one transaction, in their order; resolves once they are durable. Rejects leaving nothing of
   * them, with a StoreError CONFLICT for an entry that does not follow the last one of its conference.
   *
   * @param epoch grows after a failure: once a batch has failed, the later ones of its epoch are refused, for they may
   * be built on it
   */
  commit(operations: readonly Operation[], epoch: number): Promise<void>;
  live(): AsyncIterable<LiveConference>;
  entries(conference: ConferenceId): Promise<readonly JournalEntry[]>;
  close(): Promise<void>;
}
