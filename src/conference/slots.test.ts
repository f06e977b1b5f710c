import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  browser,
  type Meeting,
  meeting,
  terminal,
  voiceOnly,
} from '../../test/support/conference-builder.ts';
import { assignSlots } from './slots.ts';
import { viewOf } from './views.ts';

const five = (): Meeting =>
  meeting().with(browser('A'), terminal('V'), browser('B'), browser('C'), voiceOnly(browser('P')));

/** `A B -`: the source of each of `count` slots. */
const slots = (m: Meeting, name: string, count: number): string => {
  const viewer = m.participant(name);
  const assigned = assignSlots(m.state, viewer, viewOf(m.state, viewer), count);
  return assigned.map((source) => source ?? '-').join(' ');
};

describe('a terminal', () => {
  test('has its single picture in slot 0 and nothing else', () => {
    const m = five();
    m.host.lock('V', 'B');
    assert.equal(slots(m, 'V', 1), 'B');
    assert.equal(slots(m, 'V', 3), 'B - -');
  });

  test('has a pane a slot, the large one first, as many as there are slots', () => {
    const m = five().speaks('C');
    m.host.switchMode('voiceMultiple');
    assert.equal(slots(m, 'V', 2), 'C A');
    assert.equal(slots(m, 'V', 5), 'C A B - -');
  });
});

describe('a browser', () => {
  test('has its picture first, then the others in the order of joining', () => {
    const m = five();
    m.host.broadcast('C');
    assert.equal(slots(m, 'B', 1), 'C');
    assert.equal(slots(m, 'B', 2), 'C A');
    assert.equal(slots(m, 'B', 5), 'C A V - -');
  });

  test('never shows himself nor anybody twice', () => {
    const m = five();
    m.host.switchMode('fixed');
    assert.equal(slots(m, 'A', 6), 'V B C - - -');
  });
});

test('whoever is alone has empty slots', () => {
  const m = meeting().with(browser('A'), terminal('V'), voiceOnly(browser('P')));
  m.host.hangUp('A');
  assert.equal(slots(m, 'V', 2), '- -');
  assert.equal(slots(m, 'P', 2), 'V -');
});

test('an endpoint without video lines has no slots', () => {
  assert.equal(slots(five(), 'A', 0), '');
  assert.equal(slots(five(), 'V', 0), '');
});
