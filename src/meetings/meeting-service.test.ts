import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountId, type ConferenceId, conferenceId, type MeetingId, meetingId } from '../conference/ids.ts';
import type { Account } from '../identity/identity.ts';
import { createMemoryStore, type MemoryStore } from '../store/memory/memory-store.ts';
import type { ConferenceStarter } from './conference-starter.ts';
import type { Meeting } from './meeting.ts';
import { MeetingService, type NewMeeting } from './meeting-service.ts';
import { RunHistory } from './run-history.ts';

const NOW = Date.UTC(2026, 10, 24);
const MINUTE = 60_000;

const anna = account('anna', 'member');
const ben = account('ben', 'member');
const admin = account('admin', 'administrator');

function account(name: string, role: Account['role']): Account {
  return { id: accountId(name), name, displayName: name, role, passwordHash: '', createdAtMs: 0 };
}

/** Remembers what was asked of it; `starting` can be held back. */
class FakeConferences implements ConferenceStarter {
  readonly started: MeetingId[] = [];
  readonly ended: MeetingId[] = [];
  starting: Promise<void> = Promise.resolve();

  async start(meeting: Meeting): Promise<ConferenceId> {
    this.started.push(meeting.id);
    await this.starting;
    return conferenceId(`run ${this.started.length}`);
  }

  async end(meeting: MeetingId): Promise<void> {
    this.ended.push(meeting);
  }

  liveParticipants(): readonly [] {
    return [];
  }
}

interface World {
  readonly store: MemoryStore;
  readonly conferences: FakeConferences;
  readonly meetings: MeetingService;
  readonly clock: { nowMs: number };
}

async function withWorld(use: (world: World) => Promise<void>): Promise<void> {
  const store = createMemoryStore();
  const conferences = new FakeConferences();
  const clock = { nowMs: NOW };
  const meetings = new MeetingService({
    repository: store.meetings,
    history: new RunHistory(store),
    conferences,
    sealer: { seal: (text) => `sealed ${text}`, open: (sealed) => sealed.slice('sealed '.length) },
    now: () => clock.nowMs,
  });
  try {
    await use({ store, conferences, meetings, clock });
  } finally {
    await store.close();
  }
}

const wanted: NewMeeting = {
  subject: 'Board',
  media: 'video',
  mediaTypes: 'HDVideo',
  startsAtMs: NOW + 60 * MINUTE,
  lengthMinutes: 30,
  language: 'en-US',
  timeZoneId: '',
  guestPassword: null,
  attendees: [],
  settings: { guestsMayStart: false, guestsJoinMuted: false, terminalsJoinMuted: false },
};

test('a scheduled meeting gets nine digits and two passwords of six, and waits', async () => {
  await withWorld(async ({ meetings, conferences }) => {
    const meeting = await meetings.create(wanted, anna);
    assert.match(meeting.id, /^9\d{8}$/);
    assert.equal(meeting.state, 'scheduled');
    assert.deepEqual(conferences.started, []);
    const { host, guest } = meetings.passwords(meeting);
    assert.match(host, /^\d{6}$/);
    assert.match(guest, /^\d{6}$/);
    assert.notEqual(host, guest);
    assert.match(meeting.hostPassword, /^sealed /);
  });
});

test('an immediate meeting runs when it has been created', async () => {
  await withWorld(async ({ meetings, conferences }) => {
    const meeting = await meetings.create({ ...wanted, startsAtMs: null }, anna);
    assert.equal(meeting.state, 'live');
    assert.equal(meeting.conference, 'run 1');
    assert.equal(meeting.startsAtMs, NOW);
    assert.deepEqual(conferences.started, [meeting.id]);
  });
});

test('a password tells host from guest, and no more about an unknown or cancelled meeting', async () => {
  await withWorld(async ({ meetings }) => {
    const meeting = await meetings.create({ ...wanted, guestPassword: '1234' }, anna);
    const { host } = meetings.passwords(meeting);
    assert.equal(meetings.verifyPassword(meeting.id, host), 'host');
    assert.equal(meetings.verifyPassword(meeting.id, '1234'), 'guest');
    assert.equal(meetings.verifyPassword(meeting.id, ''), null);
    assert.equal(meetings.verifyPassword(meetingId('911111111'), host), null);
    await meetings.cancel(anna, meeting.id, 'refuse');
    assert.equal(meetings.verifyPassword(meeting.id, host), null);
  });
});

test('a meeting starts once, however many ask at the same time', async () => {
  await withWorld(async ({ meetings, conferences }) => {
    const meeting = await meetings.create(wanted, anna);
    const { host } = meetings.passwords(meeting);
    const gate = Promise.withResolvers<void>();
    conferences.starting = gate.promise;
    const both = [meetings.start(meeting.id, host), meetings.start(meeting.id, host)];
    gate.resolve();
    assert.deepEqual(await Promise.all(both), ['run 1', 'run 1']);
    assert.equal(await meetings.start(meeting.id, host), 'run 1');
    assert.equal(conferences.started.length, 1);
    assert.equal(meetings.find(meeting.id)?.state, 'live');
  });
});

test('the guest password starts a meeting only where its settings allow it', async () => {
  await withWorld(async ({ meetings }) => {
    const closed = await meetings.create({ ...wanted, guestPassword: '1234' }, anna);
    await assert.rejects(meetings.start(closed.id, '1234'), { code: 'GUEST_MAY_NOT_START' });
    await assert.rejects(meetings.start(closed.id, '4321'), { code: 'MEETING_NOT_FOUND_OR_REFUSED' });
    const settings = { ...wanted.settings, guestsMayStart: true };
    const open = await meetings.create({ ...wanted, guestPassword: '1234', settings }, anna);
    assert.equal(await meetings.start(open.id, '1234'), 'run 1');
  });
});

test('an ended meeting starts again as a new run until its booked time is over', async () => {
  await withWorld(async ({ meetings, clock }) => {
    const meeting = await meetings.create({ ...wanted, startsAtMs: null }, anna);
    const { host } = meetings.passwords(meeting);
    await meetings.markEnded(meeting.id, conferenceId('run 1'));
    assert.equal(meetings.find(meeting.id)?.state, 'ended');
    assert.equal(await meetings.start(meeting.id, host), 'run 2');
    await meetings.markEnded(meeting.id, conferenceId('run 1'));
    assert.equal(meetings.find(meeting.id)?.state, 'live', 'the end of an earlier run is no end of this one');
    await meetings.markEnded(meeting.id, conferenceId('run 2'));
    clock.nowMs += 30 * MINUTE;
    await assert.rejects(meetings.start(meeting.id, host), { code: 'CONFERENCE_ENDED' });
  });
});

test('cancelling a running meeting is refused, or ends it when that is asked for', async () => {
  await withWorld(async ({ meetings, conferences }) => {
    const meeting = await meetings.create({ ...wanted, startsAtMs: null }, anna);
    await assert.rejects(meetings.cancel(anna, meeting.id, 'refuse'), { code: 'MEETING_ALREADY_STARTED' });
    await meetings.cancel(anna, meeting.id, 'end');
    assert.deepEqual(conferences.ended, [meeting.id]);
    assert.equal(meetings.find(meeting.id)?.state, 'cancelled');
    await assert.rejects(meetings.cancel(anna, meeting.id, 'end'), { code: 'MEETING_NOT_FOUND' });
  });
});

test('a member sees his own meetings and the administrator everybody’s', async () => {
  await withWorld(async ({ meetings }) => {
    const { id } = await meetings.create(wanted, anna);
    assert.equal(meetings.visibleTo(anna, id).id, id);
    assert.equal(meetings.visibleTo(admin, id).id, id);
    assert.throws(() => meetings.visibleTo(ben, id), { code: 'MEETING_NOT_FOUND' });
    await assert.rejects(meetings.cancel(ben, id, 'end'), { code: 'MEETING_NOT_FOUND' });
  });
});

test('after a restart the meetings agree with the conferences that are live', async () => {
  await withWorld(async ({ meetings }) => {
    const running = await meetings.create({ ...wanted, startsAtMs: null }, anna);
    const lost = await meetings.create({ ...wanted, startsAtMs: null }, anna);
    const unsaved = await meetings.create(wanted, anna);
    await meetings.reconcile(
      new Map([
        [running.id, conferenceId('run 1')],
        [unsaved.id, conferenceId('run 3')],
      ]),
    );
    assert.equal(meetings.find(running.id)?.state, 'live');
    assert.equal(meetings.find(lost.id)?.state, 'ended');
    assert.partialDeepStrictEqual(meetings.find(unsaved.id), { state: 'live', conference: 'run 3' });
  });
});
