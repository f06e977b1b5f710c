import { randomInt } from 'node:crypto';
import { Audio, type Track, Video } from 'node-datachannel';
import { AUDIO_LEVEL_URI, type VideoCodec } from '../media/endpoint/selection.ts';
import { asksForKeyFrame } from '../media/rtp/rtcp.ts';
import { isRtcp } from '../media/rtp/rtp-view.ts';
import { CLIP_FRAME_RATE, type Clip, type ClipName, loadClip } from './clip.ts';
import { payloadsOf, rtpPacket } from './packetizer.ts';
import { type Exchange, VirtualConnection } from './virtual-connection.ts';

export interface VirtualPublisherOptions {
  readonly clip: ClipName;
  /** Default VP8. */
  readonly codec?: VideoCodec;
  readonly exchange: Exchange;
}

const VIDEO_PAYLOAD_TYPE = 96;
const AUDIO_PAYLOAD_TYPE = 111;
const AUDIO_LEVEL_ID = 1;
const AUDIO_FRAME_MS = 20;
/** RFC 6464 level of silence, in -dBov. */
const SILENT = 127;
/** 20 ms of Opus silence. */
const OPUS_SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

/** A participant's camera and microphone: a clip played in a loop, and sound that is silent but for its level. */
export class VirtualPublisher {
  /** Key frames that the server has asked for. */
  keyFrameRequests = 0;
  readonly #connection: VirtualConnection;
  readonly #clip: Clip;
  readonly #video: Track;
  readonly #audio: Track;
  readonly #videoSsrc = randomInt(1, 0x7fff_ffff);
  readonly #audioSsrc = randomInt(0x8000_0000, 0xffff_ffff);
  readonly #startedAtMs = performance.now();
  #frame = 0;
  #pictureId = randomInt(0, 0x8000);
  #videoSequence = randomInt(0, 0x1_0000);
  #audioSequence = randomInt(0, 0x1_0000);
  #level = SILENT;
  #videoTimer: NodeJS.Timeout | undefined;
  #audioTimer: NodeJS.Timeout | undefined;

  private constructor(clip: Clip) {
    this.#clip = clip;
    this.#connection = new VirtualConnection(`publisher ${clip.name}`);
    this.#video = this.#connection.addTrack(videoLine(clip.codec, this.#videoSsrc));
    this.#audio = this.#connection.addTrack(audioLine(this.#audioSsrc));
    this.#video.onMessage((packet) => {
      if (isRtcp(packet) && asksForKeyFrame(packet)) this.#restart();
    });
    void this.#connection.closed.then(() => this.#stop());
  }

  /** Resolves when the clip plays. */
  static async connect({
    clip,
    codec = 'VP8',
    exchange,
  }: VirtualPublisherOptions): Promise<VirtualPublisher> {
    const publisher = new VirtualPublisher(loadClip(clip, codec));
    await publisher.#connection.connect(exchange);
    publisher.#start();
    return publisher;
  }

  /** Resolves when the connection has ended, whoever ended it. */
  get closed(): Promise<void> {
    return this.#connection.closed;
  }

  /**
   * Speaks, or falls silent.
   * @param level RFC 6464 level of speech, 0 (loudest) to 127, in -dBov
   */
  speak(on: boolean, level = 20): void {
    this.#level = on ? level : SILENT;
  }

  close(): void {
    this.#connection.close();
  }

  #start(): void {
    this.#videoTimer = setInterval(() => this.#sendFrame(), 1000 / CLIP_FRAME_RATE);
    this.#audioTimer = setInterval(() => this.#sendAudio(), AUDIO_FRAME_MS);
    this.#sendFrame();
  }

  #stop(): void {
    clearInterval(this.#videoTimer);
    clearInterval(this.#audioTimer);
  }

  #restart(): void {
    this.keyFrameRequests += 1;
    this.#frame = 0;
    this.#sendFrame();
    this.#videoTimer?.refresh();
  }

  #sendFrame(): void {
    const frame = this.#clip.frames[this.#frame];
    if (frame === undefined || !this.#video.isOpen()) return;
    this.#frame = (this.#frame + 1) % this.#clip.frames.length;
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    const timestamp = this.#timestamp(90);
    const payloads = payloadsOf(frame, this.#clip.codec, this.#pictureId);
    for (const [index, payload] of payloads.entries()) {
      const sequenceNumber = this.#videoSequence++;
      const marker = index === payloads.length - 1;
      const fields = {
        marker,
        payloadType: VIDEO_PAYLOAD_TYPE,
        sequenceNumber,
        timestamp,
        ssrc: this.#videoSsrc,
      };
      this.#video.sendMessageBinary(rtpPacket(fields, payload));
    }
  }

  #sendAudio(): void {
    if (!this.#audio.isOpen()) return;
    const sequenceNumber = this.#audioSequence++;
    const timestamp = this.#timestamp(48);
    const fields = {
      marker: false,
      payloadType: AUDIO_PAYLOAD_TYPE,
      sequenceNumber,
      timestamp,
      ssrc: this.#audioSsrc,
    };
    this.#audio.sendMessageBinary(
      rtpPacket(fields, OPUS_SILENCE, { id: AUDIO_LEVEL_ID, value: this.#level }),
    );
  }

  #timestamp(ticksPerMs: number): number {
    return Math.round((performance.now() - this.#startedAtMs) * ticksPerMs);
  }
}

function videoLine(codec: VideoCodec, ssrc: number): Video {
  const video = new Video('0', 'SendOnly');
  if (codec === 'VP8') video.addVP8Codec(VIDEO_PAYLOAD_TYPE);
  else {
    video.addH264Codec(
      VIDEO_PAYLOAD_TYPE,
      'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    );
  }
  video.addSSRC(ssrc, 'virtual', 'virtual', 'video');
  return video;
}

function audioLine(ssrc: number): Audio {
  const audio = new Audio('1', 'SendOnly');
  audio.addOpusCodec(AUDIO_PAYLOAD_TYPE);
  audio.parseSdpLine(`a=extmap:${AUDIO_LEVEL_ID} ${AUDIO_LEVEL_URI}`);
  audio.addSSRC(ssrc, 'virtual', 'virtual', 'audio');
  return audio;
}
