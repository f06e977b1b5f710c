import { type Audio, PeerConnection, type Track, type Video } from 'node-datachannel';
import { clientAnswer, type HostCandidates, libraryOffer } from './answer.ts';
import { type Offer, refuseOffer } from './offer.ts';
import type { Selection } from './selection.ts';

/** An endpoint that has not connected after this time, in ms, is closed. */
const CONNECT_TIMEOUT_MS = 15_000;
/** Gathering host candidates of one bound port takes milliseconds; after this time, in ms, something is broken. */
const GATHER_TIMEOUT_MS = 5_000;

export interface TransportSettings {
  readonly hosts: HostCandidates;
  /** Local address to bind, undefined for all of them. */
  readonly bindAddress: string | undefined;
}

export interface TransportEvents {
  connected(): void;
  /** The connection failed, timed out or was closed by the other side; not called after `close`. */
  closed(): void;
}

/** One ICE, DTLS and SRTP connection that answers an offer, on the process's one UDP port. */
export class Transport {
  readonly #settings: TransportSettings;
  readonly #connection: PeerConnection;
  readonly #events: TransportEvents;
  readonly #timer: NodeJS.Timeout;
  // The native objects close when they are collected, so they are held for as long as the transport.
  readonly #tracks: Track[] = [];
  #state: 'connecting' | 'connected' | 'closed' = 'connecting';

  constructor(name: string, settings: TransportSettings, events: TransportEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#connection = new PeerConnection(name, {
      iceServers: [],
      enableIceUdpMux: true,
      portRangeBegin: settings.hosts.port,
      portRangeEnd: settings.hosts.port,
      disableAutoNegotiation: true,
      ...(settings.bindAddress === undefined ? {} : { bindAddress: settings.bindAddress }),
    });
    this.#connection.onStateChange((state) => this.#changed(state));
    this.#timer = setTimeout(() => this.#fail(), CONNECT_TIMEOUT_MS);
  }

  get isConnected(): boolean {
    return this.#state === 'connected';
  }

  /** Adds the track of an answered line; all of them before `answer`. */
  addTrack(media: Audio | Video): Track {
    const track = this.#connection.addTrack(media);
    // Without a listener the native object is not released on closing.
    track.onClosed(() => {});
    this.#tracks.push(track);
    return track;
  }

  /** Answers the offer when the candidates are gathered. */
  async answer(offer: Offer, selection: Selection): Promise<string> {
    const gathered = this.#gathered();
    try {
      this.#connection.setRemoteDescription(libraryOffer(offer, selection), 'offer');
      this.#connection.setLocalDescription('answer');
    } catch (error) {
      gathered.catch(() => {});
      throw refuseOffer('The offer cannot be answered.', error);
    }
    await gathered;
    const local = this.#connection.localDescription();
    if (local === null) throw refuseOffer('The offer has no answer.');
    return clientAnswer(offer, selection, local.sdp, this.#settings.hosts);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#timer);
    for (const track of this.#tracks) track.close();
    this.#connection.close();
  }

  async #gathered(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error('Gathering candidates timed out.')), GATHER_TIMEOUT_MS);
    this.#connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve();
    });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #changed(state: string): void {
    if (state === 'connected' && this.#state === 'connecting') {
      this.#state = 'connected';
      clearTimeout(this.#timer);
      this.#events.connected();
    } else if (state === 'disconnected' || state === 'failed' || state === 'closed') {
      this.#fail();
    }
  }

  #fail(): void {
    if (this.#state === 'closed') return;
    this.close();
    this.#events.closed();
  }
}
