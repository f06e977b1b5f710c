import { RtcpReceivingSession, type Track } from 'node-datachannel';
import type { EndpointAnswer, EndpointRequest } from '../engine.ts';
import type { Publication } from '../router.ts';
import { audioLevelId, audioTrack, type Endpoint, type EndpointContext, videoTrack } from './endpoint.ts';
import { type Offer, parseOffer } from './offer.ts';
import { type Selection, selectPublishing } from './selection.ts';
import { Transport } from './transport.ts';

/** The most that a publisher may send of video, told by REMB, in bit/s. */
const VIDEO_BITRATE = 2_500_000;

/** A connection that receives the video and audio of one participant. */
export class PublishingEndpoint implements Endpoint {
  readonly owner: EndpointRequest;
  readonly #context: EndpointContext;
  readonly #offer: Offer;
  readonly #selection: Selection;
  readonly #transport: Transport;
  readonly #publication: Publication;
  #videoTrack: Track | null = null;

  /** @throws AppError MEDIA_OFFER_REFUSED */
  constructor(request: EndpointRequest, context: EndpointContext) {
    this.#offer = parseOffer(request.offer);
    this.owner = request;
    this.#context = context;
    this.#selection = selectPublishing(this.#offer, context.codec);
    this.#transport = new Transport(request.endpoint, context.transport, {
      connected: () => this.#connected(),
      closed: () => this.#closed(),
    });
    this.#publication = this.#publish();
    this.#addTracks();
  }

  async answer(): Promise<EndpointAnswer> {
    const answer = await this.#transport.answer(this.#offer, this.#selection);
    return { answer, slots: 0 };
  }

  close(): void {
    this.#transport.close();
    this.#publication.close();
  }

  #publish(): Publication {
    const [video] = this.#selection.videos;
    const { audio } = this.#selection;
    return this.#context.router.publish(this.owner, {
      video:
        video === undefined ? null : { codec: this.#context.codec, payloadType: video.format.payloadType },
      audio: audio === null ? null : { payloadType: audio.format.payloadType, levelId: audioLevelId(audio) },
      sendKeyFrameRequest: () => {
        if (this.#transport.isConnected) this.#videoTrack?.requestKeyframe();
      },
    });
  }

  #addTracks(): void {
    const { video, audio } = this.#publication;
    const [videoLine] = this.#selection.videos;
    if (video !== null && videoLine !== undefined) {
      const track = this.#transport.addTrack(videoTrack(videoLine, 'RecvOnly'));
      track.setMediaHandler(new RtcpReceivingSession());
      track.onMessage((packet) => video.receive(packet));
      track.onOpen(() => track.requestBitrate(VIDEO_BITRATE));
      this.#videoTrack = track;
    }
    if (audio !== null && this.#selection.audio !== null) {
      const track = this.#transport.addTrack(audioTrack(this.#selection.audio, 'RecvOnly'));
      track.setMediaHandler(new RtcpReceivingSession());
      track.onMessage((packet) => audio.receive(packet));
    }
  }

  #connected(): void {
    this.#publication.video?.connected();
    this.#context.emit({ type: 'endpoint.connected', endpoint: this.owner.endpoint });
  }

  #closed(): void {
    this.#publication.close();
    this.#context.forget(this);
    this.#context.emit({ type: 'endpoint.closed', endpoint: this.owner.endpoint });
  }
}
