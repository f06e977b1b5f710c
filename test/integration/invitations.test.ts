import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import type { ApiError } from '../../src/virtual/sightline-client.ts';
import { StandbySocket } from '../support/standby-socket.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

let app: TestApp;
before(async () => {
  app = await TestApp.start();
});
after(() => app.close());

interface RealTimeInfo {
  readonly attendees: readonly { readonly name: string; readonly phone: string }[];
  readonly participants: readonly { readonly pid: string; readonly phone: string; readonly state: number }[];
}

const realTimeInfo = (meeting: TestMeeting): Promise<RealTimeInfo> => {
  const { conferenceID, token } = meeting;
  return app.client.control(token, 'GET', 'realTimeInfo', { conferenceID }) as Promise<RealTimeInfo>;
};

const post = (meeting: TestMeeting, operation: string, body: object, query = {}): Promise<unknown> => {
  const { conferenceID, token } = meeting;
  return app.client.control(token, 'POST', operation, { conferenceID, ...query }, body);
};

const invite = (meeting: TestMeeting, phone: string, more: object = {}): Promise<unknown> =>
  post(meeting, 'participants', { attendees: [{ name: 'Invited', phone, type: 'terminal', ...more }] });

interface Room {
  readonly number: string;
  readonly credentials: { readonly serialNumber: string; readonly activationCode: string };
  readonly standby: StandbySocket;
}

/** A registered terminal that is online. */
const room = async (serialNumber: string): Promise<Room> => {
  const activationCode = await app.client.registerTerminal(serialNumber, serialNumber);
  const answer = (await app.client.manage('GET', `/v1/usg/dcs/corp/device/${serialNumber}`)) as {
    number: string;
  };
  const credentials = { serialNumber, activationCode };
  const standby = await StandbySocket.open(app.app.url, { type: 'authenticate', ...credentials });
  await standby.next('ready');
  return { number: answer.number, credentials, standby };
};

const statesOf = (info: RealTimeInfo, number: string) =>
  info.participants.filter(({ phone }) => phone === number).map(({ state }) => state);

/** Lets the answer of the server's own command be durable. */
const settled = async (meeting: TestMeeting, number: string, states: readonly number[]): Promise<void> => {
  for (let n = 0; n < 100; n += 1) {
    const info = await realTimeInfo(meeting);
    if (JSON.stringify(statesOf(info, number)) === JSON.stringify(states)) return;
  }
  assert.fail(`the states of ${number} did not become ${states}`);
};

test('an invited terminal is rung, counts as called, and joins as itself', async () => {
  const meeting = await TestMeeting.start(app);
  const { number, credentials, standby } = await room('RING-1');
  await invite(meeting, number);
  const ringing = await standby.next('invited');
  assert.equal(ringing.conferenceID, meeting.conferenceID);
  assert.deepEqual(statesOf(await realTimeInfo(meeting), number), [1]);
  const joined = await app.client.join(meeting.conferenceID, credentials);
  await standby.next('callEnded');
  const info = await realTimeInfo(meeting);
  assert.deepEqual(statesOf(info, number), [0]);
  assert.deepEqual(
    info.attendees.map(({ phone }) => phone),
    [number],
  );
  await assert.rejects(invite(meeting, number), { errorCode: 'MMC.111081001' });
  assert.ok(joined.participantID);
  standby.close();
});

test('who declines, and who does not answer within the ringing time, is called no more', async () => {
  const meeting = await TestMeeting.start(app);
  const { number, standby } = await room('RING-2');
  await invite(meeting, number);
  await standby.next('invited');
  standby.decline(meeting.conferenceID);
  await standby.next('callEnded');
  await settled(meeting, number, []);
  await invite(meeting, number);
  await standby.next('invited');
  for (let seconds = 0; seconds < 60; seconds += 10) {
    app.clock.advance(10_000);
    await standby.roundTrip();
  }
  await standby.next('callEnded');
  await settled(meeting, number, []);
  standby.close();
});

test('a terminal that is offline, and a number that nobody has, stay on the list only', async () => {
  const meeting = await TestMeeting.start(app);
  await invite(meeting, '+990000000000');
  await settled(meeting, '+990000000000', []);
  const { number, standby } = await room('RING-3');
  standby.close();
  await standby.closed;
  await invite(meeting, number);
  await settled(meeting, number, []);
  assert.equal((await realTimeInfo(meeting)).attendees.length, 2);
});

test('an account that waits gets an invitation that lets in once, past the lock and without a password', async () => {
  const meeting = await TestMeeting.start(app);
  const token = await accessToken();
  const standby = await StandbySocket.open(app.app.url, { type: 'authenticate', accessToken: token });
  await standby.next('ready');
  await meeting.control('lock', {}, { isLock: 1 });
  await invite(meeting, 'admin', { name: 'The administrator', type: 'normal' });
  const { invitation, joinURL } = await standby.next('invited');
  assert.match(joinURL, /\/room\?conference=\d+#invitation=/);
  const joined: JoinResponse = await app.client.join(meeting.conferenceID, { invitation });
  const { roster } = (await meeting.events(joined)).state;
  assert.equal(roster.get(joined.participantID)?.name, 'The administrator');
  const again = app.client.join(meeting.conferenceID, { invitation });
  await assert.rejects(again, (error: ApiError) => error.status === 401);
  standby.close();
});

test('wrong credentials do not wait', async () => {
  const standby = await StandbySocket.open(app.app.url, { type: 'authenticate', accessToken: 'no' });
  assert.equal(await standby.closed, 4401);
});

test('whoever is taken off the list is out, and his standby rings no more', async () => {
  const meeting = await TestMeeting.start(app);
  const { number, credentials, standby } = await room('RING-4');
  await invite(meeting, number);
  await standby.next('invited');
  await post(meeting, 'attendees/delete', { bulkDelAttendInfo: [{ number }] });
  await standby.next('callEnded');
  const joined = await app.client.join(meeting.conferenceID, credentials);
  const events = await meeting.events(joined);
  await post(meeting, 'attendees/delete', {
    bulkDelAttendInfo: [{ number, participantID: joined.participantID }],
  });
  assert.equal(await events.closed, 4403);
  const unknown = post(meeting, 'attendees/delete', { bulkDelAttendInfo: [{ number }] });
  await assert.rejects(unknown, { errorCode: 'MMC.111072008' });
  standby.close();
});

test('inviteWithPwd rings a terminal for whoever knows a password of the meeting', async () => {
  const meeting = await TestMeeting.start(app);
  const { conferenceID, guestPassword } = meeting;
  const { number, standby } = await room('RING-5');
  const call = (pwd: string) =>
    app.client.call('POST', `/v1/mmc/control/conferences/inviteWithPwd?conferenceID=${conferenceID}`, {
      body: { callNum: number, confID: conferenceID, pwd },
    });
  await assert.rejects(call('wrong'), { errorCode: 'MMC.111072065' });
  await call(guestPassword);
  await standby.next('invited');
  standby.close();
});

test('numbers that are empty, too long or no numbers are refused', async () => {
  const meeting = await TestMeeting.start(app);
  await assert.rejects(invite(meeting, ''), { errorCode: 'MMC.111072031' });
  await assert.rejects(invite(meeting, '1'.repeat(128)), { errorCode: 'MMC.111072032' });
  await assert.rejects(invite(meeting, '<script>'), { errorCode: 'MMC.111072033' });
  assert.deepEqual((await realTimeInfo(meeting)).attendees, []);
});

const accessToken = async (): Promise<string> => {
  const basic = Buffer.from('admin:correct-horse-9').toString('base64');
  const answer = (await app.client.call('POST', '/v1/usg/acs/auth/account', {
    headers: { authorization: `Basic ${basic}` },
    body: { account: 'admin', clientType: 72 },
  })) as { accessToken: string };
  return answer.accessToken;
};
