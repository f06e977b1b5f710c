import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestApp } from '../support/test-app.ts';

interface Request {
  readonly token?: string;
  readonly conferenceID?: string;
  readonly participantID?: string;
  /** An object is sent as JSON, a string as it is, undefined as no body. */
  readonly body?: object | string | undefined;
}

/** The documented order of checks: each request fails the named check and every later one that it can. */
describe('lockView answers the first check that fails', () => {
  let test: TestApp;
  let token: string;
  let conferenceID: string;
  let hostPassword: string;
  let guestPassword: string;
  let viewer: string;
  let source: string;
  let voiceOnly: string;
  let voiceTerminal: string;
  let host: { readonly id: string; readonly token: string };
  let coHostToken: string;
  let guestToken: string;
  let closedToken: string;
  let closedMeeting: string;

  before(async () => {
    test = await TestApp.start();
    const meeting = await test.meeting();
    ({ token, conferenceID, hostPassword, guestPassword } = meeting);
    viewer = await joinTerminal('TE-1', true);
    voiceTerminal = await joinTerminal('TE-2', false);
    host = await joinPerson('Host', hostPassword);
    source = (await joinPerson('Source', guestPassword)).id;
    voiceOnly = (await joinPerson('Phone', guestPassword, false)).id;
    const coHost = await joinPerson('Co-host', guestPassword);
    coHostToken = coHost.token;
    await control('participants/cohost', { participantID: coHost.id }, { isCohost: 1 });
    guestToken = await test.client.controlToken(conferenceID, guestPassword);

    const closed = await test.meeting();
    closedMeeting = closed.conferenceID;
    closedToken = closed.token;
    await test.client.control(closed.token, 'PUT', 'stop', { conferenceID: closedMeeting });
  });

  after(() => test.close());

  const control = (operation: string, query: Record<string, string>, body?: object) =>
    test.client.control(token, 'PUT', operation, { conferenceID, ...query }, body);

  const joinPerson = async (name: string, password: string, video = true) => {
    const { participantID, participantToken } = await test.client.join(conferenceID, {
      name,
      password,
      video,
    });
    return { id: participantID, token: participantToken };
  };

  const joinTerminal = async (serialNumber: string, video: boolean) => {
    const activationCode = await test.client.registerTerminal(serialNumber, serialNumber);
    return (await test.client.join(conferenceID, { serialNumber, activationCode, video })).participantID;
  };

  const send = async (request: Request): Promise<{ status: number; code: string; message: string }> => {
    const query = new URLSearchParams({
      conferenceID,
      participantID: viewer,
      ...(request.conferenceID !== undefined && { conferenceID: request.conferenceID }),
      ...(request.participantID !== undefined && { participantID: request.participantID }),
    });
    const given = 'body' in request ? request.body : { status: 1, participantID: source };
    const response = await fetch(`${test.app.url}/v1/mmc/control/conferences/lockView?${query}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-conference-authorization': request.token ?? token },
      ...(given !== undefined && { body: typeof given === 'string' ? given : JSON.stringify(given) }),
    });
    const answer = (await response.json()) as { error_code?: string; error_msg?: string };
    return { status: response.status, code: answer.error_code ?? '', message: answer.error_msg ?? '' };
  };

  const refuses = async (request: Request, status: number, code: string, message: string): Promise<void> => {
    assert.deepEqual(await send(request), { status, code, message });
  };

  it('1: the token header is blank', () =>
    refuses({ token: ' ', conferenceID: 'x' }, 401, 'MMC.111070111', 'REQUEST_TOKEN_IS_NULL'));

  it('1: the token header is missing', async () => {
    const response = await fetch(`${test.app.url}/v1/mmc/control/conferences/lockView`, { method: 'PUT' });
    assert.equal(response.status, 401);
    assert.deepEqual(await response.json(), {
      error_code: 'MMC.111070111',
      error_msg: 'REQUEST_TOKEN_IS_NULL',
    });
  });

  it('2: the token is unknown or malformed', async () => {
    for (const bad of [`cnr${'0'.repeat(48)}`, 'Basic ???', 'x'.repeat(5000)]) {
      await refuses({ token: bad, conferenceID: 'x' }, 401, 'MMC.111070004', 'CONF_AUTH_FAIL');
    }
  });

  it('2: the token has expired', async () => {
    const other = await TestApp.start();
    try {
      const meeting = await other.meeting();
      const unlock = () =>
        other.client.control(
          meeting.token,
          'PUT',
          'lock',
          { conferenceID: meeting.conferenceID },
          { isLock: 0 },
        );
      other.clock.advance(1_799_999);
      await unlock();
      other.clock.advance(1);
      await assert.rejects(unlock(), { status: 401, errorCode: 'MMC.111070004' });
    } finally {
      await other.close();
    }
  });

  it('3: conferenceID is blank, too long or no number', async () => {
    for (const bad of ['', '1'.repeat(33), '12a']) {
      await refuses({ conferenceID: bad, body: 'no' }, 400, 'MMC.111071061', 'PARAMETER_VERIFIED_FAIL');
    }
  });

  it('4: the meeting is unknown, or the token another meeting’s', async () => {
    for (const other of ['999', closedMeeting]) {
      const expected = [400, 'MMC.111072065', 'CONF_NOT_FOUND_OR_AUTH_FAILED'] as const;
      await refuses({ conferenceID: other, participantID: '', body: 'no' }, ...expected);
    }
  });

  it('5: the meeting has ended', () =>
    refuses(
      { token: closedToken, conferenceID: closedMeeting, body: 'no' },
      400,
      'MMC.111072006',
      'CONF_IS_CLOSED',
    ));

  it('6: the caller is a guest', () =>
    refuses({ token: guestToken, participantID: '' }, 403, 'MMC.111072070', 'GUEST_NO_PERMISSION_OPERATION'));

  it('7: the query’s participantID is blank or too long', async () => {
    for (const bad of ['', ' ', 'p'.repeat(65)]) {
      await refuses({ participantID: bad, body: undefined }, 400, 'MMC.111071061', 'PARAMETER_VERIFIED_FAIL');
    }
  });

  it('8: there is no body', async () => {
    for (const body of [undefined, '', '  ']) {
      await refuses({ body, participantID: 'nobody' }, 400, 'MMC.111072057', 'REQUEST_BODY_IS_NULL');
    }
  });

  it('9: the body is no JSON object', async () => {
    for (const body of ['{', '[]', '"x"', 'null', '7']) {
      await refuses({ body, participantID: 'nobody' }, 400, 'MMC.111071062', 'JSON_CONVERSION_FAILED');
    }
  });

  it('10: status is missing or neither 0 nor 1', async () => {
    for (const status of [undefined, null, 2, -1, '2', '', true, 0.5]) {
      const body = { status, participantID: '' };
      await refuses({ body, participantID: 'nobody' }, 400, 'MMC.111072045', 'ON_OFF_NOT_IN_RANGE');
    }
  });

  it('11: the body’s participantID is missing, blank, too long or no string', async () => {
    for (const participantID of [undefined, '', ' ', 'p'.repeat(65), 7, null]) {
      const body = { status: 1, participantID };
      await refuses({ body, participantID: 'nobody' }, 400, 'MMC.111071061', 'PARAMETER_VERIFIED_FAIL');
    }
  });

  it('12: the meeting is voice only', async () => {
    const voice = await test.meeting({ mediaTypes: 'Voice' });
    const request = { token: voice.token, conferenceID: voice.conferenceID, participantID: 'nobody' };
    await refuses(request, 400, 'MMC.111072025', 'AUDIO_CONF_NOT_SUPPORT');
  });

  it('13: the viewer is not in the meeting', () =>
    refuses({ participantID: 'nobody' }, 400, 'MMC.111072008', 'CONF_PARTICIPANT_NOT_EXIST'));

  it('14: the viewer is voice only', async () => {
    for (const participantID of [voiceTerminal, voiceOnly]) {
      const body = { status: 1, participantID: 'nobody' };
      await refuses({ participantID, body }, 400, 'MMC.111072026', 'AUDIO_SITE_NOT_SUPPORT');
    }
  });

  it('15: the viewer is no professional terminal', async () => {
    const body = { status: 1, participantID: 'nobody' };
    await refuses({ participantID: source, body }, 400, 'MMC.111072060', 'NORMAL_SITE_NOT_SUPPORT_VIEW');
    const asCoHost = { token: coHostToken, participantID: host.id, body };
    await refuses(asCoHost, 400, 'MMC.111072062', 'SVC_SITE_NOT_SUPPORT_VIEW');
  });

  it('16: a co-host acts on the host', async () => {
    await withHostOnTerminal(async () => {
      const body = { status: 1, participantID: 'nobody' };
      await refuses({ token: coHostToken, body }, 403, 'MMC.111072110', 'COHOST_CANNOT_OPERATE_CHAIR');
    });
  });

  it('17: the source is not in the meeting', async () => {
    const body = { status: 1, participantID: 'nobody' };
    await refuses({ body }, 400, 'MMC.111072008', 'CONF_PARTICIPANT_NOT_EXIST');
  });

  it('18: the source is voice only', async () => {
    const body = { status: 1, participantID: voiceOnly };
    await refuses({ body }, 400, 'MMC.111072026', 'AUDIO_SITE_NOT_SUPPORT');
  });

  it('19: the source is the viewer', async () => {
    const body = { status: 1, participantID: viewer };
    await refuses({ body }, 400, 'MMC.111072012', 'CONF_GENERIC_CTL_PARTICIPANT_FAILED');
  });

  it('20: host polling runs on the viewer', async () => {
    await withHostOnTerminal(async () => {
      await control('chairView', {}, { viewType: 0, status: 1 });
      await refuses({}, 400, 'MMC.111072061', 'CHAIR_POLLING_FORBIDDEN_VIEW');
      await control('chairView', {}, { viewType: 0, status: 0 });
    });
  });

  it('21: too many requests', async () => {
    const limited = await TestApp.start({ SIGHTLINE_CONFERENCE_COMMANDS_PER_SECOND: '3' });
    try {
      const meeting = await limited.meeting();
      const unlock = () =>
        limited.client.control(
          meeting.token,
          'PUT',
          'lock',
          { conferenceID: meeting.conferenceID },
          { isLock: 0 },
        );
      for (let n = 0; n < 3; n += 1) await unlock();
      await assert.rejects(unlock(), { status: 429, errorCode: 'APIGW.0308' });
      limited.clock.advance(1000);
      await unlock();
    } finally {
      await limited.close();
    }
  });

  it('22: the store fails, and nothing of the cause is told', async () => {
    test.store.failNextCommit();
    await refuses({}, 500, 'MMC.111070003', 'CONF_EXCEPTION');
  });

  it('takes the right request, with numbers as strings and further fields, and says so in 39 bytes', async () => {
    const query = new URLSearchParams({ conferenceID, participantID: viewer, further: 'x' });
    for (const header of [token, `Basic ${Buffer.from(token).toString('base64')}`]) {
      const response = await fetch(`${test.app.url}/v1/mmc/control/conferences/lockView?${query}`, {
        method: 'PUT',
        headers: {
          'content-type': 'application/json; charset=UTF-8',
          'x-conference-authorization': header,
          'x-access-token': 'ignored',
        },
        body: JSON.stringify({ status: '1', participantID: source, further: {} }),
      });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-length'), '39');
      assert.equal(await response.text(), '{"returnCode":0,"returnDesc":"Success"}');
    }
  });

  it('unlocks whatever well-formed source is named, and as often as asked', async () => {
    for (let n = 0; n < 2; n += 1) {
      assert.equal((await send({ body: { status: 0, participantID: 'anybody' } })).status, 200);
    }
  });

  const withHostOnTerminal = async (act: () => Promise<void>): Promise<void> => {
    await control('participants/role', { participantID: host.id }, { applyChair: 0 });
    const apply = { applyChair: 1, chairmanPwd: hostPassword };
    await control('participants/role', { participantID: viewer }, apply);
    try {
      await act();
    } finally {
      await control('participants/role', { participantID: viewer }, { applyChair: 0 });
      await control('participants/role', { participantID: host.id }, apply);
    }
  };
});
