import { RtcpReceivingSession, type Track } from 'node-datachannel';
import type { EndpointRequest } from '../engine.ts';
import type { Publication } from '../router.ts';
import { audioLevelId, audioTrack, Endpoint, type EndpointContext, videoTrack } from './endpoint.ts';
import { parseOffer } from './offer.ts';
import { selectPublishing } from './selection.ts';
import type { Transport } from './transport.ts';

/** The most that a publisher may send of video, told by REMB, in bit/s. */
const VIDEO_BITRATE = 2_500_000;

/** A connection that receives the video and audio of one participant. */
export class PublishingEndpoint extends Endpoint {
  readonly #publication: Publication;
  #videoTrack: Track | null = null;

  /** @throws AppError MEDIA_OFFER_REFUSED */
  constructor(request: EndpointRequest, context: EndpointContext) {
    const offer = parseOffer(request.offer);
    const selection = selectPublishing(offer, context.codec);
    super(request, offer, selection, context);
    const [video] = selection.videos;
    const { audio } = selection;
    this.#publication = context.router.publish(request, {
      video: video === undefined ? null : { codec: context.codec, payloadType: video.format.payloadType },
      audio: audio === null ? null : { payloadType: audio.format.payloadType, levelId: audioLevelId(audio) },
      sendKeyFrameRequest: () => {
        if (this.#videoTrack?.isOpen() === true) this.#videoTrack.requestKeyframe();
      },
    });
  }

  protected addTracks(transport: Transport): void {
    const { video, audio } = this.#publication;
    const [videoLine] = this.selection.videos;
    if (video !== null && videoLine !== undefined) {
      const track = transport.addTrack(videoTrack(videoLine, 'RecvOnly'));
      track.setMediaHandler(new RtcpReceivingSession());
      track.onMessage((packet) => video.receive(packet));
      track.onOpen(() => track.requestBitrate(VIDEO_BITRATE));
      this.#videoTrack = track;
    }
    if (audio !== null && this.selection.audio !== null) {
      const track = transport.addTrack(audioTrack(this.selection.audio, 'RecvOnly'));
      track.setMediaHandler(new RtcpReceivingSession());
      track.onMessage((packet) => audio.receive(packet));
    }
  }

  protected connected(): void {
    this.#publication.video?.connected();
  }

  protected closed(): void {
    this.#publication.close();
  }
}
