import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CONFERENCE,
  journalEntry,
  sampleMeeting,
  storeContract,
} from '../../../test/support/store-contract.ts';
import { createMemoryStore } from './memory-store.ts';

storeContract('memory', () => ({ open: createMemoryStore, cleanUp: () => {} }));

test('a commit made to fail rejects its writes once and leaves nothing of them', async () => {
  const store = createMemoryStore();
  store.failNextCommit(new Error('disk full'));
  const results = await Promise.allSettled([
    store.journal.append(journalEntry(1)),
    store.meetings.save(sampleMeeting()),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.deepEqual(await store.journal.entries(CONFERENCE), []);
  assert.deepEqual(store.meetings.all(), []);
  await store.journal.append(journalEntry(1));
  await store.close();
});
