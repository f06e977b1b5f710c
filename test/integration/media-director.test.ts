import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { conferenceId, type EndpointId, participantId } from '../../src/conference/ids.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { publishingOffer, viewingOffer } from '../support/media-offers.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

const RESTART_FRAGMENT = `a=ice-ufrag:newu\r\na=ice-pwd:${'p'.repeat(24)}\r\na=tls-id:${'t'.repeat(24)}\r\n`;

describe('the media', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  /** A terminal that views with `slots` slots, and three people who publish. */
  const stage = async (slots = 1) => {
    const meeting = await TestMeeting.start(test);
    serial += 1;
    const viewer = await meeting.terminal(`MD-${serial}`);
    const ann = await meeting.person('Ann');
    const ben = await meeting.person('Ben');
    const cyd = await meeting.person('Cyd');
    for (const participant of [ann, ben, cyd]) assert.equal((await meeting.publish(participant)).status, 201);
    assert.equal((await meeting.view(viewer, slots)).status, 201);
    return { meeting, viewer, ann, ben, cyd };
  };

  const idOf = ({ participantID }: JoinResponse) => participantId(participantID);

  const endpointOf = (participant: JoinResponse): EndpointId => {
    const [endpoint] = test.engine.endpointsOf(idOf(participant));
    assert.ok(endpoint);
    return endpoint;
  };

  /** The sources last given to the slots of a participant's only endpoint. */
  const routeOf = (viewer: JoinResponse): readonly (string | null)[] => {
    const endpoint = endpointOf(viewer);
    return test.engine.routed.findLast((route) => route.endpoint === endpoint)?.slots ?? [];
  };

  const conferenceOf = async (meeting: TestMeeting) => {
    for await (const { conference, entries } of test.store.journal.live()) {
      if (entries[0]?.record.includes(`"meeting":"${meeting.conferenceID}"`)) return conferenceId(conference);
    }
    return assert.fail('the meeting is not live');
  };

  const whip = (url: string, token: string, body: string, contentType = 'application/sdp') =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: `Bearer ${token}` },
      body,
    });

  const errorOf = async (response: Response) => {
    const { error_code } = (await response.json()) as { error_code: string };
    return [response.status, error_code];
  };

  it('follows the views: the slot has its source when the command is answered', async () => {
    const { meeting, viewer, ann, ben, cyd } = await stage();
    assert.deepEqual(routeOf(viewer), [ann.participantID], 'AUTO: who joined first');
    const unlock = { status: 0, participantID: ann.participantID };
    const query = { participantID: viewer.participantID };

    await meeting.lockView(viewer, ben);
    assert.deepEqual(routeOf(viewer), [ben.participantID]);
    await meeting.control('participants/broadcast', { participantID: cyd.participantID });
    assert.deepEqual(routeOf(viewer), [ben.participantID]);
    await meeting.control('lockView', query, unlock);
    assert.deepEqual(routeOf(viewer), [cyd.participantID]);
    await meeting.control('partView', query, { viewType: 2, participantID: ann.participantID });
    assert.deepEqual(routeOf(viewer), [ann.participantID]);
    await meeting.hangUp(ann);
    assert.deepEqual(routeOf(viewer), [cyd.participantID]);
  });

  it('gives the slots of a continuous presence a pane each, and those of a browser everybody', async () => {
    const { meeting, viewer, ann, ben, cyd } = await stage(2);
    const audience = await meeting.person('Audience');
    await meeting.view(audience, 5);
    assert.deepEqual(routeOf(viewer), [ann.participantID, null]);
    const all = [viewer, ann, ben, cyd].map(({ participantID }) => participantID);
    assert.deepEqual(routeOf(audience), [...all, null]);

    await meeting.control('display/mode', {}, { switchMode: 'Fixed', imageType: 1 });
    assert.deepEqual(routeOf(viewer), [ann.participantID, ben.participantID]);
    await meeting.lockView(viewer, cyd);
    assert.deepEqual(routeOf(viewer), [cyd.participantID, null]);
    await meeting.hangUp(ann);
    assert.deepEqual(
      routeOf(audience).slice(0, 3),
      [viewer, ben, cyd].map(({ participantID }) => participantID),
    );
  });

  it('does not tell the engine what it knows', async () => {
    const { meeting, viewer, ben } = await stage();
    await meeting.lockView(viewer, ben);
    const before = test.engine.routed.length;
    await meeting.lockView(viewer, ben);
    await meeting.control('participants/broadcast', { participantID: viewer.participantID });
    await meeting.control('participants/name', {}, { participantID: ben.participantID, newName: 'Benjamin' });
    assert.equal(test.engine.routed.length, before);
  });

  it('keeps a muted participant from being heard, also when it publishes later', async () => {
    const { meeting, viewer, ann, ben } = await stage();
    const heard: string[] = [];
    const stop = test.engine.onDelivery((delivery) => {
      if (delivery.type === 'audio' && delivery.endpoint === endpointOf(viewer)) heard.push(delivery.source);
    });
    const conference = await conferenceOf(meeting);
    const speak = (participant: JoinResponse) => {
      heard.length = 0;
      test.engine.produceAudio(conference, idOf(participant), 10);
      return [...heard];
    };
    const mute = (isMute: number) =>
      meeting.control('participants/mute', { participantID: ann.participantID }, { isMute });
    assert.deepEqual(speak(ann), [ann.participantID]);
    await mute(1);
    assert.deepEqual(speak(ann), []);
    await mute(0);
    assert.deepEqual(speak(ann), [ann.participantID]);
    await meeting.control('participants/rollCall', { participantID: ben.participantID });
    assert.deepEqual(speak(ann), []);
    assert.deepEqual(speak(ben), [ben.participantID]);

    const late = await meeting.person('Late');
    await meeting.control('mute', {}, { isMute: 1 });
    await meeting.publish(late);
    assert.deepEqual(speak(late), []);
    stop();
  });

  it('closes the endpoints of those who leave and of everybody at the end', async () => {
    const { meeting, viewer, ann, ben } = await stage();
    await meeting.hangUp(ann);
    assert.deepEqual(test.engine.endpointsOf(idOf(ann)), []);
    assert.equal(test.engine.endpointsOf(idOf(ben)).length, 1);
    await meeting.control('stop');
    for (const participant of [viewer, ben]) assert.deepEqual(test.engine.endpointsOf(idOf(participant)), []);
  });

  it('answers WHIP with 201, the answer, its place and its ETag, and ends it by DELETE', async () => {
    const meeting = await TestMeeting.start(test);
    const person = await meeting.person('Person');
    const response = await meeting.publish(person);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('content-type'), 'application/sdp');
    assert.match(response.headers.get('etag') ?? '', /^"[^"]*"$/);
    assert.match(await response.text(), /^v=0\r\n/);
    const location = response.headers.get('location') ?? '';
    assert.equal(location, `${test.app.url}/sightline/v1/endpoints/${endpointOf(person)}`);

    const authorization = `Bearer ${person.participantToken}`;
    const end = () => fetch(location, { method: 'DELETE', headers: { authorization } });
    assert.equal((await end()).status, 200);
    assert.deepEqual(test.engine.endpointsOf(idOf(person)), []);
    assert.deepEqual(await errorOf(await end()), [404, 'SIGHTLINE.404000001']);
  });

  it('restarts ICE by PATCH with If-Match: * and gives the new session’s ETag', async () => {
    const meeting = await TestMeeting.start(test);
    const person = await meeting.person('Person');
    const location = (await meeting.view(person)).headers.get('location') ?? '';
    const patch = (headers: Record<string, string>, body = RESTART_FRAGMENT) =>
      fetch(location, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${person.participantToken}`, ...headers },
        body,
      });
    const fragment = { 'content-type': 'application/trickle-ice-sdpfrag' };
    const response = await patch({ ...fragment, 'if-match': '*' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('etag'), '"fake"');
    assert.equal(response.headers.get('content-type'), 'application/trickle-ice-sdpfrag');
    assert.match(await response.text(), /^a=ice-ufrag:fake\r\n/);
    assert.deepEqual(await errorOf(await patch(fragment)), [412, 'SIGHTLINE.412000001']);
    const typed = { 'content-type': 'application/sdp', 'if-match': '*' };
    assert.deepEqual(await errorOf(await patch(typed)), [415, 'SIGHTLINE.415000001']);
    assert.deepEqual(await errorOf(await patch({ ...fragment, 'if-match': '*' }, 'a=x')), [
      400,
      'SIGHTLINE.400000003',
    ]);
  });

  it('refuses a missing, unknown or foreign token, a wrong content type, a bad offer, an unknown endpoint', async () => {
    const meeting = await TestMeeting.start(test);
    const [person, other] = [await meeting.person('Person'), await meeting.person('Other')];
    const offer = publishingOffer();
    const { whipURL, whepURL, participantToken } = person;
    for (const token of ['', 'x', other.participantToken, meeting.token]) {
      assert.deepEqual(await errorOf(await whip(whipURL, token, offer)), [401, 'SIGHTLINE.401000003']);
    }
    const plain = await whip(whipURL, participantToken, offer, 'text/plain');
    assert.deepEqual(await errorOf(plain), [415, 'SIGHTLINE.415000001']);
    assert.equal(
      (await whip(whipURL, participantToken, offer, 'Application/SDP; charset=utf-8')).status,
      201,
    );
    for (const bad of ['', 'x', viewingOffer({ videoLines: 0, audio: false })]) {
      assert.deepEqual(await errorOf(await whip(whepURL, participantToken, bad)), [
        400,
        'SIGHTLINE.400000003',
      ]);
    }
    const location = `${test.app.url}/sightline/v1/endpoints/${endpointOf(person)}`;
    const end = (url: string, token: string) =>
      fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual(await errorOf(await end(location, other.participantToken)), [
      404,
      'SIGHTLINE.404000001',
    ]);
    assert.equal(test.engine.endpointsOf(idOf(person)).length, 1, 'a foreign token ends nothing');
    assert.deepEqual(await errorOf(await end(`${location}x`, participantToken)), [
      404,
      'SIGHTLINE.404000001',
    ]);
    assert.deepEqual(await errorOf(await end(location, 'x')), [401, 'SIGHTLINE.401000003']);
  });

  it('replaces the endpoint of a participant who offers again, and routes the new one', async () => {
    const { meeting, viewer, ann, ben } = await stage();
    await meeting.lockView(viewer, ben);
    const old = endpointOf(viewer);
    assert.equal((await meeting.view(viewer, 2)).status, 201);
    assert.notEqual(endpointOf(viewer), old);
    assert.deepEqual(routeOf(viewer), [ben.participantID, null]);
    await meeting.lockView(viewer, ann);
    assert.deepEqual(routeOf(viewer), [ann.participantID, null]);
  });

  it('keeps one endpoint, the living one, when a participant offers several times at once', async () => {
    const { meeting, viewer, ben } = await stage();
    const before = test.engine.endpointsOf(idOf(viewer));
    const answers = await Promise.all([1, 2, 3].map((slots) => meeting.view(viewer, slots)));
    assert.ok(answers.some(({ status }) => status === 201));
    assert.equal(test.engine.endpointsOf(idOf(viewer)).length, 1);
    assert.ok(!before.includes(endpointOf(viewer)));
    await meeting.lockView(viewer, ben);
    assert.equal(routeOf(viewer)[0], ben.participantID);
  });

  it('tells those whose endpoints a dead media process took to open them again', async () => {
    const { meeting, viewer, ben } = await stage();
    await meeting.lockView(viewer, ben);
    const [own, source, observer] = [
      await meeting.events(viewer),
      await meeting.events(ben),
      await meeting.events(),
    ];
    test.engine.loseEndpoints();
    await own.next(({ type }) => type === 'mediaLost');
    await source.next(({ type }) => type === 'mediaLost');
    await observer.roundTrip();
    assert.ok(!observer.messages.some(({ type }) => type === 'mediaLost'));
    await meeting.publish(ben);
    await meeting.view(viewer);
    assert.deepEqual(routeOf(viewer), [ben.participantID]);
    const { viewers } = await meeting.views();
    const seen = viewers.find(({ participantID }) => participantID === viewer.participantID);
    assert.equal(seen?.reason, 'LOCK');
    assert.equal(seen?.slots[0]?.source, ben.participantID);
    for (const socket of [own, source, observer]) socket.close();
  });

  it('lets the speaker change the views that follow speech, and not a locked one', async () => {
    const { meeting, viewer, ann, ben, cyd } = await stage();
    serial += 1;
    const locked = await meeting.terminal(`MD-${serial}`);
    await meeting.view(locked);
    await meeting.lockView(locked, cyd);
    const conference = await conferenceOf(meeting);
    const speak = (participant: JoinResponse) => test.engine.produceAudio(conference, idOf(participant), 10);
    assert.deepEqual(routeOf(viewer), [ann.participantID]);
    speak(ben);
    assert.deepEqual(routeOf(viewer), [ben.participantID], 'AUTO');
    await meeting.control('display/mode', {}, { switchMode: 'VAS', imageType: 0 });
    speak(ann);
    assert.deepEqual(routeOf(viewer), [ann.participantID], 'VOICE');
    assert.deepEqual(routeOf(locked), [cyd.participantID]);
    await meeting.control('participants/mute', { participantID: ben.participantID }, { isMute: 1 });
    speak(ben);
    assert.deepEqual(routeOf(viewer), [ann.participantID], 'a muted one does not speak');
  });

  it('keeps a speaker heard of while a command is being stored', async () => {
    const { meeting, viewer, ben } = await stage();
    const command = meeting.control('lock', {}, { isLock: 1 });
    test.engine.produceAudio(await conferenceOf(meeting), idOf(ben), 10);
    await command;
    assert.deepEqual(routeOf(viewer), [ben.participantID]);
  });
});

describe('the views endpoint', () => {
  let test: TestApp;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  it('shows for every viewer the decided view with its reason, and what each slot is being sent', async () => {
    const meeting = await TestMeeting.start(test);
    const viewer = await meeting.terminal('VE-1');
    const [ann, ben] = [await meeting.person('Ann'), await meeting.person('Ben')];
    await meeting.publish(ann);
    await meeting.view(viewer, 2);
    await meeting.lockView(viewer, ann);
    const seen = async () => {
      const { viewers } = await meeting.views();
      const found = viewers.find(({ participantID }) => participantID === viewer.participantID);
      assert.ok(found);
      return found;
    };
    const first = await seen();
    assert.ok((first.slots[0]?.sinceMs ?? 0) > 0);
    assert.deepEqual(
      { ...first, slots: first.slots.map(({ sinceMs: _, ...slot }) => slot) },
      {
        participantID: viewer.participantID,
        name: 'VE-1',
        reason: 'LOCK',
        picture: { kind: 'single', source: ann.participantID },
        slots: [
          { slot: 0, source: ann.participantID, packets: 1 },
          { slot: 1, source: null, packets: 0 },
        ],
      },
    );

    await meeting.lockView(viewer, ben);
    const pending = await seen();
    assert.equal(pending.picture.source, ben.participantID, 'what is decided');
    assert.equal(pending.slots[0]?.source, null, 'and that nothing is sent until Ben publishes');
    await meeting.publish(ben);
    assert.equal((await seen()).slots[0]?.source, ben.participantID);

    const { conferenceID, viewers } = await meeting.views();
    assert.equal(conferenceID, meeting.conferenceID);
    assert.deepEqual(
      viewers.map(({ name, reason, slots }) => ({ name, reason, slots: slots.length })),
      [
        { name: 'VE-1', reason: 'LOCK', slots: 2 },
        { name: 'Ann', reason: 'AUTO', slots: 0 },
        { name: 'Ben', reason: 'AUTO', slots: 0 },
      ],
    );
  });

  it('answers the host and nobody else', async () => {
    const meeting = await TestMeeting.start(test);
    const other = await TestMeeting.start(test);
    const guest = await meeting.person('Guest');
    const ask = (token: string) =>
      test.client.call('GET', `/sightline/v1/conferences/${meeting.conferenceID}/views`, {
        headers: { 'x-conference-authorization': token },
      });
    await assert.rejects(ask(guest.participantToken), { status: 403, errorCode: 'MMC.111072070' });
    await assert.rejects(ask('x'), { status: 401, errorCode: 'MMC.111070004' });
    await assert.rejects(ask(''), { status: 401, errorCode: 'MMC.111070111' });
    await assert.rejects(ask(other.token), { status: 400, errorCode: 'MMC.111072065' });
    const host = await test.client.join(meeting.conferenceID, {
      name: 'Host',
      password: meeting.hostPassword,
    });
    await ask(host.participantToken);
  });
});
