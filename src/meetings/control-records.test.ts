import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DurableEvent } from '../conference/events.ts';
import { conferenceId, participantId } from '../conference/ids.ts';
import type { Actor } from '../conference/permissions.ts';
import { SYSTEM } from '../conference/permissions.ts';
import { newParticipantDefaults, type Participant } from '../conference/state.ts';
import type { JournalEntry } from '../store/store.ts';
import { attendanceRecords } from './attendance-records.ts';
import { controlRecords } from './control-records.ts';
import { type JournalRecord, recordOf, refusalOf } from './journal-record.ts';

const HOST: Actor = { kind: 'token', role: 'host' };
const [V, S] = [participantId('v'), participantId('s')];

const participant = (id: Participant['id'], name: string, joinedAtMs: number): Participant => ({
  ...newParticipantDefaults,
  id,
  name,
  kind: 'browser',
  serialNumber: null,
  number: '',
  role: 'guest',
  tokenDigest: 'secret digest',
  video: true,
  muted: false,
  cameraOn: true,
  cameraRequested: false,
  connected: false,
  joinedAtMs,
  lock: null,
  explicit: null,
  held: null,
});

/** A journal of these records, one each millisecond. */
const journalOf = (...records: readonly (JournalRecord | null)[]): readonly JournalEntry[] =>
  records
    .filter((record) => record !== null)
    .map((record, index) => ({
      conference: conferenceId('run'),
      sequence: index + 1,
      atMs: index + 1,
      record: JSON.stringify(record),
      final: record.events.some(({ type }) => type === 'conference.ended'),
    }));

const joined = (id: Participant['id'], name: string, atMs: number): JournalRecord => ({
  by: SYSTEM,
  events: [{ type: 'participant.joined', participant: participant(id, name, atMs) }],
});

const locked: DurableEvent = { type: 'view.locked', viewer: V, choice: { kind: 'single', source: S } };
const unlocked: DurableEvent = { type: 'view.unlocked', viewer: V, held: null };

const lines = (entries: readonly JournalEntry[]) =>
  controlRecords(entries).map(({ operator, code, object, refused }) =>
    [operator, code, object, refused ?? 'done'].join(' | '),
  );

test('commands are told by name, with whoever they concern', () => {
  const entries = journalOf(
    joined(V, 'Viewer', 1),
    joined(S, 'Source', 2),
    recordOf(HOST, { type: 'lockView', viewer: V, source: S }, [locked]),
    refusalOf(
      { kind: 'participant', id: S },
      { type: 'lockView', viewer: V, source: participantId('nobody') },
      'GUEST_NOT_PERMITTED',
    ),
    recordOf({ kind: 'participant', id: S }, { type: 'rename', participant: S, name: 'New' }, [
      { type: 'participant.renamed', participant: S, name: 'New' },
    ]),
    recordOf(HOST, { type: 'unlockView', viewer: V }, [unlocked]),
    recordOf(HOST, { type: 'unlockView', viewer: V }, [unlocked]),
    recordOf(SYSTEM, { type: 'leave', participant: V, cause: 'timedOut' }, [
      { type: 'participant.left', participant: V, cause: 'timedOut' },
    ]),
    recordOf(HOST, { type: 'hangUp', participants: [S, V] }, [
      { type: 'participant.left', participant: S, cause: 'hungUp' },
    ]),
    recordOf(SYSTEM, { type: 'end' }, [{ type: 'conference.ended' }]),
  );
  assert.deepEqual(lines(entries), [
    'host token | LockView | Viewer -> Source | done',
    'Source | LockView | Viewer -> nobody | GUEST_NOT_PERMITTED',
    'Source | Rename | Source | done',
    'host token | UnlockView | Viewer -> Source | done',
    'host token | UnlockView | Viewer | done',
    'host token | HangUp | New, Viewer | done',
    'system | StopMeeting |  | done',
  ]);
});

test('a journal from before commands were kept is told by its events', () => {
  const old = (...events: readonly DurableEvent[]): JournalRecord => ({ by: HOST, events });
  const left: DurableEvent = { type: 'participant.left', participant: S, cause: 'left' };
  const mode = { type: 'mode.set', voiceActivation: 'off', held: null } as const;
  const audio = { type: 'audio.set', muted: true } as const;
  const entries = journalOf(
    joined(V, 'Viewer', 1),
    joined(S, 'Source', 2),
    old(locked),
    old(unlocked),
    old({ ...mode, mode: { kind: 'ROLL_CALL', target: S } }, { ...audio, participants: [V] }),
    old({ ...mode, mode: { kind: 'FREE' } }),
    old({ ...mode, mode: { kind: 'FREE' }, voiceActivation: 'single' }),
    old({ ...audio, participants: [V] }),
    old({ ...audio, muted: false, participants: [V, S] }),
    old({ type: 'participant.roleSet', participant: S, role: 'coHost' }),
    old(left),
    old({ ...left, participant: V, cause: 'hungUp' }),
    old({ type: 'conference.ended' }),
  );
  assert.deepEqual(lines(entries), [
    'host token | LockView | Viewer -> Source | done',
    'host token | UnlockView | Viewer -> Source | done',
    'host token | RollCall | Source | done',
    'host token | CancelBroadcast |  | done',
    'host token | SwitchMode |  | done',
    'host token | MuteParticipant | Viewer | done',
    'host token | UnmuteAll | all | done',
    'host token | SetCoHost | Source | done',
    'host token | HangUp | Viewer | done',
    'host token | StopMeeting |  | done',
  ]);
});

test('the journal keeps no token of a newcomer and nothing long that was refused', () => {
  const { id, name, kind, serialNumber, number, account, tokenDigest, video } = participant(V, 'Viewer', 1);
  const newcomer = { id, name, kind, serialNumber, number, account, tokenDigest, video } as const;
  const join = { type: 'join', participant: { ...newcomer, entitledTo: 'guest' } } as const;
  assert.doesNotMatch(JSON.stringify(recordOf(SYSTEM, join, [])), /digest/);
  assert.equal(refusalOf(HOST, join, 'CONFERENCE_LOCKED'), null);
  const rename = { type: 'rename', participant: V, name: 'x'.repeat(3000) } as const;
  assert.equal(refusalOf(HOST, rename, 'NAME_TOO_LONG'), null);
});

test('who comes back has two stays, and whoever is there at the end has left then', () => {
  const entries = journalOf(
    joined(V, 'Viewer', 1),
    joined(S, 'Source', 2),
    { by: HOST, events: [{ type: 'participant.left', participant: V, cause: 'hungUp' }] },
    joined(V, 'Viewer', 4),
    { by: HOST, events: [{ type: 'participant.renamed', participant: V, name: 'Back' }] },
    { by: SYSTEM, events: [{ type: 'conference.ended' }] },
  );
  assert.deepEqual(
    attendanceRecords(entries, 6).map((stay) => [stay.name, stay.joinedAtMs, stay.leftAtMs]),
    [
      ['Viewer', 1, 3],
      ['Source', 2, 6],
      ['Back', 4, 6],
    ],
  );
});
