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

/**
 * Rows 5, 6 and 12 to 20 of the table of checks. Each meeting breaks its row and as many later ones as can be broken
 * together with it; the row named must answer.
 */
describe('the order of checks', () => {
  type Row = readonly [
    row: number,
    condition: string,
    code: ErrorCode,
    prepare: () => Meeting,
    by: 'host' | 'coHost' | 'guest',
    viewer: string,
    source: string,
  ];

  /** C is the co-host; P and Q have no video. */
  const crowd = (): Meeting =>
    meeting()
      .with(terminal('H'), terminal('V'), browser('A'), browser('C'), voiceOnly(browser('P')))
      .with(voiceOnly(terminal('Q')))
      .hostIs('H')
      .coHostIs('C');
  const polling = (): Meeting => {
    const m = crowd();
    m.host.startPolling();
    return m;
  };
  const ended = (): Meeting => {
    const m = crowd();
    m.host.end();
    return m;
  };
  const voiceMeeting = (): Meeting =>
    meeting({ media: 'voice' }).with(browser('H'), terminal('V'), browser('C')).hostIs('H').coHostIs('C');

  const always: readonly Row[] = [
    [5, 'ended, a guest asks', 'CONFERENCE_ENDED', ended, 'guest', 'V', 'nobody'],
    [6, 'a guest asks in a voice meeting', 'GUEST_NOT_PERMITTED', voiceMeeting, 'guest', 'nobody', 'none'],
    [6, 'a guest asks for a browser', 'GUEST_NOT_PERMITTED', crowd, 'guest', 'A', 'A'],
    [12, 'voice meeting, V not here', 'CONFERENCE_IS_VOICE_ONLY', voiceMeeting, 'host', 'nobody', 'none'],
    [12, 'voice meeting, V voice only', 'CONFERENCE_IS_VOICE_ONLY', voiceMeeting, 'coHost', 'H', 'H'],
    [13, 'V not here, S voice only', 'PARTICIPANT_NOT_FOUND', crowd, 'coHost', 'nobody', 'P'],
    [13, 'V not here, S is V', 'PARTICIPANT_NOT_FOUND', crowd, 'host', 'nobody', 'nobody'],
    [
      14,
      'V voice only, a browser and the host',
      'SITE_IS_VOICE_ONLY',
      () => crowd().hostIs('P'),
      'coHost',
      'P',
      'none',
    ],
    [14, 'V a terminal without video', 'SITE_IS_VOICE_ONLY', crowd, 'host', 'Q', 'Q'],
    [
      15,
      'V the host on a browser, a co-host asks',
      'VIEWER_IS_HOST_NOT_PROFESSIONAL',
      () => crowd().hostIs('A'),
      'coHost',
      'A',
      'none',
    ],
    [15, 'V a browser, S not here', 'VIEWER_NOT_PROFESSIONAL', crowd, 'host', 'A', 'nobody'],
    [15, 'V a browser, S is V', 'VIEWER_NOT_PROFESSIONAL', crowd, 'coHost', 'C', 'C'],
    [16, 'a co-host, S not here', 'ACTOR_IS_CO_HOST_TARGET_IS_HOST', polling, 'coHost', 'H', 'nobody'],
    [16, 'a co-host, S voice only', 'ACTOR_IS_CO_HOST_TARGET_IS_HOST', polling, 'coHost', 'H', 'P'],
    [16, 'a co-host, S is V', 'ACTOR_IS_CO_HOST_TARGET_IS_HOST', polling, 'coHost', 'H', 'H'],
  ];
  const withSource: readonly Row[] = [
    [17, 'S not here, polling runs', 'PARTICIPANT_NOT_FOUND', polling, 'host', 'H', 'nobody'],
    [18, 'S voice only, polling runs', 'SITE_IS_VOICE_ONLY', polling, 'host', 'H', 'P'],
    [19, 'S is V, polling runs', 'SOURCE_IS_VIEWER', polling, 'host', 'H', 'H'],
    [20, 'polling runs', 'HOST_POLLING_RUNS', polling, 'host', 'H', 'A'],
  ];

  const controls = (m: Meeting, by: Row[4]) =>
    by === 'coHost' ? m.as('C') : by === 'host' ? m.host : m.guest;

  for (const [row, condition, code, prepare, by, viewer, source] of [...always, ...withSource]) {
    test(`${row}. ${condition}: ${code}`, () => {
      const m = prepare();
      assert.equal(
        m.refusal(() => controls(m, by).lock(viewer, source)),
        code,
        'lockView',
      );
      assert.equal(
        m.refusal(() => controls(m, by).partView(viewer, source)),
        code,
        'partView',
      );
    });
  }

  for (const [row, condition, code, prepare, by, viewer] of always) {
    test(`${row}. ${condition}, unlocking: ${code}`, () => {
      const m = prepare();
      assert.equal(
        m.refusal(() => controls(m, by).unlock(viewer)),
        code,
      );
    });
  }

  test('unlocking is not held up by polling', () => {
    const m = crowd();
    m.host.lock('H', 'A');
    m.host.startPolling();
    assert.equal(m.host.unlock('H').length, 1);
    assert.equal(m.view('H'), 'POLL V');
  });

  test('a participant who has left has no rights any more', () => {
    const m = crowd();
    m.host.hangUp('C');
    assert.equal(
      m.refusal(() => m.as('C').lock('V', 'A')),
      'GUEST_NOT_PERMITTED',
    );
  });

  test('the host himself on his terminal passes', () => {
    const m = crowd();
    m.as('H').lock('H', 'A');
    assert.equal(m.view('H'), 'LOCK A');
  });
});
