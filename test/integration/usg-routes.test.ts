import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, withManagementServer } from '../support/management-server.ts';

const LOGIN = '/v1/usg/acs/auth/account';
const TOKEN = '/v1/usg/acs/token';
const VALIDATE = '/v1/usg/acs/token/validate';
const DEVICES = '/v1/usg/dcs/corp/device';
const INVALID_TOKEN = '{"error_code":"USG.000000004","error_msg":"ACCESS_TOKEN_INVALID"}';
const MEETINGS = '/v1/mmc/management/conferences';

test('login answers with the token object, and the token opens the management API', async () => {
  await withManagementServer(async ({ call, clock }) => {
    const body = { account: 'anna', clientType: 72, createTokenType: 0 };
    const { status, json } = await call('POST', LOGIN, { headers: basic('anna', 'anna-pass'), body });
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(json, {
      validPeriod: 43_200,
      expireTime: clock.now() / 1000 + 43_200,
      createTime: clock.now(),
      clientType: 72,
      tokenType: 0,
      tokenIp: '127.0.0.1',
      user: { userId: 'id-of-anna', ucloginAccount: 'anna', name: 'ANNA', adminType: 2, userType: 2 },
    });
    assert.equal((await call('GET', MEETINGS, { token: json.accessToken })).status, 200);
    clock.advance(43_200_000);
    assert.equal((await call('GET', MEETINGS, { token: json.accessToken })).text, INVALID_TOKEN);
  });
});

test('whatever is wrong with the credentials, login answers the same', async () => {
  await withManagementServer(async ({ call }) => {
    const wrong = [
      { headers: basic('anna', 'wrong'), body: { account: 'anna', clientType: 72 } },
      { headers: basic('nobody', 'anna-pass'), body: { account: 'nobody', clientType: 72 } },
      { headers: basic('anna', 'anna-pass'), body: { account: 'ben', clientType: 72 } },
      { headers: {}, body: { account: 'anna', clientType: 72 } },
      { headers: { authorization: 'Bearer x' }, body: { account: 'anna', clientType: 72 } },
    ];
    for (const attempt of wrong) {
      const { status, text } = await call('POST', LOGIN, attempt);
      assert.equal(status, 401);
      assert.equal(text, '{"error_code":"SIGHTLINE.401000001","error_msg":"LOGIN_FAILED"}');
    }
  });
});

test('the sixth try after five wrong ones of an address in a minute is refused unseen', async () => {
  await withManagementServer(async ({ call, clock }) => {
    const body = { account: 'anna', clientType: 72 };
    const attempt = async (password: string, address: string) =>
      (await call('POST', LOGIN, { headers: basic('anna', password), body, address })).status;
    const statuses = await Promise.all(Array.from({ length: 7 }, () => attempt('wrong', '10.0.0.1')));
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
    assert.equal(await attempt('anna-pass', '10.0.0.1'), 429);
    assert.equal(await attempt('anna-pass', '10.0.0.2'), 200);
    clock.advance(60_000);
    assert.equal(await attempt('anna-pass', '10.0.0.1'), 200);
  });
});

test('login without a proper body is refused with the documented codes', async () => {
  await withManagementServer(async ({ call }) => {
    const headers = basic('anna', 'anna-pass');
    const codeOf = async (body?: object | string) =>
      (await call('POST', LOGIN, { headers, ...(body === undefined ? {} : { body }) })).json.error_code;
    assert.equal(await codeOf(), 'MMC.111072057');
    assert.equal(await codeOf('account=anna'), 'MMC.111071062');
    assert.equal(await codeOf({ clientType: 72 }), 'MMC.111071061');
    assert.equal(await codeOf({ account: 'anna' }), 'MMC.111071061');
    assert.equal(await codeOf({ account: 'a'.repeat(256), clientType: 72 }), 'MMC.111071061');
  });
});

test('a token is validated, exchanged, renewed and deleted', async () => {
  await withManagementServer(async ({ call, clock, logIn }) => {
    const token = await logIn('anna', 'anna-pass');
    const plain = await call('POST', VALIDATE, { body: { token, needGenNewToken: false } });
    assert.equal(plain.json.accessToken, token);
    assert.equal('user' in plain.json, false);
    const full = await call('POST', VALIDATE, {
      body: { token, needGenNewToken: true, needAccountInfo: true },
    });
    assert.notEqual(full.json.accessToken, token);
    assert.equal(full.json.user.ucloginAccount, 'anna');

    clock.advance(3_600_000);
    const renewed = await call('PUT', TOKEN, { token });
    assert.equal(renewed.json.accessToken, token);
    assert.equal(renewed.json.expireTime, clock.now() / 1000 + 43_200);

    assert.equal((await call('DELETE', TOKEN, { token })).status, 200);
    for (const answer of [
      await call('DELETE', TOKEN, { token }),
      await call('PUT', TOKEN, { token }),
      await call('PUT', TOKEN),
      await call('POST', VALIDATE, { body: { token, needGenNewToken: false } }),
    ]) {
      assert.equal(answer.status, 401);
      assert.equal(answer.text, INVALID_TOKEN);
    }
  });
});

test('the administrator registers a terminal, finds it and reads it', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const token = await logIn('admin', 'admin-pass');
    const body = {
      name: 'Court 1',
      model: 'TE20',
      sn: 'SN-1',
      deptCode: '7',
      prjCodeMode: 0,
      sendNotify: '1',
    };
    const added = await call('POST', DEVICES, { token, body });
    assert.equal(added.status, 200);
    assert.partialDeepStrictEqual(added.json, {
      name: 'Court 1',
      model: 'TE20',
      sn: 'SN-1',
      deptCode: '7',
      prjCodeMode: 0,
      status: 0,
    });
    assert.equal('sendNotify' in added.json, false);
    const again = await call('POST', DEVICES, { token, body });
    assert.equal(again.text, '{"error_code":"SIGHTLINE.400000001","error_msg":"TERMINAL_EXISTS"}');

    assert.deepEqual((await call('GET', `${DEVICES}/SN-1`, { token })).json, added.json);
    const list = await call('GET', `${DEVICES}?offset=0&limit=10&searchKey=court&model=TE20`, { token });
    assert.deepEqual(list.json, { offset: 0, limit: 10, count: 1, data: [added.json] });
    assert.equal((await call('GET', `${DEVICES}?model=TE30`, { token })).json.count, 0);
    const missing = await call('GET', `${DEVICES}/SN-2`, { token });
    assert.equal(missing.text, '{"error_code":"SIGHTLINE.400000002","error_msg":"TERMINAL_NOT_FOUND"}');
  });
});

test('each activation code ends the one before', async () => {
  await withManagementServer(async ({ call, logIn, terminals }) => {
    const token = await logIn('admin', 'admin-pass');
    await call('POST', DEVICES, { token, body: { name: 'Court 1', model: 'TE20', sn: 'SN-1' } });
    const url = '/sightline/v1/terminals/SN-1/activation-code';
    const first = (await call('POST', url, { token })).json;
    const second = (await call('POST', url, { token })).json;
    assert.deepEqual(Object.keys(first), ['activationCode']);
    assert.equal(terminals.verify('SN-1', first.activationCode), null);
    assert.equal(terminals.verify('SN-1', second.activationCode)?.serialNumber, 'SN-1');
    const missing = await call('POST', '/sightline/v1/terminals/SN-9/activation-code', { token });
    assert.equal(missing.json.error_code, 'SIGHTLINE.400000002');
  });
});

test('a member may not touch terminals, and nobody without a token may', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const token = await logIn('anna', 'anna-pass');
    const calls = [
      ['POST', DEVICES],
      ['GET', DEVICES],
      ['GET', `${DEVICES}/SN-1`],
      ['POST', '/sightline/v1/terminals/SN-1/activation-code'],
    ] as const;
    for (const [method, url] of calls) {
      const denied = await call(method, url, { token });
      assert.equal(denied.status, 403, url);
      assert.equal(denied.text, '{"error_code":"SIGHTLINE.403000001","error_msg":"ACCESS_DENIED"}');
      assert.equal((await call(method, url)).text, INVALID_TOKEN);
      assert.equal((await call(method, url, { token: 'nonsense' })).text, INVALID_TOKEN);
    }
  });
});
