import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { audience, browser, type Meeting, meeting, terminal } from '../../test/support/conference-builder.ts';

/** C is the co-host. */
const four = (): Meeting =>
  meeting().with(terminal('H'), browser('A'), browser('B'), browser('C')).hostIs('H').coHostIs('C');

describe('muting one', () => {
  test('the host mutes and unmutes anybody, himself too', () => {
    const m = four();
    m.host.mute('A');
    m.host.mute('H');
    assert.equal(m.muted(), 'H A');
    m.host.mute('A', false);
    assert.equal(m.muted(), 'H');
  });

  test('what is so already changes nothing', () => {
    const m = four();
    assert.deepEqual(m.host.mute('A', false), []);
    m.host.mute('A');
    assert.deepEqual(m.host.mute('A'), []);
  });

  test('a guest mutes himself and nobody else', () => {
    const m = four();
    m.as('A').mute('A');
    assert.equal(m.muted(), 'A');
    assert.equal(
      m.refusal(() => m.as('A').mute('B')),
      'GUEST_NOT_PERMITTED_ON_OTHERS',
    );
    assert.equal(
      m.refusal(() => m.guest.mute('A')),
      'GUEST_NOT_PERMITTED_ON_OTHERS',
    );
  });

  test('a guest learns nothing about who is here', () => {
    const m = four();
    assert.equal(
      m.refusal(() => m.as('A').mute('nobody')),
      'GUEST_NOT_PERMITTED_ON_OTHERS',
    );
    assert.equal(
      m.refusal(() => m.host.mute('nobody')),
      'PARTICIPANT_NOT_FOUND',
    );
  });

  test('a co-host mutes anybody but the host', () => {
    const m = four();
    m.as('C').mute('A');
    assert.equal(m.muted(), 'A');
    assert.equal(
      m.refusal(() => m.as('C').mute('H')),
      'ACTOR_IS_CO_HOST_TARGET_IS_HOST',
    );
  });

  test('whoever has left cannot even mute himself', () => {
    const m = four();
    m.host.hangUp('A');
    assert.equal(
      m.refusal(() => m.as('A').mute('A')),
      'GUEST_NOT_PERMITTED_ON_OTHERS',
    );
  });
});

describe('muting all', () => {
  test('mutes everybody but the host', () => {
    const m = four();
    m.host.muteAll();
    assert.equal(m.muted(), 'A B C');
    m.host.muteAll(false);
    assert.equal(m.muted(), '');
  });

  test('what is so already changes nothing', () => {
    const m = four();
    m.host.muteAll();
    assert.deepEqual(m.host.muteAll(), []);
    assert.deepEqual(m.host.muteAll(true, true), []);
  });

  test('is for the host and co-hosts', () => {
    const m = four();
    m.as('C').muteAll();
    assert.equal(m.muted(), 'A B C');
    assert.equal(
      m.refusal(() => m.as('A').muteAll(false)),
      'GUEST_NOT_PERMITTED',
    );
  });

  test('where unmuting oneself is not allowed, guests stay muted until the host unmutes them', () => {
    const m = four();
    m.host.muteAll(true, false);
    assert.equal(
      m.refusal(() => m.as('A').mute('A', false)),
      'GUEST_NOT_PERMITTED',
    );
    m.as('C').mute('C', false);
    m.host.mute('A', false);
    assert.equal(m.muted(), 'B');
  });

  test('not saying whether one may unmute oneself leaves it as it is', () => {
    const m = four();
    m.host.muteAll(true, false);
    m.host.muteAll(true, null);
    assert.equal(m.state.selfUnmuteAllowed, false);
    m.host.muteAll(true, true);
    m.as('A').mute('A', false);
    assert.equal(m.muted(), 'B C');
  });

  test('the permission survives a restart', () => {
    const m = four();
    m.host.muteAll(true, false);
    assert.equal(m.restartFromJournal().state.selfUnmuteAllowed, false);
    assert.equal(m.restartFromSnapshot().state.selfUnmuteAllowed, false);
  });
});

describe('the audience', () => {
  const withAudience = (): Meeting => {
    const m = four();
    m.host.allowAudience();
    return m.with(audience('S'));
  };

  test('is not heard, whoever wants it', () => {
    const m = withAudience();
    for (const actor of [m.as('S'), m.host]) {
      assert.equal(
        m.refusal(() => actor.mute('S', false)),
        'AUDIENCE_MAY_NOT_SPEAK',
      );
    }
    assert.equal(m.muted(), 'S');
  });

  test('is left out when all are muted and unmuted', () => {
    const m = withAudience();
    assert.deepEqual(m.host.muteAll(), [{ type: 'audio.set', muted: true, participants: ['A', 'B', 'C'] }]);
    m.host.muteAll(false);
    assert.equal(m.muted(), 'S');
  });

  test('stays silent through a roll call', () => {
    const m = withAudience();
    m.host.rollCall('A');
    assert.equal(m.muted(), 'B C S');
  });
});

describe('whether one may unmute oneself', () => {
  test('is said without muting anybody', () => {
    const m = four();
    m.host.mute('A');
    m.host.allowSelfUnmute(false);
    assert.deepEqual(m.host.allowSelfUnmute(false), []);
    assert.equal(
      m.refusal(() => m.as('A').mute('A', false)),
      'GUEST_NOT_PERMITTED',
    );
    m.as('C').allowSelfUnmute();
    m.as('A').mute('A', false);
    assert.equal(m.muted(), '');
  });

  test('a guest does not say it', () => {
    const m = four();
    assert.equal(
      m.refusal(() => m.as('A').allowSelfUnmute()),
      'GUEST_NOT_PERMITTED',
    );
  });
});
