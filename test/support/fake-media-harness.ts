import assert from 'node:assert/strict';
import { endpointId, type ParticipantId } from '../../src/conference/ids.ts';
import type { MediaEngine } from '../../src/media/engine.ts';
import type { ClipName } from '../../src/virtual/clip.ts';
import { FakeMediaEngine } from './fake-media-engine.ts';
import type { EngineHarness } from './media-engine-contract.ts';
import { publishingOffer, viewingOffer } from './media-offers.ts';

/** Between the frames and sounds that a publisher of this harness makes, in ms. */
const INTERVAL_MS = 2;

/** Runs the contract on the fake engine: publishers are timers, and the clip is remembered by participant. */
export function fakeMediaHarness(): EngineHarness {
  const clips = new Map<ParticipantId, ClipName>();
  const levels = new Map<ParticipantId, number>();
  let endpoints = 0;
  const nextEndpoint = () => endpointId(`endpoint-${++endpoints}`);
  return {
    createEngine: async () => new FakeMediaEngine(),
    connectPublisher: async (engine, conference, participant, clip) => {
      const fake = asFake(engine);
      const endpoint = nextEndpoint();
      clips.set(participant, clip);
      levels.set(participant, 127);
      await fake.publish({ endpoint, conference, participant, offer: publishingOffer() });
      const timer = setInterval(() => {
        if (!fake.endpointsOf(participant).includes(endpoint)) return;
        fake.produceVideo(conference, participant);
        fake.produceAudio(conference, participant, levels.get(participant) ?? 127);
      }, INTERVAL_MS);
      return {
        endpoint,
        speak: (level) => levels.set(participant, level),
        close: () => clearInterval(timer),
      };
    },
    connectViewer: async (engine, conference, participant, slots) => {
      const fake = asFake(engine);
      const endpoint = nextEndpoint();
      const lastSequence = Array.from({ length: slots }, () => 0);
      const breaks = Array.from({ length: slots }, () => 0);
      fake.onDelivery((delivery) => {
        if (delivery.type !== 'video' || delivery.endpoint !== endpoint) return;
        const { slot, sequence } = delivery;
        if (sequence !== (lastSequence[slot] ?? 0) + 1) breaks[slot] = (breaks[slot] ?? 0) + 1;
        lastSequence[slot] = sequence;
      });
      await fake.view({ endpoint, conference, participant, offer: viewingOffer({ videoLines: slots }) });
      return {
        endpoint,
        onFrame: (listener) =>
          fake.onDelivery((delivery) => {
            if (delivery.type !== 'video' || delivery.endpoint !== endpoint) return;
            const { slot, source, keyFrame } = delivery;
            listener({ slot, clip: clips.get(source) ?? null, keyFrame });
          }),
        onHeard: (listener) =>
          fake.onDelivery((delivery) => {
            if (delivery.type !== 'audio' || delivery.endpoint !== endpoint) return;
            listener(levels.get(delivery.source) ?? 127);
          }),
        breaks: (slot) => breaks[slot] ?? 0,
        close: () => {},
      };
    },
  };
}

function asFake(engine: MediaEngine): FakeMediaEngine {
  assert.ok(engine instanceof FakeMediaEngine);
  return engine;
}
