import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestApp } from '../support/test-app.ts';
import { TestMeeting } from '../support/test-meeting.ts';

describe('the operator’s routes', () => {
  let test: TestApp;

  before(async () => {
    test = await TestApp.start();
  });

  after(() => test.close());

  /** The value of a sample in the Prometheus text, 0 when there is none. */
  const sample = async (name: string): Promise<number> => {
    const text = await (await fetch(`${test.app.url}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return line === undefined ? 0 : Number(line.slice(name.length + 1));
  };

  it('/healthz and /readyz answer 200 while the server runs', async () => {
    const health = await fetch(`${test.app.url}/healthz`);
    assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }]);
    const ready = await fetch(`${test.app.url}/readyz`);
    assert.deepEqual([ready.status, await ready.json()], [200, { status: 'ready' }]);
  });

  it('/metrics is Prometheus text', async () => {
    const response = await fetch(`${test.app.url}/metrics`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(await response.text(), /^process_cpu_seconds_total \d/m);
  });

  it('counts what is live', async () => {
    assert.equal(await sample('sightline_live_conferences'), 0);
    const meeting = await TestMeeting.start(test);
    const [ann, ben] = [await meeting.person('Ann'), await meeting.person('Ben')];
    await meeting.publish(ann);
    await meeting.view(ben);
    const counts = () =>
      Promise.all(
        ['conferences', 'participants', 'endpoints'].map((what) => sample(`sightline_live_${what}`)),
      );
    assert.deepEqual(await counts(), [1, 2, 2]);
    await meeting.hangUp(ann);
    assert.deepEqual(await counts(), [1, 1, 1]);
    await meeting.control('stop');
    assert.deepEqual(await counts(), [0, 0, 0]);
  });

  it('counts commands by name and result, and the switches of slots', async () => {
    const meeting = await TestMeeting.start(test);
    const viewer = await meeting.terminal('ME-1');
    const source = await meeting.person('Source');
    await meeting.publish(source);
    await meeting.view(viewer);
    const commands = (command: string, result: string) =>
      sample(`sightline_commands_total{command="${command}",result="${result}"}`);
    const switchesBefore = await sample('sightline_media_switch_seconds_count');
    const other = await meeting.person('Other');
    await meeting.publish(other);
    await meeting.lockView(viewer, other);
    await meeting.lockView(viewer, other);
    test.store.failNextCommit();
    await assert.rejects(meeting.lockView(viewer, source));
    await assert.rejects(meeting.lockView(source, other));
    assert.equal(await commands('lockView', 'ok'), 2);
    assert.equal(await commands('lockView', 'VIEWER_NOT_PROFESSIONAL'), 1);
    assert.equal(await commands('lockView', 'INTERNAL'), 1);
    assert.equal(await sample('sightline_media_switch_seconds_count'), switchesBefore + 1);
  });
});
