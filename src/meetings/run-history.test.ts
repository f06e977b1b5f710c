import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountId, conferenceId, meetingId } from '../conference/ids.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import type { Meeting } from './meeting.ts';
import { RunHistory } from './run-history.ts';

const meeting = (id: string, run: string): Meeting => ({
  id: meetingId(id),
  subject: 'Board',
  media: 'video',
  mediaTypes: 'HDVideo',
  startsAtMs: 0,
  lengthMinutes: 30,
  immediate: true,
  scheduler: accountId('anna'),
  hostPassword: 'sealed host',
  guestPassword: 'sealed guest',
  state: 'ended',
  conference: conferenceId(run),
  language: 'en-US',
  timeZoneId: '',
  settings: { guestsMayStart: false, guestsJoinMuted: false, terminalsJoinMuted: false },
  createdAtMs: 0,
});

test('runs that a crash has cut off, or that ended before runs were kept, are made up from the journal', async () => {
  const store = createMemoryStore();
  const history = new RunHistory(store);
  const append = (run: string, sequence: number, atMs: number, final: boolean) =>
    store.journal.append({ conference: conferenceId(run), sequence, atMs, record: '{}', final });
  for (const run of ['cut off', 'older', 'live']) await append(run, 1, 10, false);
  for (const run of ['cut off', 'older']) await append(run, 2, 20, true);
  await history.begin(meeting('900000001', 'cut off'), conferenceId('cut off'), 5);
  const live = new Map([[meetingId('900000003'), conferenceId('live')]]);
  await history.reconcile(live, [
    meeting('900000001', 'cut off'),
    meeting('900000002', 'older'),
    meeting('900000003', 'live'),
    meeting('900000004', 'not in the journal'),
  ]);
  assert.deepEqual(
    store.runs.all().map(({ conference, startedAtMs, endedAtMs }) => [conference, startedAtMs, endedAtMs]),
    [
      ['live', 10, null],
      ['older', 10, 20],
      ['cut off', 5, 20],
    ],
  );
  assert.doesNotMatch(JSON.stringify(store.runs.all()), /sealed/);
  await history.end(conferenceId('live'), 30);
  await history.end(conferenceId('live'), 40);
  assert.equal(store.runs.find(conferenceId('live'))?.endedAtMs, 30);
  await store.close();
});
