import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import pino from 'pino';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createMemoryStore } from '../../src/store/memory/memory-store.ts';
import { SightlineClient } from '../../src/virtual/sightline-client.ts';
import type { EventsSocket } from '../support/events-socket.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeMediaEngine } from '../support/fake-media-engine.ts';
import { TestApp } from '../support/test-app.ts';
import { passTime, stayOpen, TestMeeting } from '../support/test-meeting.ts';

const MINUTE_MS = 60_000;
/** A meeting that says nothing about its length. */
const BOOKED_MS = 30 * MINUTE_MS;

const warningsOf = ({ messages }: EventsSocket): readonly number[] =>
  messages.flatMap((message) => (message.type === 'endsSoon' ? [message.endsAtMs] : []));

const isTold = async (events: EventsSocket): Promise<void> => {
  await events.next(({ type }) => type === 'ended');
  assert.equal(await events.closed, 4410);
};

/** The sockets are open still once a commit that was under way has come through. */
const goesOn = async (...sockets: readonly EventsSocket[]): Promise<void> => {
  await stayOpen(...sockets, ...sockets);
};

describe('the clock of a meeting', () => {
  let app: TestApp;

  before(async () => {
    app = await TestApp.start();
  });

  after(() => app.close());

  /** A meeting with one guest who is there all the time, and when it is booked to end. */
  const stage = async (more: object = {}) => {
    const meeting = await TestMeeting.start(app, more);
    const endsAtMs = app.clock.now() + BOOKED_MS;
    const guest = await meeting.person('Guest');
    return { meeting, guest, endsAtMs, events: await meeting.events(guest) };
  };

  const passUntil = (ms: number, ...sockets: readonly EventsSocket[]) =>
    passTime(app.clock, ms - app.clock.now(), ...sockets);

  const newHostToken = ({ conferenceID, hostPassword }: TestMeeting): Promise<string> =>
    app.client.controlToken(conferenceID, hostPassword);

  /** duration by a control token of now: the first one has run out by the end of the meeting. */
  const prolong = async (meeting: TestMeeting, body: object): Promise<unknown> => {
    const { conferenceID } = meeting;
    return app.client.control(await newHostToken(meeting), 'PUT', 'duration', { conferenceID }, body);
  };

  it('says when the meeting ends, warns everybody five minutes before, and ends it then', async () => {
    const { meeting, guest, endsAtMs, events } = await stage();
    const observer = await meeting.events();
    for (const socket of [events, observer]) assert.equal(socket.state.conference.endsAtMs, endsAtMs);
    await passUntil(endsAtMs - 5 * MINUTE_MS - 1, events, observer);
    for (const socket of [events, observer]) assert.deepEqual(warningsOf(socket), []);
    await passTime(app.clock, 1, events, observer);
    for (const socket of [events, observer]) assert.deepEqual(warningsOf(socket), [endsAtMs]);
    await passUntil(endsAtMs - 1, events, observer);
    await goesOn(events, observer);
    assert.equal((await meeting.view(guest)).status, 201);

    app.clock.advance(1);
    for (const socket of [events, observer]) await isTold(socket);
    for (const socket of [events, observer]) assert.deepEqual(warningsOf(socket), [endsAtMs], 'once');
    await assert.rejects(meeting.person('Late'), { status: 400, errorCode: 'MMC.111072006' });
    assert.equal((await meeting.view(guest)).status, 401);
  });

  it('keeps the booked length', async () => {
    const { events } = await stage({ length: 15 });
    const endsAtMs = app.clock.now() + 15 * MINUTE_MS;
    assert.equal(events.state.conference.endsAtMs, endsAtMs);
    await passUntil(endsAtMs - 1, events);
    await goesOn(events);
    app.clock.advance(1);
    await isTold(events);
  });

  it('puts the end off by as many minutes as are asked for, fifteen when none are', async () => {
    const { meeting, endsAtMs, events } = await stage();
    await passUntil(endsAtMs - 5 * MINUTE_MS, events);
    await prolong(meeting, { auto: 0 });
    const later = endsAtMs + 15 * MINUTE_MS;
    await events.eventually(app.clock, ({ conference }) => conference.endsAtMs === later);
    await prolong(meeting, { auto: 0, duration: 20 });
    const last = later + 20 * MINUTE_MS;
    await events.eventually(app.clock, ({ conference }) => conference.endsAtMs === last);

    await passUntil(last - 5 * MINUTE_MS - 1, events);
    assert.deepEqual(warningsOf(events), [endsAtMs]);
    await passTime(app.clock, 1, events);
    assert.deepEqual(warningsOf(events), [endsAtMs, last], 'warned again before the new end');
    await passUntil(last - 1, events);
    await goesOn(events);
    app.clock.advance(1);
    await isTold(events);
  });

  it('goes on by itself as booked while somebody is there, and no longer', async () => {
    const { meeting, endsAtMs, events } = await stage({ confConfigInfo: { prolongLength: 10 } });
    const observer = await meeting.events();
    let end = endsAtMs;
    for (let time = 0; time < 2; time += 1) {
      await passUntil(end, events, observer);
      end += 10 * MINUTE_MS;
      await events.eventually(app.clock, ({ conference }) => conference.endsAtMs === end);
    }
    events.send({ type: 'leave' });
    await events.closed;
    await passUntil(end - 1, observer);
    await goesOn(observer);
    app.clock.advance(1);
    await isTold(observer);
  });

  it('ends on time with nobody there, however it is prolonged by itself', async () => {
    const meeting = await TestMeeting.start(app, { confConfigInfo: { prolongLength: 60 } });
    const observer = await meeting.events();
    await passTime(app.clock, BOOKED_MS - 1, observer);
    await goesOn(observer);
    app.clock.advance(1);
    await isTold(observer);
  });

  it('goes on by itself from when the host asks for it', async () => {
    const { meeting, endsAtMs, events } = await stage();
    await prolong(meeting, { auto: 1, duration: 20 });
    await events.roundTrip();
    assert.equal(events.state.conference.endsAtMs, endsAtMs, 'not before the end has come');
    await passUntil(endsAtMs, events);
    const later = endsAtMs + 20 * MINUTE_MS;
    await events.eventually(app.clock, ({ conference }) => conference.endsAtMs === later);
    await meeting.test.client.control(await newHostToken(meeting), 'PUT', 'stop', {
      conferenceID: meeting.conferenceID,
    });
    await isTold(events);
  });

  it('is the host’s: a guest prolongs nothing, and a request that says nonsense neither', async () => {
    const { meeting, guest, endsAtMs, events } = await stage();
    const refused = meeting.controlAs(guest, 'duration', {}, { auto: 0 });
    await assert.rejects(refused, { status: 403, errorCode: 'MMC.111072070' });
    const cases: readonly (readonly [string, object])[] = [
      ['MMC.111072045', {}],
      ['MMC.111072045', { auto: 2 }],
      ['MMC.111071061', { auto: 0, duration: 0 }],
      ['MMC.111071061', { auto: 0, duration: -15 }],
      ['MMC.111071061', { auto: 0, duration: 1441 }],
      ['MMC.111071061', { auto: 0, duration: 'long' }],
    ];
    for (const [errorCode, body] of cases) {
      await assert.rejects(prolong(meeting, body), { status: 400, errorCode }, JSON.stringify(body));
    }
    const fresh = await meeting.events(guest);
    assert.equal(fresh.state.conference.endsAtMs, endsAtMs);
    for (const socket of [events, fresh]) socket.close();
  });

  it('ends the meeting a little later when the end cannot be made durable at once', async () => {
    const { endsAtMs, events } = await stage();
    await passUntil(endsAtMs - 1, events);
    app.store.failNextCommit();
    app.clock.advance(1);
    await goesOn(events);
    app.clock.advance(9_999);
    await goesOn(events);
    app.clock.advance(1);
    await isTold(events);
  });

  it('stops with the meeting: nobody is warned of an end that has come', async () => {
    const { meeting, endsAtMs, events } = await stage();
    await meeting.control('stop');
    await isTold(events);
    app.clock.advance(endsAtMs - app.clock.now());
    assert.deepEqual(warningsOf(events), []);
  });
});

describe('a meeting without a host', () => {
  const ABSENCE_MS = 10 * MINUTE_MS;
  let app: TestApp;

  before(async () => {
    const settings = { SIGHTLINE_CONFERENCE_HOST_ABSENCE_MINUTES: '10' };
    app = await TestApp.start({ ...settings, SIGHTLINE_CONFERENCE_WARN_MINUTES: '0' });
  });

  after(() => app.close());

  const stage = async () => {
    const meeting = await TestMeeting.start(app, { length: 120 });
    const guest = await meeting.person('Guest');
    return { meeting, guest, events: await meeting.events(guest) };
  };

  /** It goes on to the last moment of the time allowed, and not beyond. */
  const endsAfter = async (ms: number, events: EventsSocket): Promise<void> => {
    await passTime(app.clock, ms - 1, events);
    await goesOn(events);
    app.clock.advance(1);
    await isTold(events);
  };

  it('ends after the time that is allowed for it, from its start on', async () => {
    const { events } = await stage();
    await endsAfter(ABSENCE_MS, events);
  });

  it('goes on when he comes in time, and the time begins anew when he has left', async () => {
    const { meeting, events } = await stage();
    await passTime(app.clock, ABSENCE_MS - 1, events);
    const host = await meeting.host();
    const presiding = await meeting.events(host);
    await passTime(app.clock, 2 * ABSENCE_MS, events, presiding);
    await goesOn(events);
    presiding.send({ type: 'leave' });
    await presiding.closed;
    await endsAfter(ABSENCE_MS, events);
  });

  it('counts as such when he has given the role away, until somebody takes it', async () => {
    const { meeting, guest, events } = await stage();
    const host = await meeting.host();
    const former = await meeting.events(host);
    const { participantID } = host;
    await meeting.control('participants/role', { participantID }, { applyChair: 0 });
    await passTime(app.clock, ABSENCE_MS - 1, events, former);
    const chairmanPwd = meeting.hostPassword;
    await meeting.controlAs(
      guest,
      'participants/role',
      { participantID: guest.participantID },
      { applyChair: 1, chairmanPwd },
    );
    await passTime(app.clock, ABSENCE_MS, events, former);
    await goesOn(events);
    for (const socket of [events, former]) socket.close();
  });

  it('goes on with a host who comes after an end that could not be made durable', async () => {
    const { meeting, events } = await stage();
    await passTime(app.clock, ABSENCE_MS - 1, events);
    app.store.failNextCommit();
    app.clock.advance(1);
    await goesOn(events);
    const presiding = await meeting.events(await meeting.host());
    await passTime(app.clock, ABSENCE_MS, events, presiding);
    await goesOn(events, presiding);
    for (const socket of [events, presiding]) socket.close();
  });

  it('is not warned where the setting says so', async () => {
    const { meeting, events } = await stage();
    const host = await meeting.host();
    const presiding = await meeting.events(host);
    await passTime(app.clock, 120 * MINUTE_MS - 1, events, presiding);
    assert.deepEqual(warningsOf(events), []);
    app.clock.advance(1);
    await isTold(events);
  });
});

/** An application that can be started again over the same store. */
const restartable = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-'));
  const store = { ...createMemoryStore(), close: async () => {} };
  const clock = new FakeClock();
  const start = async () => {
    const env = {
      SIGHTLINE_HTTP_PORT: '0',
      SIGHTLINE_DATA_DIR: dataDir,
      SIGHTLINE_ADMIN_PASSWORD: 'correct-horse-9',
      SIGHTLINE_CONFERENCE_RECONNECT_GRACE_SECONDS: '3600',
    };
    const parts = { store, clock, engine: new FakeMediaEngine(), log: pino({ level: 'silent' }) };
    const app = await startApp(loadConfig({ env, folder: dataDir }), parts);
    const client = new SightlineClient(app.url);
    await client.login('admin', 'correct-horse-9');
    return { app, client };
  };
  return { clock, start, remove: () => rm(dataDir, { recursive: true, force: true }) };
};

const startMeeting = async ({ app, client }: { app: { url: string }; client: SightlineClient }) => {
  const created = await client.createMeeting('Meeting');
  const token = await client.controlToken(created.conferenceID, created.hostPassword);
  return TestMeeting.start({ app, client, meeting: async () => ({ ...created, token }) });
};

/** The same meeting on the server as it is after the restart. */
const again = ({ conferenceID, hostPassword, guestPassword, token }: TestMeeting, app: { url: string }) => {
  const client = new SightlineClient(app.url);
  const created = { conferenceID, hostPassword, guestPassword, token };
  return TestMeeting.start({ app, client, meeting: async () => created });
};

test('a restart keeps the clock: the prolonged end, the warning and the prolonging by itself', async (context) => {
  const { clock, start, remove } = await restartable();
  context.after(remove);
  const first = await start();
  const meeting = await startMeeting(first);
  const guest = await meeting.person('Guest');
  await meeting.control('duration', {}, { auto: 0, duration: 15 });
  await meeting.control('duration', {}, { auto: 1, duration: 7 });
  const endsAtMs = clock.now() + BOOKED_MS + 15 * MINUTE_MS;
  await first.app.close();
  clock.advance(10 * MINUTE_MS);

  const second = await start();
  context.after(() => second.app.close());
  const events = await (await again(meeting, second.app)).events(guest);
  assert.equal(events.state.conference.endsAtMs, endsAtMs);
  await passTime(clock, endsAtMs - 5 * MINUTE_MS - clock.now(), events);
  assert.deepEqual(warningsOf(events), [endsAtMs]);
  await passTime(clock, endsAtMs - clock.now(), events);
  await events.eventually(clock, ({ conference }) => conference.endsAtMs === endsAtMs + 7 * MINUTE_MS);
  events.close();
});

test('a meeting whose end has passed while the server was down is over when it is back', async (context) => {
  const { clock, start, remove } = await restartable();
  context.after(remove);
  const first = await start();
  const meeting = await startMeeting(first);
  await first.app.close();
  clock.advance(BOOKED_MS + MINUTE_MS);

  const second = await start();
  context.after(() => second.app.close());
  clock.advance(0);
  const ended = await again(meeting, second.app);
  await assert.rejects(ended.person('Late'), { status: 400, errorCode: 'MMC.111072006' });
});
