import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  attendee,
  audience,
  browser,
  type Meeting,
  meeting,
  terminal,
} from '../../test/support/conference-builder.ts';

/** C is the co-host. */
const four = (): Meeting =>
  meeting().with(terminal('H'), browser('A'), browser('C'), terminal('V')).hostIs('H').coHostIs('C');

const names = (m: Meeting): string => [...m.state.participants.keys()].join(' ');

describe('who may come in', () => {
  const account = { ...browser('B'), account: 'bea' };

  test('accounts and terminals only', () => {
    const m = four();
    m.host.configure({ callIn: 'organisation' });
    assert.equal(
      m.refusal(() => m.with(browser('B'))),
      'ORGANISATION_ONLY',
    );
    m.with(account, terminal('W'), { ...browser('G'), entitledTo: 'host' });
    assert.equal(names(m), 'H A C V B W G');
  });

  test('those invited only, whether they are being called or not', () => {
    const m = meeting({ settings: { callIn: 'invited' }, attendees: [attendee('B')] });
    for (const newcomer of [browser('A'), { ...account, number: '' }, terminal('W')]) {
      assert.equal(
        m.refusal(() => m.with(newcomer)),
        'INVITED_ONLY',
      );
    }
    m.server.invite({ ...attendee('D'), called: true });
    m.with(browser('B'), browser('D'));
    assert.equal(names(m), 'B D');
  });

  test('the lock of the meeting does not keep out whoever is invited', () => {
    const m = four();
    m.host.lockMeeting();
    m.host.invite({ ...attendee('B'), called: true });
    m.with(browser('B'));
    assert.equal(names(m), 'H A C V B');
  });

  test('a restriction does not throw out those who are here', () => {
    const m = four();
    m.host.configure({ callIn: 'invited' });
    m.with({ ...terminal('V2'), serialNumber: 'SN-V' });
    assert.equal(names(m), 'H A C V');
  });
});

describe('the audience', () => {
  const withAudience = (): Meeting => {
    const m = four();
    m.host.allowAudience();
    return m.with(audience('S'));
  };

  test('comes in only where the host lets it', () => {
    const m = four();
    assert.equal(
      m.refusal(() => m.with(audience('S'))),
      'AUDIENCE_NOT_ALLOWED',
    );
    m.host.allowAudience();
    m.with(audience('S'));
    m.host.allowAudience(false);
    assert.equal(names(m), 'H A C V S');
  });

  test('has a restriction of its own', () => {
    const m = four();
    m.host.allowAudience();
    m.host.configure({ callIn: 'invited', audienceCallIn: 'organisation' });
    assert.equal(
      m.refusal(() => m.with(audience('S'))),
      'ORGANISATION_ONLY',
    );
    m.with({ ...audience('S'), account: 'sue' });
    assert.ok(m.has('S'));
  });

  test('sees the meeting and is never seen', () => {
    const m = withAudience().speaks('A').speaks('S');
    assert.deepEqual(m.views('S', 'V'), ['AUTO A', 'AUTO A']);
    m.host.switchMode('fixed');
    assert.deepEqual(m.views('S', 'V'), ['FIXED [H A C V]', 'FIXED [H A C]']);
    for (const attempt of [() => m.host.broadcast('S'), () => m.host.lock('V', 'S')]) {
      assert.equal(m.refusal(attempt), 'SITE_IS_VOICE_ONLY');
    }
  });

  test('controls nothing', () => {
    const m = withAudience();
    assert.equal(
      m.refusal(() => m.as('S').broadcast('A')),
      'GUEST_NOT_PERMITTED',
    );
    assert.equal(
      m.refusal(() => m.host.coHost('S')),
      'CO_HOST_IS_AUDIENCE',
    );
    m.host.releaseHost('H');
    assert.equal(
      m.refusal(() => m.as('S').applyHost('S')),
      'HOST_IS_AUDIENCE',
    );
  });
});
