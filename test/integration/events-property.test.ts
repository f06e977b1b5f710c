import assert from 'node:assert/strict';
import { after, before, test as it } from 'node:test';
import fc from 'fast-check';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { ApiError } from '../../src/virtual/sightline-client.ts';
import { type EventsSocket, GATHERING_MS } from '../support/events-socket.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

let test: TestApp;

before(async () => {
  test = await TestApp.start();
});

after(() => test.close());

/** A command by its name, on participants by their place in the list of those who ever joined. */
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
}

const pick = ({ everybody }: Stage, index: number): string =>
  everybody[index % everybody.length]?.participantID ?? '';

const commands = {
  lockView: (stage: Stage, { a, b, on }: Step) =>
    stage.meeting.control(
      'lockView',
      { participantID: pick(stage, a) },
      { status: on ? 1 : 0, participantID: pick(stage, b) },
    ),
  partView: (stage: Stage, { a, b }: Step) =>
    stage.meeting.control(
      'partView',
      { participantID: pick(stage, a) },
      { viewType: 2, participantID: pick(stage, b) },
    ),
  broadcast: (stage: Stage, { a }: Step) =>
    stage.meeting.control('participants/broadcast', { participantID: pick(stage, a) }),
  rollCall: (stage: Stage, { a }: Step) =>
    stage.meeting.control('participants/rollCall', { participantID: pick(stage, a) }),
  cancelBroadcast: (stage: Stage) => stage.meeting.control('cancelBroadcast'),
  switchMode: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control(
      'display/mode',
      {},
      on ? { switchMode: 'Fixed', imageType: 1 } : { switchMode: 'VAS', imageType: a % 2 },
    ),
  mute: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control('participants/mute', { participantID: pick(stage, a) }, { isMute: on ? 1 : 0 }),
  muteAll: (stage: Stage, { on }: Step) => stage.meeting.control('mute', {}, { isMute: on ? 1 : 0 }),
  rename: (stage: Stage, { a, b }: Step) =>
    stage.meeting.control('participants/name', {}, { participantID: pick(stage, a), newName: `Name ${b}` }),
  setCoHost: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control('participants/cohost', { participantID: pick(stage, a) }, { isCohost: on ? 1 : 0 }),
  hand: (stage: Stage, { a, on }: Step) =>
    stage.meeting.control(
      'participants/hands',
      { participantID: pick(stage, a) },
      { handsState: on ? 1 : 0 },
    ),
  lock: (stage: Stage, { on }: Step) => stage.meeting.control('lock', {}, { isLock: on ? 1 : 0 }),
  hangUp: async (stage: Stage, { a }: Step) => {
    // The first four keep listening.
    const guest = stage.everybody[4 + (a % 4)];
    if (guest) await stage.meeting.hangUp(guest);
  },
  join: async (stage: Stage, { b }: Step) => {
    stage.everybody.push(await stage.meeting.person(`Guest ${b}`));
  },
  view: async (stage: Stage, { a, b }: Step) => {
    const viewer = stage.everybody[a % stage.everybody.length];
    if (viewer) await stage.meeting.view(viewer, (b % 3) + 1);
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
      { minLength: 1, maxLength: 6 },
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

/** A listener that comes now is told the server's own state. */
const compare = async (listener: EventsSocket, fresh: EventsSocket): Promise<void> => {
  await listener.roundTrip();
  const { version, ...known } = listener.state;
  const { version: newest, ...real } = fresh.state;
  assert.deepEqual(known, real);
  assert.ok(version <= newest);
};

const noneRepeated = ({ messages }: EventsSocket): void => {
  let last = -1;
  let text = '';
  for (const message of messages) {
    assert.ok(message.type === 'snapshot' || message.type === 'change');
    assert.ok(message.version >= last, 'versions never fall');
    // Who opens a new endpoint is told its slots, even where they are those of the one before.
    if (!message.own) assert.notEqual(JSON.stringify(message), text, 'a message was repeated');
    last = message.version;
    text = JSON.stringify(message);
  }
};

let meetings = 0;

it('what listeners fold together from snapshot and changes is the server’s state after every burst of random commands', async () => {
  await fc.assert(
    fc.asyncProperty(bursts, async (wanted) => {
      meetings += 1;
      const meeting = await TestMeeting.start(test);
      const everybody = [
        await meeting.terminal(`EP-${meetings}-1`),
        await meeting.terminal(`EP-${meetings}-2`),
        await meeting.person('Ann'),
        await test.client.join(meeting.conferenceID, { name: 'Host', password: meeting.hostPassword }),
      ];
      const listeners = await Promise.all([
        meeting.events(),
        ...everybody.map((participant) => meeting.events(participant)),
      ]);
      const stage: Stage = { meeting, everybody: [...everybody] };
      for (const { steps, passMs } of wanted) {
        await Promise.all(steps.map((step) => run(stage, step)));
        test.clock.advance(passMs);
      }
      test.clock.advance(GATHERING_MS);
      for (const [index, listener] of listeners.entries()) {
        const fresh = await meeting.events(everybody[index - 1]);
        await compare(listener, fresh);
        fresh.close();
        noneRepeated(listener);
      }
      for (const listener of listeners) listener.close();
      // Twice: the first may meet the commit that was still to fail.
      for (let n = 0; n < 2; n += 1) await meeting.control('stop').catch(() => {});
    }),
    { numRuns: 40 },
  );
});
