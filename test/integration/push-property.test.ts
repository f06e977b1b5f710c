import assert from 'node:assert/strict';
import { after, before, test as it } from 'node:test';
import fc from 'fast-check';
import { NOTIFY_TYPES } from '../../src/push/notify-types.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { ApiError } from '../../src/virtual/sightline-client.ts';
import { GATHERING_MS } from '../support/events-socket.ts';
import { foldPushes, PushSocket } from '../support/push-socket.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

let test: TestApp;

before(async () => {
  test = await TestApp.start();
});

after(() => test.close());

/** A command by its name, on participants and listeners by their place among those who ever joined or connected. */
interface Step {
  readonly name: keyof typeof commands;
  readonly a: number;
  readonly b: number;
  readonly on: boolean;
}

/** Commands sent without waiting for each other, then some time passes. */
interface Burst {
  readonly steps: readonly Step[];
  readonly passMs: number;
}

interface Stage {
  readonly meeting: TestMeeting;
  readonly everybody: JoinResponse[];
  readonly listeners: PushSocket[];
}

const participantID = ({ everybody }: Stage, index: number): string =>
  everybody[index % everybody.length]?.participantID ?? '';

const at = (stage: Stage, index: number) => ({ participantID: participantID(stage, index) });

const commands = {
  lockView: (stage: Stage, { a, b, on }: Step) =>
    stage.meeting.control('lockView', at(stage, a), { status: on ? 1 : 0, ...at(stage, b) }),
  partView: (stage: Stage, { a, b }: Step) =>
    stage.meeting.control('partView', at(stage, a), { viewType: 2, ...at(stage, b) }),
  broadcast: (stage: Stage, { a }: Step) => stage.meeting.control('participants/broadcast', at(stage, a)),
  rollCall: (stage: Stage, { a }: Step) => stage.meeting.control('participants/rollCall', at(stage, a)),
  cancelBroadcast: (stage: Stage) => stage.meeting.control('cancelBroadcast'),
  switchMode: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control(
      'display/mode',
      {},
      on ? { switchMode: 'Fixed', imageType: 1 } : { switchMode: 'VAS', imageType: a % 2 },
    ),
  layout: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control(
      'display/customMultiPicture',
      {},
      {
        manualSet: on ? 1 : 0,
        imageType: 'Four',
        subscriberInPics: [{ index: (a % 4) + 1, subscriber: [participantID(stage, a)], isAssistStream: 0 }],
      },
    ),
  mute: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control('participants/mute', at(stage, a), { isMute: on ? 1 : 0 }),
  muteAll: (stage: Stage, { on }: Step) => stage.meeting.control('mute', {}, { isMute: on ? 1 : 0 }),
  hand: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control('participants/hands', at(stage, a), { handsState: on ? 1 : 0 }),
  rename: (stage: Stage, { a, b }: Step) =>
    stage.meeting.control('participants/name', {}, { ...at(stage, a), newName: `Name ${b}` }),
  setCoHost: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control('participants/cohost', at(stage, a), { isCohost: on ? 1 : 0 }),
  lock: (stage: Stage, { on }: Step) => stage.meeting.control('lock', {}, { isLock: on ? 1 : 0 }),
  pause: (stage: Stage, { on }: Step) => stage.meeting.control('pause', {}, { pause: on ? 1 : 0 }),
  toWaitingRoom: (stage: Stage, { a }: Step) =>
    stage.meeting.control('moveToWaitingRoom', {}, at(stage, 3 + (a % 5))),
  admit: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control('allowWaitingParticipant', {}, { ...at(stage, a), allowAll: on }),
  hangUp: async (stage: Stage, { a }: Step) => {
    const guest = stage.everybody[2 + (a % 6)];
    if (guest) await stage.meeting.hangUp(guest);
  },
  join: async (stage: Stage, { b }: Step) => {
    stage.everybody.push(await stage.meeting.person(`Guest ${b}`));
  },
  kill: async (stage: Stage, { a }: Step) => {
    stage.listeners[a % stage.listeners.length]?.close();
  },
  connect: async (stage: Stage, { a, b }: Step) => {
    const types = a % 2 === 0 ? NOTIFY_TYPES : NOTIFY_TYPES.filter((_, index) => index % 2 === b % 2);
    stage.listeners.push(await PushSocket.listen(stage.meeting, types));
  },
  failedCommit: async () => test.store.failNextCommit(),
};

const bursts: fc.Arbitrary<readonly Burst[]> = fc.array(
  fc.record({
    steps: fc.array(
      fc.record({
        name: fc.constantFrom(...(Object.keys(commands) as Step['name'][])),
        a: fc.nat(7),
        b: fc.nat(7),
        on: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    passMs: fc.constantFrom(0, GATHERING_MS / 2, GATHERING_MS, 3 * GATHERING_MS),
  }),
  { minLength: 1, maxLength: 6 },
);

const run = async (stage: Stage, step: Step): Promise<void> => {
  try {
    await commands[step.name](stage, step);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
};

/** Whoever is connected knows what somebody knows who connects now. */
const compare = async ({ meeting, listeners }: Stage): Promise<void> => {
  const fresh = await PushSocket.listen(meeting, NOTIFY_TYPES);
  const real = foldPushes(fresh.pushes);
  fresh.close();
  for (const listener of listeners) {
    const isOpen = listener.socket.readyState === listener.socket.OPEN;
    if (isOpen) await listener.roundTrip();
    for (const [type, known] of foldPushes(listener.pushes)) {
      if (isOpen) assert.deepEqual(known, real.get(type), type);
    }
    assert.equal(new Set(listener.pushes.map(({ msgID }) => msgID)).size, listener.pushes.length);
  }
};

let meetings = 0;

it('what listeners fold together is the server’s state after random commands, with connections killed at random', async () => {
  await fc.assert(
    fc.asyncProperty(bursts, async (wanted) => {
      meetings += 1;
      const meeting = await TestMeeting.start(test, { confConfigInfo: { enableWaitingRoom: true } });
      const everybody = [
        await meeting.terminal(`PP-${meetings}-1`),
        await meeting.terminal(`PP-${meetings}-2`),
        await meeting.person('Ann'),
        await test.client.join(meeting.conferenceID, { name: 'Host', password: meeting.hostPassword }),
      ];
      await meeting.control('allowWaitingParticipant', {}, { allowAll: true });
      const listeners = [
        await PushSocket.listen(meeting, NOTIFY_TYPES),
        await PushSocket.listen(meeting, ['ParticipantsNotify', 'WaitingListNotify']),
      ];
      const stage: Stage = { meeting, everybody, listeners };
      for (const { steps, passMs } of wanted) {
        await Promise.all(steps.map((step) => run(stage, step)));
        test.clock.advance(passMs);
      }
      test.clock.advance(GATHERING_MS);
      await compare(stage);
      for (const listener of stage.listeners) listener.close();
      // Twice: the first may meet the commit that was still to fail.
      for (let n = 0; n < 2; n += 1) await meeting.control('stop').catch(() => {});
    }),
    { numRuns: 200 },
  );
});
