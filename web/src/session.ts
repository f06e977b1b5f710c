import type { ServerMessage } from '../../src/signalling/protocol.ts';
import { CloseCode, type JoinRequest, type JoinResponse } from '../../src/signalling/protocol.ts';
import { backoffMs } from './backoff.ts';
import { keepOfferSmall } from './codecs.ts';
import { ConferenceControl } from './control.ts';
import { EventsLink } from './events-link.ts';
import { JoinError, joinConference, type KeptPlace } from './join.ts';
import type { LocalMedia } from './local-media.ts';
import { MediaLink } from './media-link.ts';
import {
  applyChange,
  applyNotice,
  applySnapshot,
  isAudience,
  mayOpenCamera,
  ownEntry,
  type SessionState,
} from './session-state.ts';

const VIDEO_BITRATE = 1_500_000;

export type SessionStatus =
  | 'joining'
  /** In the waiting room. */
  | 'waiting'
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
  /** The session itself has opened, closed or switched the local media. */
  localMedia(): void;
  waiting(subject: string): void;
  /** What this participant wanted of the conference was not done. */
  refused(): void;
}

export interface SessionOptions {
  readonly conference: string;
  /** Absent when the password is not known (a reload): then only the kept place can be taken. */
  readonly request: JoinRequest | undefined;
  readonly place: KeptPlace;
  readonly slots: number;
  readonly media: LocalMedia;
  /** Whether the camera opens as soon as the host wishes it, without a question. */
  readonly opensCameraAtOnce: boolean;
  readonly listener: SessionListener;
}

/** A joined participant: its place, its events, and its media sessions from the first snapshot on. */
interface Links {
  readonly joined: JoinResponse;
  readonly events: EventsLink;
  view?: MediaLink | undefined;
  publish?: MediaLink | undefined;
}

/** One stay in a conference, from joining until it is left, removed or over. Comes back by itself in between. */
export class Session {
  readonly #options: SessionOptions;
  readonly #scope = new AbortController();
  #links: Links | undefined;
  #state: SessionState | undefined;
  #eventsUp = false;
  #wasConnected = false;
  #waits = false;
  /** False from a new join to its first snapshot: a fresh token that is refused must not be fetched again and again. */
  #mayJoinAnew = true;
  #status: SessionStatus | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get participantID(): string {
    return this.#links?.joined.participantID ?? '';
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

  /** Switches the camera and tells the others. */
  setCamera(on: boolean): void {
    this.#options.media.setCamera(on);
    this.#options.listener.localMedia();
    this.#announceCamera();
  }

  /** The answer to the host's wish for the camera. */
  answerCameraRequest(open: boolean): void {
    if (open) this.setCamera(true);
    if (this.#state) this.#setState(applyNotice(this.#state, { type: 'cameraRequested', on: false }));
  }

  toggleHand(): void {
    const own = this.#state && ownEntry(this.#state);
    if (own) this.#control((control) => control.raiseHand(own.participantID, !own.handRaised));
  }

  /** @param participantID null lets in everybody who waits */
  admit(participantID: string | null): void {
    this.#control((control) => control.admit(participantID));
  }

  /** The outcome is told by the events. */
  #control(call: (control: ConferenceControl) => Promise<void>): void {
    const [joined, conferenceID] = [this.#links?.joined, this.#state?.conferenceID];
    if (!joined || conferenceID === undefined) return;
    call(new ConferenceControl(conferenceID, joined.participantToken)).catch((error: unknown) => {
      console.warn('A control call failed', error);
      if (!this.#scope.signal.aborted) this.#options.listener.refused();
    });
  }

  /** In the waiting room there is nobody to tell. */
  #announceCamera(): void {
    if (this.#state) this.#links?.events.send({ type: 'camera', on: this.#options.media.cameraOn });
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
    this.#eventsUp = false;
    this.#links = {
      joined,
      events: new EventsLink(joined.eventsURL, joined.participantToken, {
        message: (message) => this.#message(message),
        dropped: () => this.#eventsDropped(),
        closed: (code) => this.#refused(code),
      }),
    };
  }

  #message(message: ServerMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.#setState(applySnapshot(message, this.#state));
        this.#snapshotArrived();
        break;
      case 'change':
        if (this.#state) this.#setState(applyChange(this.#state, message));
        break;
      case 'mediaLost':
        this.#openMedia();
        break;
      case 'waiting':
        this.#wait(message.subject);
        break;
      case 'cameraRequested':
        this.#cameraRequested(message);
        break;
      case 'endsSoon':
        if (this.#state) this.#setState(applyNotice(this.#state, message));
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

  /** Also back in the waiting room: then nothing of the meeting is received, shown or sent any more. */
  #wait(subject: string): void {
    const movedBack = this.#state !== undefined;
    this.#eventsUp = true;
    this.#mayJoinAnew = true;
    this.#wasConnected = false;
    this.#waits = true;
    this.#state = undefined;
    this.#dropMedia();
    if (movedBack) this.#options.media.suspend();
    this.#options.listener.viewing(false);
    this.#updateStatus();
    this.#options.listener.waiting(subject);
  }

  #cameraRequested(message: Extract<ServerMessage, { type: 'cameraRequested' }>): void {
    if (!this.#state) return;
    if (!message.on) {
      this.#options.media.setCamera(false);
      this.#options.listener.localMedia();
    } else if (this.#options.opensCameraAtOnce) {
      this.setCamera(true);
      return;
    }
    this.#setState(applyNotice(this.#state, message));
  }

  #snapshotArrived(): void {
    this.#eventsUp = true;
    this.#mayJoinAnew = true;
    this.#waits = false;
    // No slots though we have an answered session: the server was started anew and knows nothing of our endpoints.
    const view = this.#links?.view;
    const forgotten = view?.answered && this.#state?.own?.slots.length === 0;
    if (!view || forgotten) this.#openMedia();
    this.#links?.publish?.hurry();
    view?.hurry();
    this.#agreeOnCamera();
    this.#updateStatus();
  }

  /** The track decides, unless the host does not let this participant open the camera. */
  #agreeOnCamera(): void {
    const { media, listener } = this.#options;
    const own = this.#state && ownEntry(this.#state);
    if (!this.#state || !own?.video || media.suspended || own.cameraOn === media.cameraOn) return;
    if (!media.cameraOn || mayOpenCamera(this.#state)) {
      this.#announceCamera();
      return;
    }
    media.setCamera(false);
    listener.localMedia();
  }

  #openMedia(): void {
    const links = this.#links;
    if (!links || !this.#state) return;
    const { whepURL: url, participantToken: token } = links.joined;
    links.view ??= new MediaLink({
      url,
      token,
      prepare: (connection) => this.#prepareView(connection),
      changed: () => this.#mediaChanged(),
    });
    links.view.open();
    if (isAudience(this.#state)) this.#sendNothing();
    else this.#openPublish(links);
  }

  /** The devices were opened before it was known that this is the audience. */
  #sendNothing(): void {
    this.#options.media.suspend();
    this.#options.listener.localMedia();
  }

  #openPublish(links: Links): void {
    const { media, listener } = this.#options;
    if (media.suspended) {
      const { view } = links;
      media.resume().then(
        () => {
          // Meanwhile the session may be over, or back in the waiting room.
          if (media.suspended || view !== this.#links?.view) return;
          listener.localMedia();
          this.#agreeOnCamera();
          this.#openPublish(links);
        },
        (error: unknown) => console.error('The local media could not be opened again', error),
      );
      return;
    }
    if (!media.hasTracks) return;
    const { whipURL: url, participantToken: token } = links.joined;
    links.publish ??= new MediaLink({
      url,
      token,
      prepare: (connection) => this.#preparePublish(connection),
      changed: () => this.#mediaChanged(),
    });
    links.publish.open();
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
    this.#options.listener.viewing(this.#links?.view?.up ?? false);
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
    if (this.#waits && this.#eventsUp) {
      this.#setStatus('waiting');
    } else if (this.#eventsUp && links.view?.up && (links.publish?.up ?? true)) {
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
    this.#dropMedia();
    this.#links?.events.close();
    this.#links = undefined;
  }

  #dropMedia(): void {
    const links = this.#links;
    links?.publish?.close();
    links?.view?.close();
    if (links) links.publish = links.view = undefined;
  }
}

async function pause(durationMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, durationMs));
}
