import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { GATHERING_MS } from '../support/events-socket.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

describe('the events socket', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  const newTerminal = (meeting: TestMeeting) => {
    serial += 1;
    return meeting.terminal(`EV-${serial}`);
  };

  const openRaw = async (meeting: TestMeeting): Promise<WebSocket> => {
    const socket = new WebSocket(meeting.eventsUrl);
    await once(socket, 'open');
    return socket;
  };

  const closeCode = async (socket: WebSocket): Promise<number> => {
    const [code] = (await once(socket, 'close')) as [number];
    return code;
  };

  it('begins with a snapshot: own view with its reason, slots, roster', async () => {
    const meeting = await TestMeeting.start(test);
    const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
    await meeting.view(viewer, 2);
    await meeting.lockView(viewer, source);
    const events = await meeting.events(viewer);
    assert.deepEqual(events.state.own, {
      participantID: viewer.participantID,
      view: { reason: 'LOCK', picture: { kind: 'single', source: source.participantID } },
      slots: [source.participantID, null],
    });
    assert.equal(events.state.conferenceID, meeting.conferenceID);
    assert.equal(events.state.conference.mode, 'FREE');
    assert.equal(events.state.views, undefined);
    const own = events.state.roster.get(viewer.participantID);
    assert.deepEqual(own, {
      participantID: viewer.participantID,
      name: own?.name,
      kind: 'terminal',
      role: 'guest',
      muted: false,
      video: true,
      cameraOn: true,
      connected: true,
      viewLocked: true,
      handRaised: false,
      invitedToShare: false,
      clientRecordingAllowed: false,
    });
    assert.equal(events.state.roster.get(source.participantID)?.connected, false);
    events.close();
  });

  it('tells an observer with the host’s control token everybody’s view', async () => {
    const meeting = await TestMeeting.start(test);
    const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
    const observer = await meeting.events();
    assert.deepEqual(observer.state.views?.[source.participantID], {
      reason: 'AUTO',
      picture: { kind: 'single', source: viewer.participantID },
    });
    await meeting.lockView(viewer, source);
    const change = await observer.change();
    assert.deepEqual(change.views, {
      [viewer.participantID]: {
        reason: 'LOCK',
        picture: { kind: 'single', source: source.participantID },
      },
    });
    assert.deepEqual(
      change.roster?.changed.map(({ participantID, viewLocked }) => ({ participantID, viewLocked })),
      [{ participantID: viewer.participantID, viewLocked: true }],
    );
    observer.close();
  });

  it('tells the viewer of a retargeted lock its new view and slot in one message, and nobody else about it', async () => {
    const meeting = await TestMeeting.start(test);
    const viewer = await newTerminal(meeting);
    const [first, second] = [await meeting.person('First'), await meeting.person('Second')];
    await meeting.view(viewer);
    await meeting.lockView(viewer, first);
    test.clock.advance(GATHERING_MS);
    const [own, other, observer] = [
      await meeting.events(viewer),
      await meeting.events(first),
      await meeting.events(),
    ];
    test.clock.advance(GATHERING_MS);
    await own.roundTrip();
    await other.roundTrip();
    await observer.roundTrip();
    const counts = [own, other, observer].map(({ messages }) => messages.length);

    await meeting.lockView(viewer, second);
    const view = { reason: 'LOCK', picture: { kind: 'single', source: second.participantID } };
    const told = await own.change((message) => message.own?.view.reason === 'LOCK');
    assert.deepEqual(told.own, {
      participantID: viewer.participantID,
      view,
      slots: [second.participantID],
    });
    const seen = await observer.change((message) => message.views !== undefined);
    assert.deepEqual(seen.views, { [viewer.participantID]: view });
    test.clock.advance(GATHERING_MS);
    await own.roundTrip();
    await other.roundTrip();
    await observer.roundTrip();
    assert.deepEqual(
      [own, other, observer].map(({ messages }, index) => messages.length - (counts[index] ?? 0)),
      [1, 0, 1],
      'one push for each whom it concerns',
    );
    for (const events of [own, other, observer]) events.close();
  });

  it('says in one message that the source has left and that the lock is over', async () => {
    const meeting = await TestMeeting.start(test);
    const viewer = await newTerminal(meeting);
    const [source, other] = [await meeting.person('Source'), await meeting.person('Other')];
    await meeting.view(viewer);
    await meeting.lockView(viewer, source);
    const own = await meeting.events(viewer);
    test.clock.advance(GATHERING_MS);
    await meeting.hangUp(source);
    const change = await own.change((message) => message.roster?.removed.length === 1);
    assert.deepEqual(change.roster?.removed, [source.participantID]);
    assert.deepEqual(change.own, {
      participantID: viewer.participantID,
      view: { reason: 'AUTO', picture: { kind: 'single', source: other.participantID } },
      slots: [other.participantID],
    });
    const locked = change.roster?.changed.find((entry) => entry.participantID === viewer.participantID);
    assert.equal(locked?.viewLocked, false);
    own.close();
  });

  it('sends the first change at once and gathers the burst behind it into one message', async () => {
    const meeting = await TestMeeting.start(test);
    const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
    const events = await meeting.events();
    test.clock.advance(GATHERING_MS);
    await events.roundTrip();
    const before = events.messages.length;

    await meeting.lockView(viewer, source);
    await events.roundTrip();
    assert.equal(events.messages.length, before + 1, 'the first without waiting');

    await meeting.control('lock', {}, { isLock: 1 });
    await meeting.control('mute', {}, { isMute: 1 });
    await meeting.control('participants/broadcast', { participantID: source.participantID });
    await meeting.control('cancelBroadcast');
    await events.roundTrip();
    assert.equal(events.messages.length, before + 1, 'the burst waits');

    test.clock.advance(GATHERING_MS);
    await events.roundTrip();
    assert.equal(events.messages.length, before + 2, 'and comes as one');
    assert.equal(events.state.conference.locked, true);
    assert.ok([...events.state.roster.values()].every(({ muted }) => muted));

    test.clock.advance(10 * GATHERING_MS);
    await events.roundTrip();
    assert.equal(events.messages.length, before + 2, 'nothing is repeated');
    events.close();
  });

  it('closes with 4401 for a wrong token, another meeting’s and a guest’s control token', async () => {
    const meeting = await TestMeeting.start(test);
    const other = await TestMeeting.start(test);
    const stranger = await other.person('Stranger');
    const guestToken = await test.client.controlToken(meeting.conferenceID, meeting.guestPassword);
    for (const token of ['x', '', stranger.participantToken, other.token, guestToken]) {
      const socket = await openRaw(meeting);
      socket.send(JSON.stringify({ type: 'authenticate', token }));
      assert.equal(await closeCode(socket), 4401);
    }
  });

  it('closes with 4401 when the first message is none or no authentication', async () => {
    const meeting = await TestMeeting.start(test);
    for (const text of ['', '{', 'null', '[]', '{"type":"leave"}', '{"type":"authenticate"}', '7']) {
      const socket = await openRaw(meeting);
      socket.send(text);
      assert.equal(await closeCode(socket), 4401);
    }
  });

  it('closes with 4401 who does not authenticate within five seconds', async () => {
    const meeting = await TestMeeting.start(test);
    const socket = await openRaw(meeting);
    let closed = false;
    socket.once('close', () => {
      closed = true;
    });
    const pong = () => once(socket, 'pong');
    test.clock.advance(4_999);
    socket.ping();
    await pong();
    assert.equal(closed, false);
    const code = closeCode(socket);
    test.clock.advance(1);
    assert.equal(await code, 4401);
  });

  it('passes over what it does not understand', async () => {
    const meeting = await TestMeeting.start(test);
    const person = await meeting.person('Person');
    const events = await meeting.events(person);
    const nonsense = [
      '',
      '{',
      'null',
      '[1]',
      '"x"',
      '{"type":"fly"}',
      '{"type":"camera","on":1}',
      '{"type":{}}',
    ];
    for (const text of nonsense) events.socket.send(text);
    events.socket.send(Buffer.from([0, 255, 254]));
    events.send({ type: 'authenticate', token: person.participantToken });
    events.send({ type: 'camera', on: false });
    await events.eventually(test.clock, ({ roster }) => roster.get(person.participantID)?.cameraOn === false);
    assert.equal(events.messages.filter(({ type }) => type === 'snapshot').length, 1);
    events.close();
  });

  it('cuts off a message over 64 KiB and goes on with the others', async () => {
    const meeting = await TestMeeting.start(test);
    const [loud, other] = [await meeting.person('Loud'), await meeting.person('Other')];
    const [cut, kept] = [await meeting.events(loud), await meeting.events(other)];
    cut.socket.send('x'.repeat(70_000));
    assert.equal(await cut.closed, 1009);
    await kept.eventually(test.clock, ({ roster }) => roster.get(loud.participantID)?.connected === false);
    kept.close();
  });

  it('obeys camera: the others are told, the lock stays', async () => {
    const meeting = await TestMeeting.start(test);
    const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
    await meeting.lockView(viewer, source);
    const [own, events] = [await meeting.events(viewer), await meeting.events(source)];
    for (const on of [false, true]) {
      events.send({ type: 'camera', on });
      await events.eventually(test.clock, ({ roster }) => roster.get(source.participantID)?.cameraOn === on);
      assert.equal(own.state.own?.view.reason, 'LOCK');
    }
    for (const socket of [own, events]) socket.close();
  });

  it('obeys leave: the participant is out, told so, and its token is dead', async () => {
    const meeting = await TestMeeting.start(test);
    const person = await meeting.person('Person');
    const [events, observer] = [await meeting.events(person), await meeting.events()];
    events.send({ type: 'leave' });
    await events.next(({ type }) => type === 'removed');
    assert.equal(await events.closed, 4403);
    await observer.eventually(test.clock, ({ roster }) => !roster.has(person.participantID));
    const again = await openRaw(meeting);
    again.send(JSON.stringify({ type: 'authenticate', token: person.participantToken }));
    assert.equal(await closeCode(again), 4401);
    observer.close();
  });

  it('says "waiting" to who is to be let in, whom the host sees, and goes on with a snapshot', async () => {
    const meeting = await TestMeeting.start(test, { confConfigInfo: { enableWaitingRoom: true } });
    const host = await test.client.join(meeting.conferenceID, { name: 'H', password: meeting.hostPassword });
    const guest = await meeting.person('Guest');
    const events = await meeting.events(guest);
    assert.deepEqual(events.messages, [
      { type: 'waiting', conferenceID: meeting.conferenceID, subject: 'Meeting' },
    ]);
    const leading = [await meeting.events(host), await meeting.events()];
    const waiting = [{ participantID: guest.participantID, name: 'Guest', kind: 'browser' }];
    for (const listener of leading) assert.deepEqual(listener.state.waiting, waiting);

    await meeting.control('allowWaitingParticipant', {}, { participantID: guest.participantID });
    test.clock.advance(GATHERING_MS);
    await events.next(({ type }) => type === 'snapshot');
    assert.equal(events.state.own?.participantID, guest.participantID);
    assert.deepEqual(events.state.waiting, []);
    for (const listener of leading) {
      await listener.eventually(test.clock, (state) => state.waiting.length === 0);
      assert.ok(listener.state.roster.has(guest.participantID));
    }

    await meeting.control('moveToWaitingRoom', {}, { participantID: guest.participantID });
    test.clock.advance(GATHERING_MS);
    await events.next(({ type }) => type === 'waiting');
    for (const listener of leading) {
      await listener.eventually(test.clock, (state) => state.waiting.length === 1);
      assert.ok(!listener.state.roster.has(guest.participantID));
    }
    for (const listener of [events, ...leading]) listener.close();
  });

  it('tells a new co-host who waits', async () => {
    const meeting = await TestMeeting.start(test, { confConfigInfo: { enableWaitingRoom: true } });
    const guest = await meeting.person('Guest');
    await meeting.control('allowWaitingParticipant', {}, { participantID: guest.participantID });
    const late = await meeting.person('Late');
    const events = await meeting.events(guest);
    const target = { participantID: guest.participantID };
    await meeting.control('participants/cohost', target, { isCohost: 1 });
    test.clock.advance(GATHERING_MS);
    await events.change(({ waiting }) => waiting?.[0]?.participantID === late.participantID);
    events.close();
  });

  it('tells everybody of a raised hand', async () => {
    const meeting = await TestMeeting.start(test);
    const [guest, other] = [await meeting.person('Guest'), await meeting.person('Other')];
    const events = await meeting.events(other);
    const { participantToken, participantID } = guest;
    const query = { conferenceID: meeting.conferenceID, participantID };
    await test.client.control(participantToken, 'PUT', 'participants/hands', query, { handsState: 1 });
    await events.eventually(test.clock, ({ roster }) => roster.get(participantID)?.handRaised === true);
    events.close();
  });

  it('asks for a camera, and says that the host has closed it', async () => {
    const meeting = await TestMeeting.start(test);
    const guest = await meeting.person('Guest');
    const events = await meeting.events(guest);
    const target = { participantID: guest.participantID };
    const cameraIs = (on: boolean) =>
      events.eventually(test.clock, ({ roster }) => roster.get(guest.participantID)?.cameraOn === on);

    await meeting.control('participants/video', target, { status: 1 });
    await events.next((message) => message.type === 'cameraRequested' && !message.on);
    await cameraIs(false);
    await meeting.control('participants/video', target, { status: 0 });
    await events.next((message) => message.type === 'cameraRequested' && message.on);
    await events.roundTrip();
    await cameraIs(false);
    events.send({ type: 'camera', on: true });
    await cameraIs(true);
    events.close();
  });

  it('says "removed" and closes with 4403 when hung up', async () => {
    const meeting = await TestMeeting.start(test);
    const person = await meeting.person('Person');
    const [events, second] = [await meeting.events(person), await meeting.events(person)];
    await meeting.hangUp(person);
    for (const socket of [events, second]) {
      await socket.next(({ type }) => type === 'removed');
      assert.equal(await socket.closed, 4403);
    }
  });

  it('says "ended" and closes with 4410 when the meeting is stopped', async () => {
    const meeting = await TestMeeting.start(test);
    const person = await meeting.person('Person');
    const [events, observer] = [await meeting.events(person), await meeting.events()];
    await meeting.control('stop');
    for (const socket of [events, observer]) {
      await socket.next(({ type }) => type === 'ended');
      assert.equal(await socket.closed, 4410);
    }
  });

  it('gives a listener that reconnects the state as it is then', async () => {
    const meeting = await TestMeeting.start(test);
    const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
    const first = await meeting.events(viewer);
    first.close();
    await meeting.lockView(viewer, source);
    await meeting.control('lock', {}, { isLock: 1 });
    const second = await meeting.events(viewer);
    assert.equal(second.messages[0]?.type, 'snapshot');
    assert.equal(second.state.conference.locked, true);
    assert.equal(second.state.own?.view.reason, 'LOCK');
    assert.ok(second.state.version >= first.state.version);
    second.close();
  });

  it('cuts off a listener that does not answer pings, within 30 seconds', async () => {
    const meeting = await TestMeeting.start(test);
    const [dead, alive] = [await meeting.person('Dead'), await meeting.person('Alive')];
    const deaf = new WebSocket(meeting.eventsUrl, { autoPong: false });
    await once(deaf, 'open');
    deaf.send(JSON.stringify({ type: 'authenticate', token: dead.participantToken }));
    await once(deaf, 'message');
    const events = await meeting.events(alive);
    const pinged = once(events.socket, 'ping');
    test.clock.advance(15_000);
    await pinged;
    await events.roundTrip();
    test.clock.advance(15_000);
    assert.equal(await closeCode(deaf), 1006);
    await events.eventually(test.clock, ({ roster }) => roster.get(dead.participantID)?.connected === false);
    events.close();
  });

  it('cuts off a listener that stops reading and keeps nothing back from the others', async () => {
    const meeting = await TestMeeting.start(test);
    const [slow, quick] = [await meeting.person('Slow'), await meeting.person('Quick')];
    for (let n = 0; n < 100; n += 1) await meeting.person(`Extra ${n}`);
    const [stalled, healthy] = [await meeting.events(slow), await meeting.events(quick)];
    const isConnected = () => healthy.state.roster.get(slow.participantID)?.connected === true;
    await healthy.eventually(test.clock, isConnected);

    stalled.socket.pause();
    let muted = 0;
    // Each is some 20 KB to everybody. The time passed stays below the two pings that would cut it off as well.
    for (let n = 0; n < 1000 && isConnected(); n += 1) {
      muted = 1 - muted;
      await meeting.control('mute', {}, { isMute: muted });
      test.clock.advance(GATHERING_MS);
    }
    assert.equal(isConnected(), false, 'the server has cut it off');
    await healthy.eventually(test.clock, ({ roster }) =>
      [...roster.values()].every((entry) => entry.muted === (muted === 1)),
    );

    stalled.socket.resume();
    assert.equal(await stalled.closed, 1006);
    const again = await meeting.events(slow);
    assert.equal(again.messages[0]?.type, 'snapshot');
    for (const socket of [healthy, again]) socket.close();
  });
});
