import type { ConferenceId, EndpointId, ParticipantId } from '../conference/ids.ts';

/**
 * The media engine as the rest of the server sees it. No vendor type crosses this interface; the fake engine of
 * the tests and the real one pass the same contract suite (`test/support/media-engine-contract.ts`).
 *
 * A source is named by its participant: within a conference a participant publishes at most one video and one audio
 * source, through at most one publishing endpoint. Opening a second one closes the first.
 */
export interface MediaEngine {
  /**
   * Opens a publishing endpoint for an SDP offer (WHIP, RFC 9725): at most one video and one audio line.
   * Rejects with MEDIA_OFFER_REFUSED when the offer cannot be answered, MEDIA_UNAVAILABLE when no media process runs.
   */
  publish(request: EndpointRequest): Promise<EndpointAnswer>;

  /**
   * Opens a viewing endpoint for an SDP offer (WHEP): each video line is a slot, in the order of the lines; an audio
   * line receives the loudest other speaker of the language channel that the viewer listens on. Nothing is sent on a slot until `route` names its source.
   */
  view(request: EndpointRequest): Promise<EndpointAnswer>;

  /**
   * Restarts ICE from a trickle-ice-sdpfrag (RFC 8840) and answers with the server's fragment; `endpoint.connected`
   * follows again. DTLS restarts with it: the client's fragment must have an `a=tls-id` (RFC 8842) to show that it
   * will apply the answered `a=fingerprint` and `a=setup` as well. Without one, and when malformed, rejects with
   * MEDIA_OFFER_REFUSED and the endpoint stays as it is; rejects with ENDPOINT_NOT_FOUND when it has gone.
   */
  restartIce(endpoint: EndpointId, fragment: string): Promise<string>;

  /**
   * Names the source of every slot of a viewing endpoint; null sends nothing. A slot goes on showing its old source
   * until the first key frame of the new one. Nothing is sent while the named source is not published.
   * Unknown endpoints are ignored: they have just gone.
   */
  route(endpoint: EndpointId, slots: readonly (ParticipantId | null)[]): void;

  /** Whether the audio of a participant may reach others. The default is true; a muted one is dropped on arrival. */
  setAudible(conference: ConferenceId, participant: ParticipantId, audible: boolean): void;

  /**
   * Replaces the whole table of a conference's language channels: the audio of a participant goes to the channel that
   * he speaks on, and a viewer hears the loudest other on the one that he listens on. Who is not in the table speaks to
   * and listens on the floor. An empty table forgets the conference. `speaker.changed` tells of the floor alone: an
   * interpreter never takes the picture.
   */
  setLanguageChannels(conference: ConferenceId, channels: LanguageChannels): void;

  /** Closes an endpoint; no event follows. Unknown endpoints are ignored. */
  closeEndpoint(endpoint: EndpointId): void;

  /** What every slot of a conference's viewing endpoints is really being sent. */
  slots(conference: ConferenceId): Promise<readonly SlotReport[]>;

  /** Listens to what happens in the engine; returns the function that stops it. */
  subscribe(listener: (event: MediaEvent) => void): () => void;

  /** Closes every endpoint and ends the media processes. Idempotent. */
  close(): Promise<void>;
}

/** Where one participant speaks and listens. A channel is named as the caller likes; '' is the floor. */
export interface LanguageChannel {
  readonly speak: string;
  readonly listen: string;
  /**
   * Whether he hears the loudest other of the floor while nobody else on his listen channel is speaking. There is one
   * audio line, so the original is never mixed under the interpreter: he hears the one or the other.
   */
  readonly original: boolean;
}

export type LanguageChannels = readonly (readonly [ParticipantId, LanguageChannel])[];

export interface EndpointRequest {
  readonly endpoint: EndpointId;
  readonly conference: ConferenceId;
  readonly participant: ParticipantId;
  /** SDP offer (RFC 8866), candidates included or not. */
  readonly offer: string;
}

export interface EndpointAnswer {
  /** SDP answer with all local candidates. */
  readonly answer: string;
  /** Number of video slots of a viewing endpoint; 0 for a publishing one. */
  readonly slots: number;
}

/** What one slot is really being sent, as counted where packets leave. */
export interface SlotReport {
  readonly endpoint: EndpointId;
  readonly viewer: ParticipantId;
  readonly slot: number;
  /** The source of the last packet sent, null before the first and when nothing is to be sent. */
  readonly source: ParticipantId | null;
  /** Packets sent on this slot from that source since it was switched to. */
  readonly packets: number;
  /** When the first packet of that source was sent, in Unix ms; null before it. */
  readonly sinceMs: number | null;
}

export type MediaEvent =
  | { readonly type: 'endpoint.connected'; readonly endpoint: EndpointId }
  /** The transport failed, the peer closed it or a newer endpoint replaced it; the endpoint is gone. */
  | { readonly type: 'endpoint.closed'; readonly endpoint: EndpointId }
  /** A media process died and took these endpoints with it; a new process is ready for their return. */
  | { readonly type: 'endpoints.lost'; readonly endpoints: readonly EndpointId[] }
  /** The loudest participant of a conference changed. */
  | {
      readonly type: 'speaker.changed';
      readonly conference: ConferenceId;
      readonly participant: ParticipantId;
    }
  /** The first packet of a slot's newly routed source has been sent. */
  | {
      readonly type: 'slot.switched';
      readonly endpoint: EndpointId;
      readonly slot: number;
      readonly source: ParticipantId;
      /** From `route` to the key-frame request leaving, and from the key frame arriving to its first packet leaving. */
      readonly requestMs: number;
      readonly forwardMs: number;
    };
