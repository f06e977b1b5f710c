import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { NOTIFY_TYPES } from '../../src/push/notify-types.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { GATHERING_MS } from '../support/events-socket.ts';
import { type PushMessage, type PushRow, PushSocket, webSocketToken } from '../support/push-socket.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

const REFUSED = 4401;

const rowsOf = (push: PushMessage | undefined): readonly PushRow[] =>
  (push?.data ?? []) as readonly PushRow[];

const rowOf = (push: PushMessage, { participantID }: JoinResponse): PushRow | undefined =>
  rowsOf(push).find(({ pid }) => pid === participantID);

describe('the push WebSocket', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  const newTerminal = (meeting: TestMeeting) => {
    serial += 1;
    return meeting.terminal(`PU-${serial}`);
  };

  const connect = (meeting: TestMeeting, token: string): PushSocket =>
    new PushSocket(test.app.url, meeting.conferenceID, token);

  const request = (meeting: TestMeeting, subscribeType: readonly string[] = ['ParticipantsNotify']) => ({
    conferenceID: meeting.conferenceID,
    subscribeType,
    confToken: meeting.token,
  });

  describe('the connection', () => {
    it('opens with the token and the URL of the control token’s answer', async () => {
      const meeting = await TestMeeting.start(test);
      const { conferenceID, hostPassword } = meeting;
      const path = `/v1/mmc/control/conferences/token?conferenceID=${conferenceID}`;
      const headers = { 'x-password': hostPassword, 'x-login-type': '1' };
      const answer = (await test.client.call('GET', path, { headers })) as {
        data: { tmpWsToken: string; wsURL: string; supportNotifyType: string[] };
      };
      assert.equal(answer.data.wsURL, test.app.url.replace(/^http/, 'ws'));
      assert.deepEqual(answer.data.supportNotifyType, [...NOTIFY_TYPES]);
      const push = new PushSocket(answer.data.wsURL, conferenceID, answer.data.tmpWsToken);
      await once(push.socket, 'open');
      assert.equal((await push.subscribe(request(meeting))).code, 0);
      push.close();
    });

    it('opens within a minute of the token’s issue and not after', async () => {
      const meeting = await TestMeeting.start(test);
      const [early, late] = [await webSocketToken(meeting), await webSocketToken(meeting)];
      test.clock.advance(59_999);
      const good = connect(meeting, early);
      await once(good.socket, 'open');
      await good.roundTrip();
      test.clock.advance(1);
      assert.equal(await connect(meeting, late).closed, REFUSED);
      good.close();
    });

    it('is refused to a token used before, an unknown one, and one of another meeting', async () => {
      const [meeting, other] = [await TestMeeting.start(test), await TestMeeting.start(test)];
      const token = await webSocketToken(meeting);
      const first = connect(meeting, token);
      await once(first.socket, 'open');
      await first.roundTrip();
      assert.equal(await connect(meeting, token).closed, REFUSED);
      assert.equal(await connect(meeting, 'f'.repeat(48)).closed, REFUSED);
      assert.equal(await connect(other, await webSocketToken(meeting)).closed, REFUSED);
      first.close();
    });

    it('is refused when the meeting has ended, and closes when it ends, with the last state first', async () => {
      const meeting = await TestMeeting.start(test);
      const token = await webSocketToken(meeting);
      const idle = await PushSocket.open(meeting);
      const push = await PushSocket.listen(meeting, ['ConfDynamicInfoNotify']);
      await meeting.control('stop');
      assert.equal(await push.closed, 4410);
      assert.equal(await idle.closed, 4410);
      assert.deepEqual(
        push.pushes.map(({ state }) => state),
        ['Created', 'Destroyed'],
      );
      assert.equal(await connect(meeting, token).closed, REFUSED);
    });

    it('gives a heartbeat back as it came', async () => {
      const push = await PushSocket.open(await TestMeeting.start(test));
      const beat = '{"sequence":"000000000000000001611977415084", "action":"HeartBeat"}';
      push.socket.send(beat);
      await push.roundTrip();
      assert.deepEqual(push.texts, [beat]);
      push.close();
    });

    it('closes 180 s after the last message', async () => {
      const push = await PushSocket.open(await TestMeeting.start(test));
      test.clock.advance(100_000);
      push.socket.send('{"action":"HeartBeat","sequence":"1"}');
      await push.roundTrip();
      test.clock.advance(179_999);
      await push.roundTrip();
      test.clock.advance(1);
      assert.equal(await push.closed, 4408);
    });

    it('closes when the participant with whose token it subscribed is hung up', async () => {
      const meeting = await TestMeeting.start(test);
      const person = await meeting.person('Ann');
      const push = await PushSocket.listen(meeting, ['ParticipantsNotify'], person.participantToken);
      await meeting.hangUp(person);
      assert.equal(await push.closed, 4403);
    });
  });

  describe('a subscription', () => {
    it('is taken as text and as an object, the token raw or as Basic, and by a guest', async () => {
      const meeting = await TestMeeting.start(test);
      const person = await meeting.person('Ann');
      const guest = await test.client.controlToken(meeting.conferenceID, meeting.guestPassword);
      const basic = `Basic ${Buffer.from(meeting.token).toString('base64')}`;
      const wanted = request(meeting);
      const push = await PushSocket.open(meeting);
      for (const data of [
        wanted,
        JSON.stringify(wanted),
        { ...wanted, confToken: basic },
        { ...wanted, confToken: guest },
        { ...wanted, confToken: person.participantToken },
        { ...wanted, subscribeType: ['SomethingElse', 'ParticipantsNotify'] },
      ]) {
        const { action, code } = await push.subscribe(data);
        assert.deepEqual({ action, code }, { action: 'Subscribe', code: 0 });
      }
      await push.roundTrip();
      assert.equal(push.pushes.length, 1, 'who subscribes again is not told again');
      push.close();
    });

    it('is refused with a code and without effect', async () => {
      const [meeting, other] = [await TestMeeting.start(test), await TestMeeting.start(test)];
      const wanted = request(meeting);
      const push = await PushSocket.open(meeting);
      for (const [data, code] of [
        [{ ...wanted, confToken: 'cnr-wrong' }, 111070121],
        [{ ...wanted, confToken: other.token }, 111070121],
        [{ ...wanted, conferenceID: other.conferenceID }, 111070121],
        [{ ...wanted, confToken: undefined }, 111071061],
        [{ ...wanted, subscribeType: [] }, 111071061],
        [{ ...wanted, subscribeType: ['SomethingElse', 7] }, 111071061],
        [{ ...wanted, subscribeType: 'ParticipantsNotify' }, 111071061],
        ['{', 111071061],
        [null, 111071061],
      ] as const) {
        assert.equal((await push.subscribe(data)).code, code, JSON.stringify(data));
      }
      for (const text of ['{', '[]', '{"action":"Nothing","sequence":"9"}']) push.socket.send(text);
      await push.roundTrip();
      assert.deepEqual(push.replies.slice(-3), [
        { code: 111071062, message: 'JSON_CONVERSION_FAILED' },
        { code: 111071062, message: 'JSON_CONVERSION_FAILED' },
        { action: 'Nothing', sequence: '9', code: 111071061, message: 'PARAMETER_VERIFIED_FAIL' },
      ]);
      await meeting.person('Ann');
      await push.roundTrip();
      assert.deepEqual(push.pushes, []);
      push.close();
    });

    it('is refused to who is in the waiting room, and closes when the participant is moved there', async () => {
      const meeting = await TestMeeting.start(test, { confConfigInfo: { enableWaitingRoom: true } });
      const person = await meeting.person('Ann');
      const push = await PushSocket.open(meeting);
      const own = { ...request(meeting), confToken: person.participantToken };
      assert.equal((await push.subscribe(own)).code, 111070121);
      await meeting.control('allowWaitingParticipant', {}, { allowAll: true });
      assert.equal((await push.subscribe(own)).code, 0);
      const host = await PushSocket.listen(meeting, ['WaitingListNotify', 'ParticipantsNotify']);
      await meeting.control('moveToWaitingRoom', {}, { participantID: person.participantID });
      assert.equal(await push.closed, 4403);
      test.clock.advance(GATHERING_MS);
      const waiting = await host.next(
        ({ action, msgMode }) => action === 'WaitingListNotify' && msgMode === 1,
      );
      assert.deepEqual(rowOf(waiting, person), {
        pid: person.participantID,
        mode: 0,
        pinfoMap: {
          NAME: 'Ann',
          TEL: rowOf(waiting, person)?.pinfoMap?.TEL,
          ACCOUNT: '',
          ANONYMOUS: '1',
          CLIENT_LOGIN_TYPE: 'Desktop',
          ADDTIME: String(test.clock.now() - GATHERING_MS),
          WAITINGSTATE: '0',
        },
      });
      host.close();
    });

    it('brings a whole message of every type that has something to tell, in the documented envelope', async () => {
      const meeting = await TestMeeting.start(test);
      const viewer = await newTerminal(meeting);
      const push = await PushSocket.listen(meeting, NOTIFY_TYPES);
      const silent = new Set<string>(['NetConditionNotify', 'RealTimeSubtitleNotify']);
      assert.deepEqual(
        push.pushes.map(({ action }) => action).sort(),
        NOTIFY_TYPES.filter((type) => !silent.has(type)).sort(),
      );
      for (const { confID, msgID, msgMode, version, createTime } of push.pushes) {
        assert.equal(confID, meeting.conferenceID);
        assert.match(msgID, /^[0-9a-f]{32}$/);
        assert.equal(msgMode, 0);
        assert.equal(version, test.clock.now());
        assert.equal(createTime, test.clock.now());
      }
      const [participants] = push.of('ParticipantsNotify');
      assert.deepEqual(rowsOf(participants), [
        {
          pid: viewer.participantID,
          mode: 0,
          pinfoMap: {
            NAME: `PU-${serial}`,
            TEL: rowsOf(participants)[0]?.pinfoMap?.TEL,
            ACCOUNT: '',
            ANONYMOUS: '0',
            CLIENT_LOGIN_TYPE: 'OtherType',
            ADDTIME: String(test.clock.now()),
            ROLE: '0',
            IS_COHOST: '0',
            STATE: '0',
            HAND: '0',
            MUTE: '0',
            VIDEO: '1',
            CAMERASTATE: '1',
            SHARE: '0',
            INVITE_SHARE_STATE: '0',
            BROADCAST: '0',
            ROLLCALL: '0',
            LOCKED_VIEW: '0',
            VIEW_TYPE: '0',
            IS_SVC: '0',
            RTC_USER_ID: '',
            ALLOW_CLIENT_REC: '0',
            LOCALREC: '0',
            CLIENT_REC_STATE: '0',
          },
        },
      ]);
      push.close();
    });

    it('adds types, of which the whole comes first', async () => {
      const meeting = await TestMeeting.start(test);
      const push = await PushSocket.listen(meeting, ['ConfBasicInfoNotify']);
      await push.subscribe(request(meeting, ['ConfBasicInfoNotify', 'AttendeesNotify']));
      await push.roundTrip();
      assert.deepEqual(
        push.pushes.map(({ action, msgMode }) => [action, msgMode]),
        [
          ['ConfBasicInfoNotify', 0],
          ['AttendeesNotify', 0],
        ],
      );
      push.close();
    });
  });

  describe('a change', () => {
    it('of a lock is pushed once, with the changed keys of the viewer only, and not when nothing changes', async () => {
      const meeting = await TestMeeting.start(test);
      const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
      const push = await PushSocket.listen(meeting, ['ParticipantsNotify']);
      await meeting.lockView(viewer, source);
      await meeting.lockView(viewer, source);
      test.clock.advance(GATHERING_MS);
      await push.roundTrip();
      const [, change, ...more] = push.pushes;
      assert.deepEqual(more, []);
      assert.equal(change?.msgMode, 1);
      assert.equal(change?.version, 1);
      assert.deepEqual(rowsOf(change), [
        { pid: viewer.participantID, mode: 0, pinfoMap: { LOCKED_VIEW: '1', VIEW_TYPE: '2' } },
      ]);

      await meeting.control(
        'lockView',
        { participantID: viewer.participantID },
        { status: 0, participantID: source.participantID },
      );
      const unlocked = await push.next(({ version }) => version === 2);
      assert.deepEqual(rowOf(unlocked, viewer)?.pinfoMap, { LOCKED_VIEW: '0', VIEW_TYPE: '0' });
      push.close();
    });

    it('that ends a lock with the leaving of its source is one message', async () => {
      const meeting = await TestMeeting.start(test);
      const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
      await meeting.lockView(viewer, source);
      const push = await PushSocket.listen(meeting, ['ParticipantsNotify', 'InviteResultNotify']);
      test.clock.advance(GATHERING_MS);
      await meeting.hangUp(source);
      test.clock.advance(GATHERING_MS);
      await push.roundTrip();
      const [, change, ...more] = push.of('ParticipantsNotify');
      assert.deepEqual(more, []);
      assert.deepEqual(rowsOf(change), [
        { pid: source.participantID, mode: 1 },
        { pid: viewer.participantID, mode: 0, pinfoMap: { LOCKED_VIEW: '0', VIEW_TYPE: '0' } },
      ]);
      const [, results] = push.of('InviteResultNotify');
      assert.partialDeepStrictEqual(results?.data, [{ resultCode: '111076002' }]);
      push.close();
    });

    it('goes at once when it was quiet, and what follows within 100 ms goes as one message', async () => {
      const meeting = await TestMeeting.start(test);
      const person = await meeting.person('Ann');
      const push = await PushSocket.listen(meeting, ['ParticipantsNotify']);
      test.clock.advance(GATHERING_MS);
      const mute = (isMute: number) =>
        meeting.control('participants/mute', { participantID: person.participantID }, { isMute });
      const rename = (newName: string) =>
        meeting.control('participants/name', {}, { participantID: person.participantID, newName });
      await mute(1);
      await rename('Berta');
      await mute(0);
      await rename('Carla');
      await push.roundTrip();
      assert.equal(push.pushes.length, 2);
      test.clock.advance(GATHERING_MS);
      await push.roundTrip();
      assert.deepEqual(
        push.pushes.slice(1).map((change) => rowOf(change, person)?.pinfoMap),
        [{ MUTE: '1' }, { NAME: 'Carla', MUTE: '0' }],
      );
      push.close();
    });

    it('of the mode is told by ConfDynamicInfoNotify, whole and flat, and by the participant’s keys', async () => {
      const meeting = await TestMeeting.start(test);
      const [person] = [await meeting.person('Ann'), await meeting.person('Berta')];
      const push = await PushSocket.listen(meeting, ['ConfDynamicInfoNotify', 'ParticipantsNotify']);
      await meeting.control('participants/broadcast', { participantID: person.participantID });
      const info = await push.next(({ mode }) => mode === 'BROADCAST');
      assert.equal(info.msgMode, 0);
      assert.equal(info.state, 'Created');
      assert.equal(info.data, undefined);
      const participants = await push.next(({ msgMode }) => msgMode === 1);
      assert.deepEqual(rowsOf(participants), [
        { pid: person.participantID, mode: 0, pinfoMap: { BROADCAST: '1' } },
      ]);
      push.close();
    });

    it('is made into one text for all listeners', async () => {
      const meeting = await TestMeeting.start(test);
      const listeners = [
        await PushSocket.listen(meeting, ['ParticipantsNotify']),
        await PushSocket.listen(meeting, ['ParticipantsNotify']),
      ];
      await meeting.person('Ann');
      const changes = await Promise.all(listeners.map((push) => push.next(({ msgMode }) => msgMode === 1)));
      assert.deepEqual(changes[0], changes[1]);
      for (const push of listeners) push.close();
    });

    it('is in the whole message of who comes back, and what follows joins on', async () => {
      const meeting = await TestMeeting.start(test);
      const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
      const first = await PushSocket.listen(meeting, ['ParticipantsNotify']);
      first.close();
      await first.closed;
      await meeting.lockView(viewer, source);
      const again = await PushSocket.listen(meeting, ['ParticipantsNotify']);
      const whole = await again.next();
      assert.equal(whole.msgMode, 0);
      assert.equal(rowOf(whole, viewer)?.pinfoMap?.LOCKED_VIEW, '1');
      await meeting.hangUp(source);
      test.clock.advance(GATHERING_MS);
      assert.deepEqual(rowsOf(await again.next())[0], { pid: source.participantID, mode: 1 });
      again.close();
    });
  });

  it('cuts off a listener that does not read, and the others go on', async () => {
    const meeting = await TestMeeting.start(test);
    const person = await meeting.person('Ann');
    const [slow, good] = [
      await PushSocket.listen(meeting, ['ConfDynamicInfoNotify', 'ParticipantsNotify']),
      await PushSocket.listen(meeting, ['ParticipantsNotify']),
    ];
    slow.socket.pause();
    const chatter = 'x'.repeat(60_000);
    const beats = Array.from({ length: 200 }, () => JSON.stringify({ action: 'HeartBeat', chatter }));
    for (const beat of beats) slow.socket.send(beat);
    await meeting.control('participants/mute', { participantID: person.participantID }, { isMute: 1 });
    test.clock.advance(GATHERING_MS);
    const change = await good.next(({ msgMode }) => msgMode === 1);
    assert.deepEqual(rowOf(change, person)?.pinfoMap, { MUTE: '1' });
    slow.socket.resume();
    assert.equal(await slow.closed, 1006);
    assert.ok(slow.texts.length < beats.length);
    await good.roundTrip();
    good.close();
  });

  it('closes when the server stops', async () => {
    const stopping = await TestApp.start();
    const push = await PushSocket.listen(await TestMeeting.start(stopping), ['ParticipantsNotify']);
    await stopping.close();
    assert.equal(await push.closed, 4503);
  });
});
