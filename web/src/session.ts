import type { ServerMessage } from '../../src/signalling/protocol.ts';
import { CloseCode, type JoinRequest, type JoinResponse } from '../../src/signalling/protocol.ts';
import { backoffMs } from './backoff.ts';
import { keepOfferSmall } from './codecs.ts';
import { EventsLink } from './events-link.ts';
import { JoinError, joinConference, type KeptPlace } from './join.ts';
import type { LocalMedia } from './local-media.ts';
import { MediaLink } from './media-link.ts';
import { applyChange, applySnapshot, ownEntry, type SessionState } from './session-state.ts';

const VIDEO_BITRATE = 1_500_000;

export type SessionStatus =
  | 'joining'
  | 'connected'
  | 'reconnecting'
  | 'removed'
  | 'ended'
  | 'left'
  | 'failed';

interface SessionListener {
  status(status: SessionStatus, error?: JoinError): void;
  state(state: SessionState): void;
  /** Fresh receiving lines, one a slot, and the line of the audio. */
  receivers(slots: readonly RTCRtpReceiver[], audio: RTCRtpReceiver): void;
  /** Whether pictures can arrive now. */
  viewing(viewing: boolean): void;
}

export interface SessionOptions {
  readonly conference: string;
  /** Absent when the password is not known (a reload): then only the kept place can be taken. */
  readonly request: JoinRequest | undefined;
  readonly place: KeptPlace;
  readonly slots: number;
  readonly media: LocalMedia;
  readonly listener: SessionListener;
}

/** A joined participant: its token, its events and its two media sessions. */
interface Links {
  readonly participantID: string;
  readonly events: EventsLink;
  readonly publish: MediaLink | undefined;
  readonly view: MediaLink;
}

/** One stay in a conference, from joining until it is left, removed or over. Comes back by itself in between. */
export class Session {
  readonly #options: SessionOptions;
  readonly #scope = new AbortController();
  #links: Links | undefined;
  #state: SessionState | undefined;
  #eventsUp = false;
  #wasConnected = false;
  #mediaStarted = false;
  /** False from a new join to its first snapshot: a fresh token that is refused must not be fetched again and again. */
  #mayJoinAnew = true;
  #status: SessionStatus | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get participantID(): string {
    return this.#links?.participantID ?? '';
  }

  start(): void {
    this.#setStatus('joining');
    const kept = this.#options.place.read();
    if (kept) this.#connect(kept);
    else if (this.#mayJoinAnew) this.#joinAnew();
    else this.#finish('failed', new JoinError('refused'));
  }

  /** Gives up the place. */
  leave(): void {
    this.#links?.events.send({ type: 'leave' });
    this.#finish('left');
  }

  /** Tells the others; the track itself is switched by `LocalMedia`. */
  announceCamera(): void {
    this.#links?.events.send({ type: 'camera', on: this.#options.media.cameraOn });
  }

  #joinAnew(): void {
    this.#mayJoinAnew = false;
    this.#options.place.clear();
    this.#dropLinks();
    this.#join().then(
      (joined) => {
        if (this.#scope.signal.aborted) return;
        this.#options.place.write(joined);
        this.#connect(joined);
      },
      (cause: unknown) => {
        const error = cause instanceof JoinError ? cause : new JoinError('refused', 0, { cause });
        if (!this.#scope.signal.aborted) this.#finish('failed', error);
      },
    );
  }

  /** Tries until the server says yes or no. */
  async #join(): Promise<JoinResponse> {
    const { conference, request } = this.#options;
    if (!request) throw new JoinError('refused');
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await joinConference(conference, request, this.#scope.signal);
      } catch (error) {
        const worthAnother = error instanceof JoinError && error.reason === 'unreachable';
        if (!worthAnother || this.#scope.signal.aborted) throw error;
        await pause(Math.max(backoffMs(attempt), error.retryAfterMs));
      }
    }
  }

  #connect(joined: JoinResponse): void {
    const { media } = this.#options;
    const token = joined.participantToken;
    const changed = () => this.#mediaChanged();
    this.#eventsUp = false;
    this.#mediaStarted = false;
    this.#links = {
      participantID: joined.participantID,
      events: new EventsLink(joined.eventsURL, token, {
        message: (message) => this.#message(message),
        dropped: () => this.#eventsDropped(),
        closed: (code) => this.#refused(code),
      }),
      publish: media.hasTracks
        ? new MediaLink({ url: joined.whipURL, token, prepare: (pc) => this.#preparePublish(pc), changed })
        : undefined,
      view: new MediaLink({ url: joined.whepURL, token, prepare: (pc) => this.#prepareView(pc), changed }),
    };
  }

  #message(message: ServerMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.#setState(applySnapshot(message));
        this.#snapshotArrived();
        break;
      case 'change':
        if (this.#state) this.#setState(applyChange(this.#state, message));
        break;
      case 'mediaLost':
        this.#openMedia();
        break;
      case 'removed':
      case 'ended':
        this.#finish(message.type);
        break;
      case 'draining':
        this.#eventsDropped();
        break;
      default:
        message satisfies never;
    }
  }

  #snapshotArrived(): void {
    this.#eventsUp = true;
    this.#mayJoinAnew = true;
    // No slots though we have an answered session: the server was started anew and knows nothing of our endpoints.
    const forgotten = this.#links?.view.answered && this.#state?.own?.slots.length === 0;
    if (!this.#mediaStarted || forgotten) this.#openMedia();
    this.#links?.publish?.hurry();
    this.#links?.view.hurry();
    const own = this.#state && ownEntry(this.#state);
    if (own?.video && own.cameraOn !== this.#options.media.cameraOn) this.announceCamera();
    this.#updateStatus();
  }

  #openMedia(): void {
    this.#mediaStarted = true;
    this.#links?.publish?.open();
    this.#links?.view.open();
  }

  #preparePublish(connection: RTCPeerConnection): void {
    const { video, audio, stream } = this.#options.media;
    if (video) {
      const sendEncodings = [{ maxBitrate: VIDEO_BITRATE }];
      const line = connection.addTransceiver(video, {
        direction: 'sendonly',
        streams: [stream],
        sendEncodings,
      });
      keepOfferSmall(line);
    }
    if (audio) connection.addTransceiver(audio, { direction: 'sendonly', streams: [stream] });
  }

  #prepareView(connection: RTCPeerConnection): void {
    const slots = Array.from({ length: this.#options.slots }, () => {
      const line = connection.addTransceiver('video', { direction: 'recvonly' });
      keepOfferSmall(line);
      return line.receiver;
    });
    const audio = connection.addTransceiver('audio', { direction: 'recvonly' }).receiver;
    this.#options.listener.receivers(slots, audio);
  }

  #mediaChanged(): void {
    this.#options.listener.viewing(this.#links?.view.up ?? false);
    this.#updateStatus();
  }

  #eventsDropped(): void {
    this.#eventsUp = false;
    this.#updateStatus();
  }

  #refused(code: number): void {
    const running = this.#state !== undefined;
    if (code === CloseCode.ended) this.#finish('ended');
    else if (code === CloseCode.removed && running) this.#finish('removed');
    else if (this.#mayJoinAnew) this.#joinAnew();
    else this.#finish('failed', new JoinError('refused'));
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#options.listener.state(state);
  }

  #updateStatus(): void {
    const links = this.#links;
    if (!links || this.#scope.signal.aborted) return;
    if (this.#eventsUp && links.view.up && (links.publish?.up ?? true)) {
      this.#wasConnected = true;
      this.#setStatus('connected');
    } else {
      this.#setStatus(this.#wasConnected ? 'reconnecting' : 'joining');
    }
  }

  #setStatus(status: SessionStatus, error?: JoinError): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#options.listener.status(status, error);
  }

  #finish(status: 'removed' | 'ended' | 'left' | 'failed', error?: JoinError): void {
    if (this.#scope.signal.aborted) return;
    this.#scope.abort();
    this.#options.place.clear();
    this.#dropLinks();
    this.#options.listener.viewing(false);
    this.#setStatus(status, error);
  }

  #dropLinks(): void {
    this.#links?.publish?.close();
    this.#links?.view.close();
    this.#links?.events.close();
    this.#links = undefined;
  }
}

async function pause(durationMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, durationMs));
}
