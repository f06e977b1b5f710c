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
  newConferenceDefaults,
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
  account: maybe(fc.string()),
  handRaised: fc.boolean(),
  cameraRequested: fc.boolean(),
  invitedToShare: fc.boolean(),
  clientRecordingAllowed: fc.boolean(),
  language: maybe(fc.record({ speak: fc.string(), listen: fc.string(), original: fc.boolean() })),
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

/** The parts that are plain data and nothing else. */
const newConferenceParts = {
  settings: fc.constant(newConferenceDefaults.settings),
  paused: fc.boolean(),
  audienceAllowed: fc.boolean(),
  layout: fc.constant(newConferenceDefaults.layout),
  storedLayout: fc.constant(null),
  savedLayouts: fc.constant([]),
  layoutTurn: fc.constant(0),
  interpretation: fc.constant({ on: true, groups: [] }),
  waitingRoom: fc.boolean(),
  waiting: fc.constant([]),
  attendees: fc.array(
    fc.record({
      number: fc.string(),
      name: fc.string(),
      type: fc.string(),
      account: maybe(fc.string()),
      role: fc.constantFrom('host' as const, 'guest' as const),
      called: fc.boolean(),
    }),
  ),
  endsAtMs: maybe(fc.nat()),
  endWarned: fc.constant(false),
  prolongMinutes: fc.nat(),
};

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
  ...newConferenceParts,
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

describe('a conference from before audience, layouts, waiting room and hands', () => {
  /** What was stored of each then. */
  const earlierState = [
    ['id', 'meeting', 'subject', 'media', 'ended', 'startedAtMs', 'locked', 'mode', 'voiceActivation'],
    ['selfUnmuteAllowed', 'guestsJoinMuted', 'terminalsJoinMuted', 'participants', 'speakers'],
  ].flat();
  const earlierParticipant = [
    ['id', 'name', 'kind', 'serialNumber', 'number', 'role', 'tokenDigest', 'video', 'muted', 'cameraOn'],
    ['connected', 'joinedAtMs', 'lock', 'explicit', 'held'],
  ].flat();
  const only = <T extends object>(value: T, keys: readonly string[]): T =>
    Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key))) as T;

  test('its snapshot is completed with what a new one has', () => {
    const { state: now } = busy();
    const participants = now.participants.values().map((p) => only(p, earlierParticipant));
    const snapshot = JSON.stringify(only({ ...now, participants, speakers: [] }, earlierState));
    assert.deepEqual(plain(deserializeState(snapshot)), plain(now));
  });

  test('its journal too', () => {
    const m = busy();
    const { state: before } = m;
    for (const [at, event] of m.journal.entries()) {
      if (event.type !== 'participant.joined') continue;
      m.journal[at] = { ...event, participant: only(event.participant, earlierParticipant) };
    }
    assert.deepEqual(plain(m.restartFromJournal().state), plain(before));
  });
});

/** Everything that a participant could carry from the beginning, somewhere. */
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
