import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { conferenceId, endpointId, participantId } from '../../src/conference/ids.ts';
import type { MediaEvent } from '../../src/media/engine.ts';
import {
  createMediaEngine,
  type ProcessMediaEngine,
  type VideoCodec,
} from '../../src/media/process-engine.ts';

/** Real Chromium pages publish canvases and show slots: the decoded pixels tell who is seen. */

const CHROMIUM = process.env['SIGHTLINE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
];
const SWITCHES = Number(process.env['SIGHTLINE_TEST_SWITCHES'] ?? 10);
const logger = { info: () => {}, warn: console.warn, error: console.error };
const conference = conferenceId('chromium');

let browser: Browser;
before(async () => { console.error("launch");
  browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_FLAGS });
});
after(() => browser?.close());

for (const videoCodec of ['VP8', 'H264'] as const) {
  describe(`Chromium with ${videoCodec}`, () => {
    test('sees the routed sources in its slots, and switches without renegotiation', async (t) => {
      const engine = await createMediaEngine({ port: 0, addresses: ['127.0.0.1'], videoCodec, logger });
      t.after(() => engine.close());
      const events: MediaEvent[] = [];
      engine.subscribe((event) => events.push(event));
      for (const colour of ['red', 'blue']) await publish(engine, colour, videoCodec);
      const page = await view(engine, 2);
      const route = (...names: string[]) => engine.route(endpointId('view'), names.map(participantId));

      route('red', 'blue');
      await page.evaluate(() => globalThis.untilColour(0, 'red'));
      await page.evaluate(() => globalThis.untilColour(1, 'blue'));

      const latencies: number[] = [];
      for (let round = 0; round < SWITCHES; round += 1) {
        const colour = round % 2 === 0 ? 'blue' : 'red';
        const shown = page.evaluate((wanted) => globalThis.untilColour(0, wanted), colour);
        const startedAt = performance.now();
        route(colour, colour);
        await shown;
        latencies.push(performance.now() - startedAt);
        await page.evaluate((wanted) => globalThis.untilColour(1, wanted), colour);
      }
      latencies.sort((a, b) => a - b);
      t.diagnostic(
        `switch to pixels, ms: median ${latencies[latencies.length >> 1]?.toFixed(0)}, worst ${latencies.at(-1)?.toFixed(0)}`,
      );
      const own = events
        .filter((event) => event.type === 'slot.switched')
        .map((e) => e.requestMs + e.forwardMs);
      own.sort((a, b) => a - b);
      t.diagnostic(
        `own share, ms: median ${own[own.length >> 1]?.toFixed(2)}, worst ${own.at(-1)?.toFixed(2)}`,
      );
      assert.equal(await page.evaluate(() => globalThis.negotiations), 0);
      const reports = await engine.slots(conference);
      assert.deepEqual(
        reports.map(({ source }) => source),
        ['red', 'red'],
      );
      assert.ok(reports.every(({ packets }) => packets > 0));
      t.diagnostic(JSON.stringify(await page.evaluate(() => globalThis.inbound())));
      await Promise.all(browser.contexts().map((context) => context.close()));
    });
  });
}

declare global {
  // Defined in the pages.
  var connection: RTCPeerConnection;
  var negotiations: number;
  var untilColour: (slot: number, colour: string) => Promise<void>;
  var inbound: () => Promise<unknown>;
}

async function publish(engine: ProcessMediaEngine, colour: string, codec: VideoCodec): Promise<void> {
  const page = await newPage();
  const offer = await page.evaluate(
    async ({ colour, mimeType }) => {
      const canvas = document.createElement('canvas');
      canvas.width = 320;
      canvas.height = 180;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      let frame = 0;
      setInterval(() => {
        context.fillStyle = colour;
        context.fillRect(0, 0, 320, 180);
        context.fillStyle = 'white';
        context.fillRect((frame++ * 8) % 296, 140, 24, 24);
      }, 33);
      globalThis.connection = new RTCPeerConnection();
      const [track] = canvas.captureStream(30).getTracks() as [MediaStreamTrack];
      const transceiver = connection.addTransceiver(track, { direction: 'sendonly' });
      const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
      const isWanted = (codec: { mimeType: string; sdpFmtpLine?: string }) =>
        codec.mimeType === mimeType &&
        (mimeType === 'video/VP8' || /packetization-mode=1.*42e01f/.test(codec.sdpFmtpLine ?? ''));
      transceiver.setCodecPreferences(codecs.filter(isWanted));
      const audio = new AudioContext();
      const oscillator = audio.createOscillator();
      const destination = audio.createMediaStreamDestination();
      oscillator.connect(destination);
      oscillator.start();
      const [sound] = destination.stream.getTracks() as [MediaStreamTrack];
      connection.addTransceiver(sound, { direction: 'sendonly' });
      await connection.setLocalDescription();
      return connection.localDescription?.sdp ?? '';
    },
    { colour, mimeType: `video/${codec}` },
  );
  const request = {
    endpoint: endpointId(`publish-${colour}`),
    conference,
    participant: participantId(colour),
    offer,
  };
  await answer(page, (await engine.publish(request)).answer);
}

async function view(engine: ProcessMediaEngine, slots: number): Promise<Page> {
  const page = await newPage();
  const offer = await page.evaluate(async (slots) => {
    globalThis.connection = new RTCPeerConnection();
    globalThis.negotiations = 0;
    const videos: HTMLVideoElement[] = [];
    for (let slot = 0; slot < slots; slot += 1) {
      const { receiver } = connection.addTransceiver('video', { direction: 'recvonly' });
      const video = document.createElement('video');
      video.muted = true;
      video.autoplay = true;
      video.srcObject = new MediaStream([receiver.track]);
      document.body.append(video);
      videos.push(video);
    }
    connection.addTransceiver('audio', { direction: 'recvonly' });
    await connection.setLocalDescription();
    connection.addEventListener('negotiationneeded', () => {
      globalThis.negotiations += 1;
    });
    const context = new OffscreenCanvas(1, 1).getContext('2d', {
      willReadFrequently: true,
    }) as OffscreenCanvasRenderingContext2D;
    const colourOf = (video: HTMLVideoElement): string => {
      context.drawImage(video, 20, 20, 1, 1, 0, 0, 1, 1);
      const [red = 0, , blue = 0] = context.getImageData(0, 0, 1, 1).data;
      return red > blue + 100 ? 'red' : blue > red + 100 ? 'blue' : 'other';
    };
    globalThis.untilColour = (slot, colour) =>
      new Promise((resolve) => {
        const video = videos[slot] as HTMLVideoElement;
        const look = () => {
          if (video.videoWidth > 0 && colourOf(video) === colour) resolve();
          else video.requestVideoFrameCallback(look);
        };
        look();
      });
    globalThis.inbound = async () => {
      const found: unknown[] = [];
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        const {
          kind,
          packetsReceived,
          packetsLost,
          framesDecoded,
          keyFramesDecoded,
          pliCount,
          nackCount,
          freezeCount,
        } = report;
        found.push({
          kind,
          packetsReceived,
          packetsLost,
          framesDecoded,
          keyFramesDecoded,
          pliCount,
          nackCount,
          freezeCount,
        });
      }
      return found;
    };
    return connection.localDescription?.sdp ?? '';
  }, slots);
  const request = { endpoint: endpointId('view'), conference, participant: participantId('viewer'), offer };
  await answer(page, (await engine.view(request)).answer);
  return page;
}

const newPage = async (): Promise<Page> => (await browser.newContext()).newPage();

const answer = (page: Page, sdp: string): Promise<void> =>
  page.evaluate((sdp) => connection.setRemoteDescription({ type: 'answer', sdp }), sdp);
