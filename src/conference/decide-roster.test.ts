import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  browser,
  type Meeting,
  meeting,
  terminal,
  voiceOnly,
} from '../../test/support/conference-builder.ts';
import type { ErrorCode } from '../errors.ts';

/** C is the co-host. */
const four = (): Meeting =>
  meeting().with(terminal('H'), browser('A'), browser('C'), terminal('V')).hostIs('H').coHostIs('C');

const names = (m: Meeting): string => [...m.state.participants.keys()].join(' ');

describe('joining', () => {
  test('whoever joins comes last, with nothing chosen for him and no transport yet', () => {
    const m = four();
    m.nowMs = 7_000;
    m.with(browser('B'));
    assert.equal(names(m), 'H A C V B');
    assert.deepEqual(m.participant('B'), {
      id: 'B',
      name: 'B',
      kind: 'browser',
      serialNumber: null,
      number: '+99B',
      account: null,
      role: 'guest',
      tokenDigest: 'digest of B',
      video: true,
      muted: false,
      cameraOn: true,
      handRaised: false,
      cameraRequested: false,
      invitedToShare: false,
      clientRecordingAllowed: false,
      language: null,
      connected: false,
      joinedAtMs: 7_000,
      lock: null,
      explicit: null,
      held: null,
    });
  });

  test('the first to show the host password is host, a second one is not', () => {
    const m = meeting();
    m.with(browser('A'), { ...browser('B'), entitledTo: 'host' }, { ...browser('C'), entitledTo: 'host' });
    assert.deepEqual(
      ['A', 'B', 'C'].map((name) => m.participant(name).role),
      ['guest', 'host', 'guest'],
    );
  });

  test('guests and terminals join muted where the meeting says so, the host never', () => {
    const m = meeting({ guestsJoinMuted: true });
    m.with(browser('A'), terminal('V'), { ...browser('H'), entitledTo: 'host' });
    assert.equal(m.muted(), 'A');
    const other = meeting({ terminalsJoinMuted: true });
    other.with(browser('A'), terminal('V'), { ...terminal('H'), entitledTo: 'host' });
    assert.equal(other.muted(), 'V');
  });

  test('nobody has video in a voice meeting', () => {
    const m = meeting({ media: 'voice' }).with(browser('A'));
    assert.equal(m.participant('A').video, false);
  });

  test('a terminal that is here already comes back as itself, with its lock', () => {
    const m = four();
    m.host.lock('V', 'A');
    const again = { ...terminal('V2'), serialNumber: 'SN-V', tokenDigest: 'another digest' };
    assert.deepEqual(m.server.join(again), [
      { type: 'participant.rejoined', participant: 'V', tokenDigest: 'another digest' },
    ]);
    assert.equal(names(m), 'H A C V');
    assert.equal(m.participant('V').tokenDigest, 'another digest');
    assert.equal(m.view('V'), 'LOCK A');
  });

  test('a locked meeting keeps guests out, but neither hosts nor terminals that are here', () => {
    const m = four();
    m.host.lockMeeting();
    assert.equal(
      m.refusal(() => m.with(browser('B'))),
      'CONFERENCE_LOCKED',
    );
    assert.equal(
      m.refusal(() => m.with(terminal('W'))),
      'CONFERENCE_LOCKED',
    );
    m.with(terminal('V'), { ...browser('G'), entitledTo: 'host' });
    assert.equal(names(m), 'H A C V G');
    m.host.lockMeeting(false);
    m.with(browser('B'));
    assert.equal(names(m), 'H A C V G B');
  });
});

describe('hands', () => {
  test('anybody raises and lowers his own', () => {
    const m = four();
    m.as('A').raiseHands(['A']);
    m.as('C').raiseHands(['C']);
    assert.equal(m.hands(), 'A C');
    m.as('A').raiseHands(['A'], false);
    assert.equal(m.hands(), 'C');
  });

  test('the host lowers several at once, and only those that are up', () => {
    const m = four();
    m.host.raiseHands(['A', 'C']);
    assert.deepEqual(m.host.raiseHands(['A', 'V', 'C', 'A'], false), [
      { type: 'hands.set', participants: ['A', 'C'], raised: false },
    ]);
    assert.deepEqual(m.host.raiseHands(['A'], false), []);
  });

  test('whoever becomes host has none up', () => {
    const m = four();
    m.as('A').raiseHands(['A']);
    m.hostIs('A');
    assert.equal(m.hands(), '');
  });

  test('are up after a restart', () => {
    const m = four();
    m.as('A').raiseHands(['A']);
    assert.equal(m.restartFromSnapshot().hands(), 'A');
    assert.equal(m.restartFromJournal().hands(), 'A');
  });
});

describe('leaving', () => {
  test('anybody leaves by himself', () => {
    const m = four();
    assert.deepEqual(m.as('A').leave('A'), [{ type: 'participant.left', participant: 'A', cause: 'left' }]);
    assert.equal(names(m), 'H C V');
  });

  test('the host hangs up several at once, each once', () => {
    const m = four();
    assert.equal(m.host.hangUp('A', 'V', 'A').length, 2);
    assert.equal(names(m), 'H C');
  });

  test('one who is not here, and nobody is hung up', () => {
    const m = four();
    assert.equal(
      m.refusal(() => m.host.hangUp('A', 'nobody')),
      'PARTICIPANT_NOT_FOUND',
    );
    assert.equal(names(m), 'H A C V');
  });

  test('hanging up nobody changes nothing', () => {
    assert.deepEqual(four().host.hangUp(), []);
  });

  test('a meeting without its host goes on', () => {
    const m = four();
    m.host.lock('V', 'A');
    m.as('H').leave('H');
    assert.equal(m.view('V'), 'LOCK A');
  });

  test('everybody who watched him, locked, chosen or held, is released in one step', () => {
    const m = meeting().with(browser('A'), terminal('V'), terminal('W'), terminal('X'), browser('B'));
    m.host.lock('V', 'B');
    m.host.partView('W', 'B');
    m.host.lock('X', 'B');
    m.host.unlock('X');
    assert.deepEqual(m.views('V', 'W', 'X'), ['LOCK B', 'PART_VIEW B', 'AUTO B']);
    m.host.hangUp('B');
    assert.deepEqual(m.views('V', 'W', 'X'), ['AUTO A', 'AUTO A', 'AUTO A']);
  });

  test('what he said last is forgotten', () => {
    const m = four().speaks('V').speaks('A');
    assert.equal(m.view('C'), 'AUTO A');
    m.host.hangUp('A');
    assert.equal(m.view('C'), 'AUTO V');
  });
});

describe('roles', () => {
  test('the host makes and unmakes co-hosts', () => {
    const m = four();
    m.host.coHost('A');
    assert.equal(m.participant('A').role, 'coHost');
    assert.deepEqual(m.host.coHost('A'), []);
    m.host.coHost('A', false);
    assert.equal(m.participant('A').role, 'guest');
    assert.deepEqual(m.host.coHost('A', false), []);
  });

  test('a role given up passes to whoever applies', () => {
    const m = four();
    m.as('H').releaseHost('H');
    m.as('C').applyHost('C');
    assert.deepEqual([m.participant('H').role, m.participant('C').role], ['guest', 'host']);
  });

  test('applying as the host changes nothing', () => {
    assert.deepEqual(four().as('H').applyHost('H'), []);
  });
});

describe('names and cameras', () => {
  test('anybody renames himself, the host anybody', () => {
    const m = four();
    m.as('A').rename('A', 'Ann');
    m.host.rename('V', 'Room 1');
    assert.deepEqual([m.participant('A').name, m.participant('V').name], ['Ann', 'Room 1']);
    assert.deepEqual(m.host.rename('V', 'Room 1'), []);
  });

  test('a name of 64 characters is taken', () => {
    const m = four();
    m.host.rename('A', 'x'.repeat(64));
    assert.equal(m.participant('A').name.length, 64);
  });

  test('a camera that is off changes no view', () => {
    const m = four();
    assert.equal(m.as('H').camera('H', false).length, 1);
    assert.deepEqual(m.host.camera('H', false), []);
    assert.equal(m.participant('H').cameraOn, false);
    assert.equal(m.view('A'), 'AUTO H');
  });
});

describe('locking and ending the meeting', () => {
  test('the same lock again changes nothing', () => {
    const m = four();
    assert.equal(m.as('C').lockMeeting().length, 1);
    assert.deepEqual(m.host.lockMeeting(), []);
  });

  test('the end is the end of every command', () => {
    const m = four();
    m.host.end();
    assert.equal(m.state.ended, true);
    assert.equal(names(m), '');
    for (const attempt of [() => m.host.end(), () => m.with(browser('B')), () => m.guest.cancelBroadcast()]) {
      assert.equal(m.refusal(attempt), 'CONFERENCE_ENDED');
    }
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [string, ErrorCode, (m: Meeting) => unknown])[] = [
    [
      'a guest makes somebody leave',
      'GUEST_NOT_PERMITTED_ON_OTHERS',
      (m) => m.as('A').leave('V', 'timedOut'),
    ],
    ['somebody who is not here leaves', 'PARTICIPANT_NOT_FOUND', (m) => m.server.leave('nobody')],
    ['a guest hangs up', 'GUEST_NOT_PERMITTED', (m) => m.as('A').hangUp('A')],
    ['a co-host hangs up the host', 'ACTOR_IS_CO_HOST_TARGET_IS_HOST', (m) => m.as('C').hangUp('A', 'H')],
    ['a guest renames another', 'GUEST_NOT_PERMITTED_ON_OTHERS', (m) => m.as('A').rename('V', 'x')],
    ['a co-host renames the host', 'ACTOR_IS_CO_HOST_TARGET_IS_HOST', (m) => m.as('C').rename('H', '')],
    ['somebody who is not here is renamed', 'PARTICIPANT_NOT_FOUND', (m) => m.host.rename('nobody', 'x')],
    ['an empty name', 'NAME_EMPTY', (m) => m.host.rename('A', ' ')],
    ['a name of 65 characters', 'NAME_TOO_LONG', (m) => m.host.rename('A', 'x'.repeat(65))],
    [
      "a guest turns off another's camera",
      'GUEST_NOT_PERMITTED_ON_OTHERS',
      (m) => m.as('A').camera('V', false),
    ],
    ['a camera of nobody', 'PARTICIPANT_NOT_FOUND', (m) => m.host.camera('nobody', false)],
    ['a co-host makes a co-host', 'GUEST_NOT_PERMITTED', (m) => m.as('C').coHost('A')],
    ['the host as co-host', 'CO_HOST_IS_HOST', (m) => m.host.coHost('H')],
    [
      "a guest lowers another's hand",
      'GUEST_NOT_PERMITTED_ON_OTHERS',
      (m) => m.as('A').raiseHands(['C'], false),
    ],
    ['the host raises his hand', 'HOST_HAS_NO_HAND', (m) => m.as('H').raiseHands(['H'])],
    ['a hand of nobody', 'PARTICIPANT_NOT_FOUND', (m) => m.host.raiseHands(['A', 'nobody'])],
    ['a co-host who is not here', 'PARTICIPANT_NOT_FOUND', (m) => m.host.coHost('nobody')],
    ['applying while there is a host', 'HOST_EXISTS', (m) => m.as('A').applyHost('A')],
    ['applying without being here', 'PARTICIPANT_NOT_FOUND', (m) => m.server.applyHost('nobody')],
    ['a co-host releases the host', 'GUEST_NOT_PERMITTED', (m) => m.as('C').releaseHost('H')],
    ['releasing one who is not the host', 'NOT_HOST', (m) => m.host.releaseHost('A')],
    ['releasing one who is not here', 'PARTICIPANT_NOT_FOUND', (m) => m.host.releaseHost('nobody')],
    ['a guest locks the meeting', 'GUEST_NOT_PERMITTED', (m) => m.guest.lockMeeting()],
    ['a co-host ends the meeting', 'GUEST_NOT_PERMITTED', (m) => m.as('C').end()],
  ];
  for (const [what, code, attempt] of cases) {
    test(`${what}: ${code}`, () => {
      const m = four();
      assert.equal(
        m.refusal(() => attempt(m)),
        code,
      );
    });
  }

  test('a voice-only participant may be everything but seen', () => {
    const m = four().with(voiceOnly(browser('P')));
    m.host.releaseHost('H');
    m.as('P').applyHost('P');
    m.as('P').lock('V', 'A');
    assert.equal(m.view('V'), 'LOCK A');
  });
});
