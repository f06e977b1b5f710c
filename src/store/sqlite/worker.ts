/** The worker thread of the SQLite store: it alone touches the database and waits for the disk. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { StoreError } from '../store-error.ts';
import { CommitQueue } from './commit-queue.ts';
import { IdleWork } from './idle-work.ts';
import type { Answer, Request, WorkerSettings } from './protocol.ts';
import { SqliteData } from './sqlite-data.ts';

const answerOf = (work: () => unknown): Answer => {
  try {
    return { value: work() };
  } catch (error) {
    return failure(error);
  }
};

const failure = (error: unknown): Answer => ({
  failure: { error, code: error instanceof StoreError ? error.code : null },
});

/** Answers in the order of the requests. Batches that have piled up meanwhile are committed together. */
const serve = (data: SqliteData, port: MessagePort): void => {
  const commits = new CommitQueue(data, (error) => port.postMessage(error === null ? {} : failure(error)));
  const idle = new IdleWork(() => tidy(data));
  const take = (request: Request): void => {
    if (request[0] === 'close') idle.stop();
    if (request[0] === 'commit') {
      commits.add(request[1], request[2]);
      return;
    }
    commits.flush();
    port.postMessage(answerOf(() => carryOut(data, request)));
  };
  port.on('message', (request: Request) => {
    idle.postpone();
    take(request);
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) take(more.message);
    commits.flush();
  });
};

/** What fails here (a full disk) is tried again after the next requests. */
const tidy = (data: SqliteData): boolean => {
  try {
    return data.tidy();
  } catch {
    data.rollBack();
    return false;
  }
};

const carryOut = (
  data: SqliteData,
  request: Exclude<Request, readonly ['commit', ...unknown[]]>,
): unknown => {
  switch (request[0]) {
    case 'liveAfter':
      return data.journal.liveAfter(request[1]);
    case 'entries':
      return data.journal.entries(request[1]);
    case 'close':
      return data.close();
  }
};

const open = (port: MessagePort): void => {
  const { dataDir } = workerData as WorkerSettings;
  port.postMessage(
    answerOf(() => {
      const data = new SqliteData(dataDir);
      const rows = data.rows();
      serve(data, port);
      return rows;
    }),
  );
};

if (parentPort) open(parentPort);
