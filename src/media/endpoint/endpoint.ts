import { Audio, type Track, Video } from 'node-datachannel';
import type { EndpointRequest, MediaEvent } from '../engine.ts';
import type { Router } from '../router.ts';
import { AUDIO_LEVEL_URI, type SelectedLine, type VideoCodec } from './selection.ts';
import type { TransportSettings } from './transport.ts';

/** One open media connection of a participant. */
export interface Endpoint {
  readonly owner: EndpointRequest;
  close(): void;
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

/** Sends on a track; a track that has closed in the meantime drops the packet. */
export const trackSink = (track: Track, isConnected: () => boolean) => ({
  isOpen: () => isConnected() && track.isOpen(),
  send: (packet: Buffer) => {
    if (track.isOpen()) track.sendMessageBinary(packet);
  },
});
