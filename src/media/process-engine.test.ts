import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describeMediaEngine, type EngineHarness } from '../../test/support/media-engine-contract.ts';
import { recordEvents } from '../../test/support/media-events.ts';
import { publishingOffer } from '../../test/support/media-offers.ts';
import { conferenceId, endpointId, type ParticipantId, participantId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import type { ClipName } from '../virtual/clip.ts';
import { VirtualPublisher } from '../virtual/virtual-publisher.ts';
import { VirtualViewer } from '../virtual/virtual-viewer.ts';
import type { MediaEngine } from './engine.ts';
import { createMediaEngine, type ProcessMediaEngine, type VideoCodec } from './process-engine.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const conference = conferenceId('b7a3');
let endpoints = 0;
const nextEndpoint = () => endpointId(`endpoint-${++endpoints}`);

const create = (videoCodec: VideoCodec): Promise<ProcessMediaEngine> =>
  createMediaEngine({ port: 0, addresses: ['127.0.0.1'], videoCodec, logger: quiet });

async function openPublisher(
  engine: MediaEngine,
  participant: ParticipantId,
  clip: ClipName,
  codec: VideoCodec = 'VP8',
  where = conference,
) {
  const endpoint = nextEndpoint();
  const exchange = async (offer: string) =>
    (await engine.publish({ endpoint, conference: where, participant, offer })).answer;
  const publisher = await VirtualPublisher.connect({ clip, codec, exchange });
  return { endpoint, publisher };
}

async function openViewer(
  engine: MediaEngine,
  participant: ParticipantId,
  slots: number,
  codec: VideoCodec = 'VP8',
  where = conference,
) {
  const endpoint = nextEndpoint();
  const exchange = async (offer: string) =>
    (await engine.view({ endpoint, conference: where, participant, offer })).answer;
  const viewer = await VirtualViewer.connect({ slots, codec, exchange });
  return { endpoint, viewer };
}

const harness: EngineHarness = {
  createEngine: () => create('VP8'),
  connectPublisher: async (engine, where, participant, clip) => {
    const { endpoint, publisher } = await openPublisher(engine, participant, clip, 'VP8', where);
    return { endpoint, speak: (level) => publisher.speak(true, level), close: () => publisher.close() };
  },
  connectViewer: async (engine, where, participant, slots) => {
    const { endpoint, viewer } = await openViewer(engine, participant, slots, 'VP8', where);
    return {
      endpoint,
      onFrame: (listener) => {
        viewer.on('frame', listener);
        return () => viewer.off('frame', listener);
      },
      onHeard: (listener) => {
        const hear = ({ level }: { readonly level: number }) => listener(level);
        viewer.on('heard', hear);
        return () => viewer.off('heard', hear);
      },
      breaks: (slot) => Object.values(viewer.continuity(slot) ?? {}).reduce((sum, count) => sum + count, 0),
      close: () => viewer.close(),
    };
  },
};

describeMediaEngine('node-datachannel', harness);

describe('the media process', () => {
  const red = participantId('red-1');
  const green = participantId('green-1');
  const viewerId = participantId('viewer-1');

  async function engineOf(t: TestContext, codec: VideoCodec = 'VP8') {
    const engine = await create(codec);
    t.after(() => engine.close());
    return { engine, events: recordEvents(engine) };
  }

  test('is replaced when it dies, and pictures return with new endpoints', async (t) => {
    const { engine, events } = await engineOf(t);
    const first = await openPublisher(engine, red, 'red');
    t.after(() => first.publisher.close());
    const { processId } = engine;
    assert.ok(processId);
    const lost = events.next('endpoints.lost');
    process.kill(processId, 'SIGKILL');
    assert.deepEqual((await lost).endpoints, [first.endpoint]);
    assert.notEqual(engine.processId, processId);

    const second = await openPublisher(engine, red, 'red');
    t.after(() => second.publisher.close());
    const screen = await openViewer(engine, viewerId, 1);
    t.after(() => screen.viewer.close());
    engine.route(screen.endpoint, [red]);
    const [frame] = await once(screen.viewer, 'frame');
    assert.equal(frame.clip, 'red');
  });

  test('rejects calls that it dies under, and keeps who is silenced', async (t) => {
    const { engine, events } = await engineOf(t);
    engine.setAudible(conference, red, false);
    const lost = events.next('endpoints.lost');
    const { processId } = engine;
    assert.ok(processId);
    const request = { endpoint: nextEndpoint(), conference, participant: red, offer: publishingOffer() };
    process.kill(processId, 'SIGKILL');
    await assert.rejects(engine.publish(request), { code: 'MEDIA_UNAVAILABLE' });
    await lost;
    const silenced = await openPublisher(engine, red, 'red');
    t.after(() => silenced.publisher.close());
    const other = await openPublisher(engine, green, 'green');
    t.after(() => other.publisher.close());
    const screen = await openViewer(engine, viewerId, 1);
    t.after(() => screen.viewer.close());
    silenced.publisher.speak(true, 11);
    other.publisher.speak(true, 31);
    const [heard] = await once(screen.viewer, 'heard');
    assert.equal(heard.level, 31);
  });

  test('is replaced by one that knows the language channels', async (t) => {
    const { engine, events } = await engineOf(t);
    engine.setLanguageChannels(conference, [
      [green, { speak: 'en', listen: '', original: false }],
      [viewerId, { speak: '', listen: 'en', original: false }],
    ]);
    const lost = events.next('endpoints.lost');
    process.kill(engine.processId ?? assert.fail(), 'SIGKILL');
    await lost;
    const floor = await openPublisher(engine, red, 'red');
    t.after(() => floor.publisher.close());
    const interpreter = await openPublisher(engine, green, 'green');
    t.after(() => interpreter.publisher.close());
    const screen = await openViewer(engine, viewerId, 1);
    t.after(() => screen.viewer.close());
    floor.publisher.speak(true, 11);
    interpreter.publisher.speak(true, 31);
    const [heard] = await once(screen.viewer, 'heard');
    assert.equal(heard.level, 31);
  });

  test('asks a source for at most five key frames a second, however many viewers ask', async (t) => {
    const { engine } = await engineOf(t);
    const { publisher } = await openPublisher(engine, red, 'red');
    t.after(() => publisher.close());
    const screens = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => openViewer(engine, participantId(name), 2)),
    );
    for (const { viewer, endpoint } of screens) {
      t.after(() => viewer.close());
      engine.route(endpoint, [red, red]);
    }
    await Promise.all(screens.map(({ viewer }) => once(viewer, 'frame')));
    const before = publisher.keyFrameRequests;
    const startedAt = performance.now();
    for (const { viewer } of screens) {
      // Every frame is answered by a request for a key frame.
      viewer.on('frame', ({ slot }) => viewer.requestKeyFrame(slot));
    }
    const [first] = screens;
    while (performance.now() - startedAt < 1500) await once(first?.viewer ?? assert.fail(), 'frame');
    const seconds = (performance.now() - startedAt) / 1000;
    const asked = publisher.keyFrameRequests - before;
    assert.ok(asked >= 3 && asked <= Math.ceil(seconds) * 5, `${asked} requests in ${seconds} s`);
  });

  test('switches H.264 sources as well', async (t) => {
    const { engine } = await engineOf(t, 'H264');
    for (const [participant, clip] of [
      [red, 'red'],
      [green, 'green'],
    ] as const) {
      const { publisher } = await openPublisher(engine, participant, clip, 'H264');
      t.after(() => publisher.close());
    }
    const { viewer, endpoint } = await openViewer(engine, viewerId, 1, 'H264');
    t.after(() => viewer.close());
    for (const [participant, clip] of [
      [red, 'red'],
      [green, 'green'],
      [red, 'red'],
    ] as const) {
      engine.route(endpoint, [participant]);
      let frame = viewer.shown[0];
      while (frame?.clip !== clip) [frame] = await once(viewer, 'frame');
      assert.ok(frame.keyFrame);
    }
    assert.deepEqual(viewer.continuity(0), {
      sequenceBreaks: 0,
      timestampSteps: 0,
      pictureIdBreaks: 0,
      ssrcChanges: 0,
    });
  });

  test('refuses an offer without the codec of the server', async (t) => {
    const { engine } = await engineOf(t, 'H264');
    const request = { endpoint: nextEndpoint(), conference, participant: red, offer: publishingOffer() };
    await assert.rejects(engine.publish(request), { code: 'MEDIA_OFFER_REFUSED', message: /H\.264/ });
  });

  test('survives damaged offers', async (t) => {
    const { engine, events } = await engineOf(t);
    const good = publishingOffer();
    const edit = fc.tuple(fc.nat(good.length - 1), fc.nat(4), fc.string({ maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let offer = good;
        for (const [at, drop, text] of edits) offer = offer.slice(0, at) + text + offer.slice(at + drop);
        const endpoint = nextEndpoint();
        try {
          await engine.publish({ endpoint, conference, participant: red, offer });
          engine.closeEndpoint(endpoint);
        } catch (error) {
          assert.ok(error instanceof AppError);
          assert.equal(error.code, 'MEDIA_OFFER_REFUSED');
        }
      }),
      { numRuns: 150 },
    );
    assert.deepEqual(events.all('endpoints.lost'), []);
  });

  test('ends with its parent, however that ends', async () => {
    const script = fileURLToPath(new URL('../../test/support/media-parent.ts', import.meta.url));
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    // The pipe is also the media process's: it closes when both have ended.
    await once(parent.stdout, 'close');
  });

  test('cannot start on a port that is taken', async (t) => {
    const { engine } = await engineOf(t);
    const taken = { port: engine.port, addresses: ['127.0.0.1'], videoCodec: 'VP8', logger: quiet } as const;
    await assert.rejects(createMediaEngine(taken), { code: 'MEDIA_UNAVAILABLE' });
  });
});
