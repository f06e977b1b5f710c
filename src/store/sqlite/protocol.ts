import type { ConferenceId } from '../../conference/ids.ts';
import type { Operation, StoredRows } from '../medium.ts';
import type { JournalEntry, LiveConference } from '../store.ts';
import type { StoreErrorCode } from '../store-error.ts';

/** What the worker is started with. */
export interface WorkerSettings {
  readonly dataDir: string;
}

/** What is asked of the worker, and what it answers. */
export interface Calls {
  /** Not sent: the worker opens when it starts, and its first answer belongs to that. */
  open(): StoredRows;
  commit(operations: readonly Operation[], epoch: number): void;
  /** The next live conferences behind this ID, by ID. */
  liveAfter(conference: string): readonly LiveConference[];
  entries(conference: ConferenceId): readonly JournalEntry[];
  close(): void;
}

type Requests = {
  readonly [Name in keyof Calls]: readonly [name: Name, ...argument: Parameters<Calls[Name]>];
};

export type Request = Requests[Exclude<keyof Calls, 'open'>];

/** The worker answers in the order of the requests, so that neither needs a number. */
export interface Answer {
  readonly value?: unknown;
  readonly failure?: Failure;
}

/** An error. Copied to another thread it loses its class; the code tells which StoreError it was, if one. */
export interface Failure {
  readonly error: unknown;
  readonly code: StoreErrorCode | null;
}
