import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { participantId } from '../../src/conference/ids.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { GATHERING_MS } from '../support/events-socket.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

const LOUD = 10;
const FORBIDDEN = { status: 403, errorCode: 'MMC.111072070' };

describe('in a running meeting', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  const configure = (meeting: TestMeeting, settings: object) =>
    meeting.control('updateStartedConfConfig', {}, settings);

  const newTerminal = (meeting: TestMeeting): Promise<JoinResponse> => {
    serial += 1;
    return meeting.terminal(`IS-${serial}`);
  };

  const target = ({ participantID }: JoinResponse) => ({ participantID });

  const entryOf = async (meeting: TestMeeting, { participantID }: JoinResponse) => {
    const observer = await meeting.events();
    observer.close();
    return observer.state.roster.get(participantID) ?? assert.fail('not in the roster');
  };

  const rename = (meeting: TestMeeting, who: JoinResponse, newName: string) =>
    meeting.controlAs(who, 'participants/name', {}, { ...target(who), newName });

  const unmute = (meeting: TestMeeting, who: JoinResponse) =>
    meeting.controlAs(who, 'participants/mute', target(who), { isMute: 0 });

  const makeCoHost = (meeting: TestMeeting, who: JoinResponse) =>
    meeting.control('participants/cohost', target(who), { isCohost: 1 });

  /** Sends what the camera switch of a page sends, and what the server has made of it. */
  const openCamera = async (meeting: TestMeeting, who: JoinResponse): Promise<boolean> => {
    const events = await meeting.events(who);
    events.send({ type: 'camera', on: true });
    for (let n = 0; n < 3; n += 1) await events.roundTrip();
    events.close();
    return (await entryOf(meeting, who)).cameraOn;
  };

  describe('the host’s settings', () => {
    it('keep a guest from renaming himself, and nobody else', async () => {
      const meeting = await TestMeeting.start(test);
      const [guest, helper] = [await meeting.person('Guest'), await meeting.person('Helper')];
      await makeCoHost(meeting, helper);
      await rename(meeting, guest, 'Once');
      await configure(meeting, { allowRename: 0 });
      await assert.rejects(rename(meeting, guest, 'Twice'), FORBIDDEN);
      assert.equal((await entryOf(meeting, guest)).name, 'Once');
      await rename(meeting, helper, 'Co-host');
      await meeting.control('participants/name', {}, { ...target(guest), newName: 'By the host' });
      assert.equal((await entryOf(meeting, guest)).name, 'By the host');
      await configure(meeting, { allowRename: 1 });
      await rename(meeting, guest, 'Again');
    });

    it('keep a guest from opening his camera unless the host asks for it', async () => {
      const meeting = await TestMeeting.start(test);
      const [guest, helper] = [await meeting.person('Guest'), await meeting.person('Helper')];
      await makeCoHost(meeting, helper);
      await configure(meeting, { allowOpenCamera: 0 });
      for (const person of [guest, helper]) {
        await meeting.control('participants/video', target(person), { status: 1 });
      }
      assert.equal(await openCamera(meeting, guest), false);
      assert.equal(await openCamera(meeting, helper), true);
      await meeting.control('participants/video', target(guest), { status: 0 });
      assert.equal((await entryOf(meeting, guest)).cameraOn, false, 'it is his choice');
      assert.equal(await openCamera(meeting, guest), true);
      await meeting.control('participants/video', target(guest), { status: 1 });
      assert.equal(await openCamera(meeting, guest), false, 'one request is good for once');
      await configure(meeting, { allowOpenCamera: 1 });
      assert.equal(await openCamera(meeting, guest), true);
    });

    it('keep a camera closed whose request the host has taken back', async () => {
      const meeting = await TestMeeting.start(test);
      const guest = await meeting.person('Guest');
      await configure(meeting, { allowOpenCamera: 0 });
      for (const status of [1, 0, 1]) await meeting.control('participants/video', target(guest), { status });
      assert.equal(await openCamera(meeting, guest), false);
    });

    it('keep a guest from unmuting himself, set alone or with mute for all', async () => {
      const meeting = await TestMeeting.start(test);
      const guest = await meeting.person('Guest');
      const forbidding: readonly (() => Promise<unknown>)[] = [
        () => configure(meeting, { allowUnmuteByOneself: 0 }),
        () => meeting.control('mute/guestUnMute', {}, { allowUnmuteByOneself: 0 }),
        () => meeting.control('mute', {}, { isMute: 1, allowUnmuteByOneself: 0 }),
      ];
      for (const forbid of forbidding) {
        await meeting.control('mute', {}, { isMute: 1, allowUnmuteByOneself: 1 });
        await forbid();
        await assert.rejects(unmute(meeting, guest), FORBIDDEN);
        assert.equal((await entryOf(meeting, guest)).muted, true);
        await meeting.control('mute/guestUnMute', {}, { allowUnmuteByOneself: 1 });
        await unmute(meeting, guest);
        assert.equal((await entryOf(meeting, guest)).muted, false);
      }
    });

    it('let the host unmute whoever may not himself', async () => {
      const meeting = await TestMeeting.start(test);
      const guest = await meeting.person('Guest');
      await meeting.control('mute', {}, { isMute: 1, allowUnmuteByOneself: 0 });
      await meeting.control('participants/mute', target(guest), { isMute: 0 });
      assert.equal((await entryOf(meeting, guest)).muted, false);
    });

    it('lock the meeting, and are told to the pages', async () => {
      const meeting = await TestMeeting.start(test);
      const events = await meeting.events(await meeting.person('Guest'));
      await configure(meeting, { isLock: 1, allowUnmuteByOneself: 0, allowOpenCamera: 0 });
      await events.eventually(test.clock, ({ conference }) => conference.locked);
      const { selfUnmuteAllowed, selfCameraAllowed } = events.state.conference;
      assert.deepEqual([selfUnmuteAllowed, selfCameraAllowed], [false, false]);
      await assert.rejects(meeting.person('Late'), { errorCode: 'MMC.111072050' });
      await configure(meeting, { isLock: 0 });
      await meeting.person('Late');
      assert.equal(events.state.conference.selfUnmuteAllowed, false, 'what is not named stays as it is');
      events.close();
    });

    it('are the host’s and the co-hosts’, and make sense', async () => {
      const meeting = await TestMeeting.start(test);
      const [guest, helper] = [await meeting.person('Guest'), await meeting.person('Helper')];
      await makeCoHost(meeting, helper);
      await meeting.controlAs(helper, 'updateStartedConfConfig', {}, { allowRename: 0 });
      const refused = meeting.controlAs(guest, 'updateStartedConfConfig', {}, { allowRename: 1 });
      await assert.rejects(refused, FORBIDDEN);
      const cases: readonly (readonly [string, object])[] = [
        ['MMC.111072045', { allowRename: 2 }],
        ['MMC.111072045', { isLock: 'yes' }],
        ['MMC.111071061', { callInRestriction: 1 }],
        ['MMC.111071061', { audienceCallInRestriction: 3 }],
        ['MMC.111071061', { chatPermission: 0 }],
        ['MMC.111071061', { chatPermission: 5 }],
        ['MMC.111071061', { clientRecMode: 3 }],
      ];
      for (const [errorCode, body] of cases) {
        const faulty = configure(meeting, { ...body, allowRename: 1, ...body });
        await assert.rejects(faulty, { status: 400, errorCode }, JSON.stringify(body));
      }
      await assert.rejects(rename(meeting, guest, 'Other'), FORBIDDEN, 'none of them was taken by half');
    });
  });

  describe('the restriction of who may come in', () => {
    const joinWithAccount = async ({ conferenceID, guestPassword: password }: TestMeeting) => {
      const path = `/sightline/v1/conferences/${conferenceID}/join`;
      return (await test.client.manage('POST', path, { name: 'Account', password })) as JoinResponse;
    };

    const organisationOnly = { status: 400, errorCode: 'MMC.111071074' };
    const invitedOnly = { status: 400, errorCode: 'MMC.111071075' };

    it('to the organisation lets in accounts, terminals and the host, and no other guest', async () => {
      const meetings = [
        await TestMeeting.start(test, { confConfigInfo: { callInRestriction: 2 } }),
        await TestMeeting.start(test),
      ];
      for (const meeting of meetings) await configure(meeting, { callInRestriction: 2 });
      for (const meeting of meetings) {
        await assert.rejects(meeting.person('Stranger'), organisationOnly);
        await joinWithAccount(meeting);
        await newTerminal(meeting);
        await meeting.host();
        await configure(meeting, { callInRestriction: 0 });
        await meeting.person('Stranger');
      }
    });

    it('set when the meeting was made holds from its start', async () => {
      const organisation = await TestMeeting.start(test, { confConfigInfo: { callInRestriction: 2 } });
      await assert.rejects(organisation.person('Stranger'), organisationOnly);
      const invited = await TestMeeting.start(test, { confConfigInfo: { callInRestriction: 3 } });
      await assert.rejects(invited.person('Stranger'), invitedOnly);
    });

    it('to those invited lets in the terminals that are on the list, and the host', async () => {
      const meeting = await TestMeeting.start(test);
      const guest = await meeting.person('Guest');
      await configure(meeting, { callInRestriction: 3 });
      await assert.rejects(meeting.person('Stranger'), invitedOnly);
      await assert.rejects(joinWithAccount(meeting), invitedOnly);
      await assert.rejects(newTerminal(meeting), invitedOnly);
      await meeting.host();
      assert.equal((await entryOf(meeting, guest)).name, 'Guest', 'who is in stays in');

      const elsewhere = await TestMeeting.start(test);
      const room = await newTerminal(elsewhere);
      const query = { conferenceID: elsewhere.conferenceID };
      const info = await test.client.control(elsewhere.token, 'GET', 'realTimeInfo', query);
      const { participants } = info as { participants: { pid: string; phone: string }[] };
      const phone = participants.find(({ pid }) => pid === room.participantID)?.phone;
      const expecting = await TestMeeting.start(test, {
        confConfigInfo: { callInRestriction: 3 },
        attendees: [{ phone, name: 'Room', type: 'terminal' }],
      });
      const path = `/sightline/v1/terminals/IS-${serial}/activation-code`;
      const renewed = (await test.client.manage('POST', path)) as { activationCode: string };
      await test.client.join(expecting.conferenceID, { serialNumber: `IS-${serial}`, ...renewed });
      await assert.rejects(newTerminal(expecting), invitedOnly);
    });

    it('to those invited lets in an account that is on the list', async () => {
      const meeting = await TestMeeting.start(test, {
        confConfigInfo: { callInRestriction: 3 },
        attendees: [{ phone: 'admin', accountId: 'admin', name: 'The administrator' }],
      });
      await assert.rejects(meeting.person('Stranger'), invitedOnly);
      await joinWithAccount(meeting);
    });

    it('is another one for the audience', async () => {
      const meeting = await TestMeeting.start(test);
      await meeting.control('allowAudience', {}, { allowAudience: 1 });
      await configure(meeting, { audienceCallInRestriction: 2 });
      await meeting.person('Guest');
      await assert.rejects(meeting.audience('Stranger'), organisationOnly);
      await configure(meeting, { callInRestriction: 2, audienceCallInRestriction: 0 });
      await meeting.audience('Stranger');
      await assert.rejects(meeting.person('Guest'), organisationOnly);
    });
  });

  describe('a pause', () => {
    const stage = async () => {
      const meeting = await TestMeeting.start(test);
      const viewer = await newTerminal(meeting);
      const [ann, ben] = [await meeting.person('Ann'), await meeting.person('Ben')];
      for (const person of [ann, ben]) await meeting.publish(person);
      await meeting.view(viewer, 2);
      await meeting.view(ben, 2);
      return { meeting, viewer, ann, ben };
    };

    const pause = (meeting: TestMeeting, on: boolean) => meeting.control('pause', {}, { pause: on ? 1 : 0 });

    /** Who of them is heard by anybody when they speak one after the other. */
    const heard = (...people: readonly JoinResponse[]): readonly string[] => {
      const sources: string[] = [];
      const stop = test.engine.onDelivery((delivery) => {
        if (delivery.type === 'audio') sources.push(delivery.source);
      });
      for (const { participantID } of people) {
        const id = participantId(participantID);
        const [endpoint] = test.engine.endpointsOf(id);
        const conference = endpoint && test.engine.conferenceOf(endpoint);
        if (conference) test.engine.produceAudio(conference, id, LOUD);
      }
      stop();
      return [...new Set(sources)];
    };

    it('shows nothing and lets nobody be heard; the lock stays and its picture comes back', async () => {
      const { meeting, viewer, ann, ben } = await stage();
      await meeting.lockView(viewer, ben);
      assert.deepEqual(heard(ann, ben), [ann.participantID, ben.participantID]);
      await pause(meeting, true);
      assert.deepEqual(await meeting.seenBy(viewer), { reason: 'LOCK', slots: [null, null] });
      assert.deepEqual((await meeting.seenBy(ben)).slots, [null, null]);
      assert.deepEqual(heard(ann, ben), []);
      await pause(meeting, false);
      assert.deepEqual(await meeting.seenBy(viewer), { reason: 'LOCK', slots: [ben.participantID, null] });
      assert.deepEqual(heard(ann, ben), [ann.participantID, ben.participantID]);
    });

    it('holds for who comes and who connects meanwhile', async () => {
      const { meeting, viewer, ann } = await stage();
      await pause(meeting, true);
      const late = await meeting.person('Late');
      await meeting.publish(late);
      await meeting.view(late, 2);
      await meeting.view(viewer, 2);
      assert.deepEqual((await meeting.seenBy(late)).slots, [null, null]);
      assert.deepEqual((await meeting.seenBy(viewer)).slots, [null, null]);
      assert.deepEqual(heard(late), []);
      await pause(meeting, false);
      assert.equal((await meeting.seenBy(viewer)).slots[0], ann.participantID);
      assert.deepEqual(heard(late), [late.participantID]);
    });

    it('keeps who is muted muted, and lets the switching of views go on behind it', async () => {
      const { meeting, viewer, ann, ben } = await stage();
      await pause(meeting, true);
      await meeting.control('participants/mute', target(ann), { isMute: 1 });
      await meeting.control('participants/mute', target(ben), { isMute: 1 });
      await meeting.control('participants/mute', target(ben), { isMute: 0 });
      assert.deepEqual(heard(ann, ben), [], 'nobody is unmuted into a pause');
      await meeting.lockView(viewer, ben);
      await pause(meeting, false);
      assert.deepEqual(heard(ann, ben), [ben.participantID]);
      assert.deepEqual(await meeting.seenBy(viewer), { reason: 'LOCK', slots: [ben.participantID, null] });
    });

    it('is told to the pages with the slots that are empty', async () => {
      const { meeting, viewer, ann } = await stage();
      const events = await meeting.events(viewer);
      test.clock.advance(GATHERING_MS);
      await pause(meeting, true);
      await events.eventually(test.clock, ({ conference }) => conference.paused);
      assert.deepEqual(events.state.own?.slots, [null, null]);
      await pause(meeting, false);
      await events.eventually(test.clock, ({ own }) => own?.slots[0] === ann.participantID);
      assert.equal(events.state.conference.paused, false);
      events.close();
    });

    it('is the host’s', async () => {
      const { meeting, ann } = await stage();
      await assert.rejects(meeting.controlAs(ann, 'pause', {}, { pause: 1 }), FORBIDDEN);
      await assert.rejects(meeting.control('pause', {}, {}), { status: 400, errorCode: 'MMC.111072045' });
    });
  });
});
