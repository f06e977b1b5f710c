/**
 * A process for the durability test: appends to three conferences of the store in argv[2] for as long as it lives, a
 * random number of entries a turn, and writes a line `conference sequence` to stdout after each acknowledgement.
 */
import { writeSync } from 'node:fs';
import { conferenceId } from '../../src/conference/ids.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

const [, , dataDir = ''] = process.argv;
const store = await openSqliteStore(dataDir);
const heads = new Map(['a', 'b', 'c'].map((name) => [conferenceId(name), 0]));
for (const conference of heads.keys()) {
  heads.set(conference, (await store.journal.entries(conference)).length);
}

for (;;) {
  const acknowledged: Promise<string>[] = [];
  for (const [conference, head] of heads) {
    const count = 1 + Math.floor(Math.random() * 40);
    for (let sequence = head + 1; sequence <= head + count; sequence++) {
      const record = JSON.stringify({ conference, sequence, padding: 'x'.repeat(150) });
      const snapshot = sequence % 50 === 0 ? JSON.stringify({ upTo: sequence }) : undefined;
      const entry = { conference, sequence, atMs: sequence, record, final: false };
      const done = store.journal.append(snapshot === undefined ? entry : { ...entry, snapshot });
      acknowledged.push(done.then(() => `${conference} ${sequence}\n`));
    }
    heads.set(conference, head + count);
  }
  writeSync(1, (await Promise.all(acknowledged)).join(''));
}
