import { type Offer, type OfferFormat, type OfferLine, refuseOffer } from './offer.ts';

/** The codec of all video of a server: `media.videoCodec`. Nothing is transcoded, so all participants share it. */
export type VideoCodec = 'VP8' | 'H264';

/** RFC 6464: the level of an audio packet, readable without decoding. */
export const AUDIO_LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

/** Most video lines of a viewing offer. */
const MAX_SLOTS = 16;

export interface SelectedLine {
  readonly line: OfferLine;
  readonly format: OfferFormat;
}

/** The lines of an offer that are answered; every other line is refused with port 0 (RFC 3264 section 6). */
export interface Selection {
  readonly videos: readonly SelectedLine[];
  readonly audio: SelectedLine | null;
}

/** Chooses the lines of a publishing offer: at most one video and one audio line, at least one of them. */
export function selectPublishing(offer: Offer, codec: VideoCodec): Selection {
  const sending = offer.lines.filter(
    (line) => !line.disabled && (line.direction === 'sendonly' || line.direction === 'sendrecv'),
  );
  const selection = select(sending, codec);
  if (selection.videos.length > 1) throw refuseOffer('A publishing offer has at most one video line.');
  return selection;
}

/** Chooses the lines of a viewing offer: up to 16 video lines, the slots in their order, and one audio line. */
export function selectViewing(offer: Offer, codec: VideoCodec): Selection {
  const receiving = offer.lines.filter(
    (line) => !line.disabled && (line.direction === 'recvonly' || line.direction === 'sendrecv'),
  );
  const selection = select(receiving, codec);
  if (selection.videos.length > MAX_SLOTS) {
    throw refuseOffer(`A viewing offer has at most ${MAX_SLOTS} video lines.`);
  }
  return selection;
}

function select(lines: readonly OfferLine[], codec: VideoCodec): Selection {
  const videos = lines.filter((line) => line.kind === 'video').map((line) => selectVideo(line, codec));
  const audios = lines.filter((line) => line.kind === 'audio').map(selectAudio);
  if (audios.length > 1) throw refuseOffer('An offer has at most one audio line.');
  if (videos.length + audios.length === 0) {
    throw refuseOffer('The offer has no audio or video line of the right direction.');
  }
  return { videos, audio: audios[0] ?? null };
}

function selectVideo(line: OfferLine, codec: VideoCodec): SelectedLine {
  const format = line.formats.find(
    (candidate) =>
      candidate.codec === codec &&
      candidate.clockRate === 90_000 &&
      (codec === 'VP8' || isBaseline(candidate)),
  );
  if (format === undefined) {
    const wanted = codec === 'VP8' ? 'VP8' : 'H.264 constrained baseline with packetization-mode 1';
    throw refuseOffer(`A video line of the offer lacks the codec of this server, ${wanted}.`);
  }
  return { line, format };
}

/**
 * Constrained baseline (42e0xx, or 42 with the constraint bit) in packetization mode 1 (RFC 6184 section 8.1).
 * The level is not compared: level-asymmetry is always allowed towards us since nothing is decoded.
 */
function isBaseline(format: OfferFormat): boolean {
  if (format.parameters.get('packetization-mode') !== '1') return false;
  const profile = format.parameters.get('profile-level-id') ?? '42e01f';
  return /^42[4-7c-f][0-9a-f]{3}$/i.test(profile);
}

function selectAudio(line: OfferLine): SelectedLine {
  const format = line.formats.find(
    (candidate) => candidate.codec === 'OPUS' && candidate.clockRate === 48_000,
  );
  if (format === undefined) throw refuseOffer('The audio line of the offer lacks Opus.');
  return { line, format };
}
