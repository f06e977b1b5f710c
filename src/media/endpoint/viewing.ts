import { randomInt } from 'node:crypto';
import {
  type Audio,
  RtcpNackResponder,
  RtcpSrReporter,
  RtpPacketizationConfig,
  type Track,
  type Video,
} from 'node-datachannel';
import type { EndpointAnswer, EndpointRequest } from '../engine.ts';
import type { OutputLine, Subscription } from '../router.ts';
import { asksForKeyFrame } from '../rtp/rtcp.ts';
import { isRtcp } from '../rtp/rtp-view.ts';
import {
  audioLevelId,
  audioTrack,
  type Endpoint,
  type EndpointContext,
  trackSink,
  videoTrack,
} from './endpoint.ts';
import { type Offer, parseOffer } from './offer.ts';
import { type SelectedLine, type Selection, selectViewing } from './selection.ts';
import { Transport } from './transport.ts';

/** Packets of a slot kept for retransmission: about two seconds at 1.5 Mbit/s. */
const NACK_HISTORY = 512;

/** A connection that sends to one viewer: its video lines are the slots. */
export class ViewingEndpoint implements Endpoint {
  readonly owner: EndpointRequest;
  readonly #context: EndpointContext;
  readonly #offer: Offer;
  readonly #selection: Selection;
  readonly #transport: Transport;
  readonly #subscription: Subscription;

  /** @throws AppError MEDIA_OFFER_REFUSED */
  constructor(request: EndpointRequest, context: EndpointContext) {
    this.#offer = parseOffer(request.offer);
    this.owner = request;
    this.#context = context;
    this.#selection = selectViewing(this.#offer, context.codec);
    this.#transport = new Transport(request.endpoint, context.transport, {
      connected: () => this.#connected(),
      closed: () => this.#closed(),
    });
    this.#subscription = this.#subscribe();
  }

  async answer(): Promise<EndpointAnswer> {
    const answer = await this.#transport.answer(this.#offer, this.#selection);
    return { answer, slots: this.#selection.videos.length };
  }

  close(): void {
    this.#transport.close();
    this.#subscription.close();
  }

  #subscribe(): Subscription {
    const firstSsrc = randomInt(1, 0xffff_0000);
    const { videos, audio } = this.#selection;
    const tracks = videos.map((line, slot) => this.#addTrack(line, firstSsrc + slot, 90_000));
    const lines = videos.map((line, slot) => this.#output(line, tracks[slot], firstSsrc + slot, 90_000));
    const audioSsrc = firstSsrc + videos.length;
    const audioLine =
      audio === null
        ? null
        : this.#output(audio, this.#addTrack(audio, audioSsrc, 48_000), audioSsrc, 48_000);
    const subscription = this.#context.router.subscribe(this.owner, lines, audioLine);
    for (const [slot, track] of tracks.entries()) {
      track.onMessage((packet) => {
        if (isRtcp(packet) && asksForKeyFrame(packet)) subscription.slots[slot]?.refresh();
      });
    }
    return subscription;
  }

  #addTrack(line: SelectedLine, ssrc: number, clockRate: number): Track {
    const media: Audio | Video =
      clockRate === 48_000 ? audioTrack(line, 'SendOnly') : videoTrack(line, 'SendOnly');
    // One stream ID a line: lines of one stream would be synchronised with each other by the receiver.
    const name = `sightline-${line.line.index}`;
    media.addSSRC(ssrc, name, name, name);
    const track = this.#transport.addTrack(media);
    const reporter = new RtcpSrReporter(
      new RtpPacketizationConfig(ssrc, name, line.format.payloadType, clockRate),
    );
    if (clockRate === 90_000) reporter.addToChain(new RtcpNackResponder(NACK_HISTORY));
    track.setMediaHandler(reporter);
    return track;
  }

  #output(line: SelectedLine, track: Track | undefined, ssrc: number, clockRate: number): OutputLine {
    if (track === undefined) throw new Error('A line has no track.');
    const isAudio = clockRate === 48_000;
    return {
      sink: trackSink(track, () => this.#transport.isConnected),
      rewriter: {
        ssrc,
        payloadType: line.format.payloadType,
        clockRate,
        audioLevelId: isAudio ? audioLevelId(line) : null,
      },
    };
  }

  #connected(): void {
    for (const slot of this.#subscription.slots) slot.opened();
    this.#context.emit({ type: 'endpoint.connected', endpoint: this.owner.endpoint });
  }

  #closed(): void {
    this.#subscription.close();
    this.#context.forget(this);
    this.#context.emit({ type: 'endpoint.closed', endpoint: this.owner.endpoint });
  }
}
