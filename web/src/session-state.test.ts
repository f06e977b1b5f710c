import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConferenceEntry, RosterEntry, SnapshotMessage } from '../../src/signalling/protocol.ts';
import {
  admissible,
  applyChange,
  applyNotice,
  applySnapshot,
  initials,
  isAudience,
  isCameraAsked,
  mayOpenCamera,
  mayRaiseHand,
  nearEndMs,
  ownEntry,
  slotPicture,
  sortedRoster,
  viewReason,
} from './session-state.ts';

function entry(participantID: string, changes: Partial<RosterEntry> = {}): RosterEntry {
  return {
    participantID,
    name: `Name ${participantID}`,
    kind: 'browser',
    role: 'guest',
    muted: false,
    video: true,
    cameraOn: true,
    connected: true,
    viewLocked: false,
    handRaised: false,
    invitedToShare: false,
    clientRecordingAllowed: false,
    ...changes,
  };
}

const conference: ConferenceEntry = {
  mode: 'FREE',
  locked: false,
  paused: false,
  selfUnmuteAllowed: true,
  selfCameraAllowed: true,
  endsAtMs: null,
  interpretation: { on: false, languages: [] },
};

const snapshot: SnapshotMessage = {
  type: 'snapshot',
  version: 7,
  conferenceID: '900001',
  subject: 'Weekly',
  conference,
  waiting: [],
  roster: [entry('t', { kind: 'terminal' }), entry('a'), entry('b', { role: 'host' })],
  own: {
    participantID: 't',
    view: { reason: 'AUTO', picture: { kind: 'single', source: 'a' } },
    slots: ['a', null],
  },
};

test('a snapshot tells the own view, the roster and the slots', () => {
  const state = applySnapshot(snapshot);
  assert.equal(viewReason(state), 'AUTO');
  assert.equal(ownEntry(state)?.kind, 'terminal');
  assert.deepEqual(
    sortedRoster(state).map((row) => row.participantID),
    ['b', 'a', 't'],
  );
  assert.deepEqual(slotPicture(state, 0), { source: 'a', name: 'Name a' });
});

test('a change replaces what it names and keeps the rest', () => {
  const before = applySnapshot(snapshot);
  const after = applyChange(before, {
    type: 'change',
    version: 8,
    conference: { ...conference, mode: 'BROADCAST' },
    roster: { changed: [entry('c'), entry('a', { muted: true })], removed: ['b'] },
  });
  assert.deepEqual([...after.roster.keys()].sort(), ['a', 'c', 't']);
  assert.equal(after.roster.get('a')?.muted, true);
  assert.equal(after.conference.mode, 'BROADCAST');
  assert.equal(after.subject, 'Weekly');
  assert.equal(after.own, before.own);
  assert.equal(before.roster.size, 3, 'the state before stays as it was');
});

test('a change of the own view brings reason and slots', () => {
  const state = applyChange(applySnapshot(snapshot), {
    type: 'change',
    version: 8,
    own: {
      participantID: 't',
      view: { reason: 'LOCK', picture: { kind: 'single', source: 'b' } },
      slots: ['b'],
    },
  });
  assert.equal(viewReason(state), 'LOCK');
  assert.equal(slotPicture(state, 0).source, 'b');
});

test('a change older than the snapshot is dropped, one of the same version is applied', () => {
  const state = applySnapshot(snapshot);
  const locked = { ...conference, locked: true };
  assert.equal(applyChange(state, { type: 'change', version: 6, conference: locked }), state);
  assert.equal(
    applyChange(state, { type: 'change', version: 7, conference: locked }).conference.locked,
    true,
  );
});

for (const { condition, change, placeholder } of [
  { condition: 'whose camera is off', change: { cameraOn: false }, placeholder: 'cameraOff' },
  { condition: 'without video', change: { video: false, cameraOn: false }, placeholder: 'noVideo' },
  { condition: 'that is not connected', change: { connected: false }, placeholder: 'away' },
] as const) {
  test(`the slot of a source ${condition} has the placeholder ${placeholder}`, () => {
    const state = applyChange(applySnapshot(snapshot), {
      type: 'change',
      version: 8,
      roster: { changed: [entry('a', change)], removed: [] },
    });
    assert.deepEqual(slotPicture(state, 0), { source: 'a', name: 'Name a', placeholder });
  });
}

test('a slot without a source, beyond the endpoint or with an unknown source has a placeholder', () => {
  const state = applySnapshot(snapshot);
  assert.equal(slotPicture(state, 1).placeholder, 'empty');
  assert.equal(slotPicture(state, 5).placeholder, 'empty');
  const gone = applyChange(state, {
    type: 'change',
    version: 8,
    roster: { changed: [], removed: ['a'] },
  });
  assert.deepEqual(slotPicture(gone, 0), { source: 'a', name: '', placeholder: 'away' });
});

/** The state of a page whose own entry has these properties. */
function stateOf(own: Partial<RosterEntry>, changes: Partial<SnapshotMessage> = {}) {
  return applySnapshot({ ...snapshot, roster: [entry('t', own), entry('a')], ...changes });
}

test('the audience is last in the roster and publishes nothing', () => {
  const roster = [entry('t', { role: 'audience', name: 'A' }), entry('a', { name: 'Z' })];
  const state = applySnapshot({ ...snapshot, roster });
  assert.deepEqual(
    sortedRoster(state).map((row) => row.participantID),
    ['a', 't'],
  );
  assert.equal(isAudience(state), true);
  assert.equal(isAudience(stateOf({ role: 'guest' })), false);
});

const waiting = [{ participantID: 'w', name: 'Waits', kind: 'browser' }] as const;

test('who waits is known to host and co-host, until they are not any more', () => {
  for (const role of ['host', 'coHost'] as const) {
    assert.deepEqual(admissible(stateOf({ role }, { waiting })), waiting);
  }
  const coHost = stateOf({ role: 'coHost' }, { waiting });
  assert.deepEqual(admissible(applyChange(coHost, { type: 'change', version: 8 })), waiting);
  assert.deepEqual(admissible(applyChange(coHost, { type: 'change', version: 8, waiting: [] })), []);
  const guest = { changed: [entry('t', { role: 'guest' })], removed: [] };
  assert.deepEqual(admissible(applyChange(coHost, { type: 'change', version: 8, roster: guest })), []);
});

test('everybody but the host has a hand to raise', () => {
  const roles = ['host', 'coHost', 'guest', 'audience'] as const;
  assert.deepEqual(
    roles.map((role) => mayRaiseHand(stateOf({ role }))),
    [false, true, true, true],
  );
  const { own: _, ...observer } = snapshot;
  assert.equal(mayRaiseHand(applySnapshot(observer)), false);
});

test('a guest may not open the camera where the host does not allow it', () => {
  const forbidden = { conference: { ...conference, selfCameraAllowed: false } };
  assert.equal(mayOpenCamera(stateOf({ role: 'guest' })), true);
  assert.equal(mayOpenCamera(stateOf({ role: 'guest' }, forbidden)), false);
  assert.equal(mayOpenCamera(stateOf({ role: 'coHost' }, forbidden)), true);
});

test('the camera is asked for until it is open, declined or not wanted any more', () => {
  const asked = applyNotice(stateOf({ cameraOn: false }), { type: 'cameraRequested', on: true });
  assert.equal(isCameraAsked(asked), true);
  assert.equal(isCameraAsked(applyNotice(asked, { type: 'cameraRequested', on: false })), false);
  const withCamera = (cameraOn: boolean) => ({
    type: 'change' as const,
    version: 8,
    roster: { changed: [entry('t', { cameraOn })], removed: [] },
  });
  const opened = applyChange(asked, withCamera(true));
  assert.equal(isCameraAsked(opened), false);
  assert.equal(
    isCameraAsked(applyChange(opened, withCamera(false))),
    false,
    'the question does not come back',
  );
  const again = { ...snapshot, roster: [entry('t', { cameraOn: false })] };
  assert.equal(isCameraAsked(applySnapshot(again, asked)), true, 'a reconnect does not answer it');
});

test('who has no camera is not asked for it', () => {
  const state = stateOf({ video: false, cameraOn: false });
  assert.equal(isCameraAsked(applyNotice(state, { type: 'cameraRequested', on: true })), false);
});

test('a near end is told until it is put off, also over a reconnect', () => {
  const ends = (endsAtMs: number) => ({ ...conference, endsAtMs });
  const calm = stateOf({}, { conference: ends(60_000) });
  assert.equal(nearEndMs(calm), undefined);
  const warned = applyNotice(calm, { type: 'endsSoon', endsAtMs: 60_000 });
  assert.equal(nearEndMs(warned), 60_000);
  assert.equal(nearEndMs(applySnapshot({ ...snapshot, conference: ends(60_000) }, warned)), 60_000);
  const prolonged = applyChange(warned, { type: 'change', version: 8, conference: ends(120_000) });
  assert.equal(nearEndMs(prolonged), undefined);
});

test('initials are the first letters of the first two words, of any script', () => {
  assert.equal(initials('ada lovelace byron'), 'AL');
  assert.equal(initials('  会议室 '), '会');
  assert.equal(initials(''), '');
});
