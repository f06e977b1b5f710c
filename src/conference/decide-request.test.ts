import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  audience,
  browser,
  type Meeting,
  meeting,
  terminal,
  voiceOnly,
} from '../../test/support/conference-builder.ts';
import type { ErrorCode } from '../errors.ts';

/** H is the host, C the co-host, P has no video, S looks on. */
const six = (): Meeting => {
  const m = meeting().with(terminal('H'), browser('A'), terminal('V'), browser('C'), voiceOnly(browser('P')));
  m.hostIs('H').coHostIs('C').host.allowAudience();
  return m.with(audience('S'));
};

describe('the camera of a participant', () => {
  test('is closed by the host at once', () => {
    const m = six();
    m.host.askForCamera('A', false);
    assert.equal(m.participant('A').cameraOn, false);
  });

  test('is opened by himself only: the host asks', () => {
    const m = six();
    m.as('A').camera('A', false);
    assert.deepEqual(m.host.askForCamera('A'), [{ type: 'camera.requested', participant: 'A', on: true }]);
    assert.equal(m.participant('A').cameraOn, false);
  });

  test('may be opened by one who was asked, where nobody may by himself, once', () => {
    const m = six();
    m.host.configure({ selfCameraAllowed: false });
    m.as('A').camera('A', false);
    m.host.askForCamera('A');
    m.as('A').camera('A', true);
    assert.equal(m.participant('A').cameraOn, true);
    m.as('A').camera('A', false);
    assert.equal(
      m.refusal(() => m.as('A').camera('A', true)),
      'GUEST_NOT_PERMITTED',
    );
  });

  test('that is as asked already needs no request', () => {
    assert.deepEqual(six().host.askForCamera('A'), []);
  });
});

test('one participant is asked to share, until he is no longer', () => {
  const m = six();
  m.host.inviteToShare('A');
  assert.deepEqual(m.host.inviteToShare('A'), []);
  assert.deepEqual([m.participant('A').invitedToShare, m.participant('C').invitedToShare], [true, false]);
  m.host.inviteToShare('A', false);
  assert.equal(m.participant('A').invitedToShare, false);
});

test('one participant may record on his own device, until he may no longer', () => {
  const m = six();
  m.as('C').allowClientRecording('A');
  assert.deepEqual(m.host.allowClientRecording('A'), []);
  assert.deepEqual(
    [m.participant('A').clientRecordingAllowed, m.participant('C').clientRecordingAllowed],
    [true, false],
  );
  m.host.allowClientRecording('A', false);
  assert.equal(m.participant('A').clientRecordingAllowed, false);
});

describe('refusals', () => {
  const cases: readonly (readonly [string, ErrorCode, (m: Meeting) => unknown])[] = [
    ['a guest asks for a camera', 'GUEST_NOT_PERMITTED', (m) => m.as('A').askForCamera('A', false)],
    [
      'a co-host closes the camera of the host',
      'ACTOR_IS_CO_HOST_TARGET_IS_HOST',
      (m) => m.as('C').askForCamera('H', false),
    ],
    ['the camera of one without video', 'SITE_IS_VOICE_ONLY', (m) => m.host.askForCamera('P')],
    ['the camera of the audience', 'SITE_IS_VOICE_ONLY', (m) => m.host.askForCamera('S')],
    ['the camera of nobody', 'PARTICIPANT_NOT_FOUND', (m) => m.host.askForCamera('nobody')],
    ['a guest asks another to share', 'GUEST_NOT_PERMITTED', (m) => m.as('A').inviteToShare('C')],
    ['a terminal is asked to share', 'CANNOT_SHARE', (m) => m.host.inviteToShare('V')],
    ['the audience is asked to share', 'CANNOT_SHARE', (m) => m.host.inviteToShare('S')],
    ['a guest lets himself record', 'GUEST_NOT_PERMITTED', (m) => m.as('A').allowClientRecording('A')],
  ];
  for (const [what, code, attempt] of cases) {
    test(`${what}: ${code}`, () => {
      const m = six();
      assert.equal(
        m.refusal(() => attempt(m)),
        code,
      );
    });
  }
});
