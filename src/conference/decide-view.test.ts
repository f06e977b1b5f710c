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

/** The host on a terminal, a second terminal V, two browsers. A joined first. */
const four = (): Meeting =>
  meeting().with(browser('A'), terminal('H'), terminal('V'), browser('B')).hostIs('H');

describe('lock', () => {
  test('an unlocked viewer is switched to the source, and nobody else is', () => {
    const m = four();
    assert.deepEqual(m.host.lock('V', 'B'), [
      { type: 'view.locked', viewer: 'V', choice: { kind: 'single', source: 'B' } },
    ]);
    assert.equal(m.view('V'), 'LOCK B');
    assert.deepEqual(m.views('A', 'H', 'B'), ['AUTO H', 'AUTO A', 'AUTO A']);
  });

  test('the same lock again changes nothing', () => {
    const m = four();
    m.host.lock('V', 'B');
    assert.deepEqual(m.host.lock('V', 'B'), []);
  });

  test('another source retargets the lock in one event', () => {
    const m = four();
    m.host.lock('V', 'B');
    assert.equal(m.host.lock('V', 'A').length, 1);
    assert.equal(m.view('V'), 'LOCK A');
  });

  test('a source may be any participant with video, a terminal or the host too', () => {
    const m = four();
    m.host.lock('V', 'H');
    m.host.lock('H', 'V');
    assert.deepEqual(m.views('V', 'H'), ['LOCK H', 'LOCK V']);
  });

  test('the server and a co-host lock too', () => {
    const m = four().coHostIs('B');
    m.as('B').lock('V', 'A');
    assert.equal(m.view('V'), 'LOCK A');
    m.server.lock('V', 'B');
    assert.equal(m.view('V'), 'LOCK B');
  });
});

describe('unlock', () => {
  test('in FREE mode the viewer goes on watching until somebody speaks', () => {
    const m = four();
    m.host.lock('V', 'B');
    m.host.unlock('V');
    assert.equal(m.view('V'), 'AUTO B');
    m.speaks('A');
    assert.equal(m.view('V'), 'AUTO A');
  });

  test('in FREE mode the viewer goes on watching while he speaks himself', () => {
    const m = four();
    m.host.lock('V', 'B');
    m.host.unlock('V');
    m.speaks('V');
    assert.equal(m.view('V'), 'AUTO B');
  });

  test('what he goes on watching ends with the next conference-wide command', () => {
    const m = four();
    m.host.lock('V', 'B');
    m.host.unlock('V');
    m.host.broadcast('H');
    m.host.cancelBroadcast();
    assert.equal(m.view('V'), 'AUTO A');
  });

  test('what he goes on watching ends when it leaves', () => {
    const m = four();
    m.host.lock('V', 'B');
    m.host.unlock('V');
    m.as('B').leave('B');
    assert.equal(m.view('V'), 'AUTO A');
  });

  test('a lock on the continuous presence is watched on as such', () => {
    const m = four();
    m.host.lock('H', 'A');
    m.host.hostWatchesAll();
    m.host.unlock('H');
    assert.equal(m.view('H'), 'AUTO [A V B]');
  });

  const derived: readonly (readonly [string, (m: Meeting) => unknown, string])[] = [
    ['a broadcast', (m) => m.host.broadcast('H'), 'BROADCAST H'],
    ['a roll call', (m) => m.host.rollCall('H'), 'ROLL_CALL H'],
    ['the fixed continuous presence', (m) => m.host.switchMode('fixed'), 'FIXED [A H B]'],
    ['voice activation', (m) => m.speaks('H').host.switchMode('voiceSingle'), 'VOICE H'],
    ['his own broadcast, so he goes on watching,', (m) => m.host.broadcast('V'), 'AUTO B'],
  ];
  for (const [what, happens, view] of derived) {
    test(`${what} that came while locked shows at once`, () => {
      const m = four();
      m.host.lock('V', 'B');
      happens(m);
      assert.equal(m.view('V'), 'LOCK B');
      m.host.unlock('V');
      assert.equal(m.view('V'), view);
    });
  }

  test('the explicit view from before the lock comes back', () => {
    const m = four();
    m.host.partView('V', 'A');
    m.host.lock('V', 'B');
    m.host.broadcast('H');
    m.host.unlock('V');
    assert.equal(m.view('V'), 'PART_VIEW A');
  });

  test('the chairView from before the lock comes back', () => {
    const m = four();
    m.host.hostWatches('B');
    m.host.lock('H', 'A');
    m.host.unlock('H');
    assert.equal(m.view('H'), 'CHAIR_VIEW B');
  });

  test('the explicit view from before the lock is gone with its source', () => {
    const m = four();
    m.host.partView('V', 'A');
    m.host.lock('V', 'B');
    m.host.hangUp('A');
    m.host.unlock('V');
    assert.equal(m.view('V'), 'AUTO B');
  });

  test('a viewer who is not locked stays as he is', () => {
    assert.deepEqual(four().host.unlock('V'), []);
  });
});

describe('while V is locked', () => {
  const lockedOnB = (): Meeting => {
    const m = four();
    m.host.lock('V', 'B');
    return m;
  };

  const untouched: readonly (readonly [string, (m: Meeting) => unknown])[] = [
    ['broadcast', (m) => m.host.broadcast('A')],
    ['broadcast of V himself', (m) => m.host.broadcast('V')],
    ['roll call', (m) => m.host.rollCall('A')],
    ['roll call of V himself', (m) => m.host.rollCall('V')],
    ['switchMode Fixed', (m) => m.host.switchMode('fixed')],
    ['switchMode VAS, single', (m) => m.host.switchMode('voiceSingle')],
    ['switchMode VAS, multiple', (m) => m.host.switchMode('voiceMultiple')],
    [
      'cancelBroadcast',
      (m) => {
        m.host.broadcast('A');
        m.host.cancelBroadcast();
      },
    ],
    ['speaker change', (m) => m.speaks('A')],
    ['the source turning its camera off', (m) => m.as('B').camera('B', false)],
    ["the source's transport dropping", (m) => m.connection('B', true).connection('B', false)],
    ["the viewer's transport dropping", (m) => m.connection('V', true).connection('V', false)],
    ['the viewer joining again', (m) => m.with(terminal('V'))],
    ['another host', (m) => m.hostIs('A')],
    ['V becoming the host', (m) => m.hostIs('V')],
    ['another co-host', (m) => m.coHostIs('A')],
    ['somebody joining', (m) => m.with(browser('C'))],
    ['somebody else leaving', (m) => m.host.hangUp('A')],
    ['everybody being muted', (m) => m.host.muteAll()],
    ['a new name of the source', (m) => m.host.rename('B', 'Bea')],
    ['the meeting closing its doors', (m) => m.host.lockMeeting()],
    ['partView of another viewer', (m) => m.host.partView('H', 'A')],
    ['host polling on another terminal', (m) => m.host.startPolling()],
    ['a restart from the journal', (m) => m.restartFromJournal()],
    ['a restart from a snapshot', (m) => m.restartFromSnapshot()],
  ];
  for (const [what, happens] of untouched) {
    test(`${what} leaves the lock and its picture alone`, () => {
      const m = lockedOnB();
      happens(m);
      assert.equal(m.view('V'), 'LOCK B');
    });
  }

  test('a roll call still mutes him', () => {
    const m = lockedOnB();
    m.host.rollCall('A');
    assert.equal(m.muted(), 'V B');
  });

  test('the others see him when he is broadcast', () => {
    const m = lockedOnB();
    m.host.broadcast('V');
    assert.deepEqual(m.views('A', 'H', 'B'), ['BROADCAST V', 'BROADCAST V', 'BROADCAST V']);
  });

  test('partView retargets the lock, which stays', () => {
    const m = lockedOnB();
    m.host.partView('V', 'A');
    assert.equal(m.view('V'), 'LOCK A');
    m.host.broadcast('H');
    assert.equal(m.view('V'), 'LOCK A');
  });

  test('partView to the locked source changes nothing', () => {
    assert.deepEqual(lockedOnB().host.partView('V', 'B'), []);
  });

  test('chairView 2 retargets the lock of the host', () => {
    const m = four();
    m.host.lock('H', 'B');
    m.host.hostWatches('A');
    assert.equal(m.view('H'), 'LOCK A');
  });

  test('chairView 1 puts the lock of the host on the continuous presence, which follows who is here', () => {
    const m = four();
    m.host.lock('H', 'B');
    m.host.hostWatchesAll();
    m.host.broadcast('A');
    assert.equal(m.view('H'), 'LOCK [A V B]');
    m.host.hangUp('B');
    m.with(browser('C'));
    assert.equal(m.view('H'), 'LOCK [A V C]');
  });

  test('polling suspends the lock of the host until it stops', () => {
    const m = four();
    m.host.lock('H', 'B');
    m.host.startPolling();
    assert.equal(m.view('H'), 'POLL A');
    m.pollShows('H', 'V');
    assert.equal(m.view('H'), 'POLL V');
    m.host.stopPolling();
    assert.equal(m.view('H'), 'LOCK B');
  });

  for (const [how, leaves] of [
    ['leaves', (m: Meeting) => m.as('B').leave('B')],
    ['is hung up', (m: Meeting) => m.host.hangUp('B')],
    ['stays away too long', (m: Meeting) => m.server.leave('B', 'timedOut')],
  ] as const) {
    test(`the source ${how}: one event ends the lock, the viewer falls to his derived view`, () => {
      const m = lockedOnB();
      m.host.broadcast('A');
      assert.equal(leaves(m).length, 1);
      assert.equal(m.participant('V').lock, null);
      assert.equal(m.view('V'), 'BROADCAST A');
    });
  }

  test('the source leaves and comes back: the lock does not', () => {
    const m = lockedOnB();
    m.host.hangUp('B');
    m.with(browser('B'));
    assert.equal(m.view('V'), 'AUTO A');
  });

  test('the viewer leaves and comes back: the lock does not', () => {
    const m = lockedOnB();
    m.host.hangUp('V');
    m.with(terminal('V'));
    assert.equal(m.view('V'), 'AUTO A');
  });

  test('all locks are gone with the meeting', () => {
    const m = lockedOnB();
    m.host.end();
    assert.equal(m.state.participants.size, 0);
    assert.equal(
      m.refusal(() => m.host.lock('V', 'B')),
      'CONFERENCE_ENDED',
    );
  });
});

describe('partView', () => {
  test('an unlocked terminal watches the chosen source, whoever speaks and in voice activation', () => {
    const m = four();
    m.host.partView('V', 'B');
    m.speaks('A').host.switchMode('voiceSingle');
    assert.equal(m.view('V'), 'PART_VIEW B');
  });

  test('the same choice again changes nothing', () => {
    const m = four();
    m.host.partView('V', 'B');
    assert.deepEqual(m.host.partView('V', 'B'), []);
  });

  test('the chosen source leaves: the viewer falls to his derived view', () => {
    const m = four();
    m.host.partView('V', 'B');
    m.host.hangUp('B');
    assert.equal(m.view('V'), 'AUTO A');
  });

  test('ends what the viewer was watching on since his unlock', () => {
    const m = four();
    m.host.lock('V', 'B');
    m.host.unlock('V');
    m.host.partView('V', 'H');
    m.host.hangUp('H');
    assert.equal(m.view('V'), 'AUTO A');
  });
});

describe('chairView', () => {
  test('the host watches a site or the continuous presence', () => {
    const m = four();
    m.host.hostWatches('B');
    assert.equal(m.view('H'), 'CHAIR_VIEW B');
    m.host.hostWatchesAll();
    assert.equal(m.view('H'), 'CHAIR_VIEW [A V B]');
  });

  test('polling goes round and skips whoever leaves', () => {
    const m = four();
    m.host.startPolling();
    m.host.hangUp('A');
    assert.equal(m.view('H'), 'POLL V');
    m.host.hangUp('B');
    m.host.hangUp('V');
    assert.equal(m.view('H'), 'AUTO -');
  });

  test('polling again in the same time changes nothing, in another time begins anew', () => {
    const m = four();
    m.host.startPolling(10);
    m.pollShows('H', 'B');
    assert.deepEqual(m.host.startPolling(10), []);
    assert.equal(m.host.startPolling(20).length, 1);
    assert.equal(m.view('H'), 'POLL A');
  });

  test('stopping what does not run changes nothing', () => {
    const m = four();
    m.host.hostWatches('B');
    assert.deepEqual(m.host.stopPolling(), []);
    assert.equal(m.view('H'), 'CHAIR_VIEW B');
  });

  test('polling and chairView end with the role of host', () => {
    for (const watch of [(m: Meeting) => m.host.startPolling(), (m: Meeting) => m.host.hostWatches('B')]) {
      const m = four();
      watch(m);
      m.host.releaseHost('H');
      assert.equal(m.view('H'), 'AUTO A');
      m.host.lock('H', 'B');
      assert.equal(m.view('H'), 'LOCK B');
    }
  });

  test('the lock of a polling host shows again when he hands on his role', () => {
    const m = four();
    m.host.lock('H', 'B');
    m.host.startPolling();
    m.hostIs('A');
    assert.equal(m.view('H'), 'LOCK B');
  });

  test('a partView stays with its viewer when he gives up his role', () => {
    const m = four();
    m.host.partView('H', 'B');
    m.host.releaseHost('H');
    assert.equal(m.view('H'), 'PART_VIEW B');
  });

  const refusals: readonly (readonly [ErrorCode, string, (m: Meeting) => unknown])[] = [
    ['GUEST_NOT_PERMITTED', 'a guest asks', (m) => m.as('A').hostWatches('nobody')],
    ['ACTOR_IS_CO_HOST_TARGET_IS_HOST', 'a co-host asks', (m) => m.coHostIs('A').as('A').stopPolling()],
    ['PARTICIPANT_NOT_FOUND', 'the site is not here', (m) => m.host.hostWatches('nobody')],
    ['SOURCE_IS_VIEWER', 'the site is the host', (m) => m.host.hostWatches('H')],
    [
      'SITE_IS_VOICE_ONLY',
      'the site has no video',
      (m) => m.with(voiceOnly(browser('P'))).host.hostWatches('P'),
    ],
    ['CONFERENCE_HAS_NO_HOST', 'there is no host', (m) => m.as('H').releaseHost('H') && m.host.stopPolling()],
    [
      'VIEWER_IS_HOST_NOT_PROFESSIONAL',
      'the host is on a browser',
      (m) => m.hostIs('A').host.hostWatches('B'),
    ],
    ['HOST_POLLING_RUNS', 'a site while polling', (m) => m.host.startPolling() && m.host.hostWatches('A')],
    ['HOST_POLLING_RUNS', 'all while polling', (m) => m.host.startPolling() && m.host.hostWatchesAll()],
    [
      'CONFERENCE_STATE_FORBIDS',
      'all while Fixed',
      (m) => m.host.switchMode('fixed') && m.host.hostWatchesAll(),
    ],
    [
      'CONFERENCE_STATE_FORBIDS',
      'all in voice activation',
      (m) => m.host.switchMode('voiceSingle') && m.host.hostWatchesAll(),
    ],
  ];
  for (const [code, when, attempt] of refusals) {
    test(`${when}: ${code}`, () => {
      const m = four();
      assert.equal(codeOf(m, attempt), code);
    });
  }

  test('polling with nobody to poll is refused', () => {
    const m = meeting()
      .with(terminal('H'), voiceOnly(browser('P')))
      .hostIs('H');
    assert.equal(
      m.refusal(() => m.host.startPolling()),
      'PARTICIPANT_NOT_FOUND',
    );
  });
});

/** What an attempt that may prepare something first is answered. */
const codeOf = (m: Meeting, attempt: (m: Meeting) => unknown): string => {
  try {
    attempt(m);
    return 'ok';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};
