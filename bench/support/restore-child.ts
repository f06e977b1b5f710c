import { Conferences } from '../../src/runtime/conferences.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

/** Rebuilds the live conferences of a data folder in a process of its own and tells what it took. */
const [dataDir = ''] = process.argv.slice(2);

const residentBytes = (): number => {
  global.gc?.();
  return process.memoryUsage().rss;
};

const before = residentBytes();
const startedMs = performance.now();
const store = await openSqliteStore(dataDir);
const conferences = new Conferences({
  journal: store.journal,
  now: Date.now,
  commandsPerSecond: 1000,
  snapshotEvery: 200,
});
const count = await conferences.recover();
const seconds = (performance.now() - startedMs) / 1000;
const locks = [...conferences.all()]
  .flatMap(({ state }) => [...state.participants.values()])
  .filter((p) => p.lock);
process.send?.({ count, locks: locks.length, seconds, megabytes: (residentBytes() - before) / 1e6 });
await store.close();
process.disconnect();
