import type { JoinRequest } from '../../src/signalling/protocol.ts';
import { type JoinError, KeptPlace } from './join.ts';
import { LocalMedia } from './local-media.ts';
import { type Action, MeetingView } from './meeting-view.ts';
import type { PageOptions } from './page-options.ts';
import { Session, type SessionStatus } from './session.ts';

export interface Identity {
  readonly conference: string;
  /** What the place is kept under: a name, or a serial number. */
  readonly key: string;
  readonly name: string;
  /** Without `video`, which the devices decide. Absent when nothing but a kept place can be used. */
  readonly request: JoinRequest | undefined;
}

export interface MeetingOptions extends PageOptions {
  /** Whether the camera opens as soon as the host wishes it, without a question. */
  readonly opensCameraAtOnce: boolean;
}

/** What a page does when a stay is over. */
export type StayOver = (
  status: 'removed' | 'ended' | 'left' | 'failed',
  view: MeetingView,
  error?: JoinError,
) => void;

/** The engine of both pages: local media, one session after the other, and the view that shows them. */
export class Meeting {
  readonly #options: MeetingOptions;
  readonly #over: StayOver;
  readonly #view: MeetingView;
  #identity: Identity | undefined;
  #media: LocalMedia | undefined;
  #session: Session | undefined;
  /** From the start of a stay to its end. */
  #staying = false;

  constructor(options: MeetingOptions, over: StayOver) {
    this.#options = options;
    this.#over = over;
    this.#view = new MeetingView(options.slots, {
      act: (action) => this.#act(action),
      admit: (participantID) => this.#session?.admit(participantID),
    });
  }

  get view(): MeetingView {
    return this.#view;
  }

  /** Starts a stay; ignored while there is one. */
  start(identity: Identity): void {
    if (this.#staying) return;
    this.#staying = true;
    this.#identity = identity;
    this.#view.showStatus('joining');
    this.#openMedia(identity).then(
      (media) => this.#begin(identity, media),
      (error: unknown) => {
        console.error('The local media could not be opened', error);
        this.#settled('failed');
      },
    );
  }

  async #openMedia({ name }: Identity): Promise<LocalMedia> {
    const { camera, audio, audience } = this.#options;
    await pageLoaded();
    await this.#media?.resume();
    this.#media ??= await LocalMedia.open(
      audience ? { camera: { kind: 'off' }, audio: false, name } : { camera, audio, name },
    );
    return this.#media;
  }

  #begin(identity: Identity, media: LocalMedia): void {
    const view = this.#view;
    view.showLocalMedia(media);
    this.#session = new Session({
      conference: identity.conference,
      request: identity.request && withVideo(identity.request, media),
      place: new KeptPlace(identity.conference, identity.key),
      slots: this.#options.slots,
      media,
      opensCameraAtOnce: this.#options.opensCameraAtOnce,
      listener: {
        status: (status, error) => this.#settled(status, error),
        state: (state) => view.showState(state),
        receivers: (slots, audio) => view.attach(slots, audio),
        viewing: (viewing) => view.showViewing(viewing),
        localMedia: () => view.showLocalMedia(media),
        waiting: (subject) => view.showWaiting(subject, media),
        refused: () => view.showRefusal(),
      },
    });
    this.#session.start();
  }

  #settled(status: SessionStatus, error?: JoinError): void {
    this.#view.showStatus(status);
    if (!isOver(status)) return;
    this.#session = undefined;
    this.#staying = false;
    this.#view.clear();
    if (status !== 'ended') this.#closeMedia();
    this.#over(status, this.#view, error);
  }

  /** Camera and microphone go off with the stay. */
  #closeMedia(): void {
    this.#media?.suspend();
    this.#media = undefined;
  }

  #act(action: Action): void {
    const media = this.#media;
    switch (action) {
      case 'microphone':
        media?.toggleMicrophone();
        break;
      case 'camera':
        if (media) this.#session?.setCamera(!media.cameraOn);
        return;
      case 'openCamera':
      case 'declineCamera':
        this.#session?.answerCameraRequest(action === 'openCamera');
        return;
      case 'hand':
        this.#session?.toggleHand();
        return;
      case 'tone':
        media?.tone?.toggle();
        break;
      case 'leave':
        this.#session?.leave();
        return;
      case 'rejoin':
        this.#view.hideNotice();
        if (this.#identity) this.start(this.#identity);
        return;
      default:
        action satisfies never;
    }
    if (media) this.#view.showLocalMedia(media);
  }
}

function isOver(status: SessionStatus): status is Parameters<StayOver>[0] {
  return status === 'removed' || status === 'ended' || status === 'left' || status === 'failed';
}

/** A person without a camera is voice only; a terminal has its screen and can be told what to show on it. */
function withVideo(request: JoinRequest, media: LocalMedia): JoinRequest {
  return 'serialNumber' in request ? request : { ...request, video: media.hasVideo };
}

/** A video that waits for its first picture holds back the load event of its page, so that one is let through first. */
async function pageLoaded(): Promise<void> {
  if (document.readyState === 'complete') return;
  await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }));
}
