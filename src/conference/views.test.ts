import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  browser,
  type Meeting,
  meeting,
  terminal,
  voiceOnly,
} from '../../test/support/conference-builder.ts';
import { participantId } from './ids.ts';
import {
  heldChoice,
  nextPolledSite,
  type Picture,
  samePicture,
  sameView,
  siteOf,
  type View,
  viewsOf,
} from './views.ts';

const three = (): Meeting => meeting().with(browser('A'), terminal('V'), browser('B'));
const [a, b, v] = [participantId('A'), participantId('B'), participantId('V')];
const single = (source = a): Picture => ({ kind: 'single', source });
const panes = (...shown: (typeof a)[]): Picture => ({ kind: 'continuousPresence', panes: shown });
const none: Picture = { kind: 'none' };

describe('the ranks', () => {
  /** Each meeting has all the later ranks set too; V is the host, so that every rank can apply to him. */
  const everything = (): Meeting => {
    const m = three().hostIs('V');
    m.speaks('B').host.switchMode('voiceSingle');
    m.host.broadcast('A');
    m.host.hostWatches('B');
    m.host.lock('V', 'A');
    return m;
  };

  test('each gives way to the next, from the top', () => {
    const m = everything();
    m.host.startPolling();
    const seen = [m.view('V')];
    for (const end of [
      () => m.host.stopPolling(),
      () => m.host.partView('V', 'B'),
      () => m.host.unlock('V'),
      () => m.host.partView('V', 'A'),
      () => m.host.broadcast('B'),
      () => m.host.cancelBroadcast(),
      () => m.happens({ type: 'speaker.changed', participant: a }),
    ]) {
      end();
      seen.push(m.view('V'));
    }
    assert.deepEqual(seen, [
      'POLL A',
      'LOCK A',
      'LOCK B',
      'BROADCAST A',
      'PART_VIEW A',
      'BROADCAST B',
      'VOICE B',
      'VOICE A',
    ]);
  });

  test('a chairView comes before a broadcast and voice activation', () => {
    const m = everything();
    m.host.unlock('V');
    assert.equal(m.view('V'), 'CHAIR_VIEW B');
  });
});

describe('AUTO', () => {
  test('shows whoever joined first, to him the second', () => {
    assert.deepEqual(three().views('A', 'V', 'B'), ['AUTO V', 'AUTO A', 'AUTO A']);
  });

  test('shows the last speaker, to him the one before, else the first', () => {
    const m = three().speaks('B');
    assert.deepEqual(m.views('A', 'V', 'B'), ['AUTO B', 'AUTO B', 'AUTO A']);
    m.speaks('V');
    assert.deepEqual(m.views('A', 'V', 'B'), ['AUTO V', 'AUTO B', 'AUTO V']);
  });

  test('shows nothing to one who is alone with voices', () => {
    const m = meeting().with(terminal('V'), voiceOnly(browser('P')));
    assert.deepEqual(m.views('V', 'P'), ['AUTO -', 'AUTO V']);
  });

  test('never shows a voice-only speaker', () => {
    const m = three()
      .with(voiceOnly(browser('P')))
      .speaks('B')
      .speaks('P');
    assert.equal(m.view('V'), 'AUTO B');
  });

  test('ignores a speaker who is not here', () => {
    const m = three();
    const before = m.state;
    assert.equal(m.speaks('nobody').state, before);
  });

  test('the same speaker again is no switching event', () => {
    const m = three().speaks('B');
    m.host.lock('V', 'A');
    m.host.unlock('V');
    assert.equal(m.speaks('B').view('V'), 'AUTO A');
  });
});

describe('VOICE', () => {
  test('single shows the loudest other participant, else the first', () => {
    const m = three();
    m.host.switchMode('voiceSingle');
    assert.deepEqual(m.views('A', 'V', 'B'), ['VOICE V', 'VOICE A', 'VOICE A']);
    m.speaks('B');
    assert.deepEqual(m.views('A', 'V', 'B'), ['VOICE B', 'VOICE B', 'VOICE A']);
  });

  test('multiple puts the loudest other in the large pane', () => {
    const m = three();
    m.host.switchMode('voiceMultiple');
    assert.deepEqual(m.views('A', 'V', 'B'), ['VOICE [V B]', 'VOICE [A B]', 'VOICE [A V]']);
    m.speaks('B');
    assert.deepEqual(m.views('A', 'V', 'B'), ['VOICE [B V]', 'VOICE [B A]', 'VOICE [A V]']);
  });

  test('shows nothing to one who is alone', () => {
    const m = meeting().with(terminal('V'));
    for (const mode of ['voiceSingle', 'voiceMultiple'] as const) {
      m.host.switchMode(mode);
      assert.equal(m.view('V'), 'VOICE -');
    }
  });
});

describe('the continuous presence', () => {
  test('shows everybody else with video in the order of joining', () => {
    const m = three().with(voiceOnly(browser('P')), browser('C'));
    m.host.switchMode('fixed');
    assert.deepEqual(m.views('V', 'P', 'C'), ['FIXED [A B C]', 'FIXED [A V B C]', 'FIXED [A V B]']);
  });

  test('shows 16 panes at most, the loudest among them', () => {
    const m = meeting().with(...Array.from({ length: 18 }, (_, index) => browser(`p${index}`)));
    m.host.switchMode('voiceMultiple');
    const first16 = Array.from({ length: 16 }, (_, index) => `p${index}`);
    assert.equal(m.view('p17'), `VOICE [${first16.join(' ')}]`);
    m.speaks('p16');
    assert.equal(m.view('p17'), `VOICE [p16 ${first16.slice(0, 15).join(' ')}]`);
  });
});

test('everybody has a view, in the order of joining', () => {
  assert.deepEqual([...viewsOf(three().state).keys()], ['A', 'V', 'B']);
});

test('a viewer holds his picture only where the default view would follow', () => {
  const before: View = { reason: 'LOCK', picture: single() };
  assert.deepEqual(heldChoice(before, { reason: 'AUTO', picture: none }), single());
  assert.equal(heldChoice(before, { reason: 'VOICE', picture: none }), null);
  assert.equal(heldChoice({ reason: 'LOCK', picture: none }, { reason: 'AUTO', picture: none }), null);
  assert.deepEqual(heldChoice({ reason: 'FIXED', picture: panes(a, b) }, { reason: 'AUTO', picture: none }), {
    kind: 'continuousPresence',
  });
});

test('polling goes round everybody else with video', () => {
  const { state } = three().with(voiceOnly(browser('P')));
  assert.equal(nextPolledSite(state, v, null), a);
  assert.equal(nextPolledSite(state, v, a), b);
  assert.equal(nextPolledSite(state, v, b), a);
  assert.equal(nextPolledSite(meeting().with(terminal('V')).state, v, null), null);
});

test('advancing a polling that has stopped changes nothing', () => {
  const m = three();
  const before = m.state;
  assert.equal(m.pollShows('V', 'B').pollShows('nobody', 'B').state, before);
});

test('the site of an explicit view is its single source', () => {
  assert.equal(siteOf({ by: 'PART_VIEW', choice: { kind: 'single', source: a } }), a);
  assert.equal(siteOf({ by: 'CHAIR_VIEW', choice: { kind: 'continuousPresence' } }), null);
});

test('pictures are the same where they show the same in the same places', () => {
  const pictures = [none, single(a), single(b), panes(a), panes(a, b), panes(b, a)];
  for (const one of pictures) {
    for (const other of pictures) {
      assert.equal(samePicture(one, structuredClone(other)), one === other);
      assert.equal(
        sameView({ reason: 'AUTO', picture: one }, { reason: 'AUTO', picture: other }),
        one === other,
      );
      assert.equal(sameView({ reason: 'AUTO', picture: one }, { reason: 'LOCK', picture: other }), false);
    }
  }
});
