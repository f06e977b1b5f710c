import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { conferenceId, endpointId, participantId } from '../../src/conference/ids.ts';
import {
  createMediaEngine,
  type ProcessMediaEngine,
  type VideoCodec,
} from '../../src/media/process-engine.ts';
import { recordEvents } from '../support/media-events.ts';

import { mediaPage } from '../support/media-page.ts';

/** Real Chromium pages publish canvases and show slots: the decoded pixels tell who is seen. */

const CHROMIUM = process.env.SIGHTLINE_TEST_CHROMIUM ?? '/usr/bin/chromium';
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
];
const SWITCHES = Number(process.env.SIGHTLINE_TEST_SWITCHES ?? 6);
/** Chromium makes at most one key frame in 300 ms: frames to wait for between two switches. */
const FRAMES_BETWEEN = 14;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const conference = conferenceId('chromium');
const red = participantId('red');
const blue = participantId('blue');
const view = endpointId('view');

describe('Chromium', { skip: existsSync(CHROMIUM) ? false : `no ${CHROMIUM}`, timeout: 120_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_FLAGS });
  });
  after(() => browser?.close());

  async function newPage(t: TestContext): Promise<Page> {
    const context = await browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    await page.addScriptTag({ content: mediaPage });
    return page;
  }

  async function publish(
    t: TestContext,
    engine: ProcessMediaEngine,
    colour: string,
    codec: VideoCodec,
  ): Promise<Page> {
    const page = await newPage(t);
    const offer = await page.evaluate<string>(`publishColour('${colour}', 'video/${codec}')`);
    const endpoint = endpointId(`publish-${colour}`);
    const { answer } = await engine.publish({
      endpoint,
      conference,
      participant: participantId(colour),
      offer,
    });
    await page.evaluate(`acceptAnswer(${JSON.stringify(answer)})`);
    return page;
  }

  async function watch(t: TestContext, engine: ProcessMediaEngine, slots: number): Promise<Page> {
    const page = await newPage(t);
    const offer = await page.evaluate<string>(`viewSlots(${slots})`);
    const { answer } = await engine.view({
      endpoint: view,
      conference,
      participant: participantId('viewer'),
      offer,
    });
    await page.evaluate(`acceptAnswer(${JSON.stringify(answer)})`);
    return page;
  }

  for (const videoCodec of ['VP8', 'H264'] as const) {
    test(`decodes the routed ${videoCodec} sources in its slots, and switches without renegotiation`, async (t) => {
      const engine = await createMediaEngine({
        port: 0,
        addresses: ['127.0.0.1'],
        videoCodec,
        logger: quiet,
      });
      t.after(() => engine.close());
      const events = recordEvents(engine);
      await publish(t, engine, 'red', videoCodec);
      await publish(t, engine, 'blue', videoCodec);
      const page = await watch(t, engine, 2);
      const until = (slot: number, colour: string, frames: number) =>
        page.evaluate<number>(`untilColour(${slot}, '${colour}', ${frames})`);

      engine.route(view, [red, blue]);
      await Promise.all([until(0, 'red', FRAMES_BETWEEN), until(1, 'blue', FRAMES_BETWEEN)]);
      const latencies: number[] = [];
      const ownShare: number[] = [];
      for (let turn = 0; turn < SWITCHES; turn += 1) {
        const source = turn % 2 === 0 ? blue : red;
        const shown = until(0, source, FRAMES_BETWEEN);
        const switched = events.next('slot.switched');
        const startedAt = performance.timeOrigin + performance.now();
        engine.route(view, [source, blue]);
        latencies.push((await shown) - startedAt);
        const { requestMs, forwardMs } = await switched;
        ownShare.push(requestMs + forwardMs);
      }
      t.diagnostic(
        `${videoCodec} switch to decoded pixels, ms: ${summary(latencies)}; own share: ${summary(ownShare)}`,
      );
      t.diagnostic(JSON.stringify(await page.evaluate('inboundStatistics()')));
      assert.equal(await page.evaluate('negotiations'), 0);
      const reports = await engine.slots(conference);
      assert.deepEqual(
        reports.map(({ source }) => source),
        [SWITCHES % 2 === 0 ? red : blue, blue],
      );
    });
  }

  test('ICE and DTLS restart under a publishing and under a viewing page', async (t) => {
    const engine = await createMediaEngine({
      port: 0,
      addresses: ['127.0.0.1'],
      videoCodec: 'VP8',
      logger: quiet,
    });
    t.after(() => engine.close());
    const events = recordEvents(engine);
    const camera = await publish(t, engine, 'red', 'VP8');
    await publish(t, engine, 'blue', 'VP8');
    const screen = await watch(t, engine, 1);
    engine.route(view, [red]);
    await screen.evaluate(`untilColour(0, 'red', 3)`);
    for (const [page, endpoint] of [
      [camera, endpointId('publish-red')],
      [screen, view],
    ] as const) {
      const reconnected = events.next('endpoint.connected');
      const startedAt = performance.now();
      const fragment = await page.evaluate<string>('beginRestart()');
      const answer = await engine.restartIce(endpoint, fragment);
      await page.evaluate(`finishRestart(${JSON.stringify(answer)})`);
      assert.equal((await reconnected).endpoint, endpoint);
      t.diagnostic(`${endpoint} restarted in ${(performance.now() - startedAt).toFixed(0)} ms`);
      for (const colour of ['blue', 'red']) {
        const shown = screen.evaluate(`untilColour(0, '${colour}', ${FRAMES_BETWEEN})`);
        engine.route(view, [participantId(colour)]);
        await shown;
      }
    }
    assert.deepEqual(events.all('endpoint.closed'), []);
  });

  test('a page that closes its connection closes its endpoint', async (t) => {
    const engine = await createMediaEngine({
      port: 0,
      addresses: ['127.0.0.1'],
      videoCodec: 'VP8',
      logger: quiet,
    });
    t.after(() => engine.close());
    const events = recordEvents(engine);
    const connected = events.next('endpoint.connected');
    const page = await publish(t, engine, 'red', 'VP8');
    await connected;
    const closed = events.next('endpoint.closed');
    await page.evaluate('connection.close()');
    assert.equal((await closed).endpoint, 'publish-red');
  });
});

function summary(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(1);
  return `median ${at(0.5)}, worst ${at(1)}`;
}
