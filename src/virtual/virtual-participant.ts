import type { VideoCodec } from '../media/endpoint/selection.ts';
import type { ClipName } from './clip.ts';
import type { Exchange } from './virtual-connection.ts';
import { VirtualPublisher } from './virtual-publisher.ts';
import { VirtualViewer } from './virtual-viewer.ts';
import { WhipResource } from './whip.ts';

export interface VirtualParticipantOptions {
  readonly whipURL: string;
  readonly whepURL: string;
  /** The participantToken of the join call. */
  readonly token: string;
  /** What it publishes; undefined for a participant that only looks. */
  readonly clip?: ClipName;
  /** Video lines it receives; 0 for a participant that only publishes. */
  readonly slots: number;
  /** Default VP8. */
  readonly codec?: VideoCodec;
}

/** A participant without a browser: real WebRTC over the server's own WHIP and WHEP. */
export interface VirtualParticipant {
  readonly publisher: VirtualPublisher | null;
  readonly viewer: VirtualViewer | null;
  /** Closes the connections; with `leave`, deletes the WHIP and WHEP resources first. */
  close(options?: { readonly leave?: boolean }): Promise<void>;
}

export async function openVirtualParticipant(
  options: VirtualParticipantOptions,
): Promise<VirtualParticipant> {
  const { whipURL, whepURL, token, clip, slots, codec = 'VP8' } = options;
  const resources: WhipResource[] = [];
  const exchangeAt =
    (url: string): Exchange =>
    async (offer) => {
      const { resource, answer } = await WhipResource.post(url, token, offer);
      resources.push(resource);
      return answer;
    };
  const publisher =
    clip === undefined
      ? null
      : await VirtualPublisher.connect({ clip, codec, exchange: exchangeAt(whipURL) });
  let viewer: VirtualViewer | null = null;
  try {
    if (slots > 0) viewer = await VirtualViewer.connect({ slots, codec, exchange: exchangeAt(whepURL) });
  } catch (error) {
    publisher?.close();
    throw error;
  }
  return {
    publisher,
    viewer,
    close: async ({ leave = true } = {}) => {
      if (leave) await Promise.allSettled(resources.map((resource) => resource.delete()));
      publisher?.close();
      viewer?.close();
    },
  };
}
