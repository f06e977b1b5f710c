import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  browser,
  layoutOf,
  type Meeting,
  meeting,
  terminal,
  voiceOnly,
} from '../../test/support/conference-builder.ts';
import type { ErrorCode } from '../errors.ts';
import { AUTOMATIC_LAYOUT } from './layouts.ts';

/** H is the host, P has no video. */
const five = (): Meeting =>
  meeting()
    .with(terminal('H'), terminal('V'), browser('A'), browser('B'), voiceOnly(browser('P')))
    .hostIs('H');

const three = layoutOf('Three', 'A', 'B', 'H');
const polling = layoutOf('Two', 'A B', 'H');

describe('a layout for the continuous presence', () => {
  test('while nothing is shown to all, it is broadcast', () => {
    const m = five();
    m.host.setLayout(three);
    assert.deepEqual(m.views('V', 'P'), ['FIXED [A B H]', 'FIXED [A B H]']);
  });

  const replaced: readonly (readonly [string, (m: Meeting) => unknown])[] = [
    ['a broadcast', (m) => m.host.broadcast('B')],
    ['a roll call', (m) => m.host.rollCall('B')],
  ];
  for (const [what, begin] of replaced) {
    test(`takes the place of ${what}`, () => {
      const m = five();
      begin(m);
      m.host.setLayout(three);
      assert.equal(m.view('V'), 'FIXED [A B H]');
    });
  }

  test('in Fixed only the panes change, and a partView stays', () => {
    const m = five();
    m.host.switchMode('fixed');
    m.host.partView('V', 'B');
    m.host.setLayout(three);
    assert.deepEqual(m.views('V', 'P'), ['PART_VIEW B', 'FIXED [A B H]']);
  });

  test('in a single voice-activated picture nobody sees it yet', () => {
    const m = five().speaks('B');
    m.host.switchMode('voiceSingle');
    m.host.setLayout(three);
    assert.equal(m.view('V'), 'VOICE B');
    m.host.switchMode('fixed');
    assert.equal(m.view('V'), 'FIXED [A B H]');
  });

  test('voice activation puts the speaker into the large pane and whoever was in it into his', () => {
    const m = five().speaks('B');
    m.host.switchMode('voiceMultiple');
    m.host.setLayout(three);
    assert.equal(m.view('V'), 'VOICE [B A H]');
  });

  test('a speaker who is in no pane takes the large one', () => {
    const m = five().speaks('V');
    m.host.switchMode('voiceMultiple');
    m.host.setLayout(three);
    assert.equal(m.view('P'), 'VOICE [V B H]');
  });

  test('equal panes stay as they are, whoever speaks', () => {
    const m = five().speaks('B');
    m.host.switchMode('voiceMultiple');
    m.host.setLayout(layoutOf('Two', 'A', 'B'));
    assert.equal(m.view('V'), 'VOICE [A B]');
  });

  test('while the host watches the continuous presence, it is shown to him and to nobody else', () => {
    const m = five();
    m.host.hostWatchesAll();
    m.host.setLayout(three);
    assert.deepEqual(m.views('H', 'V'), ['CHAIR_VIEW [A B -]', 'AUTO H']);
  });

  test('a locked viewer keeps his picture', () => {
    const m = five();
    m.host.lock('V', 'B');
    m.host.setLayout(three);
    assert.equal(m.view('V'), 'LOCK B');
  });

  test('the same once more changes nothing', () => {
    const m = five();
    m.host.setLayout(three);
    assert.deepEqual(m.host.setLayout(three), []);
  });

  test('back to the automatic one', () => {
    const m = five();
    m.host.setLayout(three);
    m.host.setLayout(AUTOMATIC_LAYOUT);
    assert.equal(m.view('V'), 'FIXED [H A B]');
  });

  test('survives a restart', () => {
    const m = five();
    m.host.setLayout(three);
    assert.equal(m.restartFromJournal().view('V'), 'FIXED [A B H]');
    assert.equal(m.restartFromSnapshot().view('V'), 'FIXED [A B H]');
  });
});

describe('panes', () => {
  test('nobody is shown himself: his own pane is empty for him', () => {
    const m = five();
    m.host.setLayout(three);
    assert.deepEqual(m.views('A', 'H'), ['FIXED [- B H]', 'FIXED [A B -]']);
  });

  test('a site may be a number, or somebody who is yet to come', () => {
    const m = five();
    m.host.setLayout(layoutOf('Two', '+99B', 'C'));
    assert.equal(m.view('V'), 'FIXED [B -]');
    m.with(browser('C'));
    assert.equal(m.view('V'), 'FIXED [B C]');
    m.host.hangUp('B');
    assert.equal(m.view('V'), 'FIXED [- C]');
  });

  test('the sites of a pane take turns, and the turns begin anew with another layout', () => {
    const m = five();
    m.host.setLayout(polling);
    const seen = [m.view('V'), m.panesTurn().view('V'), m.panesTurn().view('V'), m.panesTurn().view('V')];
    assert.deepEqual(seen, ['FIXED [A H]', 'FIXED [B H]', 'FIXED [A H]', 'FIXED [B H]']);
    m.host.setLayout(layoutOf('Two', 'B A', 'H'));
    assert.equal(m.view('V'), 'FIXED [B H]');
  });

  test('a turn passes over those who are not here', () => {
    const m = five();
    m.host.setLayout(layoutOf('Two', 'nobody A', 'H'));
    assert.deepEqual([m.view('V'), m.panesTurn().view('V')], ['FIXED [A H]', 'FIXED [A H]']);
  });
});

describe('a layout that is saved only', () => {
  const shown: readonly (readonly [string, (m: Meeting) => unknown, string])[] = [
    ['the switch to Fixed', (m) => m.host.switchMode('fixed'), 'FIXED [A B -]'],
    [
      'the switch to voice activation in several panes',
      (m) => m.host.switchMode('voiceMultiple'),
      'VOICE [A B -]',
    ],
    ['the host watching the continuous presence', (m) => m.host.hostWatchesAll(), 'CHAIR_VIEW [A B -]'],
  ];
  for (const [what, switchOn, view] of shown) {
    test(`is shown with ${what}`, () => {
      const m = five();
      m.host.setLayout(three, true);
      assert.equal(m.view('H'), 'AUTO V');
      switchOn(m);
      assert.equal(m.view('H'), view);
    });
  }

  test('even while a continuous presence is on', () => {
    const m = five();
    m.host.switchMode('fixed');
    m.host.setLayout(three, true);
    assert.equal(m.view('V'), 'FIXED [H A B]');
    m.host.switchMode('fixed');
    assert.equal(m.view('V'), 'FIXED [A B H]');
  });

  test('a single voice-activated picture does not show it', () => {
    const m = five();
    m.host.setLayout(three, true);
    m.host.switchMode('voiceSingle');
    assert.equal(m.view('V'), 'VOICE H');
    m.host.switchMode('fixed');
    assert.equal(m.view('V'), 'FIXED [A B H]');
  });

  test('gives way to one that is shown at once', () => {
    const m = five();
    m.host.setLayout(three, true);
    m.host.setLayout(layoutOf('Two', 'B', 'A'));
    m.host.switchMode('fixed');
    assert.equal(m.view('V'), 'FIXED [B A]');
  });

  test('is known after a restart', () => {
    const m = five();
    m.host.setLayout(three, true);
    m.restartFromSnapshot().host.switchMode('fixed');
    assert.equal(m.view('V'), 'FIXED [A B H]');
  });

  test('the same once more changes nothing', () => {
    const m = five();
    m.host.setLayout(three, true);
    assert.deepEqual(m.host.setLayout(three, true), []);
  });
});

describe('the saved layouts', () => {
  const ids = (m: Meeting) => m.state.savedLayouts.map(({ id }) => id);

  test('are kept, replaced and deleted, and show nothing', () => {
    const m = five();
    m.host.saveLayout('one', three);
    m.host.saveLayout('two', polling);
    assert.deepEqual(m.host.saveLayout('one', three), []);
    m.host.saveLayout('one', polling, 'Panel');
    assert.equal(m.state.savedLayouts.find(({ id }) => id === 'one')?.name, 'Panel');
    m.host.deleteLayout('two');
    assert.deepEqual(ids(m), ['one']);
    assert.equal(m.view('V'), 'AUTO H');
  });

  test('no more than 50 of them, of which each may still be changed', () => {
    const m = five();
    for (let at = 1; at <= 50; at += 1) m.host.saveLayout(`layout ${at}`, three);
    assert.equal(
      m.refusal(() => m.host.saveLayout('one more', three)),
      'TOO_MANY_LAYOUTS',
    );
    m.host.saveLayout('layout 1', polling);
    assert.equal(m.state.savedLayouts.length, 50);
  });
});

describe('refusals', () => {
  const twoContents = {
    ...three,
    panes: three.panes.map((pane, at) => ({ ...pane, content: at < 2 })),
  };
  const cases: readonly (readonly [string, ErrorCode, (m: Meeting) => unknown])[] = [
    ['a guest sets a layout', 'GUEST_NOT_PERMITTED', (m) => m.as('A').setLayout(three)],
    ['a guest saves a layout', 'GUEST_NOT_PERMITTED', (m) => m.as('A').saveLayout('one', three)],
    ['nobody in any pane', 'LAYOUT_HAS_NO_SITE', (m) => m.host.setLayout(layoutOf('Two', '', ''))],
    ['two panes for what is shared', 'LAYOUT_HAS_TWO_CONTENT_PANES', (m) => m.host.setLayout(twoContents)],
    [
      'somebody without video in a pane',
      'LAYOUT_HAS_VOICE_ONLY_SITE',
      (m) => m.host.setLayout(layoutOf('Two', 'A', '+99P')),
    ],
    [
      'even if it is saved only',
      'LAYOUT_HAS_VOICE_ONLY_SITE',
      (m) => m.host.setLayout(layoutOf('Two', 'A', 'P'), true),
    ],
    ['deleting what is not saved', 'PARAMETER_INVALID', (m) => m.host.deleteLayout('one')],
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

  test('panes do not poll while they are voice-activated, in whichever order', () => {
    const activated = five();
    activated.host.switchMode('voiceMultiple');
    const withLayout = five();
    withLayout.host.setLayout(polling);
    const withStored = five();
    withStored.host.setLayout(polling, true);
    for (const refused of [
      activated.refusal((m) => m.host.setLayout(polling)),
      withLayout.refusal((m) => m.host.switchMode('voiceMultiple')),
      withStored.refusal((m) => m.host.switchMode('voiceMultiple')),
    ]) {
      assert.equal(refused, 'LAYOUT_POLLS_WHILE_VOICE_ACTIVATED');
    }
  });

  test('a voice meeting has no layouts', () => {
    const m = meeting({ media: 'voice' }).with(browser('A'));
    assert.equal(
      m.refusal(() => m.host.setLayout(three)),
      'CONFERENCE_IS_VOICE_ONLY',
    );
  });
});
