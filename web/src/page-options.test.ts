import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePageOptions } from './page-options.ts';

test('a complete query is read', () => {
  const options = parsePageOptions(
    '?conference=900001&password=12&name=Ada%20L&camera=test:red&slots=2',
    '',
    4,
  );
  assert.deepEqual(options, {
    conference: '900001',
    name: 'Ada L',
    password: '12',
    serialNumber: '',
    activationCode: '',
    invitation: '',
    audience: false,
    slots: 2,
    camera: { kind: 'test', colour: 'red' },
    audio: true,
  });
});

test('an empty query means a camera, sound and the default slots', () => {
  const options = parsePageOptions('', '', 4);
  assert.deepEqual(options.camera, { kind: 'device' });
  assert.equal(options.audio, true);
  assert.equal(options.slots, 4);
});

test('a secret may come in the fragment, which no server sees', () => {
  assert.equal(parsePageOptions('?conference=1', '#password=secret', 4).password, 'secret');
});

test('somebody rung has an invitation, somebody who looks on says so', () => {
  const options = parsePageOptions('?conference=1&audience=on', '#invitation=once', 4);
  assert.equal(options.invitation, 'once');
  assert.equal(options.audience, true);
});

test('nonsense slots fall back, too many are cut', () => {
  assert.equal(parsePageOptions('?slots=-3', '', 4).slots, 4);
  assert.equal(parsePageOptions('?slots=x', '', 1).slots, 1);
  assert.equal(parsePageOptions('?slots=900', '', 4).slots, 16);
});

test('camera and audio can be off', () => {
  const options = parsePageOptions('?camera=off&audio=off', '', 4);
  assert.deepEqual(options.camera, { kind: 'off' });
  assert.equal(options.audio, false);
});
