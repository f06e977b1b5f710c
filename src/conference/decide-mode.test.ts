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

const four = (): Meeting =>
  meeting().with(browser('A'), terminal('H'), terminal('V'), browser('B')).hostIs('H');
const all = ['A', 'H', 'V', 'B'] as const;

describe('broadcast and roll call', () => {
  test('everybody but the broadcast one sees him', () => {
    const m = four();
    m.host.broadcast('B');
    assert.deepEqual(m.views(...all), ['BROADCAST B', 'BROADCAST B', 'BROADCAST B', 'AUTO A']);
  });

  test('everybody but the called one sees him', () => {
    const m = four();
    m.host.rollCall('B');
    assert.deepEqual(m.views(...all), ['ROLL_CALL B', 'ROLL_CALL B', 'ROLL_CALL B', 'AUTO A']);
  });

  test('the next one replaces him, and he sees the next one', () => {
    const m = four();
    m.host.broadcast('B');
    m.host.broadcast('A');
    assert.deepEqual(m.views('A', 'B'), ['AUTO B', 'BROADCAST A']);
  });

  test('the one who is broadcast goes on watching what he watched', () => {
    const m = four();
    m.host.broadcast('V');
    m.host.broadcast('B');
    assert.equal(m.view('B'), 'AUTO V');
    m.host.switchMode('fixed');
    m.host.rollCall('B');
    assert.equal(m.view('B'), 'AUTO [A H V]');
  });

  test('the one who is broadcast keeps his partView', () => {
    const m = four();
    m.host.partView('V', 'B');
    m.host.broadcast('V');
    assert.equal(m.view('V'), 'PART_VIEW B');
  });

  test('the one who is broadcast follows voice activation where it is on', () => {
    const m = four();
    m.host.switchMode('voiceSingle');
    m.speaks('A').host.broadcast('V');
    assert.equal(m.view('V'), 'VOICE A');
  });

  test('what the broadcast one goes on watching ends when somebody else speaks', () => {
    const m = four();
    m.host.broadcast('V');
    m.host.broadcast('B');
    m.speaks('A');
    assert.equal(m.view('B'), 'AUTO A');
  });

  test('whoever joins later sees it too', () => {
    const m = four();
    m.host.broadcast('B');
    m.with(browser('C'));
    assert.equal(m.view('C'), 'BROADCAST B');
  });

  test('it ends when its participant leaves', () => {
    for (const start of [(m: Meeting) => m.host.broadcast('B'), (m: Meeting) => m.host.rollCall('B')]) {
      const m = four();
      start(m);
      m.host.hangUp('B');
      assert.deepEqual(m.state.mode, { kind: 'FREE' });
      assert.equal(m.view('V'), 'AUTO A');
    }
  });

  test('it goes on when somebody else leaves', () => {
    const m = four();
    m.host.broadcast('B');
    m.host.hangUp('A');
    assert.equal(m.view('V'), 'BROADCAST B');
  });

  test('the same broadcast again changes nothing', () => {
    const m = four();
    m.host.broadcast('B');
    assert.deepEqual(m.host.broadcast('B'), []);
  });
});

describe('modes', () => {
  const modes: readonly (readonly [string, (m: Meeting) => unknown, string])[] = [
    ['broadcast', (m) => m.host.broadcast('B'), 'BROADCAST B'],
    ['roll call', (m) => m.host.rollCall('B'), 'ROLL_CALL B'],
    ['Fixed', (m) => m.host.switchMode('fixed'), 'FIXED [A H B]'],
  ];
  for (const [earlier, first] of modes) {
    for (const [later, second, view] of modes) {
      test(`${later} replaces ${earlier}`, () => {
        const m = four();
        first(m);
        second(m);
        assert.equal(m.view('V'), view);
      });
    }

    test(`switchMode VAS ends ${earlier}`, () => {
      const m = four();
      first(m);
      m.host.switchMode('voiceSingle');
      assert.deepEqual(m.state.mode, { kind: 'FREE' });
      assert.equal(m.view('V'), 'VOICE A');
    });

    test(`cancelBroadcast ends ${earlier}`, () => {
      const m = four();
      first(m);
      m.host.cancelBroadcast();
      assert.deepEqual(m.state.mode, { kind: 'FREE' });
      assert.equal(m.view('V'), 'AUTO A');
    });

    test(`${earlier} clears an earlier partView, a later partView wins`, () => {
      const m = four();
      m.host.partView('V', 'H');
      first(m);
      assert.notEqual(m.view('V'), 'PART_VIEW H');
      m.host.partView('V', 'H');
      assert.equal(m.view('V'), 'PART_VIEW H');
    });

    test(`the same ${earlier} again clears a partView that came in between`, () => {
      const m = four();
      first(m);
      const view = m.view('V');
      m.host.partView('V', 'H');
      first(m);
      assert.equal(m.view('V'), view);
    });

    test(`${earlier} clears the partView of the host, not his chairView or polling`, () => {
      const m = four();
      m.host.partView('H', 'A');
      first(m);
      assert.notEqual(m.view('H'), 'PART_VIEW A');
      m.host.hostWatches('A');
      first(m);
      assert.equal(m.view('H'), 'CHAIR_VIEW A');
      m.host.startPolling();
      first(m);
      assert.equal(m.view('H'), 'POLL A');
    });

    test(`${earlier} leaves the partView under a lock for the unlock`, () => {
      const m = four();
      m.host.partView('V', 'H');
      m.host.lock('V', 'A');
      first(m);
      m.host.unlock('V');
      assert.equal(m.view('V'), 'PART_VIEW H');
    });
  }

  test('cancelBroadcast leaves voice activation as it was', () => {
    const m = four();
    m.host.switchMode('voiceMultiple');
    m.host.broadcast('A');
    m.host.cancelBroadcast();
    assert.equal(m.state.voiceActivation, 'multiple');
  });

  test('cancelBroadcast with nothing to cancel changes nothing', () => {
    assert.deepEqual(four().host.cancelBroadcast(), []);
  });

  test('cancelBroadcast and voice activation leave a partView alone', () => {
    const m = four();
    m.host.broadcast('A');
    m.host.partView('V', 'B');
    m.host.cancelBroadcast();
    m.host.switchMode('voiceSingle');
    m.host.switchMode('voiceMultiple');
    assert.equal(m.view('V'), 'PART_VIEW B');
  });

  test('switchMode to what is on already changes nothing', () => {
    for (const mode of ['fixed', 'voiceSingle', 'voiceMultiple'] as const) {
      const m = four();
      m.host.switchMode(mode);
      assert.deepEqual(m.host.switchMode(mode), []);
    }
  });

  test('switchMode Fixed turns voice activation off', () => {
    const m = four();
    m.host.switchMode('voiceSingle');
    m.host.switchMode('fixed');
    assert.equal(m.state.voiceActivation, 'off');
  });
});

describe('the floor of a roll call', () => {
  test('the called one is unmuted, everybody else but the host is muted', () => {
    const m = four();
    m.host.mute('B');
    m.host.rollCall('B');
    assert.equal(m.muted(), 'A V');
  });

  test('a muted host stays muted, unless he is called', () => {
    const m = four();
    m.host.mute('H');
    m.host.rollCall('B');
    assert.equal(m.muted(), 'A H V');
    m.host.rollCall('H');
    assert.equal(m.muted(), 'A V B');
  });

  test('calling the same one again takes the floor back from whoever unmuted himself', () => {
    const m = four();
    m.host.rollCall('B');
    m.as('A').mute('A', false);
    m.host.rollCall('B');
    assert.equal(m.muted(), 'A V');
  });

  test('a broadcast mutes nobody', () => {
    const m = four();
    m.host.broadcast('B');
    assert.equal(m.muted(), '');
  });
});

describe('refusals', () => {
  const withVoices = (): Meeting => four().with(voiceOnly(browser('P')));
  const voiceMeeting = (): Meeting => meeting({ media: 'voice' }).with(browser('A'));

  const cases: readonly (readonly [string, ErrorCode | null, () => Meeting, (m: Meeting) => unknown])[] = [
    ['a guest broadcasts nobody', 'GUEST_NOT_PERMITTED', voiceMeeting, (m) => m.guest.broadcast('nobody')],
    ['a guest calls the roll', 'GUEST_NOT_PERMITTED', four, (m) => m.as('A').rollCall('A')],
    ['a guest cancels', 'GUEST_NOT_PERMITTED', four, (m) => m.as('A').cancelBroadcast()],
    ['a guest switches', 'GUEST_NOT_PERMITTED', voiceMeeting, (m) => m.guest.switchMode('fixed')],
    ['a voice meeting broadcasts', 'CONFERENCE_IS_VOICE_ONLY', voiceMeeting, (m) => m.host.broadcast('X')],
    ['a voice meeting switches', 'CONFERENCE_IS_VOICE_ONLY', voiceMeeting, (m) => m.host.switchMode('fixed')],
    ['a voice meeting cancels', null, voiceMeeting, (m) => m.host.cancelBroadcast()],
    ['somebody who is not here', 'PARTICIPANT_NOT_FOUND', four, (m) => m.host.broadcast('nobody')],
    ['somebody without video', 'SITE_IS_VOICE_ONLY', withVoices, (m) => m.host.rollCall('P')],
    ['a co-host broadcasts', null, () => four().coHostIs('B'), (m) => m.as('B').broadcast('A')],
  ];
  for (const [what, code, prepare, attempt] of cases) {
    test(`${what}: ${code ?? 'allowed'}`, () => {
      const m = prepare();
      assert.equal(
        m.refusal(() => attempt(m)),
        code,
      );
    });
  }
});
