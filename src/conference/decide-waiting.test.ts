import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  attendee,
  audience,
  browser,
  type Meeting,
  meeting,
  terminal,
} from '../../test/support/conference-builder.ts';
import type { ErrorCode } from '../errors.ts';

const host = { ...terminal('H'), entitledTo: 'host' } as const;

/** H is the host, C the co-host, A and V have been let in, B waits. */
const five = (): Meeting => {
  const m = meeting({ waitingRoom: true }).with(host, browser('A'), terminal('V'), browser('C'));
  m.host.admitAll();
  m.coHostIs('C').with(browser('B'));
  return m;
};

const names = (m: Meeting): string => [...m.state.participants.keys()].join(' ');

describe('the waiting room', () => {
  test('everybody but the host waits, in the order of arrival', () => {
    const m = meeting({ waitingRoom: true }).with(browser('A'), host, terminal('V'));
    assert.equal(names(m), 'H');
    assert.equal(m.waiting(), 'A V');
  });

  test('whoever waits cannot do anything in the meeting, nor be steered', () => {
    const m = five();
    assert.equal(
      m.refusal(() => m.as('B').mute('A')),
      'GUEST_NOT_PERMITTED_ON_OTHERS',
    );
    assert.equal(
      m.refusal(() => m.host.mute('B')),
      'PARTICIPANT_NOT_FOUND',
    );
    assert.equal(
      m.refusal(() => m.host.lock('V', 'B')),
      'PARTICIPANT_NOT_FOUND',
    );
  });

  test('one who is being called comes in at once', () => {
    const m = five();
    m.host.invite({ ...attendee('D'), called: true });
    m.with(browser('D'));
    assert.ok(m.has('D'));
    assert.equal(m.waiting(), 'B');
  });

  test('a terminal that comes again while it waits, waits once', () => {
    const m = five().with(terminal('W'));
    m.with({ ...terminal('W2'), serialNumber: 'SN-W' });
    assert.equal(m.waiting(), 'B W2');
  });

  test('whoever gives up waiting is gone', () => {
    const m = five();
    m.server.leave('B');
    assert.equal(m.waiting(), '');
    assert.equal(
      m.refusal(() => m.host.admit('B')),
      'PARTICIPANT_NOT_FOUND',
    );
  });

  test('is empty when the meeting has ended', () => {
    const m = five();
    m.host.end();
    assert.equal(m.waiting(), '');
  });

  test('survives a restart', () => {
    const m = five();
    assert.equal(m.restartFromSnapshot().waiting(), 'B');
    assert.equal(m.restartFromJournal().waiting(), 'B');
  });
});

describe('letting in', () => {
  test('some of them, each once', () => {
    const m = five().with(browser('D'), browser('E'));
    m.as('C').admit('E', 'B', 'E');
    assert.equal(names(m), 'H A V C E B');
    assert.equal(m.waiting(), 'D');
  });

  test('all of them, in the order of arrival', () => {
    const m = five().with(browser('D'));
    m.host.admitAll();
    assert.equal(names(m), 'H A V C B D');
    assert.deepEqual(m.host.admitAll(), []);
  });

  test('he joins as if he came now', () => {
    const m = meeting({ waitingRoom: true, guestsJoinMuted: true }).with(browser('A'));
    m.nowMs = 9_000;
    m.server.admitAll();
    assert.equal(m.participant('A').joinedAtMs, 9_000);
    assert.equal(m.muted(), 'A');
  });

  test('nobody where one of them does not wait', () => {
    const m = five();
    assert.equal(
      m.refusal(() => m.host.admit('B', 'A')),
      'PARTICIPANT_NOT_FOUND',
    );
    assert.equal(m.waiting(), 'B');
  });

  test('the audience stays the audience', () => {
    const m = five();
    m.host.allowAudience();
    m.with(audience('S'));
    m.host.admitAll();
    assert.equal(m.participant('S').role, 'audience');
    m.host.moveToWaitingRoom('S');
    m.host.admitAll();
    assert.equal(m.participant('S').role, 'audience');
  });
});

describe('sending to the waiting room', () => {
  test('ends every view of him, and he waits under the name he has', () => {
    const m = five();
    m.host.rename('A', 'Ann');
    m.host.lock('V', 'A');
    m.host.broadcast('A');
    m.host.moveToWaitingRoom('A');
    assert.equal(m.view('V'), 'AUTO H');
    assert.equal(m.waiting(), 'B Ann');
  });

  test('ends his own lock, and he comes back with nothing chosen for him', () => {
    const m = five();
    m.host.lock('V', 'A');
    m.host.moveToWaitingRoom('V');
    m.host.admit('V');
    assert.equal(m.view('V'), 'AUTO H');
  });

  test('a co-host comes back as a guest', () => {
    const m = five();
    m.host.moveToWaitingRoom('C');
    m.host.admit('C');
    assert.equal(m.participant('C').role, 'guest');
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [string, ErrorCode, (m: Meeting) => unknown])[] = [
    ['a guest lets in', 'GUEST_NOT_PERMITTED', (m) => m.as('A').admitAll()],
    ['a guest sends to the waiting room', 'GUEST_NOT_PERMITTED', (m) => m.as('A').moveToWaitingRoom('V')],
    ['the host does not wait', 'CONFERENCE_STATE_FORBIDS', (m) => m.host.moveToWaitingRoom('A', 'H')],
    [
      'a co-host sends the host away',
      'ACTOR_IS_CO_HOST_TARGET_IS_HOST',
      (m) => m.as('C').moveToWaitingRoom('H'),
    ],
    ['whoever waits already', 'PARTICIPANT_NOT_FOUND', (m) => m.host.moveToWaitingRoom('B')],
    ['a guest throws out whoever waits', 'GUEST_NOT_PERMITTED_ON_OTHERS', (m) => m.as('A').leave('B')],
  ];
  for (const [what, code, attempt] of cases) {
    test(`${what}: ${code}`, () => {
      const m = five();
      assert.equal(
        m.refusal(() => attempt(m)),
        code,
      );
    });
  }

  test('a meeting without a waiting room sends nobody there', () => {
    const m = meeting().with(browser('A'));
    assert.equal(
      m.refusal(() => m.host.moveToWaitingRoom('A')),
      'CONFERENCE_NOT_SUPPORTED',
    );
  });
});
