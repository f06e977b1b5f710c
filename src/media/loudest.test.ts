import assert from 'node:assert/strict';
import { test } from 'node:test';
import { participantId } from '../conference/ids.ts';
import { LevelMeter, LoudestPicker } from './loudest.ts';

const LOUD = 20;
const LOUDER = 10;
const SILENT = 127;

/** A conference of two, whose packets come each 20 ms. */
function pair() {
  const first = new LevelMeter(participantId('first'));
  const second = new LevelMeter(participantId('second'));
  const meters = new Set([first, second]);
  const picker = new LoudestPicker({ marginDb: 6, holdMs: 400, silentHoldMs: 200 });
  let nowMs = 0;
  const talk = (firstLevel: number, secondLevel: number, forMs: number) => {
    let picked = null;
    for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += 20) {
      first.hear(firstLevel, nowMs);
      second.hear(secondLevel, nowMs);
      picked = picker.pick(meters, nowMs);
    }
    return picked?.participant ?? null;
  };
  return { first, second, meters, picker, talk };
}

test('nobody is picked while all are silent', () => {
  assert.equal(pair().talk(SILENT, SILENT, 2000), null);
});

test('who speaks is picked, and stays so in silence', () => {
  const { talk } = pair();
  assert.equal(talk(LOUD, SILENT, 600), 'first');
  assert.equal(talk(SILENT, SILENT, 5000), 'first');
});

test('a cough does not take over, speech does', () => {
  const { talk } = pair();
  talk(LOUD, SILENT, 600);
  assert.equal(talk(LOUD, LOUDER, 200), 'first');
  assert.equal(talk(LOUD, SILENT, 2000), 'first');
  assert.equal(talk(LOUD, LOUDER, 700), 'second');
});

test('two who are equally loud do not alternate', () => {
  const { talk } = pair();
  talk(LOUD, SILENT, 600);
  for (let turn = 0; turn < 20; turn += 1) {
    assert.equal(talk(LOUD + 2, LOUD, 500), 'first');
    assert.equal(talk(LOUD, LOUD + 2, 500), 'first');
  }
});

test('from a silent one another takes over sooner', () => {
  const { talk } = pair();
  talk(LOUD, SILENT, 600);
  talk(SILENT, SILENT, 1500);
  assert.equal(talk(SILENT, LOUD, 400), 'second');
});

test('one who has gone or is excluded is not picked', () => {
  const { first, second, meters, picker, talk } = pair();
  talk(LOUD, LOUD + 10, 600);
  assert.equal(picker.pick(meters, 600, first)?.participant, undefined);
  talk(LOUD, LOUD + 10, 600);
  meters.delete(first);
  assert.notEqual(picker.pick(meters, 1200), first);
  for (let nowMs = 1200; nowMs < 1800; nowMs += 20) {
    second.hear(LOUD, nowMs);
    picker.pick(meters, nowMs);
  }
  assert.equal(picker.pick(meters, 1800), second);
});
