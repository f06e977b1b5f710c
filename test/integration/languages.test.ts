import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import pino from 'pino';
import { startApp } from '../../src/app.ts';
import { participantId } from '../../src/conference/ids.ts';
import { loadConfig } from '../../src/config.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { createMemoryStore } from '../../src/store/memory/memory-store.ts';
import { SightlineClient } from '../../src/virtual/sightline-client.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeMediaEngine } from '../support/fake-media-engine.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

const LOUD = 10;
const QUIET = 127;

const group = (first: string, second: string, more: object = {}) => ({
  groupID: `${first}-${second}`,
  groupName: 'Booth',
  firstLanguage: first,
  secondLanguage: second,
  interpreters: [],
  ...more,
});

const setGroups = (meeting: TestMeeting, ...interpreterGroups: readonly object[]) =>
  meeting.control('interpreterGroup', {}, { interpreterGroups });

const switchInterpretation = (meeting: TestMeeting, on: boolean) =>
  meeting.control('simultaneousInterpretation', {}, { simultaneousInterpretation: on ? 1 : 0 });

interface Channel {
  readonly speak?: string;
  readonly listen?: string;
  readonly original?: boolean;
}

const channelBody = (
  people: readonly JoinResponse[],
  { speak = '', listen = '', original = false }: Channel,
) => ({
  participantIDs: people.map(({ participantID }) => participantID),
  speakLanChannel: speak,
  listenLanChannel: listen,
  includeOriginalVoice: original ? 1 : 0,
});

const setLanguage = (meeting: TestMeeting, people: readonly JoinResponse[], channel: Channel) =>
  meeting.control('setAttendeeLanChannel', {}, channelBody(people, channel));

const conferenceOf = (engine: FakeMediaEngine, { participantID }: JoinResponse) => {
  const [endpoint] = engine.endpointsOf(participantId(participantID));
  const conference = endpoint && engine.conferenceOf(endpoint);
  assert.ok(conference);
  return conference;
};

describe('the languages of a meeting', () => {
  let app: TestApp;

  before(async () => {
    app = await TestApp.start();
  });

  after(() => app.close());

  /** A speaker, an interpreter and a listener, with groups for German and English, switched on. */
  const stage = async (more: object = {}) => {
    const meeting = await TestMeeting.start(app, more);
    const [speaker, interpreter, listener] = [
      await meeting.person('Speaker'),
      await meeting.person('Interpreter'),
      await meeting.person('Listener'),
    ];
    for (const person of [speaker, interpreter]) await meeting.publish(person);
    await meeting.view(listener);
    await setGroups(meeting, group('de', 'en'));
    await switchInterpretation(meeting, true);
    return { meeting, speaker, interpreter, listener };
  };

  const tableOf = (anybody: JoinResponse) => app.engine.languageChannels(conferenceOf(app.engine, anybody));

  /** Who of them is heard by the viewers when they all speak, one after the other. */
  const heard = (...people: readonly JoinResponse[]): readonly string[] => {
    const sources: string[] = [];
    const stop = app.engine.onDelivery((delivery) => {
      if (delivery.type === 'audio') sources.push(delivery.source);
    });
    for (const person of people) {
      const conference = conferenceOf(app.engine, person);
      for (const level of [LOUD, QUIET]) {
        app.engine.produceAudio(conference, participantId(person.participantID), level);
      }
    }
    stop();
    return sources;
  };

  it('go to the media as they are chosen, for one, for several and for all', async () => {
    const { meeting, speaker, interpreter, listener } = await stage();
    assert.deepEqual(tableOf(speaker), []);
    await setLanguage(meeting, [interpreter], { speak: 'en' });
    await setLanguage(meeting, [listener], { listen: 'en', original: true });
    assert.deepEqual(tableOf(speaker), [
      [interpreter.participantID, { speak: 'en', listen: '', original: false }],
      [listener.participantID, { speak: '', listen: 'en', original: true }],
    ]);
    await setLanguage(meeting, [speaker, interpreter], { listen: 'de' });
    await setLanguage(meeting, [], { listen: 'en' });
    const all = [speaker, interpreter, listener].map(({ participantID }) => [
      participantID,
      { speak: '', listen: 'en', original: false },
    ]);
    assert.deepEqual(tableOf(speaker), all);
  });

  it('decide who is heard: the interpreter on his channel, the speaker on the floor', async () => {
    const { meeting, speaker, interpreter, listener } = await stage();
    await setLanguage(meeting, [interpreter], { speak: 'en' });
    assert.deepEqual(heard(speaker, interpreter), [speaker.participantID], 'the floor');
    await setLanguage(meeting, [listener], { listen: 'en' });
    assert.deepEqual(heard(speaker, interpreter), [interpreter.participantID], 'the channel');
    await setLanguage(meeting, [listener], { listen: 'en', original: true });
    assert.deepEqual(
      heard(speaker, interpreter),
      [speaker.participantID, interpreter.participantID],
      'the original while nobody interprets',
    );
  });

  it('are switched off and on with interpretation; the choices stay', async () => {
    const { meeting, speaker, interpreter, listener } = await stage();
    await setLanguage(meeting, [interpreter], { speak: 'en' });
    await setLanguage(meeting, [listener], { listen: 'en' });
    const table = tableOf(speaker);
    await switchInterpretation(meeting, false);
    assert.deepEqual(tableOf(speaker), []);
    assert.deepEqual(heard(speaker, interpreter), [speaker.participantID, interpreter.participantID]);
    await switchInterpretation(meeting, true);
    assert.deepEqual(tableOf(speaker), table);
  });

  it('end with the group that offers them: back to the original voice', async () => {
    const { meeting, speaker, interpreter, listener } = await stage();
    await setGroups(meeting, group('de', 'en'), group('de', 'fr'));
    await setLanguage(meeting, [listener], { listen: 'fr' });
    await setLanguage(meeting, [interpreter], { speak: 'en' });
    await setGroups(meeting, group('de', 'en'));
    const floor = { speak: '', listen: '', original: false };
    assert.deepEqual(tableOf(speaker), [
      [interpreter.participantID, { speak: 'en', listen: '', original: false }],
      [listener.participantID, floor],
    ]);
  });

  it('are forgotten when a participant goes to the waiting room and comes back', async () => {
    const meeting = await TestMeeting.start(app, { confConfigInfo: { enableWaitingRoom: true } });
    const [speaker, listener] = [await meeting.host(), await meeting.person('Listener')];
    const { participantID } = listener;
    await meeting.control('allowWaitingParticipant', {}, { participantID });
    await meeting.publish(speaker);
    await setGroups(meeting, group('de', 'en'));
    await switchInterpretation(meeting, true);
    await setLanguage(meeting, [listener], { listen: 'en' });
    await meeting.control('moveToWaitingRoom', {}, { participantID });
    await meeting.control('allowWaitingParticipant', {}, { participantID });
    await meeting.view(listener);
    assert.deepEqual(tableOf(speaker), [], 'the conference knows no choice of his any more');
    assert.deepEqual(heard(speaker), [speaker.participantID]);
  });

  it('are told to the pages: whether there is interpretation, and of what', async () => {
    const { meeting, speaker } = await stage();
    const events = await meeting.events(speaker);
    assert.deepEqual(events.state.conference.interpretation, { on: true, languages: ['de', 'en'] });
    await setGroups(meeting, group('de', 'en'), group('en', 'fr'));
    await events.eventually(
      app.clock,
      ({ conference }) => conference.interpretation.languages.join() === 'de,en,fr',
    );
    await switchInterpretation(meeting, false);
    await events.eventually(app.clock, ({ conference }) => !conference.interpretation.on);
    events.close();
  });

  it('are the listener’s own choice; to speak on a channel is the interpreter’s', async () => {
    const { meeting, speaker, listener } = await stage();
    const choose = (channel: Channel, ...people: readonly JoinResponse[]) =>
      meeting.controlAs(listener, 'setAttendeeLanChannel', {}, channelBody(people, channel));
    await choose({ listen: 'en' }, listener);
    assert.deepEqual(tableOf(speaker), [
      [listener.participantID, { speak: '', listen: 'en', original: false }],
    ]);
    const onOthers = { status: 403, errorCode: 'MMC.111072071' };
    const forbidden = { status: 403, errorCode: 'MMC.111072070' };
    await assert.rejects(choose({ listen: 'en' }, speaker), onOthers);
    await assert.rejects(choose({ listen: 'en' }), forbidden);
    await assert.rejects(choose({ speak: 'en' }, listener), forbidden);
  });

  it('let an account that interprets speak on its own channels, and on no other', async () => {
    const meeting = await TestMeeting.start(app);
    await setGroups(
      meeting,
      group('de', 'en', { interpreters: [{ loginAccount: 'admin' }] }),
      group('de', 'fr'),
    );
    const name = 'Interpreter';
    const body = { name, password: meeting.guestPassword };
    const path = `/sightline/v1/conferences/${meeting.conferenceID}/join`;
    const interpreter = (await app.client.manage('POST', path, body)) as JoinResponse;
    const choose = (speak: string) =>
      meeting.controlAs(interpreter, 'setAttendeeLanChannel', {}, channelBody([interpreter], { speak }));
    await choose('en');
    await choose('de');
    await assert.rejects(choose('fr'), { status: 403, errorCode: 'MMC.111072070' });
  });

  it('answer what is wrong with a request', async () => {
    const { meeting, speaker } = await stage();
    const languages = Array.from({ length: 9 }, (_, at) => group(`a${at}`, `b${at}`));
    await setGroups(meeting, ...languages.slice(0, 8));
    const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['MMC.111071100', () => setGroups(meeting, ...languages)],
      ['MMC.111071061', () => setGroups(meeting, group('de', 'en'), group('de', 'en'))],
      ['MMC.111071061', () => setGroups(meeting, group('', 'en'))],
      ['MMC.111071061', () => meeting.control('interpreterGroup', {}, {})],
      ['MMC.111072045', () => meeting.control('simultaneousInterpretation', {}, {})],
      ['MMC.111071061', () => setLanguage(meeting, [speaker], { listen: 'xx' })],
      ['MMC.111071061', () => setLanguage(meeting, [speaker], { speak: 'xx' })],
      ['MMC.111072008', () => meeting.control('setAttendeeLanChannel', {}, stranger)],
    ];
    const stranger = { participantIDs: ['nobody'], listenLanChannel: '', speakLanChannel: '' };
    for (const [errorCode, request] of cases) {
      await assert.rejects(request(), { status: 400, errorCode }, errorCode);
    }
    const guestTries: readonly (readonly [string, object])[] = [
      ['interpreterGroup', { interpreterGroups: [] }],
      ['simultaneousInterpretation', { simultaneousInterpretation: 0 }],
    ];
    for (const [operation, body] of guestTries) {
      await assert.rejects(meeting.controlAs(speaker, operation, {}, body), {
        status: 403,
        errorCode: 'MMC.111072070',
      });
    }
  });

  it('end with the meeting', async () => {
    const { meeting, speaker } = await stage();
    const conference = conferenceOf(app.engine, speaker);
    await setLanguage(meeting, [speaker], { speak: 'de' });
    assert.equal(app.engine.languageChannels(conference).length, 1);
    await meeting.control('stop');
    assert.deepEqual(app.engine.languageChannels(conference), []);
  });
});

test('the languages of a meeting are back after a restart', async (context) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-'));
  context.after(() => rm(dataDir, { recursive: true, force: true }));
  const store = { ...createMemoryStore(), close: async () => {} };
  const clock = new FakeClock();
  const start = (engine: FakeMediaEngine, port: string) => {
    const env = {
      SIGHTLINE_HTTP_PORT: port,
      SIGHTLINE_DATA_DIR: dataDir,
      SIGHTLINE_ADMIN_PASSWORD: 'correct-horse-9',
    };
    const config = loadConfig({ env, folder: dataDir });
    return startApp(config, { store, engine, clock, log: pino({ level: 'silent' }) });
  };
  const before = await start(new FakeMediaEngine(), '0');
  const client = new SightlineClient(before.url);
  await client.login('admin', 'correct-horse-9');
  const created = await client.createMeeting('Meeting');
  const token = await client.controlToken(created.conferenceID, created.hostPassword);
  const meeting = await TestMeeting.start({
    app: before,
    client,
    meeting: async () => ({ ...created, token }),
  });
  const listener = await meeting.person('Listener');
  await setGroups(meeting, group('de', 'en'));
  await switchInterpretation(meeting, true);
  await setLanguage(meeting, [listener], { listen: 'en' });
  await before.close();

  const engine = new FakeMediaEngine();
  const after = await start(engine, new URL(before.url).port);
  context.after(() => after.close());
  await meeting.view(listener);
  assert.deepEqual(engine.languageChannels(conferenceOf(engine, listener)), [
    [listener.participantID, { speak: '', listen: 'en', original: false }],
  ]);
});
