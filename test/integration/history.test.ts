import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pino from 'pino';
import { type App, startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { SightlineClient } from '../../src/virtual/sightline-client.ts';
import { assertDocumented } from '../support/documented-answers.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeMediaEngine } from '../support/fake-media-engine.ts';
import { TestMeeting, type TestStage } from '../support/test-meeting.ts';

const ADMINISTRATOR = { account: 'admin', password: 'correct-horse-9' };
const HISTORY = '/v1/mmc/management/conferences/history';
const BEGIN = Date.UTC(2026, 10, 24);

/** The real application over SQLite in a folder, on a clock that stands still. */
class StoredApp implements TestStage {
  readonly clock: FakeClock;
  readonly dataDir: string;
  app: App;
  client: SightlineClient;

  private constructor(dataDir: string, clock: FakeClock, app: App) {
    this.clock = clock;
    this.dataDir = dataDir;
    this.app = app;
    this.client = new SightlineClient(app.url);
  }

  static async start(): Promise<StoredApp> {
    const dataDir = await mkdtemp(join(tmpdir(), 'sightline-'));
    const clock = new FakeClock(BEGIN);
    const test = new StoredApp(dataDir, clock, await open(dataDir, clock));
    await test.client.login(ADMINISTRATOR.account, ADMINISTRATOR.password);
    return test;
  }

  async restart(whileStopped: () => Promise<void> = async () => {}): Promise<void> {
    await this.app.close();
    await whileStopped();
    this.app = await open(this.dataDir, this.clock);
    this.client = new SightlineClient(this.app.url);
    await this.client.login(ADMINISTRATOR.account, ADMINISTRATOR.password);
  }

  async meeting(more: object = {}) {
    const meeting = await this.client.createMeeting('Hearing', more);
    return { ...meeting, token: await this.client.controlToken(meeting.conferenceID, meeting.hostPassword) };
  }

  async close(): Promise<void> {
    await this.app.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is what the tests are about
  async read(path: string, query: Readonly<Record<string, string>>): Promise<any> {
    const url = `${HISTORY}${path}?${new URLSearchParams(query)}`;
    const answer = await this.client.manage('GET', url);
    assertDocumented('GET', url, 200, answer);
    return answer;
  }
}

const open = (dataDir: string, clock: FakeClock): Promise<App> => {
  const env = {
    SIGHTLINE_HTTP_PORT: '0',
    SIGHTLINE_DATA_DIR: dataDir,
    SIGHTLINE_ADMIN_ACCOUNT: ADMINISTRATOR.account,
    SIGHTLINE_ADMIN_PASSWORD: ADMINISTRATOR.password,
    SIGHTLINE_HTTP_PUBLIC_URL: 'https://meet.example.org',
    SIGHTLINE_CONFERENCE_SNAPSHOT_EVERY: '10',
  };
  const config = loadConfig({ env, folder: dataDir });
  return startApp(config, { engine: new FakeMediaEngine(), clock, log: pino({ level: 'silent' }) });
};

const DAY = { startDate: String(BEGIN), endDate: String(BEGIN + 86_400_000) };

describe('the history of a meeting that has ended', () => {
  let test: StoredApp;
  let meeting: TestMeeting;
  let confUUID: string;

  before(async () => {
    test = await StoredApp.start();
    meeting = await TestMeeting.start(test);
    const at = (ms: number) => test.clock.advance(ms);
    at(1_000);
    const terminal = await meeting.terminal('Room 1');
    const ann = await meeting.person('Ann');
    at(1_000);
    const ben = await meeting.person('Ben');
    at(1_000);
    await meeting.lockView(terminal, ann);
    await meeting.lockView(terminal, ann);
    await assert.rejects(meeting.lockView(ann, ben), { errorCode: 'MMC.111072060' });
    at(1_000);
    const { conferenceID } = meeting;
    const query = { conferenceID, participantID: ann.participantID };
    const locking = { status: 1, participantID: ben.participantID };
    const byBen = test.client.control(ben.participantToken, 'PUT', 'lockView', query, locking);
    await assert.rejects(byBen, { status: 403 });
    const { participantID } = terminal;
    const unlock = { status: 0, participantID: ann.participantID };
    await meeting.control('lockView', { participantID }, unlock);
    const newName = { participantID: ben.participantID, newName: 'Benjamin' };
    await meeting.control('participants/name', {}, newName);
    at(1_000);
    await meeting.hangUp(ben);
    const running = await test.client.manage('GET', `${HISTORY}?${new URLSearchParams(DAY)}`);
    assert.deepEqual(running, { offset: 0, limit: 20, count: 0, data: [] });
    at(1_000);
    await meeting.control('stop');
    const list = await test.read('', DAY);
    confUUID = list.data[0].confUUID;
  });

  after(() => test.close());

  const told = async () => {
    const { data, count } = await test.read('/confCtlRecord', { confUUID });
    assert.equal(data.length, count);
    type Wire = Record<'operator' | 'operateCode' | 'operationObject' | 'operateResult', string>;
    return (data as Wire[]).map((record) =>
      [record.operator, record.operateCode, record.operationObject, record.operateResult].join(' | '),
    );
  };

  const expected = [
    'host token | LockView | Room 1 -> Ann | Success',
    'host token | LockView | Ann -> Ben | Failure',
    'Ben | LockView | Ann -> Ben | Failure',
    'host token | UnlockView | Room 1 -> Ann | Success',
    'host token | Rename | Ben | Success',
    'host token | HangUp | Benjamin | Success',
    'host token | StopMeeting |  | Success',
  ];

  it('is in the list with its own times, and without passwords', async () => {
    const { count, data } = await test.read('', DAY);
    assert.equal(count, 1);
    assert.partialDeepStrictEqual(data[0], {
      conferenceID: meeting.conferenceID,
      subject: 'Hearing',
      conferenceState: 'Destroyed',
      startTime: '2026-11-24 00:00',
      endTime: '2026-11-24 00:00',
      scheduserName: 'admin',
    });
    assert.doesNotMatch(JSON.stringify(data), /password|guestPwd/);
    assert.equal((await test.read('', { ...DAY, startDate: String(BEGIN + 1) })).count, 0);
    assert.equal((await test.read('', { ...DAY, endDate: String(BEGIN) })).count, 1);
    assert.equal((await test.read('', { ...DAY, searchKey: 'hear' })).count, 1);
    assert.equal((await test.read('', { ...DAY, searchKey: 'board' })).count, 0);
  });

  it('tells who did what to whom, in order and with results', async () => {
    assert.deepEqual(await told(), expected);
    const { data } = await test.read('/confCtlRecord', { confUUID });
    assert.deepEqual(data[1], {
      operateTime: BEGIN + 3_000,
      operateSource: 'API',
      operator: 'host token',
      operateCode: 'LockView',
      operationObject: 'Ann -> Ben',
      operateResult: 'Failure',
      detail: 'MMC.111072060 NORMAL_SITE_NOT_SUPPORT_VIEW',
    });
  });

  it('tells who was there from when to when', async () => {
    const { data, count } = await test.read('/confAttendeeRecord', { confUUID });
    assert.equal(count, 3);
    assert.deepEqual(
      data.map(({ displayName, joinTime, leftTime, deviceType, mediaType }: Record<string, unknown>) => [
        displayName,
        Number(joinTime) - BEGIN,
        Number(leftTime) - BEGIN,
        deviceType,
        mediaType,
      ]),
      [
        ['Room 1', 1_000, 6_000, 'terminal', 'Video'],
        ['Ann', 1_000, 6_000, 'normal', 'Video'],
        ['Benjamin', 2_000, 5_000, 'normal', 'Video'],
      ],
    );
    assert.equal((await test.read('/confAttendeeRecord', { confUUID, searchKey: 'room' })).count, 1);
  });

  it('has a detail with everybody who was there', async () => {
    const detail = await test.read('/confDetail', { confUUID, limit: '2', offset: '1' });
    assert.equal(detail.conferenceData.confUUID, confUUID);
    assert.partialDeepStrictEqual(detail.data, { offset: 1, limit: 2, count: 3 });
    assert.deepEqual(
      detail.data.data.map(({ name }: { name: string }) => name),
      ['Ann', 'Benjamin'],
    );
  });

  it('is cut into pages', async () => {
    const page = await test.read('/confCtlRecord', { confUUID, offset: '1', limit: '1' });
    assert.deepEqual([page.offset, page.limit, page.data.length], [1, 1, 1]);
    assert.equal(page.data[0].operationObject, 'Ann -> Ben');
  });

  it('is as before after a restart', async () => {
    const list = await test.read('', DAY);
    await test.restart();
    assert.deepEqual(await test.read('', DAY), list);
    assert.deepEqual(await told(), expected);
  });

  it('is completed from the journal when a crash has cut off its row', async () => {
    const list = await test.read('', DAY);
    await test.restart(async () => {
      const store = await openSqliteStore(test.dataDir);
      const [run] = store.runs.all();
      assert.equal(run?.endedAtMs, BEGIN + 6_000);
      await store.runs.save({ ...run, endedAtMs: null });
      await store.close();
    });
    assert.deepEqual(await test.read('', DAY), list);
    assert.equal(test.app.recovered, 0);
  });

  it('keeps each run of a meeting that is started again', async () => {
    test.clock.advance(1_000);
    const host = { name: 'Host', password: meeting.hostPassword };
    await test.client.join(meeting.conferenceID, host);
    await meeting.test.client.manage(
      'DELETE',
      `/v1/mmc/management/conferences?conferenceID=${meeting.conferenceID}&type=1`,
    );
    const { data } = await test.read('', { ...DAY, sortType: 'DSC_StartTIME' });
    assert.equal(data.length, 2);
    assert.equal(data[1].confUUID, confUUID);
    const again = await test.read('/confCtlRecord', { confUUID: data[0].confUUID });
    assert.deepEqual(
      again.data.map(({ operator, operateCode }: Record<string, string>) => `${operator} ${operateCode}`),
      ['system StopMeeting'],
    );
  });
});
