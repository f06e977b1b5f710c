import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { participantId } from '../../src/conference/ids.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { GATHERING_MS } from '../support/events-socket.ts';
import { TestApp } from '../support/test-app.ts';
import { passTime, TestMeeting } from '../support/test-meeting.ts';

const GRACE_MS = 30_000;

describe('the waiting room', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  const startMeeting = (more: object = {}): Promise<TestMeeting> =>
    TestMeeting.start(test, { confConfigInfo: { enableWaitingRoom: true, ...more } });

  const newTerminal = (meeting: TestMeeting): Promise<JoinResponse> => {
    serial += 1;
    return meeting.terminal(`WR-${serial}`);
  };

  const idsOf = (people: readonly JoinResponse[]): readonly string[] =>
    people.map(({ participantID }) => participantID);

  const admit = (meeting: TestMeeting, { participantID }: JoinResponse) =>
    meeting.control('allowWaitingParticipant', {}, { participantID });

  const sendBack = (meeting: TestMeeting, { participantID }: JoinResponse) =>
    meeting.control('moveToWaitingRoom', {}, { participantID });

  /** Everybody in the meeting by realTimeInfo, as the caller of the token gets it. */
  const present = async (meeting: TestMeeting, token = meeting.token): Promise<readonly string[]> => {
    const query = { conferenceID: meeting.conferenceID };
    const answer = await test.client.control(token, 'GET', 'realTimeInfo', query);
    return (answer as { participants: { pid: string }[] }).participants.map(({ pid }) => pid);
  };

  const errorOf = async (response: Response): Promise<readonly [number, string]> => {
    const { error_code } = (await response.json()) as { error_code: string };
    return [response.status, error_code];
  };

  const waits = [403, 'SIGHTLINE.403000002'];

  /** What is heard and seen of him, and by him: nothing. */
  const hasNoMedia = async (meeting: TestMeeting, guest: JoinResponse): Promise<void> => {
    assert.deepEqual(await errorOf(await meeting.publish(guest)), waits);
    assert.deepEqual(await errorOf(await meeting.view(guest)), waits);
    assert.deepEqual(test.engine.endpointsOf(participantId(guest.participantID)), []);
  };

  it('keeps a guest out of the meeting and its media until he is let in, with the ID that he joined with', async () => {
    const meeting = await startMeeting();
    const guest = await meeting.person('Guest');
    const events = await meeting.events(guest);
    assert.deepEqual(events.messages, [
      { type: 'waiting', conferenceID: meeting.conferenceID, subject: 'Meeting' },
    ]);
    await hasNoMedia(meeting, guest);
    assert.deepEqual(await present(meeting), []);

    await admit(meeting, guest);
    test.clock.advance(GATHERING_MS);
    await events.next(({ type }) => type === 'snapshot');
    assert.equal(events.state.own?.participantID, guest.participantID);
    assert.equal(events.state.roster.get(guest.participantID)?.role, 'guest');
    assert.deepEqual(await present(meeting), [guest.participantID]);
    assert.equal((await meeting.publish(guest)).status, 201);
    assert.equal((await meeting.view(guest)).status, 201);
    events.close();
  });

  it('lets the host in at once, and a terminal not', async () => {
    const meeting = await startMeeting();
    const host = await meeting.host();
    const terminal = await newTerminal(meeting);
    assert.deepEqual(await present(meeting), [host.participantID]);
    await hasNoMedia(meeting, terminal);
    await admit(meeting, terminal);
    assert.deepEqual(await present(meeting), idsOf([host, terminal]));
    await meeting.lockView(terminal, host);
  });

  it('lets everybody in at once with allowAll, in the order of their coming', async () => {
    const meeting = await startMeeting();
    const people = [await meeting.person('Ann'), await newTerminal(meeting), await meeting.person('Ben')];
    await meeting.control('allowWaitingParticipant', {}, { allowAll: true });
    assert.deepEqual(await present(meeting), idsOf(people));
    await meeting.control('allowWaitingParticipant', {}, { allowAll: true });
    assert.deepEqual(await present(meeting), idsOf(people), 'nobody waits any more');
  });

  it('takes somebody back: his media end, the lock on him too, and he may be let in again', async () => {
    const meeting = await startMeeting();
    const [viewer, guest, other] = [
      await newTerminal(meeting),
      await meeting.person('Guest'),
      await meeting.person('Other'),
    ];
    await meeting.control('allowWaitingParticipant', {}, { allowAll: true });
    for (const person of [guest, other]) await meeting.publish(person);
    await meeting.view(guest);
    await meeting.view(viewer);
    await meeting.lockView(viewer, guest);
    const [events, terminal] = [await meeting.events(guest), await meeting.events(viewer)];
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'LOCK', slots: [guest.participantID] });

    await sendBack(meeting, guest);
    test.clock.advance(GATHERING_MS);
    await events.next(({ type }) => type === 'waiting');
    const change = await terminal.change(({ roster }) => roster?.removed.length === 1);
    assert.deepEqual(change.own?.view, {
      reason: 'AUTO',
      picture: { kind: 'single', source: other.participantID },
    });
    assert.equal(terminal.state.roster.get(viewer.participantID)?.viewLocked, false);
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'AUTO', slots: [other.participantID] });
    await hasNoMedia(meeting, guest);

    await admit(meeting, guest);
    test.clock.advance(GATHERING_MS);
    await events.next(({ type }) => type === 'snapshot');
    assert.equal(events.state.own?.participantID, guest.participantID);
    assert.equal((await meeting.publish(guest)).status, 201);
    assert.equal((await meeting.seenBy(viewer)).reason, 'AUTO', 'the lock does not come back');
    for (const socket of [events, terminal]) socket.close();
  });

  it('ends the lock and the view of a terminal that is taken back itself', async () => {
    const meeting = await startMeeting();
    const [viewer, source] = [await newTerminal(meeting), await meeting.person('Source')];
    await meeting.control('allowWaitingParticipant', {}, { allowAll: true });
    await meeting.publish(source);
    await meeting.view(viewer);
    await meeting.lockView(viewer, source);
    await sendBack(meeting, viewer);
    await admit(meeting, viewer);
    await meeting.view(viewer);
    assert.equal((await meeting.seenBy(viewer)).reason, 'AUTO');
  });

  it('takes several back in one step, and none when one of them may not be', async () => {
    const meeting = await startMeeting();
    const host = await meeting.host();
    const people = [await meeting.person('Ann'), await meeting.person('Ben')];
    await meeting.control('allowWaitingParticipant', {}, { allowAll: true });
    const refused = meeting.control(
      'batchMoveToWaitingRoom',
      {},
      { batchParticipants: idsOf([...people, host]) },
    );
    await assert.rejects(refused, { status: 400, errorCode: 'MMC.111072011' });
    assert.deepEqual(await present(meeting), idsOf([host, ...people]));
    await meeting.control('batchMoveToWaitingRoom', {}, { batchParticipants: idsOf(people) });
    assert.deepEqual(await present(meeting), [host.participantID]);
  });

  it('gives nobody a role back: a co-host who was taken back is a guest', async () => {
    const meeting = await startMeeting();
    const guest = await meeting.person('Guest');
    await admit(meeting, guest);
    const { participantID } = guest;
    await meeting.control('participants/cohost', { participantID }, { isCohost: 1 });
    await sendBack(meeting, guest);
    const lock = () => meeting.controlAs(guest, 'lock', {}, { isLock: 1 });
    await assert.rejects(lock(), { status: 403, errorCode: 'MMC.111072070' });
    await admit(meeting, guest);
    await assert.rejects(lock(), { status: 403, errorCode: 'MMC.111072070' });
  });

  it('mutes who is let in where guests join muted', async () => {
    const meeting = await startMeeting({ isAutoMute: true });
    const guest = await meeting.person('Guest');
    await admit(meeting, guest);
    const events = await meeting.events(guest);
    assert.equal(events.state.roster.get(guest.participantID)?.muted, true);
    events.close();
  });

  it('answers who cannot be moved, and in which meeting', async () => {
    const meeting = await startMeeting();
    const plain = await TestMeeting.start(test);
    const [guest, waiting, outside] = [
      await meeting.person('Guest'),
      await meeting.person('Waiting'),
      await plain.person('Outside'),
    ];
    await admit(meeting, guest);
    const notThere = { status: 400, errorCode: 'MMC.111072008' };
    await assert.rejects(admit(meeting, guest), notThere);
    await assert.rejects(admit(meeting, outside), notThere);
    await assert.rejects(sendBack(meeting, waiting), notThere);
    await assert.rejects(sendBack(plain, outside), { status: 400, errorCode: 'MMC.111072010' });
    const forbidden = { status: 403, errorCode: 'MMC.111072070' };
    const { participantID } = waiting;
    for (const caller of [guest, waiting]) {
      await assert.rejects(
        meeting.controlAs(caller, 'allowWaitingParticipant', {}, { participantID }),
        forbidden,
      );
      await assert.rejects(meeting.controlAs(caller, 'moveToWaitingRoom', {}, guest), forbidden);
    }
    assert.deepEqual(await present(meeting), [guest.participantID]);
  });

  it('may be minded by a co-host, who cannot send the host there', async () => {
    const meeting = await startMeeting();
    const [host, guest, late] = [
      await meeting.host(),
      await meeting.person('Guest'),
      await meeting.person('Late'),
    ];
    await admit(meeting, guest);
    const { participantID } = guest;
    await meeting.control('participants/cohost', { participantID }, { isCohost: 1 });
    await meeting.controlAs(
      guest,
      'allowWaitingParticipant',
      {},
      {
        participantID: late.participantID,
      },
    );
    assert.deepEqual(await present(meeting), idsOf([host, guest, late]));
    const refused = meeting.controlAs(guest, 'moveToWaitingRoom', {}, { participantID: host.participantID });
    await assert.rejects(refused, { status: 403, errorCode: 'MMC.111072110' });
  });

  it('tells who waits neither who is in the meeting nor anything of it', async () => {
    const meeting = await startMeeting();
    await meeting.host();
    const guest = await meeting.person('Guest');
    await assert.rejects(present(meeting, guest.participantToken), { status: 403 });
    const query = { conferenceID: meeting.conferenceID };
    const push = test.client.control(guest.participantToken, 'GET', 'wsToken', query);
    await assert.rejects(push, { status: 403 });
  });

  it('lets nobody who waits do anything to himself or the meeting', async () => {
    const meeting = await startMeeting();
    const guest = await meeting.person('Guest');
    const { participantID } = guest;
    const tries: readonly (readonly [string, object])[] = [
      ['participants/name', { participantID, newName: 'Other' }],
      ['participants/hands', { handsState: 1 }],
      ['participants/mute', { isMute: 1 }],
    ];
    for (const [operation, body] of tries) {
      await assert.rejects(
        meeting.controlAs(guest, operation, { participantID }, body),
        { status: 403 },
        operation,
      );
    }
  });

  it('is left by who goes away, who leaves, and by a terminal that joins again', async () => {
    const meeting = await startMeeting();
    const [gone, leaving, terminal] = [
      await meeting.person('Gone'),
      await meeting.person('Leaving'),
      await newTerminal(meeting),
    ];
    const observer = await meeting.events();
    const waiting = () => observer.state.waiting.map(({ participantID }) => participantID);
    const [events, first] = [await meeting.events(leaving), await meeting.events(terminal)];
    assert.deepEqual(waiting(), idsOf([gone, leaving, terminal]));

    events.send({ type: 'leave' });
    await events.next(({ type }) => type === 'removed');
    assert.equal(await events.closed, 4403);
    await passTime(test.clock, GRACE_MS, observer, first);
    await observer.eventually(test.clock, () => waiting().length === 1);
    await assert.rejects(admit(meeting, gone), { errorCode: 'MMC.111072008' });

    const path = `/sightline/v1/terminals/WR-${serial}/activation-code`;
    const renewed = (await test.client.manage('POST', path)) as { activationCode: string };
    const again = await test.client.join(meeting.conferenceID, { serialNumber: `WR-${serial}`, ...renewed });
    await first.next(({ type }) => type === 'removed');
    await observer.eventually(test.clock, () => waiting()[0] === again.participantID);
    assert.deepEqual(waiting(), [again.participantID]);
    observer.close();
  });

  it('is closed with the meeting: who waits is told that it has ended', async () => {
    const meeting = await startMeeting();
    const guest = await meeting.person('Guest');
    const events = await meeting.events(guest);
    await meeting.control('stop');
    await events.next(({ type }) => type === 'ended');
    assert.equal(await events.closed, 4410);
    assert.equal((await meeting.publish(guest)).status, 401);
  });
});
