/** The worker thread of the SQLite store: it alone touches the database and waits for the disk. */
import { parentPort, workerData } from 'node:worker_threads';
import { StoreError } from '../store-error.ts';
import type { Answer, Request, WorkerSettings } from './protocol.ts';
import { SqliteData } from './sqlite-data.ts';

const carryOut = (data: SqliteData, request: Request): unknown => {
  switch (request[0]) {
    case 'commit':
      return data.commit(request[1]);
    case 'liveAfter':
      return data.journal.liveAfter(request[1]);
    case 'entries':
      return data.journal.entries(request[1]);
    case 'close':
      return data.close();
  }
};

const answerOf = (work: () => unknown): Answer => {
  try {
    return { value: work() };
  } catch (error) {
    return { failure: { error, code: error instanceof StoreError ? error.code : null } };
  }
};

const answer = (given: Answer): void => parentPort?.postMessage(given);

const serve = (data: SqliteData): void => {
  parentPort?.on('message', (request: Request) => {
    const given = answerOf(() => carryOut(data, request));
    // A throw here ends the thread, and rightly so: what it has in memory would no longer be what is stored.
    if (given.failure && request[0] === 'commit') data.rollBack();
    answer(given);
  });
};

const { dataDir } = workerData as WorkerSettings;
answer(
  answerOf(() => {
    const data = new SqliteData(dataDir);
    const rows = data.rows();
    serve(data);
    return rows;
  }),
);
