import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CONFERENCE, journalEntry, storeContract } from '../../../test/support/store-contract.ts';
import { conferenceId } from '../../conference/ids.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';

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

  const open = (options = {}) => {
    store = openSqliteStore(dataDir, options);
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
    await open().journal.append(journalEntry(1));
    const mode = (path: string) => statSync(path).mode & 0o777;
    assert.equal(mode(dataDir), 0o700);
    assert.equal(mode(join(dataDir, 'sightline.db')), 0o600);
    assert.equal(mode(join(dataDir, 'sightline.db-wal')), 0o600);
  });

  it('refuses a second opener while it is open, in this process and in another', async () => {
    open();
    assert.throws(() => openSqliteStore(dataDir), { code: 'STORE_LOCKED', message: /in use/ });
    const child = spawn(process.execPath, [writerScript, dataDir], { stdio: ['ignore', 'ignore', 'pipe'] });
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    await once(child, 'close');
    assert.match(Buffer.concat(errors).toString(), /STORE_LOCKED/);
    assert.throws(() => openSqliteStore(dataDir), { code: 'STORE_LOCKED' });
    await store?.close();
    open();
  });

  it('refuses data of a later version', async () => {
    await open().close();
    const database = new DatabaseSync(join(dataDir, 'sightline.db'));
    database.exec('PRAGMA user_version = 9999');
    database.close();
    assert.throws(() => openSqliteStore(dataDir), { code: 'STORE_NEWER', message: /9999/ });
  });

  it('commits the writes of one turn together and tells their number', async () => {
    const batches: number[] = [];
    const { journal } = open({ onCommit: (writes: number) => batches.push(writes) });
    await Promise.all([1, 2, 3].map((sequence) => journal.append(journalEntry(sequence))));
    await journal.append(journalEntry(4));
    assert.deepEqual(batches, [3, 1]);
  });

  it('keeps order and completeness when the log overflows into the journal', async () => {
    const conferences = Array.from({ length: 30 }, (_, index) => conferenceId(`c${index + 10}`));
    const { journal } = open();
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
    const check = () => {
      for (const conference of conferences) {
        const sequences = store?.journal.entries(conference).map(({ sequence }) => sequence);
        assert.deepEqual(sequences, expected);
      }
    };
    check();
    await store?.close();
    const live = [...open().journal.live()];
    assert.deepEqual(
      live.map(({ entries }) => entries.length),
      conferences.map(() => 610),
    );
    check();
  });

  it('stays usable after a failed commit', async () => {
    const { journal } = open();
    await assert.rejects(journal.append(journalEntry(2)), { code: 'CONFLICT' });
    await journal.append(journalEntry(1));
    assert.equal(journal.entries(CONFERENCE).length, 1);
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
  const store = openSqliteStore(dataDir);
  try {
    for (const { conference, snapshot, entries } of store.journal.live()) {
      const all = store.journal.entries(conference);
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
