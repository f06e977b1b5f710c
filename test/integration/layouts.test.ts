import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { participantId } from '../../src/conference/ids.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

const LOUD = 10;

describe('a layout', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  const newTerminal = (meeting: TestMeeting): Promise<JoinResponse> => {
    serial += 1;
    return meeting.terminal(`LY-${serial}`);
  };

  /** A terminal that views with four video lines, and four people who publish. */
  const stage = async () => {
    const meeting = await TestMeeting.start(test);
    const viewer = await newTerminal(meeting);
    const [ann, ben] = [await meeting.person('Ann'), await meeting.person('Ben')];
    const [cyd, dan] = [await meeting.person('Cyd'), await meeting.person('Dan')];
    for (const person of [ann, ben, cyd, dan]) await meeting.publish(person);
    await meeting.view(viewer, 4);
    return { meeting, viewer, ann, ben, cyd, dan };
  };

  const idsOf = (...people: readonly (JoinResponse | null)[]): readonly (string | null)[] =>
    people.map((person) => person?.participantID ?? null);

  /** @param panes the sites of each pane, by ID or number */
  const manual = (imageType: string, panes: readonly (readonly string[])[], more: object = {}) => ({
    manualSet: 1,
    imageType,
    subscriberInPics: panes.map((subscriber, at) => ({ index: at + 1, subscriber, isAssistStream: 0 })),
    ...more,
  });

  const four = (people: readonly JoinResponse[], more: object = {}) =>
    manual(
      'Four',
      people.map(({ participantID }) => [participantID]),
      more,
    );

  const setLayout = (meeting: TestMeeting, body: object) =>
    meeting.control('display/customMultiPicture', {}, body);

  const switchMode = (meeting: TestMeeting, mode: 'Fixed' | 'VAS', imageType: 0 | 1 = 1) =>
    meeting.control('display/mode', {}, { switchMode: mode, imageType });

  const speak = (speaker: JoinResponse): void => {
    const id = participantId(speaker.participantID);
    const [endpoint] = test.engine.endpointsOf(id);
    const conference = endpoint && test.engine.conferenceOf(endpoint);
    assert.ok(conference);
    test.engine.produceAudio(conference, id, LOUD);
  };

  const numberOf = async (meeting: TestMeeting, { participantID }: JoinResponse): Promise<string> => {
    const query = { conferenceID: meeting.conferenceID };
    const answer = await test.client.control(meeting.token, 'GET', 'realTimeInfo', query);
    const { participants } = answer as { participants: { pid: string; phone: string }[] };
    return participants.find(({ pid }) => pid === participantID)?.phone ?? assert.fail('not there');
  };

  const modeOf = async (meeting: TestMeeting): Promise<string> => {
    const observer = await meeting.events();
    observer.close();
    return observer.state.conference.mode;
  };

  it('puts the named sites into the slots of a terminal, in the order of the panes', async () => {
    const { meeting, viewer, ann, ben, cyd, dan } = await stage();
    await setLayout(meeting, four([dan, ben, ann, cyd]));
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'FIXED', slots: idsOf(dan, ben, ann, cyd) });
    await setLayout(meeting, four([ann, dan]));
    assert.deepEqual((await meeting.seenBy(viewer)).slots, idsOf(ann, dan, null, null));
  });

  it('does the same in its older form, multiPicture', async () => {
    const { meeting, viewer, ann, ben, cyd, dan } = await stage();
    await meeting.control('display/multiPicture', {}, four([cyd, dan, ann, ben]));
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'FIXED', slots: idsOf(cyd, dan, ann, ben) });
  });

  it('has a pane for each cell of a custom grid', async () => {
    const { meeting, viewer, ann, ben, cyd } = await stage();
    const cell = (id: number) => ({ id, left: id - 1, top: 0, xSize: 1, ySize: 1 });
    const picLayoutInfo = { x: 3, y: 1, subPicLayoutInfoList: [cell(1), cell(2), cell(3)] };
    await setLayout(meeting, { ...four([cyd, ann, ben]), imageType: 'Custom', picLayoutInfo });
    assert.deepEqual((await meeting.seenBy(viewer)).slots, idsOf(cyd, ann, ben, null));
  });

  it('shows nobody himself: his own pane is empty for him', async () => {
    const { meeting, viewer, ann, ben } = await stage();
    await meeting.publish(viewer);
    await meeting.view(ann, 2);
    await setLayout(meeting, four([viewer, ann, ben]));
    assert.deepEqual((await meeting.seenBy(viewer)).slots, idsOf(null, ann, ben, null));
  });

  it('takes a site by its number, and shows it again when it has come back', async () => {
    const { meeting, viewer, ann } = await stage();
    const room = await newTerminal(meeting);
    await meeting.publish(room);
    await setLayout(meeting, manual('Two', [[await numberOf(meeting, room)], [ann.participantID]]));
    assert.deepEqual((await meeting.seenBy(viewer)).slots.slice(0, 2), idsOf(room, ann));
    await meeting.hangUp(room);
    assert.deepEqual((await meeting.seenBy(viewer)).slots.slice(0, 2), idsOf(null, ann));

    const path = `/sightline/v1/terminals/LY-${serial}/activation-code`;
    const renewed = (await test.client.manage('POST', path)) as { activationCode: string };
    const again = await test.client.join(meeting.conferenceID, { serialNumber: `LY-${serial}`, ...renewed });
    await meeting.publish(again);
    assert.deepEqual((await meeting.seenBy(viewer)).slots.slice(0, 2), idsOf(again, ann));
  });

  it('turns its polling panes with the clock, and the others not', async () => {
    const { meeting, viewer, ann, ben, cyd, dan } = await stage();
    const sites = [[ann, ben, cyd], [dan]].map((people) => people.map(({ participantID }) => participantID));
    await setLayout(meeting, manual('Two', sites, { switchTime: 20 }));
    const shown = async () => (await meeting.seenBy(viewer)).slots.slice(0, 2);
    assert.deepEqual(await shown(), idsOf(ann, dan));
    test.clock.advance(19_999);
    assert.deepEqual(await shown(), idsOf(ann, dan));
    test.clock.advance(1);
    assert.deepEqual(await shown(), idsOf(ben, dan));
    test.clock.advance(20_000);
    assert.deepEqual(await shown(), idsOf(cyd, dan));
    test.clock.advance(20_000);
    assert.deepEqual(await shown(), idsOf(ann, dan), 'round again');

    await setLayout(meeting, four([dan, cyd]));
    test.clock.advance(60_000);
    assert.deepEqual((await meeting.seenBy(viewer)).slots, idsOf(dan, cyd, null, null), 'no turns any more');
  });

  it('passes over a polled site that has left', async () => {
    const { meeting, viewer, ann, ben } = await stage();
    await setLayout(meeting, manual('Single', [[ann.participantID, ben.participantID]]));
    await meeting.hangUp(ann);
    for (let turn = 0; turn < 3; turn += 1) {
      assert.equal((await meeting.seenBy(viewer)).slots[0], ben.participantID);
      test.clock.advance(10_000);
    }
  });

  it('changes nothing with saveOnly until the next switch to Fixed', async () => {
    const { meeting, viewer, ann, ben, cyd, dan } = await stage();
    await setLayout(meeting, four([ann, ben]));
    await setLayout(meeting, four([cyd, dan], { multiPicSaveOnly: true }));
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'FIXED', slots: idsOf(ann, ben, null, null) });
    await switchMode(meeting, 'Fixed');
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'FIXED', slots: idsOf(cyd, dan, null, null) });
  });

  it('leaves a free conference free with saveOnly', async () => {
    const { meeting, viewer, cyd, dan } = await stage();
    const before = await meeting.seenBy(viewer);
    await setLayout(meeting, four([cyd, dan], { multiPicSaveOnly: true }));
    assert.deepEqual(await meeting.seenBy(viewer), before);
    assert.equal(await modeOf(meeting), 'FREE');
  });

  it('is shown from voice activation with several panes on when it was saved only', async () => {
    const { meeting, viewer, ann, cyd, dan } = await stage();
    await setLayout(meeting, four([cyd, dan, ann], { multiPicSaveOnly: true }));
    await switchMode(meeting, 'VAS', 0);
    assert.notDeepEqual((await meeting.seenBy(viewer)).slots, idsOf(cyd, dan, ann, null));
    await switchMode(meeting, 'VAS', 1);
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'VOICE', slots: idsOf(cyd, dan, ann, null) });
  });

  it('becomes the broadcast continuous presence over the automatic view, a broadcast and a roll call', async () => {
    const { meeting, viewer, ann, ben, cyd, dan } = await stage();
    const ways: readonly (() => Promise<unknown>)[] = [
      () => meeting.control('cancelBroadcast'),
      () => meeting.control('participants/broadcast', { participantID: ann.participantID }),
      () => meeting.control('participants/rollCall', { participantID: ben.participantID }),
    ];
    for (const [index, way] of ways.entries()) {
      await way();
      const people = [dan, cyd, ann, ben].slice(0, index + 1);
      await setLayout(meeting, four(people));
      assert.equal(await modeOf(meeting), 'FIXED');
      const { reason, slots } = await meeting.seenBy(viewer);
      assert.deepEqual([reason, slots.slice(0, people.length)], ['FIXED', idsOf(...people)]);
    }
  });

  it('changes the panes only while voice activation is on', async () => {
    const { meeting, viewer, ann, ben, cyd, dan } = await stage();
    await switchMode(meeting, 'VAS', 0);
    speak(ben);
    await setLayout(meeting, four([dan, cyd]));
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'VOICE', slots: idsOf(ben, null, null, null) });
    await switchMode(meeting, 'VAS', 1);
    await setLayout(meeting, four([cyd, ann]));
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'VOICE', slots: idsOf(cyd, ann, null, null) });
    assert.equal(await modeOf(meeting), 'FREE');
  });

  it('changes the panes only of a host who watches the continuous presence', async () => {
    const { meeting, viewer, ann, ben, cyd } = await stage();
    const { participantID } = viewer;
    const chairmanPwd = meeting.hostPassword;
    await meeting.controlAs(viewer, 'participants/role', { participantID }, { applyChair: 1, chairmanPwd });
    await meeting.control('chairView', {}, { viewType: 1 });
    await setLayout(meeting, four([cyd, ben, ann]));
    assert.deepEqual(await meeting.seenBy(viewer), {
      reason: 'CHAIR_VIEW',
      slots: idsOf(cyd, ben, ann, null),
    });
    assert.equal(await modeOf(meeting), 'FREE');
  });

  it('gives the large pane to the loudest, and none where all are of one size', async () => {
    const { meeting, viewer, ann, ben, cyd } = await stage();
    const sites = [ann, ben, cyd].map(({ participantID }) => [participantID]);
    await switchMode(meeting, 'VAS', 1);
    await setLayout(meeting, manual('Three', sites));
    speak(cyd);
    assert.deepEqual((await meeting.seenBy(viewer)).slots.slice(0, 3), idsOf(cyd, ben, ann));
    await setLayout(meeting, manual('Four', sites));
    assert.deepEqual((await meeting.seenBy(viewer)).slots.slice(0, 3), idsOf(ann, ben, cyd));
  });

  it('is left again for the system’s own with manualSet 0', async () => {
    const { meeting, viewer, ann, ben, cyd, dan } = await stage();
    await setLayout(meeting, four([dan]));
    await setLayout(meeting, { manualSet: 0 });
    assert.deepEqual(await meeting.seenBy(viewer), { reason: 'FIXED', slots: idsOf(ann, ben, cyd, dan) });
  });

  it('does not reach a locked terminal, by whatever way it comes', async () => {
    const { meeting, viewer, ann, ben, cyd, dan } = await stage();
    await meeting.lockView(viewer, ann);
    const locked = { reason: 'LOCK', slots: idsOf(ann, null, null, null) };
    const [first, second] = [ben.participantID, cyd.participantID];
    const ways: readonly (() => Promise<unknown>)[] = [
      () => setLayout(meeting, four([dan, cyd])),
      () => setLayout(meeting, manual('Two', [[first, second]], { switchTime: 10 })),
      () => meeting.control('display/multiPicture', {}, four([ben])),
      () => setLayout(meeting, four([cyd], { multiPicSaveOnly: true })),
      () => switchMode(meeting, 'Fixed'),
      () => switchMode(meeting, 'VAS', 1),
      () => setLayout(meeting, { manualSet: 0 }),
    ];
    for (const way of ways) {
      await way();
      test.clock.advance(10_000);
      speak(dan);
      assert.deepEqual(await meeting.seenBy(viewer), locked);
    }
  });

  it('answers each documented error, and leaves the picture as it is', async () => {
    const { meeting, viewer, ann, ben } = await stage();
    const { conferenceID, guestPassword: password } = meeting;
    const silent = await test.client.join(conferenceID, { name: 'Voice', password, video: false });
    await setLayout(meeting, four([ann, ben]));
    const before = await meeting.seenBy(viewer);
    const good = four([ben, ann]);
    const content = { index: 1, subscriber: [ann.participantID], isAssistStream: 1 };
    const cases: readonly (readonly [string, object])[] = [
      ['MMC.111072041', { ...good, manualSet: 2 }],
      ['MMC.111072041', { ...good, manualSet: undefined }],
      ['MMC.111072043', { ...good, imageType: undefined }],
      ['MMC.111072043', { ...good, imageType: '' }],
      ['MMC.111072044', { ...good, imageType: 'Eleven' }],
      ['MMC.111072044', { ...good, imageType: 'Three-5' }],
      ['MMC.111072042', { ...good, switchTime: 9 }],
      ['MMC.111072042', { ...good, switchTime: 121 }],
      ['MMC.111072058', { ...good, subscriberInPics: [{ ...content, index: 5 }] }],
      ['MMC.111072058', { ...good, subscriberInPics: [{ ...content, index: 0 }] }],
      ['MMC.111072028', { ...good, subscriberInPics: undefined }],
      ['MMC.111072028', manual('Four', [[], []])],
      ['MMC.111072029', { ...good, subscriberInPics: [content, { ...content, index: 2 }] }],
      ['MMC.111072027', four([ann, silent])],
    ];
    for (const [errorCode, body] of cases) {
      await assert.rejects(setLayout(meeting, body), { status: 400, errorCode }, JSON.stringify(body));
      assert.deepEqual(await meeting.seenBy(viewer), before);
    }
  });

  it('answers a site too many with the error of a pane that is not there', async () => {
    const { meeting, ann, ben, cyd, dan, viewer } = await stage();
    const refused = setLayout(meeting, four([ann, ben, cyd, dan, viewer]));
    await assert.rejects(refused, { status: 400, errorCode: 'MMC.111072058' });
  });

  it('has one site a pane under voice activation, whichever of the two comes first', async () => {
    const { meeting, ann, ben } = await stage();
    const polling = manual('Two', [[ann.participantID, ben.participantID]]);
    await setLayout(meeting, polling);
    await assert.rejects(switchMode(meeting, 'VAS', 1), { errorCode: 'MMC.111072030' });
    await setLayout(meeting, four([ann, ben]));
    await switchMode(meeting, 'VAS', 1);
    await assert.rejects(setLayout(meeting, polling), { errorCode: 'MMC.111072030' });
  });

  it('keeps the host off the continuous presence while one is on anyway', async () => {
    const { meeting, viewer, ann } = await stage();
    const { participantID } = viewer;
    const chairmanPwd = meeting.hostPassword;
    await meeting.controlAs(viewer, 'participants/role', { participantID }, { applyChair: 1, chairmanPwd });
    await setLayout(meeting, four([ann]));
    const watch = () => meeting.control('chairView', {}, { viewType: 1 });
    await assert.rejects(watch(), { errorCode: 'MMC.111072011' });
    await switchMode(meeting, 'VAS', 0);
    await assert.rejects(watch(), { errorCode: 'MMC.111072011' });
  });

  it('is refused in a voice meeting, and to a guest', async () => {
    const voice = await TestMeeting.start(test, { mediaTypes: 'Voice' });
    const body = manual('Two', [['1']]);
    await assert.rejects(setLayout(voice, body), { status: 400, errorCode: 'MMC.111072025' });
    const { meeting, ann, viewer } = await stage();
    const before = await meeting.seenBy(viewer);
    const refused = meeting.controlAs(ann, 'display/customMultiPicture', {}, four([ann]));
    await assert.rejects(refused, { status: 403, errorCode: 'MMC.111072070' });
    assert.deepEqual(await meeting.seenBy(viewer), before);
  });

  describe('that is saved', () => {
    const save = (meeting: TestMeeting, more: object = {}) =>
      meeting.control(
        'layOut',
        {},
        {
          restPicLayout: {
            layOutName: 'Front row',
            imageType: 'Two',
            uuid: 'front',
            switchTime: 20,
            subscriberInPics: [{ index: 2, id: ['+991', '+992'], share: 1 }],
            ...more,
          },
        },
      );

    const list = async ({ token, conferenceID }: TestMeeting): Promise<readonly { uuid: string }[]> => {
      const answer = await test.client.control(token, 'GET', 'layOut', { conferenceID });
      return (answer as { picLayouts: readonly { uuid: string }[] }).picLayouts;
    };

    const remove = ({ token, conferenceID }: TestMeeting, uuID: string) =>
      test.client.control(token, 'DELETE', 'layOut', { conferenceID, uuID });

    it('is listed as it was saved, replaced under its own ID, and gone when deleted', async () => {
      const meeting = await TestMeeting.start(test);
      await save(meeting);
      const saved = {
        switchTime: 20,
        picNum: 2,
        layOutName: 'Front row',
        imageType: 'Two',
        uuid: 'front',
        subscriberInPics: [
          { index: 1, id: [], share: 0 },
          { index: 2, id: ['+991', '+992'], share: 1 },
        ],
      };
      assert.deepEqual(await list(meeting), [saved]);
      await save(meeting, { layOutName: 'Back row' });
      assert.deepEqual(await list(meeting), [{ ...saved, layOutName: 'Back row' }]);
      await remove(meeting, 'front');
      assert.deepEqual(await list(meeting), []);
      await assert.rejects(remove(meeting, 'front'), { status: 400, errorCode: 'MMC.111071061' });
    });

    it('gets an ID when it has none', async () => {
      const meeting = await TestMeeting.start(test);
      await save(meeting, { uuid: undefined });
      await save(meeting, { uuid: '' });
      const ids = (await list(meeting)).map(({ uuid }) => uuid);
      assert.equal(new Set(ids).size, 2);
      assert.ok(ids.every((id) => id !== ''));
    });

    it('shows nothing, and is another meeting’s not', async () => {
      const { meeting, viewer, ann } = await stage();
      const before = await meeting.seenBy(viewer);
      await save(meeting, { subscriberInPics: [{ index: 1, id: [ann.participantID] }] });
      assert.deepEqual(await meeting.seenBy(viewer), before);
      assert.deepEqual(await list(await TestMeeting.start(test)), []);
    });

    it('is one of fifty at most', async () => {
      const meeting = await TestMeeting.start(test);
      for (let n = 0; n < 50; n += 1) await save(meeting, { uuid: `layout-${n}` });
      const refused = save(meeting, { uuid: 'one too many' });
      await assert.rejects(refused, { status: 400, errorCode: 'MMC.111071085' });
      await save(meeting, { uuid: 'layout-0', layOutName: 'Replaced' });
      assert.equal((await list(meeting)).length, 50);
    });

    it('is the host’s and the co-hosts’: a guest neither reads, saves nor deletes', async () => {
      const meeting = await TestMeeting.start(test);
      await save(meeting);
      const { participantToken } = await meeting.person('Guest');
      const { conferenceID } = meeting;
      const tries: readonly (readonly [string, Record<string, string>, object?])[] = [
        ['GET', {}],
        ['PUT', {}, { restPicLayout: { imageType: 'Two', uuid: 'his' } }],
        ['DELETE', { uuID: 'front' }],
      ];
      for (const [method, query, body] of tries) {
        const refused = test.client.control(
          participantToken,
          method,
          'layOut',
          { conferenceID, ...query },
          body,
        );
        await assert.rejects(refused, { status: 403, errorCode: 'MMC.111072070' }, method);
      }
      assert.equal((await list(meeting)).length, 1);
    });
  });
});
