import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

describe('joining', () => {
  let test: TestApp;
  let meeting: TestMeeting;
  let addresses = 0;

  before(async () => {
    test = await TestApp.start({ SIGHTLINE_HTTP_TRUSTED_PROXIES: '127.0.0.1' });
    meeting = await TestMeeting.start(test);
  });

  after(() => test.close());

  const newAddress = (): string => {
    addresses += 1;
    return `203.0.113.${addresses}`;
  };

  /** A try to join, from an address of its own when none is given. */
  const tryJoin = (conferenceID: string, body: object | string, address = newAddress()): Promise<Response> =>
    fetch(`${test.app.url}/sightline/v1/conferences/${conferenceID}/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  const errorOf = async (response: Response): Promise<readonly [number, string]> => {
    const { error_code } = (await response.json()) as { error_code: string };
    return [response.status, error_code];
  };

  const realTimeInfo = async (token: string, conferenceID = meeting.conferenceID) => {
    const answer = await test.client.control(token, 'GET', 'realTimeInfo', { conferenceID });
    return answer as { participants: { pid: string; name: string }[]; confInfo: { chairID: string } };
  };

  const registerDisabled = async (serialNumber: string): Promise<string> => {
    const device = { name: 'Off', model: 'TE20', sn: serialNumber, status: 1 };
    await test.client.manage('POST', '/v1/usg/dcs/corp/device', device);
    const path = `/sightline/v1/terminals/${serialNumber}/activation-code`;
    return ((await test.client.manage('POST', path)) as { activationCode: string }).activationCode;
  };

  it('gives a person an identity, a token and the URLs of this server', async () => {
    const response = await tryJoin(meeting.conferenceID, { name: 'Ann', password: meeting.guestPassword });
    assert.equal(response.status, 200);
    const joined = (await response.json()) as JoinResponse;
    const base = `${test.app.url}/sightline/v1/conferences/${meeting.conferenceID}`;
    const { participantID, participantToken } = joined;
    assert.match(participantID, /^[0-9a-f]{32}$/);
    assert.match(participantToken, /^[0-9a-f]{48}$/);
    assert.deepEqual(joined, {
      participantID,
      participantToken,
      whipURL: `${base}/participants/${participantID}/whip`,
      whepURL: `${base}/participants/${participantID}/whep`,
      eventsURL: `${base.replace('http', 'ws')}/events`,
    });
    const { participants } = await realTimeInfo(participantToken);
    assert.equal(participants.find(({ pid }) => pid === participantID)?.name, 'Ann');
  });

  it('makes a registered terminal a professional participant: its view can be locked', async () => {
    const terminal = await meeting.terminal('JN-1');
    await meeting.lockView(terminal, await meeting.person('Source'));
    await assert.rejects(meeting.lockView(await meeting.person('Ben'), terminal), {
      errorCode: 'MMC.111072060',
    });
  });

  it('takes an activation code as a person types it', async () => {
    const activationCode = await test.client.registerTerminal('JN-2', 'Room');
    const typed = ` ${activationCode.toLowerCase()} `;
    const response = await tryJoin(meeting.conferenceID, { serialNumber: 'JN-2', activationCode: typed });
    assert.equal(response.status, 200);
  });

  it('answers wrong credentials the very same, whatever was wrong', async () => {
    const { conferenceID, guestPassword } = meeting;
    const activationCode = await test.client.registerTerminal('JN-3', 'Room');
    await test.client.manage('POST', '/v1/usg/dcs/corp/device', { name: 'New', model: 'TE20', sn: 'JN-4' });
    const disabledCode = await registerDisabled('JN-5');
    const cancelled = await test.client.createMeeting('Cancelled');
    await test.client.manage(
      'DELETE',
      `/v1/mmc/management/conferences?conferenceID=${cancelled.conferenceID}&type=1`,
    );
    const tries: readonly (readonly [string, string, object])[] = [
      ['wrong password', conferenceID, { name: 'Ann', password: '000' }],
      ['unknown meeting', '911111111', { name: 'Ann', password: guestPassword }],
      ['cancelled meeting', cancelled.conferenceID, { name: 'Ann', password: cancelled.hostPassword }],
      ['no meeting number', 'x', { name: 'Ann', password: guestPassword }],
      ['unknown terminal', conferenceID, { serialNumber: 'JN-0', activationCode }],
      ['wrong code', conferenceID, { serialNumber: 'JN-3', activationCode: '00000000' }],
      ['terminal without a code', conferenceID, { serialNumber: 'JN-4', activationCode }],
      ['code of another terminal', conferenceID, { serialNumber: 'JN-5', activationCode }],
      ['disabled terminal', conferenceID, { serialNumber: 'JN-5', activationCode: disabledCode }],
      ['terminal in an unknown meeting', '911111111', { serialNumber: 'JN-3', activationCode }],
      ['terminal with a password', conferenceID, { serialNumber: 'JN-3', activationCode: guestPassword }],
    ];
    const answers = new Set<string>();
    for (const [what, meetingNumber, body] of tries) {
      const response = await tryJoin(meetingNumber, body);
      const text = await response.text();
      assert.equal(response.status, 401, what);
      assert.equal(text, '{"error_code":"SIGHTLINE.401000002","error_msg":"JOIN_REFUSED"}', what);
      const varying = ['date', 'x-request-id'];
      const headers = [...response.headers].filter(([name]) => !varying.includes(name));
      answers.add(JSON.stringify([text, headers.toSorted()]));
    }
    assert.equal(answers.size, 1);
  });

  it('refuses a request that says too little before it looks at any secret', async () => {
    const { conferenceID, guestPassword } = meeting;
    const address = newAddress();
    const tries: readonly (readonly [object | string, string])[] = [
      ['', 'MMC.111072057'],
      ['{', 'MMC.111071062'],
      [{ password: guestPassword }, 'MMC.111072046'],
      [{ name: 'x'.repeat(65), password: guestPassword }, 'MMC.111072047'],
      [{ name: 'Ann' }, 'MMC.111071061'],
      [{ serialNumber: 'JN-1' }, 'MMC.111071061'],
      [{ name: 'Ann', password: guestPassword, video: 'yes' }, 'MMC.111071061'],
    ];
    for (const [body, code] of tries) {
      assert.deepEqual(await errorOf(await tryJoin(conferenceID, body, address)), [400, code]);
    }
    const right = await tryJoin(conferenceID, { name: 'Ann', password: guestPassword }, address);
    assert.equal(right.status, 200, 'none of them counted as a wrong try');
  });

  it('blocks an address for a minute after five wrong tries, and no other one', async () => {
    const address = newAddress();
    const right = { name: 'Ann', password: meeting.guestPassword };
    for (let n = 0; n < 5; n += 1) {
      const wrong =
        n % 2 === 0 ? { name: 'Ann', password: 'no' } : { serialNumber: 'no', activationCode: 'no' };
      assert.equal((await tryJoin(meeting.conferenceID, wrong, address)).status, 401);
      test.clock.advance(1_000);
    }
    assert.deepEqual(await errorOf(await tryJoin(meeting.conferenceID, right, address)), [429, 'APIGW.0308']);
    assert.equal((await tryJoin(meeting.conferenceID, right)).status, 200);
    test.clock.advance(54_999);
    assert.equal((await tryJoin(meeting.conferenceID, right, address)).status, 429);
    test.clock.advance(1);
    assert.equal((await tryJoin(meeting.conferenceID, right, address)).status, 200);
  });

  it('counts wrong tries that are sent all at once', async () => {
    const address = newAddress();
    const wrong = { name: 'Ann', password: 'no' };
    const tries = Array.from({ length: 20 }, () => tryJoin(meeting.conferenceID, wrong, address));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    assert.deepEqual(statuses.toSorted(), [...Array(5).fill(401), ...Array(15).fill(429)]);
  });

  it('ends an activation code when there is a new one', async () => {
    const serialNumber = 'JN-6';
    const old = await test.client.registerTerminal(serialNumber, 'Room');
    const path = `/sightline/v1/terminals/${serialNumber}/activation-code`;
    const { activationCode } = (await test.client.manage('POST', path)) as { activationCode: string };
    assert.notEqual(old, activationCode);
    const tryCode = (code: string) => tryJoin(meeting.conferenceID, { serialNumber, activationCode: code });
    assert.equal((await tryCode(old)).status, 401);
    assert.equal((await tryCode(activationCode)).status, 200);
    assert.equal((await tryCode(activationCode)).status, 200, 'a code is good more than once');
  });

  const wireTime = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

  it('makes a guest wait for the host, whose password starts a scheduled meeting', async () => {
    const startTime = wireTime(test.clock.now() + 3_600_000);
    const scheduled = await test.client.createMeeting('Scheduled', { startTime });
    const { conferenceID, hostPassword, guestPassword } = scheduled;
    const guest = { name: 'Guest', password: guestPassword };
    assert.deepEqual(await errorOf(await tryJoin(conferenceID, guest)), [400, 'MMC.111072005']);
    const activationCode = await test.client.registerTerminal('JN-7', 'Room');
    const terminal = { serialNumber: 'JN-7', activationCode };
    assert.deepEqual(await errorOf(await tryJoin(conferenceID, terminal)), [400, 'MMC.111072005']);

    const hostJoins = await tryJoin(conferenceID, { name: 'Host', password: hostPassword });
    assert.equal(hostJoins.status, 200);
    const host = (await hostJoins.json()) as JoinResponse;
    assert.equal((await tryJoin(conferenceID, guest)).status, 200);
    assert.equal((await tryJoin(conferenceID, terminal)).status, 200);
    const info = await realTimeInfo(host.participantToken, conferenceID);
    assert.equal(info.confInfo.chairID, host.participantID);
    assert.equal(info.participants.length, 3);
  });

  it('lets guests start a meeting whose settings say so', async () => {
    const { conferenceID, guestPassword } = await test.client.createMeeting('Open', {
      startTime: wireTime(test.clock.now() + 3_600_000),
      confConfigInfo: { allowGuestStartConf: true },
    });
    assert.equal((await tryJoin(conferenceID, { name: 'Guest', password: guestPassword })).status, 200);
  });

  it('starts one conference when hosts come at the same moment', async () => {
    const startTime = wireTime(test.clock.now() + 3_600_000);
    const { conferenceID, hostPassword } = await test.client.createMeeting('Scheduled', { startTime });
    const names = ['Ann', 'Ben', 'Cyd', 'Dan'];
    const joined = await Promise.all(
      names.map(async (name) => {
        const response = await tryJoin(conferenceID, { name, password: hostPassword });
        return (await response.json()) as JoinResponse;
      }),
    );
    const [first] = joined;
    assert.ok(first);
    const { participants } = await realTimeInfo(first.participantToken, conferenceID);
    assert.deepEqual(participants.map(({ name }) => name).toSorted(), names);
  });

  it('keeps guests and new terminals out of a locked meeting, and lets the host password in', async () => {
    const locked = await TestMeeting.start(test);
    const inside = await locked.terminal('JN-8');
    await locked.control('lock', {}, { isLock: 1 });
    const { conferenceID, hostPassword, guestPassword } = locked;
    const refused = [400, 'MMC.111072050'];
    assert.deepEqual(
      await errorOf(await tryJoin(conferenceID, { name: 'Guest', password: guestPassword })),
      refused,
    );
    const activationCode = await test.client.registerTerminal('JN-9', 'Room');
    assert.deepEqual(
      await errorOf(await tryJoin(conferenceID, { serialNumber: 'JN-9', activationCode })),
      refused,
    );
    assert.equal((await tryJoin(conferenceID, { name: 'Host', password: hostPassword })).status, 200);

    const path = '/sightline/v1/terminals/JN-8/activation-code';
    const renewed = (await test.client.manage('POST', path)) as { activationCode: string };
    const again = await tryJoin(conferenceID, { serialNumber: 'JN-8', ...renewed });
    assert.equal(
      ((await again.json()) as JoinResponse).participantID,
      inside.participantID,
      'who is in stays in',
    );
  });

  it('answers CONF_IS_CLOSED to a guest when the meeting has ended', async () => {
    const ended = await TestMeeting.start(test);
    await ended.control('stop');
    const response = await tryJoin(ended.conferenceID, { name: 'Guest', password: ended.guestPassword });
    assert.deepEqual(await errorOf(response), [400, 'MMC.111072006']);
  });

  it('makes the second one with the host password a guest', async () => {
    const fresh = await TestMeeting.start(test);
    const join = async (name: string) => {
      const response = await tryJoin(fresh.conferenceID, { name, password: fresh.hostPassword });
      return (await response.json()) as JoinResponse;
    };
    const [first, second] = [await join('First'), await join('Second')];
    const info = await realTimeInfo(second.participantToken, fresh.conferenceID);
    assert.equal(info.confInfo.chairID, first.participantID);
    const stop = test.client.control(second.participantToken, 'PUT', 'stop', {
      conferenceID: fresh.conferenceID,
    });
    await assert.rejects(stop, { status: 403, errorCode: 'MMC.111072070' });
  });
});
