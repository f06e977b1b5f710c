import { randomInt } from 'node:crypto';
import { RtcpNackResponder, RtcpSrReporter, RtpPacketizationConfig } from 'node-datachannel';
import type { EndpointRequest } from '../engine.ts';
import type { OutputLine, Subscription } from '../router.ts';
import { asksForKeyFrame } from '../rtp/rtcp.ts';
import { isRtcp } from '../rtp/rtp-view.ts';
import {
  audioLevelId,
  audioTrack,
  Endpoint,
  type EndpointContext,
  TrackSink,
  videoTrack,
} from './endpoint.ts';
import { parseOffer } from './offer.ts';
import { type SelectedLine, selectViewing } from './selection.ts';
import type { Transport } from './transport.ts';

/** Packets of a slot kept for retransmission: about two seconds at 1.5 Mbit/s. */
const NACK_HISTORY = 512;
const VIDEO_CLOCK_RATE = 90_000;
const AUDIO_CLOCK_RATE = 48_000;

/** One line that is sent on. */
interface SendingLine {
  readonly selected: SelectedLine;
  readonly kind: 'video' | 'audio';
  readonly ssrc: number;
  readonly sink: TrackSink;
}

/** A connection that sends to one viewer: its video lines are the slots. */
export class ViewingEndpoint extends Endpoint {
  readonly #lines: readonly SendingLine[];
  readonly #subscription: Subscription;

  /** @throws AppError MEDIA_OFFER_REFUSED */
  constructor(request: EndpointRequest, context: EndpointContext) {
    const offer = parseOffer(request.offer);
    const selection = selectViewing(offer, context.codec);
    super(request, offer, selection, context);
    const { videos, audio } = selection;
    const firstSsrc = randomInt(1, 0xffff_0000);
    const slots = videos.map((selected, slot): SendingLine => {
      return { selected, kind: 'video', ssrc: firstSsrc + slot, sink: new TrackSink() };
    });
    const sound: SendingLine | null =
      audio === null
        ? null
        : { selected: audio, kind: 'audio', ssrc: firstSsrc + videos.length, sink: new TrackSink() };
    this.#lines = sound === null ? slots : [...slots, sound];
    this.#subscription = context.router.subscribe(
      request,
      slots.map(outputOf),
      sound === null ? null : outputOf(sound),
    );
  }

  /** Number of video lines. */
  get slots(): number {
    return this.#subscription.slots.length;
  }

  protected addTracks(transport: Transport): void {
    for (const [index, line] of this.#lines.entries()) {
      const slot = this.#subscription.slots[index];
      const { selected, kind, ssrc, sink } = line;
      const media = kind === 'audio' ? audioTrack(selected, 'SendOnly') : videoTrack(selected, 'SendOnly');
      // One stream ID a line: lines of one stream would be synchronised with each other by the receiver.
      const name = `sightline-${selected.line.index}`;
      media.addSSRC(ssrc, name, name, name);
      const track = transport.addTrack(media);
      track.setMediaHandler(reporterOf(line, name));
      track.onMessage((packet) => {
        if (isRtcp(packet) && asksForKeyFrame(packet)) slot?.refresh();
      });
      sink.attach(track, transport);
    }
  }

  protected connected(): void {
    for (const slot of this.#subscription.slots) slot.opened();
  }

  protected closed(): void {
    this.#subscription.close();
  }
}

const clockRateOf = ({ kind }: SendingLine): number =>
  kind === 'audio' ? AUDIO_CLOCK_RATE : VIDEO_CLOCK_RATE;

function outputOf(line: SendingLine): OutputLine {
  const { selected, kind, ssrc, sink } = line;
  const audioLevel = kind === 'audio' ? audioLevelId(selected) : null;
  const { payloadType } = selected.format;
  return { sink, rewriter: { ssrc, payloadType, clockRate: clockRateOf(line), audioLevelId: audioLevel } };
}

/** Sender reports, and for video the answers to NACK. */
function reporterOf(line: SendingLine, cname: string): RtcpSrReporter {
  const { payloadType } = line.selected.format;
  const config = new RtpPacketizationConfig(line.ssrc, cname, payloadType, clockRateOf(line));
  const reporter = new RtcpSrReporter(config);
  if (line.kind === 'video') reporter.addToChain(new RtcpNackResponder(NACK_HISTORY));
  return reporter;
}
