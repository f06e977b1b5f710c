import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from '../conference/commands.ts';
import { startedState } from '../conference/evolve.ts';
import { conferenceId, meetingId, type ParticipantId, participantId } from '../conference/ids.ts';
import { SYSTEM } from '../conference/permissions.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { type Change, ConferenceHost } from './conference-host.ts';

const CONFERENCE = conferenceId('conference');
const [ANN, BEN] = [participantId('ann'), participantId('ben')];

/** A started conference over a store in memory, with everything that it told. */
const started = async () => {
  const store = createMemoryStore();
  const changes: Change[] = [];
  const commands: string[] = [];
  const event = {
    type: 'conference.started',
    id: CONFERENCE,
    meeting: meetingId('900000001'),
    subject: 'Subject',
    media: 'video',
    atMs: 0,
    guestsJoinMuted: false,
    terminalsJoinMuted: false,
  } as const;
  await store.journal.append({
    conference: CONFERENCE,
    sequence: 1,
    atMs: 0,
    record: JSON.stringify({ by: SYSTEM, events: [event] }),
    final: false,
  });
  const listeners: ((change: Change) => void)[] = [(change) => changes.push(change)];
  const host = new ConferenceHost(startedState(event), 1, {
    journal: store.journal,
    now: () => 0,
    commandsPerSecond: 1000,
    snapshotEvery: 1000,
    onChange: (_host, change) => {
      for (const listener of listeners) listener(change);
    },
    onCommand: (name, result) => commands.push(`${name} ${result}`),
  });
  for (const id of [ANN, BEN]) await host.execute(SYSTEM, join(id));
  changes.length = 0;
  commands.length = 0;
  return { store, host, changes, commands, listeners };
};

const join = (id: ParticipantId): Command => ({
  type: 'join',
  participant: {
    id,
    name: id,
    kind: 'browser',
    serialNumber: null,
    number: '',
    tokenDigest: id,
    account: null,
    video: true,
    entitledTo: 'guest',
  },
});

const rename = (participant: ParticipantId, name: string): Command => ({ type: 'rename', participant, name });

const connected = (participant: ParticipantId) =>
  ({ type: 'connection.changed', participant, connected: true }) as const;

test('each change tells the state before and after its own events only', async () => {
  const { host, changes } = await started();
  const first = host.execute(SYSTEM, rename(ANN, 'Anna'));
  host.observe(connected(BEN));
  const second = host.execute(SYSTEM, rename(BEN, 'Bena'));
  await Promise.all([first, second]);
  assert.deepEqual(
    changes.map(({ events }) => events.map(({ type }) => type)),
    [['participant.renamed'], ['connection.changed'], ['participant.renamed']],
  );
  for (const [index, change] of changes.entries()) {
    assert.equal(change.before, changes[index - 1]?.after ?? change.before);
    assert.equal(change.version, (changes[0]?.version ?? 0) + index);
  }
  assert.equal(changes[0]?.after.participants.get(BEN)?.connected, false);
  assert.equal(changes[1]?.after.participants.get(BEN)?.name, BEN);
});

test('what is observed while a change is told comes behind the commands of the same commit', async () => {
  const { host, changes, listeners } = await started();
  listeners.push(({ events }) => {
    if (events[0]?.type === 'participant.renamed' && events[0].participant === ANN)
      host.observe(connected(ANN));
  });
  await Promise.all([host.execute(SYSTEM, rename(ANN, 'Anna')), host.execute(SYSTEM, rename(BEN, 'Bena'))]);
  assert.deepEqual(
    changes.map(({ events }) => events[0]?.type),
    ['participant.renamed', 'participant.renamed', 'connection.changed'],
  );
  assert.equal(host.state.participants.get(ANN)?.connected, true);
  assert.equal(host.state.participants.get(BEN)?.name, 'Bena');
});

test('a failed commit takes every decided step back once, and what was observed meanwhile stays', async () => {
  const { store, host, changes, commands } = await started();
  const before = host.state;
  store.failNextCommit();
  const results = [
    host.execute(SYSTEM, rename(ANN, 'Anna')),
    host.execute(SYSTEM, rename(ANN, 'Anna')),
    host.execute(SYSTEM, { type: 'setConferenceLock', locked: true }),
  ];
  host.observe(connected(BEN));
  results.push(host.execute(SYSTEM, rename(BEN, 'Bena')));
  const settled = await Promise.allSettled(results);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected', 'rejected'],
  );
  assert.deepEqual(commands, [
    'rename INTERNAL',
    'rename INTERNAL',
    'setConferenceLock INTERNAL',
    'rename INTERNAL',
  ]);
  assert.deepEqual(
    changes.map(({ events }) => events[0]?.type),
    ['connection.changed'],
  );
  assert.deepEqual(host.state.participants.get(ANN), before.participants.get(ANN));
  assert.equal(host.state.locked, false);

  await host.execute(SYSTEM, rename(ANN, 'Anna'));
  assert.equal(host.state.participants.get(ANN)?.name, 'Anna');
  assert.equal(host.state.participants.get(BEN)?.connected, true);
  assert.deepEqual(
    (await store.journal.entries(CONFERENCE)).map(({ sequence }) => sequence),
    [1, 2, 3, 4],
  );
});

test('a command that finds the conference as asked is answered only when that is durable', async () => {
  const { store, host } = await started();
  const order: string[] = [];
  const first = host.execute(SYSTEM, rename(ANN, 'Anna')).then(() => order.push('first'));
  const same = host.execute(SYSTEM, rename(ANN, 'Anna')).then(() => order.push('same'));
  await Promise.all([first, same]);
  assert.deepEqual(order, ['first', 'same']);
  assert.equal((await store.journal.entries(CONFERENCE)).length, 4);
});

test('while the end is not durable yet the conference is ending', async () => {
  const { host } = await started();
  const end = host.execute(SYSTEM, { type: 'end' });
  assert.equal(host.ending, true);
  await assert.rejects(host.execute(SYSTEM, rename(ANN, 'Anna')), { code: 'CONFERENCE_ENDED' });
  await end;
  assert.equal(host.ending, false);
  assert.equal(host.state.ended, true);
});
