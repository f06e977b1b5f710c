import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { participantId } from '../../src/conference/ids.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { ApiError } from '../../src/virtual/sightline-client.ts';
import { liveOf } from '../support/store-contract.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

describe('a commit that fails', () => {
  let test: TestApp;
  let meeting: TestMeeting;
  let terminal: JoinResponse;
  let people: readonly JoinResponse[];

  before(async () => {
    test = await TestApp.start();
    meeting = await TestMeeting.start(test);
    terminal = await meeting.terminal('CF-1');
    people = await Promise.all([1, 2, 3].map((n) => meeting.person(`Person ${n}`)));
    await meeting.lockView(terminal, person(0));
  });

  after(() => test.close());

  const person = (index: number): JoinResponse => {
    const found = people[index];
    assert.ok(found);
    return found;
  };

  const observed = async () => {
    const events = await meeting.events();
    const { version: _, ...state } = events.state;
    events.close();
    return state;
  };

  const entries = async () => {
    const [live] = await liveOf(test.store);
    assert.ok(live);
    return test.store.journal.entries(live.conference);
  };

  /** Five commands in one turn: sent over five connections at once, they share a commit. */
  const five = () =>
    Promise.allSettled([
      meeting.lockView(terminal, person(1)),
      meeting.control('mute', {}, { isMute: 1 }),
      meeting.control('participants/rollCall', { participantID: person(2).participantID }),
      meeting.control('lock', {}, { isLock: 1 }),
      meeting.control('participants/name', {}, { participantID: person(0).participantID, newName: 'New' }),
    ]);

  const inOneBatch = async (): Promise<readonly PromiseSettledResult<unknown>[]> => {
    test.store.failNextCommit();
    return five();
  };

  it('rejects every command in it with INTERNAL, and the conference is as before', async () => {
    for (let n = 0; n < 20; n += 1) {
      const before = await observed();
      const kept = (await entries()).length;
      const results = await inOneBatch();
      const failed = results.filter((result) => result.status === 'rejected');
      assert.ok(failed.length > 0);
      for (const { reason } of failed) {
        assert.ok(reason instanceof ApiError);
        assert.deepEqual([reason.status, reason.errorCode], [500, 'MMC.111070003']);
      }
      if (failed.length === results.length) {
        assert.deepEqual(await observed(), before);
        assert.equal((await entries()).length, kept);
      }
      await meeting.lockView(terminal, person(0));
      await meeting.control('mute', {}, { isMute: 0 });
      await meeting.control('cancelBroadcast');
      await meeting.control('lock', {}, { isLock: 0 });
      const rename = { participantID: person(0).participantID, newName: 'Person 1' };
      await meeting.control('participants/name', {}, rename);
      assert.deepEqual(
        (await entries()).map(({ sequence }) => sequence),
        (await entries()).map((_, index) => index + 1),
        'the journal has no gap',
      );
    }
  });

  it('loses nothing that was observed meanwhile', async () => {
    await meeting.control('display/mode', {}, { switchMode: 'VAS', imageType: 0 });
    await meeting.publish(person(1));
    await meeting.publish(person(2));
    const [live] = await liveOf(test.store);
    assert.ok(live);
    for (const [index, speaker] of [person(1), person(2), person(1)].entries()) {
      if (index < 2) test.store.failNextCommit();
      const command = meeting.control('lock', {}, { isLock: index % 2 });
      const rejected = command.then(
        () => false,
        () => true,
      );
      // Spoken while the command is under way, and again when it is done.
      test.engine.produceAudio(live.conference, participantId(speaker.participantID), 10);
      await rejected;
      const { views } = await observed();
      assert.deepEqual(views?.[person(0).participantID], {
        reason: 'VOICE',
        picture: { kind: 'single', source: speaker.participantID },
      });
    }
  });

  it('lets nobody in whose joining it was, and the next one may join', async () => {
    await meeting.control('lock', {}, { isLock: 0 });
    test.store.failNextCommit();
    await assert.rejects(meeting.person('Unlucky'), { status: 500, errorCode: 'MMC.111070003' });
    const lucky = await meeting.person('Lucky');
    const names = [...(await observed()).roster.values()].map(({ name }) => name);
    assert.ok(!names.includes('Unlucky'));
    assert.ok(names.includes('Lucky'));
    await meeting.hangUp(lucky);
  });

  it('leaves no meeting behind that could not be started', async () => {
    const before = (await liveOf(test.store)).length;
    test.store.failNextCommit();
    await assert.rejects(test.client.createMeeting('Unlucky'), { status: 500 });
    assert.equal((await liveOf(test.store)).length, before);
    await test.client.createMeeting('Lucky');
    assert.equal((await liveOf(test.store)).length, before + 1);
  });
});
