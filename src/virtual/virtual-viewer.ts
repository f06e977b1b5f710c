import { EventEmitter } from 'node:events';
import { Audio, RtcpReceivingSession, type Track, Video } from 'node-datachannel';
import { AUDIO_LEVEL_URI, type VideoCodec } from '../media/endpoint/selection.ts';
import { RtpView } from '../media/rtp/rtp-view.ts';
import { type ClipName, clipIndex, contentKey } from './clip.ts';
import { type Continuity, Depacketizer } from './depacketizer.ts';
import { type Exchange, VirtualConnection } from './virtual-connection.ts';

export interface VirtualViewerOptions {
  /** Receiving video lines, 1 to 16. */
  readonly slots: number;
  /** Default VP8. */
  readonly codec?: VideoCodec;
  readonly exchange: Exchange;
}

/** A whole frame that arrived on a slot. */
export interface ViewedFrame {
  readonly slot: number;
  /** The clip that the frame is of, null if it is of none. */
  readonly clip: ClipName | null;
  /** Place of the frame in its clip, from 0; -1 if it is of none. */
  readonly index: number;
  readonly keyFrame: boolean;
  /** `performance.now()` of its last packet. */
  readonly atMs: number;
}

/** An audio packet; `level` is its RFC 6464 level, -1 without one. */
interface HeardPacket {
  readonly level: number;
}

interface ViewerEvents {
  frame: [frame: ViewedFrame];
  heard: [packet: HeardPacket];
}

const VIDEO_PAYLOAD_TYPE = 96;
const AUDIO_PAYLOAD_TYPE = 111;
const AUDIO_LEVEL_ID = 1;

/** A participant's screen: recognises what its slots show by the content of the frames. */
export class VirtualViewer extends EventEmitter<ViewerEvents> {
  readonly slots: number;
  /** The last frame of every slot. */
  readonly shown: (ViewedFrame | null)[];
  audioPackets = 0;
  readonly #connection: VirtualConnection;
  readonly #depacketizers: readonly Depacketizer[];
  readonly #tracks: readonly Track[];

  private constructor(slots: number, codec: VideoCodec) {
    super();
    this.slots = slots;
    this.shown = Array.from({ length: slots }, () => null);
    this.#connection = new VirtualConnection('viewer');
    const index = clipIndex(codec);
    this.#depacketizers = this.shown.map((_, slot) => {
      return new Depacketizer(codec, (units) => {
        const position = index.get(contentKey(units)) ?? { clip: null, index: -1, keyFrame: false };
        this.#show({ ...position, slot, atMs: performance.now() });
      });
    });
    this.#tracks = this.#depacketizers.map((depacketizer, slot) => {
      const track = this.#connection.addTrack(videoLine(String(slot), codec));
      track.setMediaHandler(new RtcpReceivingSession());
      track.onMessage((packet) => depacketizer.receive(packet));
      return track;
    });
    this.#addAudio();
  }

  /** Resolves when media can flow. */
  static async connect({ slots, codec = 'VP8', exchange }: VirtualViewerOptions): Promise<VirtualViewer> {
    const viewer = new VirtualViewer(slots, codec);
    await viewer.#connection.connect(exchange);
    return viewer;
  }

  /** Resolves when the connection has ended, whoever ended it. */
  get closed(): Promise<void> {
    return this.#connection.closed;
  }

  continuity(slot: number): Readonly<Continuity> | undefined {
    return this.#depacketizers[slot]?.continuity;
  }

  /** Packets received on a slot. */
  packets(slot: number): number {
    return this.#depacketizers[slot]?.packets ?? 0;
  }

  /** Sends PLI, as a decoder does that lost a picture. */
  requestKeyFrame(slot: number): void {
    this.#tracks[slot]?.requestKeyframe();
  }

  close(): void {
    this.#connection.close();
  }

  #show(frame: ViewedFrame): void {
    this.shown[frame.slot] = frame;
    this.emit('frame', frame);
  }

  #addAudio(): void {
    const view = new RtpView();
    const track = this.#connection.addTrack(audioLine(String(this.slots)));
    track.setMediaHandler(new RtcpReceivingSession());
    track.onMessage((packet) => {
      if (!view.read(packet)) return;
      this.audioPackets += 1;
      this.emit('heard', { level: view.audioLevel(AUDIO_LEVEL_ID) });
    });
  }
}

function videoLine(mid: string, codec: VideoCodec): Video {
  const video = new Video(mid, 'RecvOnly');
  if (codec === 'VP8') video.addVP8Codec(VIDEO_PAYLOAD_TYPE);
  else {
    video.addH264Codec(
      VIDEO_PAYLOAD_TYPE,
      'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    );
  }
  return video;
}

function audioLine(mid: string): Audio {
  const audio = new Audio(mid, 'RecvOnly');
  audio.addOpusCodec(AUDIO_PAYLOAD_TYPE);
  audio.parseSdpLine(`a=extmap:${AUDIO_LEVEL_ID} ${AUDIO_LEVEL_URI}`);
  return audio;
}
