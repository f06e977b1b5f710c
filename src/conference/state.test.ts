import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { browser, type Meeting, meeting, terminal } from '../../test/support/conference-builder.ts';
import { conferenceId, meetingId, participantId } from './ids.ts';
import { ParticipantMap } from './participant-map.ts';
import {
  type Choice,
  type ConferenceState,
  deserializeState,
  type ExplicitView,
  hostOf,
  type Mode,
  type Participant,
  sameChoice,
  serializeState,
} from './state.ts';

const someId = fc.string({ minLength: 1, maxLength: 64 }).map(participantId);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 3 });

const choice: fc.Arbitrary<Choice> = fc.oneof(
  fc.record({ kind: fc.constant('single' as const), source: someId }),
  fc.constant<Choice>({ kind: 'continuousPresence' }),
);

const explicit: fc.Arbitrary<ExplicitView> = fc.record(
  {
    by: fc.constantFrom('PART_VIEW' as const, 'CHAIR_VIEW' as const, 'POLL' as const),
    choice,
    switchSeconds: fc.integer({ min: 10, max: 120 }),
  },
  { requiredKeys: ['by', 'choice'] },
);

const mode: fc.Arbitrary<Mode> = fc.oneof(
  fc.record({ kind: fc.constantFrom('FREE' as const, 'FIXED' as const) }),
  fc.record({ kind: fc.constantFrom('ROLL_CALL' as const, 'BROADCAST' as const), target: someId }),
);

const participant: fc.Arbitrary<Participant> = fc.record({
  id: someId,
  name: fc.string({ unit: 'grapheme' }),
  kind: fc.constantFrom('browser' as const, 'terminal' as const),
  serialNumber: maybe(fc.string()),
  number: fc.string(),
  role: fc.constantFrom('host' as const, 'coHost' as const, 'guest' as const),
  tokenDigest: fc.string(),
  video: fc.boolean(),
  muted: fc.boolean(),
  cameraOn: fc.boolean(),
  connected: fc.boolean(),
  joinedAtMs: fc.nat(),
  lock: maybe(choice),
  explicit: maybe(explicit),
  held: maybe(choice),
});

const state: fc.Arbitrary<ConferenceState> = fc.record({
  id: fc.uuid().map(conferenceId),
  meeting: fc.constant(meetingId('900000001')),
  subject: fc.string({ unit: 'grapheme' }),
  media: fc.constantFrom('voice' as const, 'video' as const),
  ended: fc.boolean(),
  startedAtMs: fc.nat(),
  locked: fc.boolean(),
  mode,
  voiceActivation: fc.constantFrom('off' as const, 'single' as const, 'multiple' as const),
  selfUnmuteAllowed: fc.boolean(),
  guestsJoinMuted: fc.boolean(),
  terminalsJoinMuted: fc.boolean(),
  participants: fc
    .uniqueArray(participant, { selector: (p) => p.id, maxLength: 6 })
    .map((all) => ParticipantMap.of(all)),
  speakers: fc.array(someId, { maxLength: 3 }),
});

const plain = (value: ConferenceState): unknown =>
  JSON.parse(JSON.stringify({ ...value, participants: value.participants.values() }));

describe('a snapshot', () => {
  test('brings back everything but speakers and transports, in the order of joining', () => {
    fc.assert(
      fc.property(state, (before) => {
        const participants = before.participants.map((p) => ({ ...p, connected: false }));
        const expected = { ...before, speakers: [], participants };
        assert.deepEqual(plain(deserializeState(serializeState(before))), plain(expected));
      }),
      { numRuns: 200 },
    );
  });

  test('of a snapshot is the same', () => {
    fc.assert(
      fc.property(state, (before) => {
        const once = serializeState(deserializeState(serializeState(before)));
        assert.equal(serializeState(deserializeState(once)), once);
      }),
      { numRuns: 100 },
    );
  });

  test('keeps every view that does not hang on speech', () => {
    const m = busy();
    const before = m.views('H', 'A', 'V', 'W', 'B');
    assert.deepEqual(m.restartFromSnapshot().views('H', 'A', 'V', 'W', 'B'), before);
    assert.deepEqual(before, ['POLL A', 'BROADCAST B', 'LOCK A', 'PART_VIEW A', 'AUTO H']);
  });
});

describe('the journal', () => {
  test('brings back the whole conference', () => {
    const m = busy();
    const { state: before } = m;
    assert.deepEqual(plain(m.restartFromJournal().state), plain(before));
  });

  test('knows nothing of speech and transports', () => {
    const m = busy().speaks('A').connection('A', true);
    m.restartFromJournal();
    assert.deepEqual(m.state.speakers, []);
    assert.equal(m.participant('A').connected, false);
  });
});

/** Everything that a participant can carry, somewhere. */
const busy = (): Meeting => {
  const m = meeting()
    .with(terminal('H'), browser('A'), terminal('V'), terminal('W'), browser('B'))
    .hostIs('H')
    .coHostIs('A');
  m.host.startPolling(30);
  m.host.lock('V', 'A');
  m.host.muteAll(true, false);
  m.host.broadcast('B');
  m.host.partView('W', 'A');
  m.host.rename('B', 'Bea');
  m.host.camera('B', false);
  m.host.lockMeeting();
  return m;
};

test('the host is the one with the role', () => {
  assert.equal(hostOf(busy().state)?.id, 'H');
  assert.equal(hostOf(meeting().with(browser('A')).state), null);
});

test('choices are the same where they show the same', () => {
  const choices: readonly (Choice | null)[] = [
    null,
    { kind: 'continuousPresence' },
    { kind: 'single', source: participantId('A') },
    { kind: 'single', source: participantId('B') },
  ];
  for (const one of choices) {
    for (const other of choices) assert.equal(sameChoice(one, structuredClone(other)), one === other);
  }
});
