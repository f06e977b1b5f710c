import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command, Newcomer } from '../conference/commands.ts';
import { meetingId, participantId } from '../conference/ids.ts';
import { type Actor, SYSTEM } from '../conference/permissions.ts';
import { serializeState } from '../conference/state.ts';
import { controlRecords } from '../meetings/control-records.ts';
import { createMemoryStore, type MemoryStore } from '../store/memory/memory-store.ts';
import type { ConferenceHost } from './conference-host.ts';
import { Conferences } from './conferences.ts';

const MEETING = meetingId('900000001');
const [ROOM, ANN] = [participantId('room'), participantId('ann')];
const GUEST: Actor = { kind: 'participant', id: ANN };
const HOST: Actor = { kind: 'token', role: 'host' };
const lock: Command = { type: 'lockView', viewer: ROOM, source: ANN };

const newcomer = (id: Newcomer['id'], kind: Newcomer['kind']): Command => ({
  type: 'join',
  participant: {
    id,
    name: id,
    kind,
    serialNumber: null,
    number: '',
    account: null,
    tokenDigest: id,
    video: true,
    entitledTo: 'guest',
  },
});

const conferencesOn = (store: MemoryStore, clock: { nowMs: number }, snapshotEvery = 1000) =>
  new Conferences({
    journal: store.journal,
    now: () => clock.nowMs,
    commandsPerSecond: 1000,
    snapshotEvery,
  });

/** A conference of a terminal and a guest over a store in memory. */
const started = async (snapshotEvery?: number) => {
  const store = createMemoryStore();
  const clock = { nowMs: 0 };
  const conferences = conferencesOn(store, clock, snapshotEvery);
  await conferences.start({
    id: MEETING,
    subject: 'Subject',
    media: 'video',
    startsAtMs: 0,
    lengthMinutes: 30,
    settings: { guestsMayStart: false, guestsJoinMuted: false, terminalsJoinMuted: false },
  } as Parameters<Conferences['start']>[0]);
  const host = conferences.ofMeeting(MEETING);
  assert.ok(host);
  await host.execute(SYSTEM, newcomer(ROOM, 'terminal'));
  await host.execute(SYSTEM, newcomer(ANN, 'browser'));
  return { store, clock, host };
};

const refused = (host: ConferenceHost, actor: Actor, command: Command) =>
  assert.rejects(host.execute(actor, command), (error) => error instanceof Error);

const told = async (store: MemoryStore, host: ConferenceHost): Promise<readonly string[]> => {
  await store.settled();
  const records = controlRecords(await store.journal.entries(host.state.id));
  return records.map(({ operator, code, object, refused: why }) =>
    [operator, code, object, why ?? 'done'].join(' | '),
  );
};

test('a lock that a guest was refused is in the journal, and the caller has not waited for it', async () => {
  const { store, host } = await started();
  const before = (await store.journal.entries(host.state.id)).length;
  await refused(host, GUEST, lock);
  assert.equal((await store.journal.entries(host.state.id)).length, before, 'not durable yet');
  await host.execute(HOST, lock);
  assert.deepEqual(await told(store, host), [
    'ann | LockView | room -> ann | GUEST_NOT_PERMITTED',
    'host token | LockView | room -> ann | done',
  ]);
});

test('a conference is rebuilt from a journal with refusals, also where a snapshot comes with one', async () => {
  for (const snapshotEvery of [1, 4, 5, 1000]) {
    const { store, clock, host } = await started(snapshotEvery);
    await refused(host, GUEST, lock);
    await host.execute(HOST, lock);
    await refused(host, GUEST, { type: 'unlockView', viewer: ROOM });
    await store.settled();
    const again = conferencesOn(store, clock, snapshotEvery);
    await again.recover();
    const rebuilt = again.ofMeeting(MEETING);
    assert.ok(rebuilt);
    assert.equal(serializeState(rebuilt.state), serializeState(host.state));
    await rebuilt.execute(HOST, { type: 'unlockView', viewer: ROOM });
    const sequences = (await store.journal.entries(host.state.id)).map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
    );
  }
});

test('a refusal that could not be stored disturbs nothing, and shares the fate of its commit', async () => {
  const { store, host } = await started();
  store.failNextCommit();
  await refused(host, GUEST, lock);
  await assert.rejects(host.execute(HOST, lock));
  assert.equal(host.state.participants.get(ROOM)?.lock, null);
  store.failNextCommit();
  await refused(host, GUEST, lock);
  await assert.rejects(store.settled());
  await host.execute(HOST, lock);
  await refused(host, GUEST, lock);
  await host.execute(HOST, { type: 'end' });
  await refused(host, GUEST, lock);
  assert.deepEqual(await told(store, host), [
    'host token | LockView | room -> ann | done',
    'ann | LockView | room -> ann | GUEST_NOT_PERMITTED',
    'host token | StopMeeting |  | done',
  ]);
});

test('what is observed while a refusal is written is not lost', async () => {
  const { store, host } = await started();
  await refused(host, GUEST, lock);
  host.observe({ type: 'connection.changed', participant: ANN, connected: true });
  await store.settled();
  await host.execute(HOST, lock);
  assert.equal(host.state.participants.get(ANN)?.connected, true);
});

test('of many refusals 60 are kept at once and then one a second; the server’s own are not', async () => {
  const { store, clock, host } = await started();
  for (let n = 0; n < 100; n += 1) await refused(host, GUEST, lock);
  assert.equal((await told(store, host)).length, 60);
  clock.nowMs += 2_000;
  for (let n = 0; n < 10; n += 1) await refused(host, GUEST, lock);
  assert.equal((await told(store, host)).length, 62);
  clock.nowMs += 10_000;
  await refused(host, SYSTEM, { ...lock, viewer: participantId('nobody') });
  assert.equal((await told(store, host)).length, 62);
});
