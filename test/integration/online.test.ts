import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conferenceId, meetingId } from '../../src/conference/ids.ts';
import { withManagementServer } from '../support/management-server.ts';

const MEETINGS = '/v1/mmc/management/conferences';
const INVALID = 'MMC.111071061';
const NOT_FOUND = 'MMC.111070005';

test('the meetings that run now are listed for those who may see them', async () => {
  await withManagementServer(async ({ call, logIn }) => {
    const [anna, ben, admin] = [
      await logIn('anna', 'anna-pass'),
      await logIn('ben', 'ben-pass'),
      await logIn('admin', 'admin-pass'),
    ];
    const create = (token: string, subject: string, more: object = {}) =>
      call('POST', MEETINGS, { token, body: { mediaTypes: 'HDVideo', subject, ...more } });
    await create(anna, 'Annas');
    await create(anna, 'Annas later', { startTime: '2026-12-01 10:00' });
    await create(ben, 'Bens');
    const subjects = async (token: string, query = '') =>
      (await call('GET', `${MEETINGS}/online${query}`, { token })).json.data.map(
        (info: { subject: string }) => info.subject,
      );
    assert.deepEqual(await subjects(anna), ['Annas']);
    assert.deepEqual((await subjects(admin)).sort(), ['Annas', 'Bens']);
    assert.deepEqual(await subjects(admin, '?queryAll=false'), []);
    assert.deepEqual(await subjects(admin, '?searchKey=ben'), ['Bens']);
    const page = (await call('GET', `${MEETINGS}/online?offset=1&limit=1`, { token: admin })).json;
    assert.deepEqual([page.offset, page.limit, page.count, page.data.length], [1, 1, 2, 1]);
    const wrong = await call('GET', `${MEETINGS}/online?limit=0`, { token: admin });
    assert.equal(wrong.json.error_code, INVALID);
    assert.equal((await call('GET', `${MEETINGS}/online`, {})).status, 401);
  });
});

test('a running meeting has a detail and a list of who is in it', async () => {
  await withManagementServer(async ({ call, logIn, meetings }) => {
    const [anna, ben] = [await logIn('anna', 'anna-pass'), await logIn('ben', 'ben-pass')];
    const body = { mediaTypes: 'HDVideo' };
    const [{ conferenceID, confUUID }] = (await call('POST', MEETINGS, { token: anna, body })).json;
    const detail = `${MEETINGS}/online/confDetail?conferenceID=${conferenceID}`;
    const attendees = `${MEETINGS}/online/conf-attendee?conf_id=${conferenceID}`;
    const { json } = await call('GET', detail, { token: anna });
    assert.equal(json.conferenceData.confUUID, confUUID);
    assert.partialDeepStrictEqual(json.data, { offset: 0, limit: 20, count: 2 });
    const list = (await call('GET', attendees, { token: anna })).json;
    assert.deepEqual(list, {
      data: [
        { participant_id: 'p1', name: 'Host', call_number: '', role: 1, account: 'anna' },
        { participant_id: 'p2', name: 'Room', call_number: '+991', role: 0 },
      ],
      offset: 0,
      limit: 20,
      count: 2,
    });
    const found = (await call('GET', `${attendees}&search_key=ROOM&limit=1`, { token: anna })).json;
    assert.deepEqual([found.count, found.data[0].name], [1, 'Room']);
    for (const url of [detail, attendees]) {
      assert.equal((await call('GET', url, { token: ben })).json.error_code, NOT_FOUND);
      const [path = ''] = url.split('?');
      assert.equal((await call('GET', path, { token: anna })).json.error_code, INVALID);
    }
    await meetings.markEnded(meetingId(conferenceID), conferenceId(confUUID));
    for (const url of [detail, attendees]) {
      assert.equal((await call('GET', url, { token: anna })).json.error_code, NOT_FOUND);
    }
  });
});

test('the history of a meeting is shown to those who may see the meeting', async () => {
  await withManagementServer(async ({ call, logIn, meetings, clock }) => {
    const [anna, ben, admin] = [
      await logIn('anna', 'anna-pass'),
      await logIn('ben', 'ben-pass'),
      await logIn('admin', 'admin-pass'),
    ];
    const body = { mediaTypes: 'HDVideo' };
    const [{ conferenceID, confUUID }] = (await call('POST', MEETINGS, { token: anna, body })).json;
    const details = ['confDetail', 'confAttendeeRecord', 'confCtlRecord'].map(
      (name) => `${MEETINGS}/history/${name}?confUUID=${confUUID}`,
    );
    const codes = (token: string, urls: readonly string[]) =>
      Promise.all(urls.map(async (url) => (await call('GET', url, { token })).json.error_code));
    assert.deepEqual(await codes(anna, details), [NOT_FOUND, NOT_FOUND, NOT_FOUND], 'it still runs');
    clock.advance(60_000);
    await meetings.markEnded(meetingId(conferenceID), conferenceId(confUUID));
    assert.deepEqual(await codes(anna, details), [undefined, undefined, undefined]);
    assert.deepEqual(await codes(admin, details), [undefined, undefined, undefined]);
    assert.deepEqual(await codes(ben, details), [NOT_FOUND, NOT_FOUND, NOT_FOUND]);
    const bare = details.map((url) => url.replace(/\?.*/, ''));
    assert.deepEqual(await codes(anna, bare), [INVALID, INVALID, INVALID]);

    const list = `${MEETINGS}/history?startDate=0&endDate=${clock.now()}`;
    const count = async (token: string, more = '') =>
      (await call('GET', `${list}${more}`, { token })).json.count;
    assert.deepEqual(
      [await count(anna), await count(ben), await count(admin), await count(admin, '&queryAll=false')],
      [1, 0, 1, 0],
    );
    const wrong = ['?startDate=0', '?endDate=0', '?startDate=2&endDate=1', '?startDate=x&endDate=1'];
    const urls = [...wrong.map((query) => `${MEETINGS}/history${query}`), `${list}&sortType=UP`];
    assert.deepEqual(
      await codes(anna, urls),
      urls.map(() => INVALID),
    );
  });
});
