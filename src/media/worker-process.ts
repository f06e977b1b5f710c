import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors.ts';
import { systemClock } from './clock.ts';
import type { MediaEvent } from './engine.ts';
import type { CallMessage, CallName, FromWorker, ToWorker, WorkerCalls, WorkerSettings } from './protocol.ts';

const WORKER_PATH = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** A worker that is not ready after this time, in ms, is killed. */
const START_TIMEOUT_MS = 10_000;
/** A worker that has not ended after this time, in ms, is killed. */
const CLOSE_TIMEOUT_MS = 1_000;

/** How often a worker is asked whether it is stuck, and after how long without an answer it is killed, in ms. */
const PING_INTERVAL_MS = 2_000;
const PING_TIMEOUT_MS = 10_000;

export interface MediaLogger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface WorkerEvents {
  event(event: MediaEvent): void;
  /** It has ended without being asked to. */
  died(): void;
}

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** One media process as its parent sees it. */
export class WorkerProcess {
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PendingCall>();
  readonly #events: WorkerEvents;
  readonly #logger: MediaLogger;
  readonly #ended = Promise.withResolvers<void>();
  readonly #started = Promise.withResolvers<void>();
  #nextCall = 1;
  #answeredAtMs = 0;
  #isClosing = false;
  #hasEnded = false;

  constructor(settings: WorkerSettings, events: WorkerEvents, logger: MediaLogger) {
    this.#events = events;
    this.#logger = logger;
    this.#child = fork(WORKER_PATH, [], { execArgv: [], serialization: 'advanced' });
    this.#child.on('message', (message) => this.#receive(message as FromWorker));
    this.#child.on('error', (error) => logger.error(`media process: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#exited(signal ?? `code ${code}`));
    this.ready = this.#started.promise;
    this.#watch();
    this.send({ type: 'start', settings });
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToWorker): void {
    // A message to a process that is just dying is lost with it; `died` tells what that means.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  call<Name extends CallName>(
    name: Name,
    request: WorkerCalls[Name]['request'],
  ): Promise<WorkerCalls[Name]['result']> {
    const id = this.#nextCall++;
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) return reject(gone());
      this.#pending.set(id, { resolve: (value) => resolve(value as WorkerCalls[Name]['result']), reject });
      this.send({ type: 'call', id, name, request } as CallMessage);
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.send({ type: 'close' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  /** Kills the process when it does not start, or later gets stuck: its exit is handled like any other death. */
  #watch(): void {
    const startTimer = setTimeout(() => this.#child.kill('SIGKILL'), START_TIMEOUT_MS);
    const pingTimer = setInterval(() => this.#ping(), PING_INTERVAL_MS);
    this.ready.then(
      () => clearTimeout(startTimer),
      () => clearTimeout(startTimer),
    );
    this.#ended.promise.then(
      () => clearInterval(pingTimer),
      () => {},
    );
    this.#answeredAtMs = systemClock.nowMs();
  }

  #ping(): void {
    if (systemClock.nowMs() - this.#answeredAtMs > PING_TIMEOUT_MS) {
      this.#logger.error('media process does not answer, killing it');
      this.#child.kill('SIGKILL');
      return;
    }
    this.call('ping', null).then(
      () => {
        this.#answeredAtMs = systemClock.nowMs();
      },
      () => {},
    );
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#started.resolve();
        return;
      case 'event':
        if (!this.#isClosing) this.#events.event(message.event);
        return;
      case 'log':
        this.#logger[message.level](`media process: ${message.message}`);
        return;
      case 'result':
        this.#take(message.id)?.resolve(message.value);
        return;
      case 'failure':
        this.#take(message.id)?.reject(new AppError(message.code, message.message));
        return;
    }
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    return call;
  }

  #exited(how: string): void {
    this.#hasEnded = true;
    this.#started.reject(gone());
    this.ready.catch(() => {});
    for (const call of this.#pending.values()) call.reject(gone());
    this.#pending.clear();
    this.#ended.resolve();
    if (this.#isClosing) return;
    this.#logger.error(`media process ended: ${how}`);
    this.#events.died();
  }
}

const gone = (): AppError => new AppError('MEDIA_UNAVAILABLE', 'The media process has ended.');
