import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conferenceId } from '../src/conference/ids.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../src/store/store.ts';
import type { BenchOptions } from './run.ts';
import { figure, machine, median } from './support/figures.ts';

const CONFERENCES = 100;
/** Entries issued together, each group when the one before is durable. */
const GROUPS = [1, 50, 100];
const RECORD = JSON.stringify({ by: { kind: 'system' }, events: [{ type: 'bench', text: 'x'.repeat(200) }] });

/** Journal entries made durable, and what that costs the main thread. */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-bench-'));
  const store = await openSqliteStore(dataDir);
  try {
    const write = writer(store);
    for (const group of GROUPS) {
      await write(group, quick ? 50 : 500);
      const rounds = [];
      for (let round = 0; round < (quick ? 1 : 5); round += 1)
        rounds.push(await write(group, quick ? 100 : 1000));
      const more = { ...machine(), group };
      figure('store', 'rows/s', median(rounds.map(({ rows, seconds }) => rows / seconds)), '1/s', more);
      figure(
        'store',
        'main-thread CPU a row',
        median(rounds.map(({ rows, cpuUs }) => cpuUs / rows)),
        'us',
        more,
      );
    }
  } finally {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  }
};

/** Writes groups for a time; each entry belongs to the next conference in turn. */
const writer = ({ journal }: Store) => {
  let issued = 0;
  const append = () => {
    const conference = conferenceId(`bench-${issued % CONFERENCES}`);
    const sequence = Math.floor(issued / CONFERENCES) + 1;
    issued += 1;
    return journal.append({ conference, sequence, atMs: Date.now(), record: RECORD, final: false });
  };
  return async (group: number, durationMs: number) => {
    const [before, startedMs, cpu] = [issued, performance.now(), process.threadCpuUsage()];
    while (performance.now() - startedMs < durationMs)
      await Promise.all(Array.from({ length: group }, append));
    const { user, system } = process.threadCpuUsage(cpu);
    return { rows: issued - before, seconds: (performance.now() - startedMs) / 1000, cpuUs: user + system };
  };
};
