import { Audio, type Track, Video } from 'node-datachannel';
import type { EndpointRequest, MediaEvent } from '../engine.ts';
import type { Router } from '../router.ts';
import type { PacketSink } from '../video-slot.ts';
import { answerFragment, parseRestartFragment, restartedOffer } from './ice-restart.ts';
import { type Offer, refuseOffer } from './offer.ts';
import { AUDIO_LEVEL_URI, type SelectedLine, type Selection, type VideoCodec } from './selection.ts';
import { Transport, type TransportSettings } from './transport.ts';

/** One open media connection of a participant, on one transport after the other when ICE restarts. */
export abstract class Endpoint {
  readonly owner: EndpointRequest;
  protected readonly context: EndpointContext;
  protected readonly selection: Selection;
  readonly #offer: Offer;
  #transport: Transport | null = null;
  #isClosed = false;

  constructor(owner: EndpointRequest, offer: Offer, selection: Selection, context: EndpointContext) {
    this.owner = owner;
    this.context = context;
    this.selection = selection;
    this.#offer = offer;
  }

  /** Adds the tracks of the selected lines to a new transport. */
  protected abstract addTracks(transport: Transport): void;
  /** Media can flow on the current transport. */
  protected abstract connected(): void;
  /** The endpoint has gone, whoever closed it. */
  protected abstract closed(): void;

  /** Answers the offer that the endpoint was opened with. */
  answer(): Promise<string> {
    return this.#connect(this.#offer);
  }

  /** Moves to a new transport; answers with the fragment for the client. */
  async restart(text: string): Promise<string> {
    const offer = restartedOffer(this.#offer, parseRestartFragment(text));
    // The old one goes first: the port knows a client's address by one transport only.
    this.#transport?.close();
    return answerFragment(await this.#connect(offer), this.context.transport.hosts);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#transport?.close();
    this.closed();
  }

  async #connect(offer: Offer): Promise<string> {
    const { endpoint } = this.owner;
    const transport = new Transport(endpoint, this.context.transport, {
      connected: () => {
        this.connected();
        this.context.emit({ type: 'endpoint.connected', endpoint });
      },
      closed: () => {
        this.close();
        this.context.forget(this);
        this.context.emit({ type: 'endpoint.closed', endpoint });
      },
    });
    this.#transport = transport;
    try {
      this.addTracks(transport);
    } catch (error) {
      throw refuseOffer('A line of the offer cannot be answered.', error);
    }
    return transport.answer(offer, this.selection);
  }
}

/** What endpoints are built with. */
export interface EndpointContext {
  readonly router: Router;
  readonly codec: VideoCodec;
  readonly transport: TransportSettings;
  readonly emit: (event: MediaEvent) => void;
  /** Forgets an endpoint whose transport has gone. */
  readonly forget: (endpoint: Endpoint) => void;
}

type TrackDirection = 'SendOnly' | 'RecvOnly';

/** Describes the track of a video line, with the format that the line was offered with. */
export function videoTrack({ line, format }: SelectedLine, direction: TrackDirection): Video {
  const video = new Video(line.mid, direction);
  if (format.codec === 'VP8') {
    video.addVP8Codec(format.payloadType);
    return video;
  }
  const profile = format.parameters.get('profile-level-id') ?? '42e01f';
  const parameters = `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profile}`;
  video.addH264Codec(format.payloadType, parameters);
  return video;
}

/** Describes the track of an Opus line, with the level extension if it was offered. */
export function audioTrack({ line, format }: SelectedLine, direction: TrackDirection): Audio {
  const audio = new Audio(line.mid, direction);
  audio.addOpusCodec(format.payloadType);
  const id = audioLevelId({ line, format });
  if (id !== null) audio.parseSdpLine(`a=extmap:${id} ${AUDIO_LEVEL_URI}`);
  return audio;
}

export const audioLevelId = ({ line }: SelectedLine): number | null =>
  line.extensions.get(AUDIO_LEVEL_URI) ?? null;

/** A way out that can move from the track of one transport to that of the next. */
export class TrackSink implements PacketSink {
  #track: Track | null = null;
  #transport: Transport | null = null;

  attach(track: Track, transport: Transport): void {
    this.#track = track;
    this.#transport = transport;
  }

  isOpen(): boolean {
    return this.#transport?.isConnected === true && this.#track?.isOpen() === true;
  }

  send(packet: Buffer): void {
    try {
      if (this.#track?.isOpen() === true) this.#track.sendMessageBinary(packet);
    } catch {
      // The connection has just closed in another thread, of which an event will tell.
    }
  }
}
