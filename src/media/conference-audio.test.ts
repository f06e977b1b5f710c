import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../test/support/media-clock.ts';
import { type ParticipantId, participantId } from '../conference/ids.ts';
import { rtpPacket } from '../virtual/packetizer.ts';
import { ConferenceAudio } from './conference-audio.ts';
import type { LanguageChannels } from './engine.ts';
import { RtpView } from './rtp/rtp-view.ts';

const LOUD = 20;
const SILENT = 127;
const PACKET_MS = 20;
const levelId = 1;

const speaker = participantId('speaker');
const interpreter = participantId('interpreter');
const other = participantId('other');
const viewer = participantId('viewer');

/** Works from the floor into English. */
const interprets = [interpreter, { speak: 'en', listen: '', original: false }] as const;
const listens = (original: boolean) => [viewer, { speak: '', listen: 'en', original }] as const;

/** The audio of a conference; whom a viewer hears is told by who was just talking. */
function stage(channels: LanguageChannels = []) {
  const clock = new ManualClock();
  const muted = new Set<ParticipantId>();
  const speakers: ParticipantId[] = [];
  const audio = new ConferenceAudio({
    clock,
    isAudible: (participant) => !muted.has(participant),
    onSpeakerChanged: (participant) => speakers.push(participant),
  });
  audio.setLanguageChannels(channels);
  let talking: ParticipantId | null = null;

  const join = (participant: ParticipantId) => {
    let sequenceNumber = 0;
    const source = audio.addSource(participant, { payloadType: 111, levelId });
    const say = (level: number) => {
      talking = participant;
      sequenceNumber += 1;
      const fields = { marker: false, payloadType: 111, sequenceNumber, timestamp: sequenceNumber * 960 };
      source.receive(rtpPacket({ ...fields, ssrc: 1 }, Buffer.alloc(20), { id: levelId, value: level }));
    };
    return { say, leave: () => source.close() };
  };

  /** Whom a viewer has heard since he was last asked. */
  const listen = (participant: ParticipantId) => {
    let heard = new Set<ParticipantId>();
    const sequence: number[] = [];
    const send = (packet: Buffer) => {
      const view = new RtpView();
      assert.ok(view.read(packet));
      sequence.push(view.sequenceNumber);
      if (talking !== null) heard.add(talking);
    };
    const rewriter = { ssrc: 9, payloadType: 111, clockRate: 48_000, audioLevelId: null };
    audio.addOutput(participant, { isOpen: () => true, send }, rewriter);
    return {
      sequence,
      heard: () => {
        const those = [...heard].sort();
        heard = new Set();
        return those;
      },
    };
  };

  /** Everybody sends a packet each 20 ms. */
  const talk = (forMs: number, ...levels: readonly (readonly [ReturnType<typeof join>, number])[]) => {
    for (let ms = 0; ms < forMs; ms += PACKET_MS) {
      for (const [{ say }, level] of levels) say(level);
      clock.advance(PACKET_MS);
    }
  };
  return { audio, join, listen, talk, muted, speakers };
}

test('without a table all hear the loudest other on the floor', () => {
  const { join, listen, talk, speakers } = stage();
  const [first, second] = [join(speaker), join(interpreter)];
  const [witness, own] = [listen(viewer), listen(speaker)];
  talk(600, [first, LOUD], [second, LOUD + 20]);
  assert.deepEqual([witness.heard(), own.heard()], [[speaker], [interpreter]]);
  assert.deepEqual(speakers, [speaker]);
});

test('who listens on a channel hears the loudest of it alone, and the floor does not hear it', () => {
  const { join, listen, talk } = stage([interprets, listens(false)]);
  const [floor, booth] = [join(speaker), join(interpreter)];
  const [listener, witness, own] = [listen(viewer), listen(other), listen(interpreter)];
  talk(600, [floor, LOUD], [booth, SILENT]);
  assert.deepEqual([listener.heard(), witness.heard()], [[], [speaker]]);
  talk(600, [floor, LOUD], [booth, LOUD - 20]);
  assert.deepEqual([listener.heard(), witness.heard(), own.heard()], [[interpreter], [speaker], [speaker]]);
});

test('with the original the floor is heard until somebody speaks on the channel, and again after him', () => {
  const { join, listen, talk } = stage([interprets, listens(true)]);
  const [floor, booth] = [join(speaker), join(interpreter)];
  const listener = listen(viewer);
  talk(600, [floor, LOUD], [booth, SILENT]);
  assert.deepEqual(listener.heard(), [speaker]);
  talk(200, [floor, LOUD], [booth, LOUD]);
  listener.heard();
  talk(1000, [floor, LOUD - 20], [booth, LOUD]);
  assert.deepEqual(listener.heard(), [interpreter]);
  talk(600, [floor, LOUD], [booth, SILENT]);
  listener.heard();
  talk(600, [floor, LOUD], [booth, SILENT]);
  assert.deepEqual(listener.heard(), [speaker]);
  const [first = 0] = listener.sequence;
  assert.deepEqual(
    listener.sequence,
    listener.sequence.map((_, index) => first + index),
  );
});

test('the original returns at once when the interpreter leaves', () => {
  const { join, listen, talk } = stage([interprets, listens(true)]);
  const [floor, booth] = [join(speaker), join(interpreter)];
  const listener = listen(viewer);
  talk(600, [floor, LOUD], [booth, LOUD]);
  booth.leave();
  listener.heard();
  talk(PACKET_MS, [floor, LOUD]);
  assert.deepEqual(listener.heard(), [speaker]);
});

test('nobody hears himself on a channel, and who speaks there hears the others and then the original', () => {
  const both = { speak: 'en', listen: 'en', original: true };
  const { join, listen, talk } = stage([
    [interpreter, both],
    [other, both],
  ]);
  const [floor, first, second] = [join(speaker), join(interpreter), join(other)];
  const [own, colleague] = [listen(interpreter), listen(other)];
  talk(600, [floor, LOUD], [first, LOUD], [second, SILENT]);
  own.heard();
  colleague.heard();
  talk(600, [floor, LOUD], [first, LOUD], [second, SILENT]);
  assert.deepEqual([own.heard(), colleague.heard()], [[speaker], [interpreter]]);
});

test('an interpreter never becomes the speaker, however loud', () => {
  const { join, talk, speakers } = stage([interprets]);
  const [floor, booth] = [join(speaker), join(interpreter)];
  talk(2000, [floor, SILENT], [booth, 0]);
  assert.deepEqual(speakers, []);
  talk(2000, [floor, LOUD + 20], [booth, 0]);
  assert.deepEqual(speakers, [speaker]);
});

test('a muted interpreter is not heard, and the original returns', () => {
  const { join, listen, talk, muted } = stage([interprets, listens(true)]);
  const [floor, booth] = [join(speaker), join(interpreter)];
  const listener = listen(viewer);
  talk(600, [floor, LOUD], [booth, LOUD]);
  listener.heard();
  muted.add(interpreter);
  talk(1000, [floor, LOUD], [booth, LOUD]);
  assert.deepEqual(listener.heard(), [speaker]);
});

test('a new table holds from the next packet for those who are already there', () => {
  const { audio, join, listen, talk, speakers } = stage();
  const [floor, booth] = [join(speaker), join(interpreter)];
  const [listener, witness] = [listen(viewer), listen(other)];
  talk(1000, [floor, SILENT], [booth, LOUD]);
  assert.deepEqual(
    [listener.heard(), witness.heard(), speakers],
    [[interpreter], [interpreter], [interpreter]],
  );
  audio.setLanguageChannels([interprets, listens(false)]);
  talk(PACKET_MS, [booth, LOUD]);
  assert.deepEqual([listener.heard(), witness.heard()], [[interpreter], []]);
  audio.setLanguageChannels([]);
  talk(PACKET_MS, [booth, LOUD]);
  assert.deepEqual([listener.heard(), witness.heard()], [[interpreter], [interpreter]]);
});

test('a table that changes for others does not interrupt who is heard', () => {
  const { audio, join, listen, talk } = stage([interprets, listens(true)]);
  const [floor, booth] = [join(speaker), join(interpreter)];
  const listener = listen(viewer);
  talk(600, [floor, LOUD], [booth, LOUD]);
  listener.heard();
  audio.setLanguageChannels([
    interprets,
    listens(true),
    [other, { speak: '', listen: 'fr', original: true }],
  ]);
  talk(PACKET_MS, [floor, LOUD], [booth, LOUD]);
  assert.deepEqual(listener.heard(), [interpreter]);
});
