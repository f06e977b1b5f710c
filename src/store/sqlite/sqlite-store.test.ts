import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  CONFERENCE,
  journalEntry,
  liveOf,
  sampleMeeting,
  storeContract,
} from '../../../test/support/store-contract.ts';
import { conferenceId } from '../../conference/ids.ts';
import { createStore } from '../create-store.ts';
import { APPEND } from '../medium.ts';
import type { Store } from '../store.ts';
import type { StoreError } from '../store-error.ts';
import { SqliteData } from './sqlite-data.ts';
import { openSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
import { WorkerMedium } from './worker-medium.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'sightline-store-'));
const removeFolder = (folder: string) => rmSync(folder, { recursive: true, force: true });

storeContract('sqlite', () => {
  const folder = newFolder();
  const open = () => openSqliteStore(folder);
  return { open, reopen: open, cleanUp: () => removeFolder(folder) };
});

describe('sqlite store', () => {
  let folder: string;
  let dataDir: string;
  let store: Store | null = null;

  const open = async (options: SqliteStoreOptions = {}) => {
    store = await openSqliteStore(dataDir, options);
    return store;
  };
  beforeEach(() => {
    folder = newFolder();
    dataDir = join(folder, 'deep', 'data');
  });
  afterEach(async () => {
    await store?.close();
    store = null;
    removeFolder(folder);
  });

  it('makes its folder and files readable by the owner alone', async () => {
    await (await open()).journal.append(journalEntry(1));
    const mode = (path: string) => statSync(path).mode & 0o777;
    assert.equal(mode(dataDir), 0o700);
    assert.equal(mode(join(dataDir, 'sightline.db')), 0o600);
    assert.equal(mode(join(dataDir, 'sightline.db-wal')), 0o600);
  });

  it('refuses a second opener while it is open, in this process and in another', async () => {
    await open();
    await assert.rejects(openSqliteStore(dataDir), { code: 'STORE_LOCKED', message: /in use/ });
    const child = spawn(process.execPath, [writerScript, dataDir], { stdio: ['ignore', 'ignore', 'pipe'] });
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    await once(child, 'close');
    assert.match(Buffer.concat(errors).toString(), /STORE_LOCKED/);
    await assert.rejects(openSqliteStore(dataDir), { code: 'STORE_LOCKED' });
    await store?.close();
    await open();
  });

  it('refuses data of a later version', async () => {
    await (await open()).close();
    const database = new DatabaseSync(join(dataDir, 'sightline.db'));
    database.exec('PRAGMA user_version = 9999');
    database.close();
    await assert.rejects(openSqliteStore(dataDir), { code: 'STORE_NEWER', message: /9999/ });
  });

  it('takes over data from before runs were kept', async () => {
    const { journal } = await open();
    await journal.append(journalEntry(1));
    await store?.close();
    const database = new DatabaseSync(join(dataDir, 'sightline.db'));
    database.exec('DROP TABLE runs; PRAGMA user_version = 1');
    database.close();
    const { runs, journal: kept } = await open();
    assert.deepEqual(runs.all(), []);
    assert.equal((await kept.entries(CONFERENCE)).length, 1);
  });

  it('commits the writes of one turn together and tells their number', async () => {
    const batches: number[] = [];
    const { journal } = await open({ onCommit: (writes) => batches.push(writes) });
    await Promise.all([1, 2, 3].map((sequence) => journal.append(journalEntry(sequence))));
    await journal.append(journalEntry(4));
    assert.deepEqual(batches, [3, 1]);
  });

  it('keeps order and completeness of many entries of many conferences', async () => {
    const conferences = Array.from({ length: 30 }, (_, index) => conferenceId(`c${index + 10}`));
    const { journal } = await open();
    const append = (first: number, count: number) => {
      const sequences = Array.from({ length: count }, (_, index) => first + index);
      const appended = sequences.flatMap((sequence) =>
        conferences.map((conference) => journal.append(journalEntry(sequence, { conference }))),
      );
      return Promise.all(appended);
    };
    for (let first = 1; first <= 600; first += 15) await append(first, 15);
    await assert.rejects(append(9999, 1), { code: 'CONFLICT' });
    await append(601, 10);
    const expected = Array.from({ length: 610 }, (_, index) => index + 1);
    const check = async () => {
      for (const conference of conferences) {
        const sequences = (await store?.journal.entries(conference))?.map(({ sequence }) => sequence);
        assert.deepEqual(sequences, expected);
      }
    };
    await check();
    await store?.close();
    const live = await liveOf(await open());
    assert.deepEqual(
      live.map(({ entries }) => entries.length),
      conferences.map(() => 610),
    );
    await check();
  });

  it('stays usable after a failed commit', async () => {
    const { journal } = await open();
    await assert.rejects(journal.append(journalEntry(2)), { code: 'CONFLICT' });
    await journal.append(journalEntry(1));
    assert.equal((await journal.entries(CONFERENCE)).length, 1);
  });
});

describe('sqlite store, its worker ending by itself', () => {
  it('rejects what is pending and all that follows, and tells it once', async () => {
    const dataDir = newFolder();
    try {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { dataDir } });
      const told: string[] = [];
      const medium = new WorkerMedium(worker, (error: StoreError) => told.push(error.code));
      const store = createStore(medium, await medium.rows);
      await store.journal.append(journalEntry(1));

      await worker.terminate();
      const broken = { code: 'STORE_BROKEN' };
      await assert.rejects(store.meetings.save(sampleMeeting()), broken);
      assert.deepEqual(store.meetings.all(), []);
      await assert.rejects(store.journal.append(journalEntry(2)), broken);
      await assert.rejects(store.journal.entries(CONFERENCE), broken);
      assert.deepEqual(told, ['STORE_BROKEN']);
      await store.close();

      const later = await openSqliteStore(dataDir);
      assert.equal((await later.journal.entries(CONFERENCE)).length, 1);
      await later.close();
    } finally {
      removeFolder(dataDir);
    }
  });

  it('rejects the batch that is under way and the one behind it', async () => {
    const script = `
      const { parentPort } = require('node:worker_threads');
      parentPort.postMessage({ value: {
        meetings: [], accounts: [], access_tokens: [], control_tokens: [], terminals: [], runs: [],
      } });
      parentPort.on('message', () => { throw new Error('a fault'); });`;
    const told: unknown[] = [];
    const medium = new WorkerMedium(new Worker(script, { eval: true }), ({ cause }) => told.push(cause));
    const store = createStore(medium, await medium.rows);
    const underWay = store.meetings.save(sampleMeeting());
    const rejected = assert.rejects(underWay, { code: 'STORE_BROKEN' });
    await setImmediate();
    await assert.rejects(store.journal.append(journalEntry(1)), { code: 'STORE_BROKEN' });
    await rejected;
    assert.deepEqual(store.meetings.all(), []);
    assert.match(String(told), /^Error: a fault$/);
    await store.close();
  });
});

describe('the entries of a quiet store', () => {
  it('move from the log to the journal in portions, whole and in order', () => {
    const folder = newFolder();
    try {
      const data = new SqliteData(folder);
      const conferences = Array.from({ length: 30 }, (_, index) => conferenceId(`c${index + 10}`));
      const sequences = Array.from({ length: 400 }, (_, index) => index + 1);
      for (const sequence of sequences) {
        data.commit(conferences.map((conference) => [APPEND, conference, sequence, 1, '{}', false] as const));
      }
      let portions = 0;
      while (data.tidy()) portions += 1;
      assert.ok(portions > 0);
      const check = ({ journal }: SqliteData) => {
        for (const conference of conferences) {
          assert.deepEqual(
            journal.entries(conference).map(({ sequence }) => sequence),
            sequences,
          );
        }
      };
      check(data);
      data.close();
      const later = new SqliteData(folder);
      check(later);
      later.close();
    } finally {
      removeFolder(folder);
    }
  });
});

const writerScript = join(import.meta.dirname, '../../../test/support/journal-writer.ts');

describe('sqlite store, killed with SIGKILL at random moments', () => {
  it('has every acknowledged entry, no gap and no half record', async () => {
    const dataDir = newFolder();
    try {
      const acknowledged = new Map<string, number>();
      for (let round = 0; round < 20; round++) {
        await writeAndKill(dataDir, acknowledged);
        await checkJournal(dataDir, acknowledged);
      }
      assert.equal(acknowledged.size, 3);
    } finally {
      removeFolder(dataDir);
    }
  });
});

/** Runs the writer, kills it after a random number of acknowledgements, and notes the last one of each conference. */
async function writeAndKill(dataDir: string, acknowledged: Map<string, number>): Promise<void> {
  const child = spawn(process.execPath, [writerScript, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const killAt = 1 + Math.floor(Math.random() * 1000);
  let seen = 0;
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [conference = '', sequence] = line.split(' ');
      acknowledged.set(conference, Math.max(acknowledged.get(conference) ?? 0, Number(sequence)));
    }
    seen += lines.length;
    if (seen >= killAt) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
}

async function checkJournal(dataDir: string, acknowledged: Map<string, number>): Promise<void> {
  const store = await openSqliteStore(dataDir);
  try {
    for await (const { conference, snapshot, entries } of store.journal.live()) {
      const all = await store.journal.entries(conference);
      assert.ok(
        all.length >= (acknowledged.get(conference) ?? 0),
        `${conference}: an acknowledged entry is gone`,
      );
      all.forEach(({ sequence, record }, index) => {
        assert.equal(sequence, index + 1);
        assert.equal(JSON.parse(record).sequence, sequence);
      });
      assert.equal(snapshot?.sequence ?? 0, Math.floor(all.length / 50) * 50);
      assert.deepEqual(entries, all.slice(snapshot?.sequence ?? 0));
    }
  } finally {
    await store.close();
  }
}
