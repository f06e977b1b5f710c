import { type Audio, PeerConnection, type Track, type Video } from 'node-datachannel';

/** Takes an SDP offer to the server and brings its answer: WHIP, WHEP or a direct call. */
export type Exchange = (offer: string) => Promise<string>;

/** The connection has not come up after this time, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** One WebRTC connection of this process that makes the offer. */
export class VirtualConnection {
  readonly #connection: PeerConnection;
  readonly #tracks: Track[] = [];
  readonly #connected = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(name: string) {
    this.#connection = new PeerConnection(name, { iceServers: [], disableAutoNegotiation: true });
    this.#connection.onStateChange((state) => this.#changed(state));
    this.#connected.promise.catch(() => {});
  }

  /** Resolves when the connection has ended, whoever ended it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  addTrack(media: Audio | Video): Track {
    const track = this.#connection.addTrack(media);
    // Without a listener the native object is not released on closing, and holds the event loop.
    track.onClosed(() => {});
    this.#tracks.push(track);
    return track;
  }

  /** Offers, takes the answer, and resolves when media can flow. */
  async connect(exchange: Exchange): Promise<void> {
    const timer = setTimeout(
      () => this.#connected.reject(new Error('The virtual connection timed out.')),
      CONNECT_TIMEOUT_MS,
    );
    try {
      this.#connection.setRemoteDescription(await exchange(await this.#offer()), 'answer');
      await this.#connected.promise;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const track of this.#tracks) track.close();
    this.#connection.close();
    this.#connected.reject(new Error('The virtual connection was closed.'));
    this.#closed.resolve();
  }

  async #offer(): Promise<string> {
    const gathered = Promise.withResolvers<void>();
    this.#connection.onGatheringStateChange((state) => {
      if (state === 'complete') gathered.resolve();
    });
    this.#connection.setLocalDescription('offer');
    await gathered.promise;
    const local = this.#connection.localDescription();
    if (local === null) throw new Error('The virtual connection has no offer.');
    return local.sdp;
  }

  #changed(state: string): void {
    if (state === 'connected') this.#connected.resolve();
    else if (state === 'disconnected' || state === 'failed' || state === 'closed') this.close();
  }
}
