import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import pino from 'pino';
import { type App, startApp } from '../../src/app.ts';
import { participantId } from '../../src/conference/ids.ts';
import { loadConfig } from '../../src/config.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { SightlineClient } from '../../src/virtual/sightline-client.ts';
import type { EventsSocket } from '../support/events-socket.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeMediaEngine } from '../support/fake-media-engine.ts';
import { TestMeeting, type TestStage } from '../support/test-meeting.ts';

const ADMINISTRATOR = { account: 'admin', password: 'correct-horse-9' };
const GRACE_MS = 30_000;

/** The application over a real store on disk; it can be stopped and started again on the same port. */
class StoredApp implements TestStage {
  readonly clock = new FakeClock();
  engine = new FakeMediaEngine();
  readonly #dataDir: string;
  #app: App | null = null;
  #client: SightlineClient | null = null;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  get app(): App {
    assert.ok(this.#app);
    return this.#app;
  }

  get client(): SightlineClient {
    assert.ok(this.#client);
    return this.#client;
  }

  /** The first start, which makes the administrator. */
  async start(): Promise<void> {
    await this.#open({ SIGHTLINE_HTTP_PORT: '0', SIGHTLINE_ADMIN_PASSWORD: ADMINISTRATOR.password });
    this.#client = new SightlineClient(this.app.url);
    await this.client.login(ADMINISTRATOR.account, ADMINISTRATOR.password);
  }

  /** The same port and data, so the same client serves. */
  async restart(): Promise<void> {
    await this.app.close();
    await this.#open({ SIGHTLINE_HTTP_PORT: new URL(this.app.url).port });
  }

  async #open(settings: Readonly<Record<string, string>>): Promise<void> {
    const env = {
      SIGHTLINE_DATA_DIR: this.#dataDir,
      SIGHTLINE_CONFERENCE_SNAPSHOT_EVERY: '10',
      ...settings,
    };
    this.engine = new FakeMediaEngine();
    const { engine, clock } = this;
    const config = loadConfig({ env, folder: this.#dataDir });
    this.#app = await startApp(config, { engine, clock, log: pino({ level: 'silent' }) });
  }

  async meeting(more: object = {}) {
    const meeting = await this.client.createMeeting('Meeting', more);
    return { ...meeting, token: await this.client.controlToken(meeting.conferenceID, meeting.hostPassword) };
  }
}

describe('after a restart', () => {
  let dataDir: string;
  let test: StoredApp;
  let meeting: TestMeeting;
  let viewer: JoinResponse;
  let source: JoinResponse;
  let other: JoinResponse;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sightline-'));
    test = new StoredApp(dataDir);
    await test.start();
    meeting = await TestMeeting.start(test);
    viewer = await meeting.terminal('RS-1');
    source = await meeting.person('Source');
    other = await meeting.person('Other');
  });

  afterEach(async () => {
    await test.app.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const observed = async () => {
    const events = await meeting.events();
    const { version: _, ...state } = events.state;
    events.close();
    return state;
  };

  const pass = async (ms: number, ...alive: readonly EventsSocket[]): Promise<void> => {
    for (let left = ms; left > 0; left -= 5_000) {
      test.clock.advance(Math.min(left, 5_000));
      for (const socket of alive) await socket.roundTrip();
    }
  };

  it('everybody, every lock, mode, role and mute is as before', async () => {
    await meeting.lockView(viewer, source);
    await meeting.control('participants/rollCall', { participantID: other.participantID });
    await meeting.control('participants/cohost', { participantID: source.participantID }, { isCohost: 1 });
    await meeting.control('lock', {}, { isLock: 1 });
    const before = await observed();
    assert.equal(before.views?.[viewer.participantID]?.reason, 'LOCK');
    assert.equal(before.conference.mode, 'ROLLCALL');
    await test.restart();
    assert.equal(test.app.recovered, 1);
    assert.deepEqual(await observed(), before);
  });

  it('a conference with many entries is rebuilt from its snapshot and what came after', async () => {
    for (let n = 0; n < 37; n += 1) {
      await meeting.lockView(viewer, n % 2 === 0 ? source : other);
      const rename = { participantID: other.participantID, newName: `Other ${n}` };
      await meeting.control('participants/name', {}, rename);
    }
    const before = await observed();
    for (let n = 0; n < 3; n += 1) {
      await test.restart();
      assert.deepEqual(await observed(), before);
    }
    await meeting.lockView(viewer, other);
    const after = await observed();
    await test.restart();
    assert.deepEqual(await observed(), after);
  });

  it('tokens work as before, and the viewer gets its locked picture at once', async () => {
    await meeting.lockView(viewer, source);
    await test.restart();
    const events = await meeting.events(viewer);
    assert.deepEqual(events.state.own?.view, {
      reason: 'LOCK',
      picture: { kind: 'single', source: source.participantID },
    });
    assert.equal((await meeting.publish(source)).status, 201);
    assert.equal((await meeting.view(viewer)).status, 201);
    const { viewers } = await meeting.views();
    const slot = viewers.find(({ participantID }) => participantID === viewer.participantID)?.slots[0];
    assert.equal(slot?.source, source.participantID);
    assert.ok(
      test.engine.routed.every(({ slots }) => slots[0] === source.participantID),
      'never another picture',
    );
    await meeting.lockView(viewer, other);
    events.close();
  });

  it('a muted participant is not heard when it publishes again', async () => {
    await meeting.control('participants/mute', { participantID: source.participantID }, { isMute: 1 });
    await test.restart();
    await meeting.publish(source);
    await meeting.view(other);
    const heard: string[] = [];
    test.engine.onDelivery((delivery) => {
      if (delivery.type === 'audio') heard.push(delivery.source);
    });
    const [endpoint] = test.engine.endpointsOf(participantId(source.participantID));
    assert.ok(endpoint);
    const conference = test.engine.conferenceOf(endpoint);
    assert.ok(conference);
    test.engine.produceAudio(conference, participantId(source.participantID), 10);
    assert.deepEqual(heard, []);
  });

  it('everybody’s grace time begins anew; who does not return leaves', async () => {
    await meeting.lockView(viewer, source);
    await test.restart();
    const own = await meeting.events(viewer);
    assert.equal(own.state.roster.get(source.participantID)?.connected, false);
    await pass(GRACE_MS - 1_000, own);
    const back = await meeting.events(other);
    await pass(1_000, own, back);
    const state = await own.eventually(test.clock, ({ roster }) => !roster.has(source.participantID));
    assert.deepEqual([...state.roster.keys()], [viewer.participantID, other.participantID]);
    assert.deepEqual(state.own?.view, {
      reason: 'AUTO',
      picture: { kind: 'single', source: other.participantID },
    });
    for (const socket of [own, back]) socket.close();
  });

  it('host polling goes on', async () => {
    const role = { applyChair: 1, chairmanPwd: meeting.hostPassword };
    await meeting.control('participants/role', { participantID: viewer.participantID }, role);
    await meeting.control('chairView', {}, { viewType: 0, status: 1, switchTime: 10 });
    await test.restart();
    const sockets = [await meeting.events(viewer), await meeting.events(source), await meeting.events(other)];
    const [own] = sockets;
    assert.ok(own);
    const polled = () => {
      const picture = own.state.own?.view.picture;
      return picture?.kind === 'single' ? picture.source : null;
    };
    assert.equal(own.state.own?.view.reason, 'POLL');
    const first = polled();
    await pass(10_000, ...sockets);
    await own.eventually(test.clock, () => polled() !== first);
    assert.equal(own.state.own?.view.reason, 'POLL');
    for (const socket of sockets) socket.close();
  });

  it('an ended meeting is ended, and its number can be started again', async () => {
    await meeting.control('stop');
    await test.restart();
    assert.equal(test.app.recovered, 0);
    await assert.rejects(meeting.control('lock', {}, { isLock: 1 }), { errorCode: 'MMC.111072006' });
    await assert.rejects(meeting.person('Late'), { errorCode: 'MMC.111072006' });
    const host = { name: 'Host', password: meeting.hostPassword };
    const { participantID } = await test.client.join(meeting.conferenceID, host);
    const { roster } = await observed();
    assert.deepEqual([...roster.keys()], [participantID]);
  });

  it('a terminal that joins again with its serial number is the same participant', async () => {
    await meeting.lockView(viewer, source);
    await test.restart();
    const path = '/sightline/v1/terminals/RS-1/activation-code';
    const { activationCode } = (await test.client.manage('POST', path)) as { activationCode: string };
    const again = await test.client.join(meeting.conferenceID, { serialNumber: 'RS-1', activationCode });
    assert.equal(again.participantID, viewer.participantID);
    const events = await meeting.events(again);
    assert.equal(events.state.own?.view.reason, 'LOCK');
    events.close();
  });
});
