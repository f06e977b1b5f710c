import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { browser, type Meeting, meeting, terminal } from '../../test/support/conference-builder.ts';
import type { ErrorCode } from '../errors.ts';
import { assignSlots } from './slots.ts';
import { viewOf } from './views.ts';

const MINUTE_MS = 60_000;

/** C is the co-host; the end is an hour away. */
const four = (): Meeting =>
  meeting({ endsAtMs: 60 * MINUTE_MS })
    .with(terminal('H'), browser('A'), browser('C'), terminal('V'))
    .hostIs('H')
    .coHostIs('C');

describe('the settings', () => {
  test('only what is named changes, and only what changes is told', () => {
    const m = four();
    assert.deepEqual(m.host.configure({ chat: 'none', freeSharing: false }), [
      { type: 'conference.configured', settings: { chat: 'none' } },
    ]);
    assert.deepEqual(m.state.settings, {
      sharingLocked: false,
      callIn: 'everyone',
      audienceCallIn: 'everyone',
      chat: 'none',
      clientRecordingMode: 0,
      selfCameraAllowed: true,
      selfRenameAllowed: true,
      freeSharing: false,
    });
    assert.deepEqual(m.host.configure({ chat: 'none' }, { locked: false, selfUnmuteAllowed: true }), []);
  });

  test('the lock of the meeting and unmuting oneself are among them', () => {
    const m = four();
    m.as('C').configure({}, { locked: true, selfUnmuteAllowed: false });
    m.host.mute('A');
    assert.equal(
      m.refusal(() => m.with(browser('B'))),
      'CONFERENCE_LOCKED',
    );
    assert.equal(
      m.refusal(() => m.as('A').mute('A', false)),
      'GUEST_NOT_PERMITTED',
    );
  });

  test('guests may be kept from renaming themselves, host and co-host not', () => {
    const m = four();
    m.host.configure({ selfRenameAllowed: false });
    assert.equal(
      m.refusal(() => m.as('A').rename('A', 'Ann')),
      'GUEST_NOT_PERMITTED',
    );
    m.as('C').rename('C', 'Cy');
    m.host.rename('A', 'Ann');
    assert.deepEqual([m.participant('C').name, m.participant('A').name], ['Cy', 'Ann']);
  });

  test('guests may be kept from opening their cameras, never from closing them', () => {
    const m = four();
    m.host.configure({ selfCameraAllowed: false });
    m.as('A').camera('A', false);
    assert.equal(
      m.refusal(() => m.as('A').camera('A', true)),
      'GUEST_NOT_PERMITTED',
    );
    m.as('C').camera('C', false);
    m.as('C').camera('C', true);
    assert.equal(m.participant('C').cameraOn, true);
  });

  test('a meeting begins with its own and survives a restart with them', () => {
    const m = meeting({ settings: { callIn: 'organisation' } });
    m.host.configure({ chat: 'private' });
    for (const { state } of [m.restartFromJournal(), m.restartFromSnapshot()]) {
      assert.equal(state.settings.callIn, 'organisation');
      assert.equal(state.settings.chat, 'private');
      assert.equal(state.settings.selfRenameAllowed, true);
    }
  });
});

describe('a pause', () => {
  const slots = (m: Meeting, name: string) =>
    assignSlots(m.state, m.participant(name), viewOf(m.state, m.participant(name)), 2);

  test('shows nothing to anybody; views and locks are back afterwards', () => {
    const m = four();
    m.host.lock('V', 'A');
    m.host.pause();
    assert.deepEqual(
      [slots(m, 'V'), slots(m, 'A')],
      [
        [null, null],
        [null, null],
      ],
    );
    assert.equal(m.view('V'), 'LOCK A');
    m.host.pause(false);
    assert.deepEqual(
      [slots(m, 'V'), slots(m, 'A')],
      [
        ['A', null],
        ['H', 'C'],
      ],
    );
  });

  test('a second one changes nothing', () => {
    const m = four();
    m.host.pause();
    assert.deepEqual(m.host.pause(), []);
  });
});

describe('the end by the clock', () => {
  test('is put off by minutes, again and again', () => {
    const m = four();
    m.host.prolong(15);
    m.as('C').prolong(30);
    assert.equal(m.state.endsAtMs, 105 * MINUTE_MS);
  });

  test('stays where it is when it is to be put off by itself later', () => {
    const m = four();
    m.host.prolong(15, true);
    assert.equal(m.state.endsAtMs, 60 * MINUTE_MS);
    assert.equal(m.state.prolongMinutes, 15);
    assert.deepEqual(m.host.prolong(15, true), []);
  });

  test('a meeting without one has nothing to put off', () => {
    assert.deepEqual(meeting().host.prolong(15), []);
  });

  test('survives a restart', () => {
    const m = four();
    m.host.prolong(15);
    assert.equal(m.restartFromJournal().state.endsAtMs, 75 * MINUTE_MS);
    assert.equal(m.restartFromSnapshot().state.endsAtMs, 75 * MINUTE_MS);
  });
});

test('letting the audience in once more changes nothing', () => {
  const m = four();
  m.host.allowAudience();
  assert.deepEqual(m.host.allowAudience(), []);
});

describe('refusals', () => {
  const cases: readonly (readonly [string, ErrorCode, (m: Meeting) => unknown])[] = [
    ['a guest changes settings', 'GUEST_NOT_PERMITTED', (m) => m.as('A').configure({ chat: 'none' })],
    ['a guest pauses the meeting', 'GUEST_NOT_PERMITTED', (m) => m.as('A').pause()],
    ['a guest lets the audience in', 'GUEST_NOT_PERMITTED', (m) => m.guest.allowAudience()],
    ['a guest puts the end off', 'GUEST_NOT_PERMITTED', (m) => m.as('A').prolong(15)],
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
});
