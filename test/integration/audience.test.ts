import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

describe('the audience', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  const allow = (meeting: TestMeeting, allowAudience: 0 | 1) =>
    meeting.control('allowAudience', {}, { allowAudience });

  /** A meeting that lets the audience in, with a guest who publishes and somebody who looks on. */
  const stage = async () => {
    const meeting = await TestMeeting.start(test);
    await allow(meeting, 1);
    const speaker = await meeting.person('Speaker');
    await meeting.publish(speaker);
    return { meeting, speaker, looker: await meeting.audience('Looker') };
  };

  const rosterOf = async (meeting: TestMeeting) => {
    const observer = await meeting.events();
    observer.close();
    return observer.state.roster;
  };

  const target = ({ participantID }: JoinResponse) => ({ participantID });

  it('comes in only while the host lets it; guests come in anyway', async () => {
    const meeting = await TestMeeting.start(test);
    const refused = { status: 400, errorCode: 'MMC.111071094' };
    await assert.rejects(meeting.audience('Early'), refused);
    await allow(meeting, 1);
    const looker = await meeting.audience('Looker');
    await allow(meeting, 0);
    await assert.rejects(meeting.audience('Late'), refused);
    await meeting.person('Guest');
    const roster = await rosterOf(meeting);
    assert.equal(roster.get(looker.participantID)?.role, 'audience', 'who is in stays in');
    assert.equal(roster.size, 2);
  });

  it('is let in by the host and the co-hosts only', async () => {
    const { meeting, speaker, looker } = await stage();
    for (const caller of [speaker, looker]) {
      const refused = meeting.controlAs(caller, 'allowAudience', {}, { allowAudience: 1 });
      await assert.rejects(refused, { status: 403, errorCode: 'MMC.111072070' });
    }
    const nonsense = meeting.control('allowAudience', {}, { allowAudience: 2 });
    await assert.rejects(nonsense, { status: 400, errorCode: 'MMC.111072045' });
  });

  it('sees the others and is seen and heard by nobody', async () => {
    const { meeting, speaker, looker } = await stage();
    serial += 1;
    const terminal = await meeting.terminal(`AU-${serial}`);
    await meeting.view(looker);
    await meeting.view(terminal, 4);
    assert.deepEqual((await meeting.seenBy(looker)).slots, [speaker.participantID]);
    const entry = (await rosterOf(meeting)).get(looker.participantID);
    assert.deepEqual([entry?.video, entry?.muted], [false, true]);
    await meeting.control('display/mode', {}, { switchMode: 'Fixed', imageType: 1 });
    assert.ok(!(await meeting.seenBy(terminal)).slots.includes(looker.participantID));
  });

  it('publishes nothing', async () => {
    const { meeting, looker } = await stage();
    const response = await meeting.publish(looker);
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { error_code: string }).error_code, 'MMC.111082001');
  });

  it('is not unmuted: not by itself, not by the host, not with everybody', async () => {
    const { meeting, looker } = await stage();
    const query = target(looker);
    const refused = { status: 400, errorCode: 'MMC.111082001' };
    const unmute = { isMute: 0 };
    await assert.rejects(meeting.controlAs(looker, 'participants/mute', query, unmute), refused);
    await assert.rejects(meeting.control('participants/mute', query, unmute), refused);
    await meeting.control('mute', {}, { isMute: 1 });
    await meeting.control('mute', {}, { isMute: 0 });
    const roster = await rosterOf(meeting);
    assert.deepEqual(
      [...roster.values()].map(({ role, muted }) => [role, muted]),
      [
        ['guest', false],
        ['audience', true],
      ],
    );
  });

  it('becomes neither host nor co-host, whatever password it has', async () => {
    const { meeting, looker } = await stage();
    const chairmanPwd = meeting.hostPassword;
    const apply = meeting.controlAs(looker, 'participants/role', target(looker), {
      applyChair: 1,
      chairmanPwd,
    });
    await assert.rejects(apply, { status: 400, errorCode: 'MMC.111072213' });
    const coHost = meeting.control('participants/cohost', target(looker), { isCohost: 1 });
    await assert.rejects(coHost, { status: 400, errorCode: 'MMC.111072108' });
  });

  it('is shown to nobody: it is no source to lock, to view or to broadcast', async () => {
    const { meeting, speaker, looker } = await stage();
    serial += 1;
    const terminal = await meeting.terminal(`AU-${serial}`);
    await meeting.view(terminal);
    const before = await meeting.seenBy(terminal);
    const body = { participantID: looker.participantID };
    const tries: readonly (() => Promise<unknown>)[] = [
      () => meeting.lockView(terminal, looker),
      () => meeting.control('partView', target(terminal), { viewType: 2, ...body }),
      () => meeting.control('participants/broadcast', target(looker)),
      () => meeting.control('participants/rollCall', target(looker)),
      () => meeting.control('participants/video', target(looker), { status: 0 }),
    ];
    for (const attempt of tries) await assert.rejects(attempt(), { status: 400, errorCode: 'MMC.111072026' });
    const share = meeting.control('participants/share/invite', target(looker), { share: 1 });
    await assert.rejects(share, { status: 400, errorCode: 'MMC.111072111' });
    assert.deepEqual(await meeting.seenBy(terminal), before);
    assert.deepEqual(before.slots, [speaker.participantID]);
  });

  it('does nothing to others', async () => {
    const { meeting, speaker, looker } = await stage();
    const mute = meeting.controlAs(looker, 'participants/mute', target(speaker), { isMute: 1 });
    await assert.rejects(mute, { status: 403, errorCode: 'MMC.111072071' });
  });

  it('starts no meeting, also where guests may', async () => {
    const startTime = new Date(test.clock.now() + 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
    const { conferenceID, guestPassword: password } = await test.client.createMeeting('Open', {
      startTime,
      confConfigInfo: { allowGuestStartConf: true },
    });
    const looker = test.client.join(conferenceID, { name: 'Looker', password, audience: true });
    await assert.rejects(looker, { status: 400, errorCode: 'MMC.111072005' });
  });

  it('stays the audience through the waiting room', async () => {
    const meeting = await TestMeeting.start(test, { confConfigInfo: { enableWaitingRoom: true } });
    await allow(meeting, 1);
    const looker = await meeting.audience('Looker');
    for (let time = 0; time < 2; time += 1) {
      await meeting.control('allowWaitingParticipant', {}, target(looker));
      assert.equal((await rosterOf(meeting)).get(looker.participantID)?.role, 'audience');
      await meeting.control('moveToWaitingRoom', {}, target(looker));
    }
  });

  it('is the host when it shows the host password', async () => {
    const meeting = await TestMeeting.start(test);
    const { conferenceID, hostPassword: password } = meeting;
    const host = await test.client.join(conferenceID, { name: 'Host', password, audience: true });
    assert.equal((await rosterOf(meeting)).get(host.participantID)?.role, 'host');
  });
});
