import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics } from './metrics.ts';

describe('metrics', () => {
  it('count commands by result, and measure commits and switches', async () => {
    const { command, commit, mediaSwitch, text } = createMetrics({ process: false });
    command('lockView', 'ok');
    command('lockView', 'VIEWER_NOT_PROFESSIONAL');
    commit(7, 0.002);
    mediaSwitch(0.03);
    const shown = await text();
    assert.match(
      shown,
      /^sightline_commands_total\{command="lockView",result="VIEWER_NOT_PROFESSIONAL"\} 1$/m,
    );
    assert.match(shown, /^sightline_store_commit_writes_sum 7$/m);
    assert.match(shown, /^sightline_store_commit_duration_seconds_count 1$/m);
    assert.match(shown, /^sightline_media_switch_seconds_bucket\{le="0\.05"\} 1$/m);
  });

  it('read the live counts when asked', async () => {
    const metrics = createMetrics({ process: false });
    assert.match(await metrics.text(), /^sightline_live_conferences 0$/m);
    let conferences = 2;
    metrics.watchLive(() => ({ conferences, participants: 5, endpoints: 4 }));
    assert.match(await metrics.text(), /^sightline_live_conferences 2$/m);
    conferences = 3;
    assert.match(await metrics.text(), /^sightline_live_conferences 3$/m);
    assert.match(await metrics.text(), /^sightline_live_endpoints 4$/m);
  });

  it('of two instances are apart, with the figures of the process', async () => {
    const [first, second] = [createMetrics(), createMetrics()];
    first.command('lockView', 'ok');
    assert.match(await first.text(), /^process_resident_memory_bytes /m);
    assert.doesNotMatch(await second.text(), /command="lockView"/);
    assert.match(first.contentType, /^text\/plain/);
  });
});
