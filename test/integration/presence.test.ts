import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { participantId } from '../../src/conference/ids.ts';
import { type EventsSocket, GATHERING_MS } from '../support/events-socket.ts';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

const GRACE_MS = 30_000;

describe('a participant without a transport', () => {
  let test: TestApp;
  let serial = 0;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  /** A terminal locked on a person; both listen, and so does an observer. */
  const lockedMeeting = async () => {
    const meeting = await TestMeeting.start(test);
    serial += 1;
    const [viewer, source] = [await meeting.terminal(`PR-${serial}`), await meeting.person('Source')];
    await meeting.lockView(viewer, source);
    const own = await meeting.events(viewer);
    const other = await meeting.events(source);
    const observer = await meeting.events();
    return { meeting, viewer, source, own, other, observer };
  };

  /** Lets time pass while these sockets answer their pings. */
  const pass = async (ms: number, ...alive: readonly EventsSocket[]): Promise<void> => {
    for (let left = ms; left > 0; left -= 5_000) {
      test.clock.advance(Math.min(left, 5_000));
      for (const socket of alive) await socket.roundTrip();
    }
  };

  const isAway = (observer: EventsSocket, id: string) =>
    observer.eventually(test.clock, ({ roster }) => roster.get(id)?.connected === false);

  it('keeps its place and the lock on it for the grace time, then leaves, and the lock ends in the same push', async () => {
    const { viewer, source, own, other, observer } = await lockedMeeting();
    other.close();
    await isAway(observer, source.participantID);
    const passedMs = test.clock.now();
    await pass(GRACE_MS - 1_000, own, observer);
    assert.ok(test.clock.now() > passedMs);
    assert.equal(own.state.own?.view.reason, 'LOCK');
    await pass(1_000, own, observer);
    const change = await own.change((message) => message.roster?.removed.length === 1);
    assert.deepEqual(change.roster?.removed, [source.participantID]);
    assert.deepEqual(change.own?.view, { reason: 'AUTO', picture: { kind: 'none' } });
    const entry = change.roster?.changed.find(({ participantID }) => participantID === viewer.participantID);
    assert.equal(entry?.viewLocked, false);
    for (const socket of [own, observer]) socket.close();
  });

  it('is the same participant and the locked source still when it returns in time', async () => {
    const { meeting, viewer, source, own, other, observer } = await lockedMeeting();
    other.close();
    await isAway(observer, source.participantID);
    await pass(GRACE_MS - 1_000, own, observer);
    const back = await meeting.events(source);
    assert.equal(back.state.own?.participantID, source.participantID);
    await pass(2 * GRACE_MS, own, observer, back);
    await own.eventually(test.clock, ({ roster }) => roster.get(source.participantID)?.connected === true);
    assert.equal(own.state.own?.view.reason, 'LOCK');
    assert.equal(observer.state.roster.get(viewer.participantID)?.viewLocked, true);
    for (const socket of [own, observer, back]) socket.close();
  });

  it('finds its own view locked still when it returns in time', async () => {
    const { meeting, viewer, source, own, other, observer } = await lockedMeeting();
    own.close();
    await isAway(observer, viewer.participantID);
    await pass(GRACE_MS - 1_000, other, observer);
    const back = await meeting.events(viewer);
    assert.deepEqual(back.state.own?.view, {
      reason: 'LOCK',
      picture: { kind: 'single', source: source.participantID },
    });
    for (const socket of [other, observer, back]) socket.close();
  });

  it('does not count as away while another transport of it is up', async () => {
    const { meeting, source, own, other, observer } = await lockedMeeting();
    assert.equal((await meeting.publish(source)).status, 201);
    const second = await meeting.events(source);
    other.close();
    second.close();
    await pass(2 * GRACE_MS, own, observer);
    assert.equal(observer.state.roster.get(source.participantID)?.connected, true);
    const [endpoint] = test.engine.endpointsOf(participantId(source.participantID));
    assert.ok(endpoint);
    test.engine.failEndpoint(endpoint);
    await isAway(observer, source.participantID);
    await pass(GRACE_MS, own, observer);
    await observer.eventually(test.clock, ({ roster }) => !roster.has(source.participantID));
    for (const socket of [own, observer]) socket.close();
  });

  it('leaves after the grace time when it has never connected', async () => {
    const meeting = await TestMeeting.start(test);
    const observer = await meeting.events();
    const person = await meeting.person('Nobody');
    await observer.eventually(test.clock, ({ roster }) => roster.has(person.participantID));
    await pass(GRACE_MS, observer);
    await observer.eventually(test.clock, ({ roster }) => !roster.has(person.participantID));
    observer.close();
  });

  it('is tried again when its leaving could not be stored', async () => {
    const { source, own, other, observer } = await lockedMeeting();
    other.close();
    await isAway(observer, source.participantID);
    test.store.failNextCommit();
    await pass(GRACE_MS, own, observer);
    assert.ok(observer.state.roster.has(source.participantID));
    await pass(GRACE_MS, own, observer);
    await observer.eventually(test.clock, ({ roster }) => !roster.has(source.participantID));
    for (const socket of [own, observer]) socket.close();
  });

  it('is the same participant when it is a terminal that joins again; whoever used the old token is out', async () => {
    const { meeting, viewer, source, own, other, observer } = await lockedMeeting();
    await meeting.view(viewer);
    const serialNumber = `PR-${serial}`;
    const activationCode = await renewedCode(serialNumber);
    const again = await test.client.join(meeting.conferenceID, { serialNumber, activationCode });
    assert.equal(again.participantID, viewer.participantID);
    assert.notEqual(again.participantToken, viewer.participantToken);

    await own.next(({ type }) => type === 'removed');
    assert.equal(await own.closed, 4403);
    const refused = new WebSocket(meeting.eventsUrl);
    await once(refused, 'open');
    refused.send(JSON.stringify({ type: 'authenticate', token: viewer.participantToken }));
    assert.deepEqual((await once(refused, 'close'))[0], 4401);
    assert.equal((await meeting.view(viewer)).status, 401);
    assert.deepEqual(test.engine.endpointsOf(participantId(viewer.participantID)), [], 'its media is closed');

    const back = await meeting.events(again);
    assert.deepEqual(back.state.own?.view, {
      reason: 'LOCK',
      picture: { kind: 'single', source: source.participantID },
    });
    await pass(2 * GRACE_MS, other, observer, back);
    assert.equal(back.state.roster.get(viewer.participantID)?.connected, true);
    for (const socket of [other, observer, back]) socket.close();
  });

  it('is another participant when the terminal joins again after it has left', async () => {
    const { meeting, viewer, own, other, observer } = await lockedMeeting();
    await meeting.hangUp(viewer);
    await own.closed;
    const serialNumber = `PR-${serial}`;
    const activationCode = await renewedCode(serialNumber);
    const again = await test.client.join(meeting.conferenceID, { serialNumber, activationCode });
    assert.notEqual(again.participantID, viewer.participantID);
    test.clock.advance(GATHERING_MS);
    await observer.eventually(test.clock, ({ roster }) => {
      return roster.get(again.participantID)?.viewLocked === false;
    });
    for (const socket of [other, observer]) socket.close();
  });

  const renewedCode = async (serialNumber: string): Promise<string> => {
    const path = `/sightline/v1/terminals/${serialNumber}/activation-code`;
    return ((await test.client.manage('POST', path)) as { activationCode: string }).activationCode;
  };
});
