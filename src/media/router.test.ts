import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../test/support/media-clock.ts';
import { conferenceId, endpointId, participantId } from '../conference/ids.ts';
import { loadClip } from '../virtual/clip.ts';
import { payloadsOf, rtpPacket } from '../virtual/packetizer.ts';
import type { VideoCodec } from './endpoint/selection.ts';
import type { MediaEvent } from './engine.ts';
import { Router } from './router.ts';
import { RtpView } from './rtp/rtp-view.ts';

const conference = conferenceId('c');
const red = participantId('red');
const view = endpointId('view');

/** A router with one source and one viewer, and what leaves them. */
function stage(codec: VideoCodec = 'VP8') {
  const clock = new ManualClock();
  const events: MediaEvent[] = [];
  const router = new Router(clock, (event) => events.push(event));
  const sent: RtpView[] = [];
  let isOpen = true;
  let requests = 0;
  const sink = {
    isOpen: () => isOpen,
    send: (packet: Buffer) => {
      const copy = new RtpView();
      assert.ok(copy.read(Buffer.from(packet)));
      sent.push(copy);
    },
  };
  const rewriter = { ssrc: 9, payloadType: 97, clockRate: 90_000, audioLevelId: null };
  const viewer = { endpoint: view, conference, participant: participantId('viewer') };
  const subscription = router.subscribe(viewer, [{ sink, rewriter }], null);
  const publish = () =>
    router.publish(
      { endpoint: endpointId('publish'), conference, participant: red },
      {
        video: { codec, payloadType: 96 },
        audio: null,
        sendKeyFrameRequest: () => {
          requests += 1;
        },
      },
    );
  return {
    clock,
    events,
    router,
    sent,
    subscription,
    publish,
    requests: () => requests,
    setOpen: (open: boolean) => {
      isOpen = open;
    },
  };
}

/** A router in which red speaks for a moment, with nobody there before and after. */
function soundStage() {
  const router = new Router(new ManualClock(), () => {});
  const rewriter = { ssrc: 9, payloadType: 111, clockRate: 48_000, audioLevelId: null };
  const fields = { marker: false, payloadType: 111, timestamp: 1, ssrc: 1 };
  const heard = (): boolean => {
    let sent = 0;
    const send = () => {
      sent += 1;
    };
    const sink = { isOpen: () => true, send };
    const viewer = { endpoint: view, conference, participant: participantId('viewer') };
    const subscription = router.subscribe(viewer, [], { sink, rewriter });
    const publication = router.publish(
      { endpoint: endpointId('publish'), conference, participant: red },
      { video: null, audio: { payloadType: 111, levelId: 1 }, sendKeyFrameRequest: () => {} },
    );
    for (let packet = 0; packet < 10; packet += 1) {
      const loud = { id: 1, value: 10 };
      publication.audio?.receive(rtpPacket({ ...fields, sequenceNumber: packet }, Buffer.alloc(20), loud));
    }
    publication.close();
    subscription.close();
    return sent > 0;
  };
  return { router, heard };
}

let sequenceNumber = 0;
function packetsOf(codec: VideoCodec, frame: number): Buffer[] {
  const clipFrame = loadClip('red', codec).frames[frame] ?? assert.fail();
  const fields = { marker: false, payloadType: 96, timestamp: frame * 6000, ssrc: 1 };
  return payloadsOf(clipFrame, codec, frame).map((payload) =>
    rtpPacket({ ...fields, sequenceNumber: sequenceNumber++ }, payload),
  );
}

test('nothing is sent before the first key frame, and then all', () => {
  const { clock, router, publish, sent, events } = stage();
  const { video } = publish();
  router.route(view, [red], clock.nowMs());
  for (const packet of packetsOf('VP8', 3)) video?.receive(packet);
  assert.equal(sent.length, 0);
  const all = [...packetsOf('VP8', 0), ...packetsOf('VP8', 1)];
  for (const packet of all) video?.receive(packet);
  assert.equal(sent.length, all.length);
  assert.ok(sent.every(({ ssrc, payloadType }) => ssrc === 9 && payloadType === 97));
  assert.deepEqual(
    events.map(({ type }) => type),
    ['slot.switched'],
  );
});

test('a key frame is asked for only when it can be sent and received', () => {
  const { clock, router, publish, requests, setOpen, subscription } = stage();
  setOpen(false);
  const { video } = publish();
  router.route(view, [red], clock.nowMs());
  video?.connected();
  clock.advance(1000);
  assert.equal(requests(), 0);
  setOpen(true);
  subscription.slots[0]?.opened();
  assert.equal(requests(), 1);
});

test('no more is asked for when the last viewer has gone', () => {
  const { clock, router, publish, requests, subscription } = stage();
  publish().video?.connected();
  router.route(view, [red], clock.nowMs());
  clock.advance(250);
  assert.equal(requests(), 2);
  subscription.close();
  clock.advance(5000);
  assert.equal(requests(), 2);
});

test('H.264 is joined at the parameter sets, not at an IDR that lost them', () => {
  const { clock, router, publish, sent } = stage('H264');
  const { video } = publish();
  const [parameterSets = assert.fail(), ...slices] = packetsOf('H264', 0);
  video?.receive(parameterSets);
  router.route(view, [red], clock.nowMs());
  for (const packet of slices) video?.receive(packet);
  assert.equal(sent.length, 0);
  for (const packet of packetsOf('H264', 0)) video?.receive(packet);
  assert.equal(sent.length, slices.length + 1);
});

test('packets of other payload types and broken ones are dropped', () => {
  const { clock, router, publish, sent } = stage();
  const { video } = publish();
  router.route(view, [red], clock.nowMs());
  for (const packet of packetsOf('VP8', 0)) video?.receive(packet);
  const before = sent.length;
  const fields = { marker: false, payloadType: 98, sequenceNumber: 1, timestamp: 1, ssrc: 1 };
  video?.receive(rtpPacket(fields, Buffer.from([0x10, 0])));
  video?.receive(rtpPacket({ ...fields, payloadType: 96 }, Buffer.from([0x90])));
  video?.receive(Buffer.alloc(5));
  assert.equal(sent.length, before);
});

test('language channels are kept for a conference without endpoints, and forgotten when they are empty', () => {
  const { router, heard } = soundStage();
  const english = { speak: 'en', listen: 'en', original: false };
  router.setLanguageChannels(conference, [[red, english]]);
  assert.equal(heard(), false);
  router.setLanguageChannels(conference, []);
  assert.equal(heard(), true);
});

test('a source that has gone sends no more, and one that returns is waited for', () => {
  const { clock, router, publish, sent, events } = stage();
  const first = publish();
  router.route(view, [red], clock.nowMs());
  for (const packet of packetsOf('VP8', 0)) first.video?.receive(packet);
  first.close();
  const before = sent.length;
  for (const packet of packetsOf('VP8', 1)) first.video?.receive(packet);
  assert.equal(sent.length, before);
  clock.advance(500);
  const second = publish();
  for (const packet of packetsOf('VP8', 0)) second.video?.receive(packet);
  assert.equal(events.filter(({ type }) => type === 'slot.switched').length, 2);
  const step = (index: number) =>
    ((sent[index]?.sequenceNumber ?? 0) - (sent[index - 1]?.sequenceNumber ?? 0)) & 0xffff;
  assert.equal(step(before), 1);
  const ticks = ((sent[before]?.timestamp ?? 0) - (sent[before - 1]?.timestamp ?? 0)) >>> 0;
  assert.equal(ticks, 45_000);
});
