import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  type ConferenceId,
  conferenceId,
  type EndpointId,
  type ParticipantId,
  participantId,
} from '../../src/conference/ids.ts';
import type { MediaEngine } from '../../src/media/engine.ts';
import type { ClipName } from '../../src/virtual/clip.ts';
import { recordEvents, within } from './media-events.ts';
import { publishingOffer, viewingOffer } from './media-offers.ts';

/** A frame as a viewer recognises it. */
export interface SeenFrame {
  readonly slot: number;
  readonly clip: ClipName | null;
  readonly keyFrame: boolean;
}

/** A connected publisher that plays a clip until it is closed. */
export interface TestPublisher {
  readonly endpoint: EndpointId;
  /** RFC 6464 level in -dBov; 127 is silence, which it begins with. */
  speak(level: number): void;
  close(): void;
}

/** A connected viewer. */
export interface TestViewer {
  readonly endpoint: EndpointId;
  /** Calls for every frame from now on; the returned function stops it. */
  onFrame(listener: (frame: SeenFrame) => void): () => void;
  /** Calls with the level, or for an engine without levels the participant's, of every sound heard from now on. */
  onHeard(listener: (level: number) => void): () => void;
  /** Faults of the stream of a slot: gaps, timestamps that went back, and so on. */
  breaks(slot: number): number;
  close(): void;
}

export interface EngineHarness {
  createEngine(): Promise<MediaEngine>;
  connectPublisher(
    engine: MediaEngine,
    conference: ConferenceId,
    participant: ParticipantId,
    clip: ClipName,
  ): Promise<TestPublisher>;
  connectViewer(
    engine: MediaEngine,
    conference: ConferenceId,
    participant: ParticipantId,
    slots: number,
  ): Promise<TestViewer>;
}

const conference = conferenceId('b7a3');
const red = participantId('red-1');
const green = participantId('green-1');
const viewer = participantId('viewer-1');

/** What every media engine does, whatever carries the packets. */
export function describeMediaEngine(name: string, harness: EngineHarness): void {
  describe(`${name}: the media engine contract`, () => {
    describePictures(harness);
    describeSources(harness);
    describeSound(harness);
    describeLanguages(harness);
    describeLifecycle(harness);
  });
}

function describePictures(harness: EngineHarness): void {
  test('each slot shows the source that it is routed to', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    await publish(green, 'green');
    const screen = await view(viewer, 2);
    const shown = [sees(screen, 0, 'red'), sees(screen, 1, 'green')];
    engine.route(screen.endpoint, [red, green]);
    await Promise.all(shown);
  });

  test('a slot that is not routed receives nothing, and null stops one', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    const screen = await view(viewer, 2);
    screen.onFrame(({ slot }) => assert.equal(slot, 0));
    engine.route(screen.endpoint, [red, null]);
    await sees(screen, 0, 'red');
    engine.route(screen.endpoint, [null, null]);
    const [first] = await engine.slots(conference);
    assert.deepEqual([first?.source, first?.packets, first?.sinceMs], [null, 0, null]);
  });

  test('a switch begins with a key frame and keeps the stream whole', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    await publish(green, 'green');
    const screen = await view(viewer, 1);
    for (const [source, clip] of [
      [red, 'red'],
      [green, 'green'],
      [red, 'red'],
    ] as const) {
      const first = firstFrameOf(screen, 0, clip);
      engine.route(screen.endpoint, [source]);
      assert.equal((await first).keyFrame, true);
    }
    await seesMore(screen, 0, 'red', 3);
    assert.equal(screen.breaks(0), 0);
  });

  test('after a switch no frame of the old source follows', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    await publish(green, 'green');
    const screen = await view(viewer, 1);
    engine.route(screen.endpoint, [red]);
    await sees(screen, 0, 'red');
    engine.route(screen.endpoint, [green]);
    await sees(screen, 0, 'green');
    const stop = screen.onFrame(({ clip }) => assert.equal(clip, 'green'));
    await seesMore(screen, 0, 'green', 4);
    stop();
  });

  test('one source may fill two slots', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    const screen = await view(viewer, 2);
    const shown = [sees(screen, 0, 'red'), sees(screen, 1, 'red')];
    engine.route(screen.endpoint, [red, red]);
    await Promise.all(shown);
    assert.deepEqual([screen.breaks(0), screen.breaks(1)], [0, 0]);
  });

  test('the reports tell what each slot is being sent', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    const screen = await view(viewer, 2);
    const before = Date.now();
    engine.route(screen.endpoint, [red, null]);
    await seesMore(screen, 0, 'red', 2);
    const [first, second] = await engine.slots(conference);
    assert.deepEqual(
      [first?.endpoint, first?.viewer, first?.slot, first?.source],
      [screen.endpoint, viewer, 0, red],
    );
    assert.ok((first?.packets ?? 0) >= 2);
    assert.ok((first?.sinceMs ?? 0) >= before && (first?.sinceMs ?? 0) <= Date.now());
    const silent = { endpoint: screen.endpoint, viewer, slot: 1, source: null, packets: 0, sinceMs: null };
    assert.deepEqual(second, silent);
    assert.deepEqual(await engine.slots(conferenceId('another')), []);
  });

  test('slot.switched names the slot, its source and the time that the engine took', async (t) => {
    const { engine, events, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    const screen = await view(viewer, 2);
    const switches = events.next('slot.switched');
    engine.route(screen.endpoint, [null, red]);
    const event = await switches;
    assert.deepEqual([event.endpoint, event.slot, event.source], [screen.endpoint, 1, red]);
    assert.ok(event.requestMs >= 0 && event.forwardMs >= 0);
  });
}

function describeSources(harness: EngineHarness): void {
  test('a source that is published later is shown then', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    const screen = await view(viewer, 1);
    engine.route(screen.endpoint, [red]);
    const shown = sees(screen, 0, 'red');
    await publish(red, 'red');
    await shown;
  });

  test('a slot shows nobody else while its source is not published', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    const screen = await view(viewer, 1);
    engine.route(screen.endpoint, [red]);
    await sees(screen, 0, 'red');
    engine.route(screen.endpoint, [green]);
    const [report] = await engine.slots(conference);
    assert.equal(report?.source, null);
    const shown = sees(screen, 0, 'green');
    await publish(green, 'green');
    await shown;
  });

  test('a source that leaves and returns is shown again in an unbroken stream', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    const first = await publish(red, 'red');
    const screen = await view(viewer, 1);
    engine.route(screen.endpoint, [red]);
    await sees(screen, 0, 'red');
    engine.closeEndpoint(first.endpoint);
    first.close();
    const shown = sees(screen, 0, 'blue');
    await publish(red, 'blue');
    await shown;
    assert.equal(screen.breaks(0), 0);
  });

  test('a second publishing endpoint of a participant closes the first', async (t) => {
    const { engine, events, publish, view } = await meeting(harness, t);
    const first = await publish(red, 'red');
    const screen = await view(viewer, 1);
    engine.route(screen.endpoint, [red]);
    await sees(screen, 0, 'red');
    const shown = sees(screen, 0, 'blue');
    const closed = events.next('endpoint.closed');
    await publish(red, 'blue');
    assert.equal((await closed).endpoint, first.endpoint);
    await shown;
  });

  test('a second viewing endpoint of a participant closes the first', async (t) => {
    const { engine, events, view } = await meeting(harness, t);
    const first = await view(viewer, 1);
    const closed = events.next('endpoint.closed');
    const second = await view(viewer, 2);
    assert.equal((await closed).endpoint, first.endpoint);
    const reports = await engine.slots(conference);
    assert.deepEqual([...new Set(reports.map(({ endpoint }) => endpoint))], [second.endpoint]);
  });

  test('conferences do not see each other', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    await publish(red, 'red');
    const other = await harness.connectPublisher(engine, conferenceId('other'), green, 'green');
    t.after(() => other.close());
    const screen = await view(viewer, 2);
    screen.onFrame(({ slot }) => assert.equal(slot, 0));
    engine.route(screen.endpoint, [red, green]);
    await seesMore(screen, 0, 'red', 4);
  });
}

function describeSound(harness: EngineHarness): void {
  test('a viewer hears the loudest, who becomes the speaker', async (t) => {
    const { events, publish, view } = await meeting(harness, t);
    const first = await publish(red, 'red');
    const second = await publish(green, 'green');
    const screen = await view(viewer, 1);
    const speaks = events.next('speaker.changed');
    first.speak(21);
    await hears(screen, 21);
    assert.deepEqual(await speaks, { type: 'speaker.changed', conference, participant: red });
    const changes = events.next('speaker.changed');
    first.speak(127);
    second.speak(23);
    await hears(screen, 23);
    assert.equal((await changes).participant, green);
  });

  test('a participant never hears himself', async (t) => {
    const { publish, view } = await meeting(harness, t);
    const own = await publish(red, 'red');
    const other = await publish(green, 'green');
    const screen = await view(red, 1);
    const witness = await view(viewer, 1);
    screen.onHeard((level) => assert.notEqual(level, 11));
    own.speak(11);
    await hears(witness, 11);
    other.speak(31);
    await hears(screen, 31);
  });

  test('a participant who is not audible is neither heard nor the speaker', async (t) => {
    const { engine, events, publish, view } = await meeting(harness, t);
    const silenced = await publish(red, 'red');
    const other = await publish(green, 'green');
    const screen = await view(viewer, 1);
    engine.setAudible(conference, red, false);
    // An answered call shows that the engine has taken the command before it.
    await engine.slots(conference);
    const stop = screen.onHeard((level) => assert.notEqual(level, 11));
    const speaks = events.next('speaker.changed');
    silenced.speak(11);
    other.speak(31);
    await hears(screen, 31);
    assert.equal((await speaks).participant, green);
    stop();
    engine.setAudible(conference, red, true);
    other.speak(127);
    await hears(screen, 11);
  });
}

function describeLanguages(harness: EngineHarness): void {
  test('a viewer hears the language channel that he listens on, and with the original the floor without it', async (t) => {
    const { engine, events, publish, view } = await meeting(harness, t);
    const speaker = await publish(red, 'red');
    const interpreter = await publish(green, 'green');
    const floor = await view(participantId('floor-1'), 1);
    const strict = await view(participantId('strict-1'), 1);
    const screen = await view(viewer, 1);
    floor.onHeard((level) => assert.notEqual(level, 31));
    strict.onHeard((level) => assert.notEqual(level, 21));
    engine.setLanguageChannels(conference, [
      [green, { speak: 'en', listen: '', original: false }],
      [participantId('strict-1'), { speak: '', listen: 'en', original: false }],
      [viewer, { speak: '', listen: 'en', original: true }],
    ]);
    await engine.slots(conference);
    const original = [hears(screen, 21), hears(floor, 21), events.next('speaker.changed')] as const;
    speaker.speak(21);
    assert.equal((await Promise.all(original))[2].participant, red);
    const interpreted = [hears(screen, 31), hears(strict, 31)];
    interpreter.speak(31);
    await Promise.all(interpreted);
    interpreter.speak(127);
    await hears(screen, 21);
    assert.equal(events.all('speaker.changed').length, 1);
  });

  test('with an empty table everybody is on the floor again', async (t) => {
    const { engine, publish, view } = await meeting(harness, t);
    const speaker = await publish(red, 'red');
    const screen = await view(viewer, 1);
    engine.setLanguageChannels(conference, [[red, { speak: 'en', listen: 'en', original: false }]]);
    engine.setLanguageChannels(conference, []);
    await engine.slots(conference);
    speaker.speak(21);
    await hears(screen, 21);
  });
}

function describeLifecycle(harness: EngineHarness): void {
  test('endpoint.connected follows the answer', async (t) => {
    const { events, publish, view } = await meeting(harness, t);
    const connects = events.next('endpoint.connected');
    const publisher = await publish(red, 'red');
    assert.equal((await connects).endpoint, publisher.endpoint);
    const joins = events.next('endpoint.connected');
    const screen = await view(viewer, 1);
    assert.equal((await joins).endpoint, screen.endpoint);
  });

  test('closeEndpoint ends an endpoint without an event', async (t) => {
    const { engine, events, publish, view } = await meeting(harness, t);
    const publisher = await publish(red, 'red');
    const screen = await view(viewer, 1);
    engine.route(screen.endpoint, [red]);
    await sees(screen, 0, 'red');
    engine.closeEndpoint(screen.endpoint);
    engine.closeEndpoint(publisher.endpoint);
    engine.closeEndpoint(publisher.endpoint);
    assert.deepEqual(await engine.slots(conference), []);
    assert.deepEqual(events.all('endpoint.closed'), []);
  });

  test('calls for endpoints that have gone are ignored', async (t) => {
    const { engine, view } = await meeting(harness, t);
    const screen = await view(viewer, 1);
    engine.closeEndpoint(screen.endpoint);
    engine.route(screen.endpoint, [red]);
    await assert.rejects(engine.restartIce(screen.endpoint, 'a=ice-ufrag:abcd'), {
      code: 'ENDPOINT_NOT_FOUND',
    });
  });

  test('offers that cannot be answered are refused', async (t) => {
    const { engine, request } = await meeting(harness, t);
    const refused = { code: 'MEDIA_OFFER_REFUSED' };
    await assert.rejects(engine.publish(request(red, 'nonsense')), refused);
    await assert.rejects(engine.publish(request(red, '')), refused);
    await assert.rejects(engine.publish(request(red, viewingOffer())), refused);
    await assert.rejects(engine.publish(request(red, publishingOffer({ codec: 'H264' }))), refused);
    await assert.rejects(engine.publish(request(red, publishingOffer({ videoLines: 2 }))), refused);
    await assert.rejects(engine.view(request(red, publishingOffer())), refused);
    await assert.rejects(engine.view(request(red, viewingOffer({ videoLines: 17 }))), refused);
    assert.equal((await engine.view(request(red, viewingOffer({ videoLines: 16 })))).slots, 16);
    assert.equal((await engine.publish(request(green, publishingOffer()))).slots, 0);
  });

  test('close is idempotent, and a closed engine opens nothing', async (t) => {
    const { engine, request } = await meeting(harness, t);
    await Promise.all([engine.close(), engine.close()]);
    await engine.close();
    await assert.rejects(engine.publish(request(red, publishingOffer())), { code: 'MEDIA_UNAVAILABLE' });
  });
}

/** An engine with helpers for one conference, all closed at the end of the test. */
async function meeting(harness: EngineHarness, t: TestContext) {
  const engine = await harness.createEngine();
  t.after(() => engine.close());
  const events = recordEvents(engine);
  let requests = 0;
  return {
    engine,
    events,
    publish: async (participant: ParticipantId, clip: ClipName): Promise<TestPublisher> => {
      const publisher = await harness.connectPublisher(engine, conference, participant, clip);
      t.after(() => publisher.close());
      return publisher;
    },
    view: async (participant: ParticipantId, slots: number): Promise<TestViewer> => {
      const screen = await harness.connectViewer(engine, conference, participant, slots);
      t.after(() => screen.close());
      return screen;
    },
    request: (participant: ParticipantId, offer: string) => {
      requests += 1;
      return { endpoint: `request-${requests}` as EndpointId, conference, participant, offer };
    },
  };
}

const firstFrameOf = (screen: TestViewer, slot: number, clip: ClipName): Promise<SeenFrame> =>
  within(`frame of ${clip} on slot ${slot}`, (resolve) =>
    screen.onFrame((frame) => {
      if (frame.slot === slot && frame.clip === clip) resolve(frame);
    }),
  );

async function sees(screen: TestViewer, slot: number, clip: ClipName): Promise<void> {
  await firstFrameOf(screen, slot, clip);
}

async function seesMore(screen: TestViewer, slot: number, clip: ClipName, frames: number): Promise<void> {
  for (let frame = 0; frame < frames; frame += 1) await sees(screen, slot, clip);
}

const hears = (screen: TestViewer, level: number): Promise<number> =>
  within(`sound of level ${level}`, (resolve: (heard: number) => void) =>
    screen.onHeard((heard) => {
      if (heard === level) resolve(heard);
    }),
  );
