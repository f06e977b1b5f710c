import type { Worker } from 'node:worker_threads';
import type { ConferenceId } from '../../conference/ids.ts';
import type { Medium, Operation, StoredRows } from '../medium.ts';
import type { JournalEntry, LiveConference } from '../store.ts';
import { StoreError } from '../store-error.ts';
import type { Answer, Calls, Failure, Request } from './protocol.ts';

/** The database in its worker thread, as the main thread sees it. */
export class WorkerMedium implements Medium {
  /** What the database held when it was opened; rejects when it could not be. */
  readonly rows: Promise<StoredRows>;
  readonly #worker: Worker;
  /** The calls that wait for an answer, the oldest first. */
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];
  /** Why there are no more answers. */
  #end: StoreError | null = null;

  /** @param onBroken told once, when the worker ends without having been asked to */
  constructor(worker: Worker, onBroken?: (error: StoreError) => void) {
    this.#worker = worker;
    const broken = (cause: unknown) => {
      if (this.#end !== null) return;
      const error = new StoreError('STORE_BROKEN', 'The store has stopped working.', { cause });
      this.#finish(error);
      onBroken?.(error);
    };
    worker.on('message', (answer: Answer) => this.#receive(answer));
    worker.on('error', broken);
    worker.on('messageerror', broken);
    worker.on('exit', (code) => broken(new Error(`The worker has ended with code ${code}.`)));
    this.rows = this.#answer<'open'>();
  }

  commit(operations: readonly Operation[], epoch: number): Promise<void> {
    return this.#ask<'commit'>(['commit', operations, epoch]);
  }

  /** While one chunk is taken in, the worker reads the next. */
  async *live(): AsyncGenerator<LiveConference> {
    let next = this.#ask<'liveAfter'>(['liveAfter', '']);
    for (;;) {
      const chunk = await next;
      const last = chunk.at(-1);
      if (last === undefined) return;
      next = this.#ask<'liveAfter'>(['liveAfter', last.conference]);
      yield* chunk;
    }
  }

  entries(conference: ConferenceId): Promise<readonly JournalEntry[]> {
    return this.#ask<'entries'>(['entries', conference]);
  }

  async close(): Promise<void> {
    if (this.#end === null) await this.#ask<'close'>(['close']);
    await this.dispose();
  }

  /** Ends the worker as it stands. */
  async dispose(): Promise<void> {
    this.#finish(new StoreError('STORE_CLOSED', 'The store is closed.'));
    await this.#worker.terminate();
  }

  #ask<Name extends Request[0]>(request: Request): Promise<ReturnType<Calls[Name]>> {
    if (this.#end !== null) return Promise.reject(this.#end);
    this.#worker.postMessage(request);
    return this.#answer<Name>();
  }

  #answer<Name extends keyof Calls>(): Promise<ReturnType<Calls[Name]>> {
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.push(answer);
    return answer.promise as Promise<ReturnType<Calls[Name]>>;
  }

  #receive({ value, failure }: Answer): void {
    const waiting = this.#waiting.shift();
    if (failure) waiting?.reject(errorOf(failure));
    else waiting?.resolve(value);
  }

  #finish(end: StoreError): void {
    this.#end ??= end;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
  }
}

const errorOf = ({ error, code }: Failure): unknown =>
  code !== null && error instanceof Error
    ? new StoreError(code, error.message, { cause: error.cause })
    : error;
