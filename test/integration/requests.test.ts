import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

const FORBIDDEN = { status: 403, errorCode: 'MMC.111072070' };
const ON_OTHERS = { status: 403, errorCode: 'MMC.111072071' };
const NOT_THERE = { status: 400, errorCode: 'MMC.111072008' };
const NO_SWITCH = { status: 400, errorCode: 'MMC.111072045' };

describe('asking and allowing', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  const target = ({ participantID }: JoinResponse) => ({ participantID });

  /** A meeting with its host, a co-host and a guest. */
  const stage = async () => {
    const meeting = await TestMeeting.start(test);
    const host = await meeting.host();
    const [helper, guest] = [await meeting.person('Helper'), await meeting.person('Guest')];
    await meeting.control('participants/cohost', target(helper), { isCohost: 1 });
    return { meeting, host, helper, guest };
  };

  const entryOf = async (meeting: TestMeeting, { participantID }: JoinResponse) => {
    const observer = await meeting.events();
    observer.close();
    return observer.state.roster.get(participantID) ?? assert.fail('not in the roster');
  };

  const newTerminal = (meeting: TestMeeting): Promise<JoinResponse> => {
    serial += 1;
    return meeting.terminal(`RQ-${serial}`);
  };

  describe('a hand', () => {
    const raise = (meeting: TestMeeting, who: JoinResponse, by: JoinResponse, handsState: 0 | 1 = 1) =>
      meeting.controlAs(by, 'participants/hands', target(who), { handsState });

    it('is raised and lowered by its guest; the others and realTimeInfo say so', async () => {
      const { meeting, host, guest } = await stage();
      const events = await meeting.events(host);
      for (const state of [1, 0] as const) {
        await raise(meeting, guest, guest, state);
        await events.eventually(
          test.clock,
          ({ roster }) => roster.get(guest.participantID)?.handRaised === (state === 1),
        );
        const query = { conferenceID: meeting.conferenceID };
        const info = await test.client.control(meeting.token, 'GET', 'realTimeInfo', query);
        const { participants } = info as { participants: { pid: string; hand: number }[] };
        assert.equal(participants.find(({ pid }) => pid === guest.participantID)?.hand, state);
      }
      events.close();
    });

    it('is lowered by host and co-host too, and by no other guest', async () => {
      const { meeting, helper, guest } = await stage();
      const other = await meeting.person('Other');
      await raise(meeting, guest, guest);
      await assert.rejects(raise(meeting, guest, other, 0), ON_OTHERS);
      assert.equal((await entryOf(meeting, guest)).handRaised, true);
      await raise(meeting, guest, helper, 0);
      assert.equal((await entryOf(meeting, guest)).handRaised, false);
    });

    it('is not the host’s', async () => {
      const { meeting, host, guest } = await stage();
      await assert.rejects(raise(meeting, host, host), { status: 400, errorCode: 'MMC.111072069' });
      await raise(meeting, guest, guest);
      await meeting.control('participants/role', target(host), { applyChair: 0 });
      const chairmanPwd = meeting.hostPassword;
      await meeting.controlAs(guest, 'participants/role', target(guest), { applyChair: 1, chairmanPwd });
      assert.equal((await entryOf(meeting, guest)).handRaised, false, 'it goes down with the role');
    });

    it('of several is lowered in one step, and of none when one of them is not there', async () => {
      const { meeting, guest, helper } = await stage();
      const other = await meeting.person('Other');
      for (const person of [guest, other]) await raise(meeting, person, person);
      const lower = (...pids: readonly string[]) =>
        meeting.control('participants/batch/hands', {}, { handsState: 0, pids });
      await assert.rejects(lower(guest.participantID, 'nobody'), NOT_THERE);
      assert.equal((await entryOf(meeting, guest)).handRaised, true);
      await lower(guest.participantID, other.participantID, helper.participantID);
      for (const person of [guest, other]) assert.equal((await entryOf(meeting, person)).handRaised, false);
      const body = { handsState: 0, pids: [guest.participantID] };
      await assert.rejects(meeting.controlAs(guest, 'participants/batch/hands', {}, body), FORBIDDEN);
      await assert.rejects(lower(), { status: 400, errorCode: 'MMC.111071061' });
    });
  });

  describe('the camera', () => {
    const ask = (meeting: TestMeeting, who: JoinResponse, status: 0 | 1) =>
      meeting.control('participants/video', target(who), { status });

    it('is asked for at the participant’s own socket only, and opened by him', async () => {
      const { meeting, host, guest } = await stage();
      await ask(meeting, guest, 1);
      const [own, other] = [await meeting.events(guest), await meeting.events(host)];
      await ask(meeting, guest, 0);
      await own.next((message) => message.type === 'cameraRequested' && message.on);
      assert.equal((await entryOf(meeting, guest)).cameraOn, false);
      own.send({ type: 'camera', on: true });
      await other.eventually(test.clock, ({ roster }) => roster.get(guest.participantID)?.cameraOn === true);
      assert.ok(other.messages.every(({ type }) => type !== 'cameraRequested'));
      for (const socket of [own, other]) socket.close();
    });

    it('is closed by the host, who says so', async () => {
      const { meeting, guest } = await stage();
      const own = await meeting.events(guest);
      await ask(meeting, guest, 1);
      await own.next((message) => message.type === 'cameraRequested' && !message.on);
      await own.eventually(test.clock, ({ roster }) => roster.get(guest.participantID)?.cameraOn === false);
      own.close();
    });

    it('is asked for once more when the guest has not answered, and not when it is open', async () => {
      const { meeting, guest } = await stage();
      const own = await meeting.events(guest);
      const requests = () => own.messages.filter(({ type }) => type === 'cameraRequested').length;
      await ask(meeting, guest, 0);
      await own.roundTrip();
      assert.equal(requests(), 0);
      for (const status of [1, 0, 0] as const) await ask(meeting, guest, status);
      await own.roundTrip();
      assert.equal(requests(), 3);
      own.close();
    });

    it('answers what is wrong', async () => {
      const { meeting, host, helper, guest } = await stage();
      const { conferenceID, guestPassword: password } = meeting;
      const silent = await test.client.join(conferenceID, { name: 'Voice', password, video: false });
      await assert.rejects(ask(meeting, silent, 0), { status: 400, errorCode: 'MMC.111072026' });
      const operation = 'participants/video';
      await assert.rejects(meeting.control(operation, target(guest), {}), NO_SWITCH);
      await assert.rejects(meeting.control(operation, { participantID: 'nobody' }, { status: 0 }), NOT_THERE);
      await assert.rejects(meeting.controlAs(guest, operation, target(guest), { status: 0 }), FORBIDDEN);
      const coHostOnHost = meeting.controlAs(helper, operation, target(host), { status: 1 });
      await assert.rejects(coHostOnHost, { status: 403, errorCode: 'MMC.111072110' });
    });
  });

  describe('sharing', () => {
    const operation = 'participants/share/invite';

    it('is what a guest is invited to, and not any more', async () => {
      const { meeting, guest } = await stage();
      const own = await meeting.events(guest);
      for (const share of [1, 0]) {
        await meeting.control(operation, target(guest), { share });
        await own.eventually(
          test.clock,
          ({ roster }) => roster.get(guest.participantID)?.invitedToShare === (share === 1),
        );
      }
      own.close();
    });

    it('is nothing that a terminal does, nor a guest asks for', async () => {
      const { meeting, guest } = await stage();
      const terminal = await newTerminal(meeting);
      const refused = meeting.control(operation, target(terminal), { share: 1 });
      await assert.rejects(refused, { status: 400, errorCode: 'MMC.111072111' });
      await assert.rejects(meeting.controlAs(guest, operation, target(guest), { share: 1 }), FORBIDDEN);
      await assert.rejects(meeting.control(operation, target(guest), { share: 2 }), NO_SWITCH);
      await assert.rejects(meeting.control(operation, { participantID: 'nobody' }, { share: 1 }), NOT_THERE);
    });
  });

  describe('recording', () => {
    const operation = 'allowClientRecord';

    it('at his own machine is allowed to one guest and taken from him', async () => {
      const { meeting, guest } = await stage();
      const own = await meeting.events(guest);
      for (const allowClientRecord of [1, 0]) {
        await meeting.control(operation, target(guest), { allowClientRecord });
        await own.eventually(
          test.clock,
          ({ roster }) =>
            roster.get(guest.participantID)?.clientRecordingAllowed === (allowClientRecord === 1),
        );
      }
      await assert.rejects(
        meeting.controlAs(guest, operation, target(guest), { allowClientRecord: 1 }),
        FORBIDDEN,
      );
      await assert.rejects(meeting.control(operation, target(guest), {}), NO_SWITCH);
      own.close();
    });

    it('and streaming by the server are refused with their documented codes, once the request is good', async () => {
      const { meeting, guest } = await stage();
      const cases: readonly (readonly [string, object, string])[] = [
        ['record', { isRecord: 1 }, 'MMC.111072020'],
        ['mmrRecord', { recordType: 1 }, 'MMC.111072020'],
        ['live', { isLive: 1 }, 'MMC.111072068'],
        ['mmrLive', { liveState: 1 }, 'MMC.111072068'],
      ];
      for (const [path, body, errorCode] of cases) {
        await assert.rejects(meeting.control(path, {}, body), { status: 400, errorCode }, path);
        await assert.rejects(meeting.controlAs(guest, path, {}, body), FORBIDDEN, path);
        const empty = await meeting.control(path, {}, {}).catch((error: { errorCode: string }) => error);
        assert.notEqual((empty as { errorCode: string }).errorCode, errorCode, path);
      }
    });
  });

  it('leaves a lock alone: none of it changes what a locked terminal sees', async () => {
    const { meeting, guest, helper } = await stage();
    const viewer = await newTerminal(meeting);
    for (const person of [guest, helper]) await meeting.publish(person);
    await meeting.view(viewer);
    await meeting.lockView(viewer, guest);
    const locked = { reason: 'LOCK', slots: [guest.participantID] };
    const steps: readonly (readonly [string, object])[] = [
      ['participants/video', { status: 1 }],
      ['participants/video', { status: 0 }],
      ['participants/share/invite', { share: 1 }],
      ['allowClientRecord', { allowClientRecord: 1 }],
      ['participants/hands', { handsState: 1 }],
      ['participants/mute', { isMute: 1 }],
    ];
    for (const [operation, body] of steps) {
      await meeting.control(operation, target(guest), body);
      assert.deepEqual(await meeting.seenBy(viewer), locked, operation);
    }
  });
});
