import assert from 'node:assert/strict';
import test from 'node:test';
import type { RosterEntry, SnapshotMessage } from '../../src/signalling/protocol.ts';
import {
  applyChange,
  applySnapshot,
  initials,
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
    ...changes,
  };
}

const snapshot: SnapshotMessage = {
  type: 'snapshot',
  version: 7,
  conferenceID: '900001',
  subject: 'Weekly',
  mode: 'FREE',
  locked: false,
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
    mode: 'BROADCAST',
    roster: { changed: [entry('c'), entry('a', { muted: true })], removed: ['b'] },
  });
  assert.deepEqual([...after.roster.keys()].sort(), ['a', 'c', 't']);
  assert.equal(after.roster.get('a')?.muted, true);
  assert.equal(after.mode, 'BROADCAST');
  assert.equal(after.locked, false);
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
  assert.equal(applyChange(state, { type: 'change', version: 6, locked: true }), state);
  assert.equal(applyChange(state, { type: 'change', version: 7, locked: true }).locked, true);
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

test('initials are the first letters of the first two words, of any script', () => {
  assert.equal(initials('ada lovelace byron'), 'AL');
  assert.equal(initials('  会议室 '), '会');
  assert.equal(initials(''), '');
});
