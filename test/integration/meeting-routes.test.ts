import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withManagementServer } from '../support/management-server.ts';

const MEETINGS = '/v1/mmc/management/conferences';

test('an immediate meeting is answered as a list of one ConferenceInfo and runs', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const token = await logIn('anna', 'anna-pass');
    const { status, json } = await call('POST', MEETINGS, { token, body: { mediaTypes: 'HDVideo' } });
    assert.equal(status, 200);
    assert.equal(json.length, 1);
    assert.match(json[0].conferenceID, /^9\d{8}$/);
    assert.partialDeepStrictEqual(json[0], {
      conferenceState: 'Created',
      confType: 'IMMEDIATELY',
      confUUID: 'run-1',
      startTime: '2026-11-24 00:00',
      endTime: '2026-11-24 00:30',
      mediaTypes: 'HDVideo',
      userUUID: 'id-of-anna',
      scheduserName: 'ANNA',
      role: 'chair',
      confMode: 'COMMON',
      onlineAttendeeAmount: 2,
      chairJoinUri: `https://meet.example.org/room?conference=${json[0].conferenceID}`,
    });
    assert.deepEqual(
      json[0].passwordEntry.map((entry: { conferenceRole: string }) => entry.conferenceRole),
      ['chair', 'general'],
    );
  });
});

test('a scheduled meeting keeps what was asked of it', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const token = await logIn('anna', 'anna-pass');
    const body = {
      startTime: '2026-12-01 09:30',
      length: 90,
      subject: 'Hearing 7',
      mediaTypes: 'Voice',
      language: 'en-US',
      timeZoneID: '33',
      confConfigInfo: { guestPwd: '24680', isAutoMute: true, allowGuestStartConf: true },
    };
    const [info] = (await call('POST', MEETINGS, { token, body })).json;
    assert.partialDeepStrictEqual(info, {
      conferenceState: 'Schedule',
      confType: 'FUTURE',
      startTime: '2026-12-01 09:30',
      endTime: '2026-12-01 11:00',
      subject: 'Hearing 7',
      mediaTypes: 'Voice',
      language: 'en-US',
      timeZoneID: '33',
      isAutoMute: 1,
    });
    assert.deepEqual(info.passwordEntry[1], { conferenceRole: 'general', password: '24680' });
    assert.partialDeepStrictEqual(info.confConfigInfo, { guestPwd: '24680', allowGuestStartConf: true });
    assert.equal('confUUID' in info, false);
  });
});

test('what is wrong with a new meeting is told by the documented code', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const token = await logIn('anna', 'anna-pass');
    const codeOf = async (changes: object) =>
      (await call('POST', MEETINGS, { token, body: { mediaTypes: 'HDVideo', ...changes } })).json.error_code;
    assert.equal(await codeOf({ length: 14 }), 'MMC.111071021');
    assert.equal(await codeOf({ length: 1441 }), 'MMC.111071021');
    assert.equal(await codeOf({ subject: 'x'.repeat(129) }), 'MMC.111071022');
    assert.equal(await codeOf({ mediaTypes: 'Film' }), 'MMC.111071018');
    assert.equal(await codeOf({ mediaTypes: '' }), 'MMC.111071018');
    assert.equal(await codeOf({ mediaTypes: 'Data' }), 'MMC.111071018');
    assert.equal(await codeOf({ startTime: '2026-11-23 23:59' }), 'MMC.111071013');
    assert.equal(await codeOf({ startTime: '2028-01-01 00:00' }), 'MMC.111071014');
    assert.equal(await codeOf({ startTime: 'tomorrow' }), 'MMC.111071061');
    assert.equal(await codeOf({ language: 'fr-FR' }), 'MMC.111071035');
    assert.equal(await codeOf({ confConfigInfo: { guestPwd: '123' } }), 'MMC.111071080');
    assert.equal(await codeOf({ confConfigInfo: { guestPwd: '12a4' } }), 'MMC.111071080');
    assert.equal(await codeOf({ confConfigInfo: 'yes' }), 'MMC.111071061');
    assert.equal(await codeOf({ vmrFlag: 1 }), 'SIGHTLINE.501000001');
    assert.equal((await call('POST', MEETINGS, { token })).json.error_code, 'MMC.111072057');
    assert.equal((await call('POST', MEETINGS, { body: {} })).status, 401);
  });
});

test('a list in mediaTypes is taken; a start in the running minute is not past', async () => {
  await withManagementServer(async ({ call, clock, logIn }) => {
    const token = await logIn('anna', 'anna-pass');
    clock.advance(59_000);
    const body = { mediaTypes: 'Voice, Video,HDVideo,Data', startTime: '2026-11-24 00:00' };
    const [info] = (await call('POST', MEETINGS, { token, body })).json;
    assert.equal(info.mediaTypes, 'Voice,Video,HDVideo,Data');
    assert.equal(info.conferenceState, 'Schedule');
  });
});

test('a member lists his own meetings, the administrator everybody’s', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const anna = await logIn('anna', 'anna-pass');
    const ben = await logIn('ben', 'ben-pass');
    const admin = await logIn('admin', 'admin-pass');
    const create = (token: string, subject: string, startTime: string) =>
      call('POST', MEETINGS, { token, body: { mediaTypes: 'HDVideo', subject, startTime } });
    await create(anna, 'Annas second', '2026-12-02 10:00');
    await create(anna, 'Annas first', '2026-11-24 10:00');
    await create(ben, 'Bens', '2026-11-25 10:00');
    const subjects = async (token: string, query = '') =>
      (await call('GET', `${MEETINGS}${query}`, { token })).json.data.map(
        (info: { subject: string }) => info.subject,
      );
    assert.deepEqual(await subjects(anna), ['Annas first', 'Annas second']);
    assert.deepEqual(await subjects(admin), ['Annas first', 'Bens', 'Annas second']);
    assert.deepEqual(await subjects(admin, '?queryAll=false'), []);
    assert.deepEqual(await subjects(admin, '?queryConfMode=AWEEK'), ['Annas first', 'Bens']);
    assert.deepEqual(await subjects(admin, '?sortType=DSC_StartTIME&limit=2'), ['Annas second', 'Bens']);
    assert.deepEqual(await subjects(admin, '?searchKey=bens'), ['Bens']);
    const page = (await call('GET', `${MEETINGS}?offset=2&limit=1`, { token: admin })).json;
    assert.partialDeepStrictEqual(page, { offset: 2, limit: 1, count: 3 });
    for (const query of ['?limit=501', '?offset=-1', '?queryConfMode=constructor', '?sortType=UP']) {
      const refused = await call('GET', `${MEETINGS}${query}`, { token: admin });
      assert.equal(refused.json.error_code, 'MMC.111071061', query);
    }
  });
});

test('the detail has the meeting and who is in it, for those who may see it', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const anna = await logIn('anna', 'anna-pass');
    const [{ conferenceID }] = (
      await call('POST', MEETINGS, { token: anna, body: { mediaTypes: 'HDVideo' } })
    ).json;
    const detail = `${MEETINGS}/confDetail?conferenceID=${conferenceID}`;
    const { json } = await call('GET', detail, { token: anna });
    assert.equal(json.conferenceData.conferenceID, conferenceID);
    assert.partialDeepStrictEqual(json.data, { offset: 0, limit: 20, count: 2 });
    assert.partialDeepStrictEqual(json.data.data[0], { participantID: 'p1', name: 'Host', role: 1 });
    assert.partialDeepStrictEqual(json.data.data[1], {
      attendeeType: 'terminal',
      subscriberID: '+991',
      role: 0,
    });
    const found = await call('GET', `${detail}&searchKey=room`, { token: anna });
    assert.equal(found.json.data.count, 1);
    const ben = await logIn('ben', 'ben-pass');
    const notFound = '{"error_code":"MMC.111070005","error_msg":"CONF_DATA_NOT_FOUND"}';
    assert.equal((await call('GET', detail, { token: ben })).text, notFound);
    const unknown = await call('GET', `${MEETINGS}/confDetail?conferenceID=900000000`, { token: anna });
    assert.equal(unknown.text, notFound);
    assert.equal(
      (await call('GET', `${MEETINGS}/confDetail`, { token: anna })).json.error_code,
      'MMC.111071061',
    );
  });
});

test('a password starts a meeting, and wrong ones are limited by account', async () => {
  await withManagementServer(async ({ call, clock, logIn }) => {
    const token = await logIn('anna', 'anna-pass');
    const body = { mediaTypes: 'HDVideo', startTime: '2026-12-01 10:00' };
    const [{ conferenceID, passwordEntry }] = (await call('POST', MEETINGS, { token, body })).json;
    const start = (password: string, id = conferenceID) =>
      call('POST', `${MEETINGS}/start`, { token, body: { conferenceID: id, password } });
    const started = await start(passwordEntry[0].password);
    assert.deepEqual(started.json, { uuid: 'run-1', regionIP: 'meet.example.org' });
    assert.equal((await start(passwordEntry[1].password)).json.error_code, 'MMC.111071058');
    const refused = '{"error_code":"MMC.111072065","error_msg":"CONF_NOT_FOUND_OR_AUTH_FAILED"}';
    assert.equal((await start('wrong')).text, refused);
    assert.equal((await start(passwordEntry[0].password, '900000000')).text, refused);
    for (let wrong = 0; wrong < 3; wrong += 1) {
      await start('wrong');
    }
    assert.equal((await start(passwordEntry[0].password)).status, 429);
    clock.advance(60_000);
    assert.equal((await start(passwordEntry[0].password)).status, 200);
  });
});

test('cancelling takes a waiting meeting away, and a running one only with type=1', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const token = await logIn('anna', 'anna-pass');
    const [{ conferenceID }] = (await call('POST', MEETINGS, { token, body: { mediaTypes: 'HDVideo' } }))
      .json;
    const cancel = (type = '') =>
      call('DELETE', `${MEETINGS}?conferenceID=${conferenceID}${type}`, { token });
    const refused = '{"error_code":"MMC.111071067","error_msg":"CONF_CANCEL_FAIL_AS_CONF_STARTED"}';
    assert.equal((await cancel()).text, refused);
    assert.equal((await cancel('&type=0')).text, refused);
    assert.equal((await cancel('&type=1')).text, '{"returnCode":0,"returnDesc":"Success"}');
    assert.equal((await cancel('&type=1')).json.error_code, 'MMC.111070005');
    assert.equal((await call('GET', MEETINGS, { token })).json.count, 0);
  });
});
