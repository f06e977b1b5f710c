import type { ViewReason } from '../../src/signalling/protocol.ts';
import { create, icon } from './dom.ts';
import { reasonText, type TextKey, text } from './i18n.ts';
import { initials, type PlaceholderReason, type SlotPicture } from './session-state.ts';

const CHECK_MS = 1000;
/** A picture that has not moved for so long is not shown any more. */
const STALE_MS = 3000;

/** Besides what the conference says: no transport, or no picture has come (for a while). */
type CoverReason = PlaceholderReason | 'connecting' | 'waiting';

const COVER_TEXT: Record<CoverReason, TextKey> = {
  empty: 'empty',
  away: 'away',
  noVideo: 'noVideo',
  cameraOff: 'cameraIsOff',
  connecting: 'waiting',
  waiting: 'waiting',
};

/**
 * One slot: the video, its caption, and the placeholder that covers it whenever the video could show something that is
 * not the source now. `data-placeholder` of the video tells whether and why it is covered.
 */
export class SlotView {
  readonly element: HTMLElement;
  readonly #video: HTMLVideoElement;
  readonly #initials = create('span', 'initials');
  readonly #coverText = create('span', 'cover-text');
  readonly #name = create('span', 'name');
  readonly #reason = create('span', 'reason');
  #picture: SlotPicture = { source: null, name: '', placeholder: 'empty' };
  #viewing = false;
  #receiver: RTCRtpReceiver | undefined;
  #framesDecoded = 0;
  /** When a frame was last seen; undefined while the first one after a placeholder is awaited. */
  #frameAt: number | undefined;

  constructor(slot: number) {
    this.#video = create('video', 'picture');
    this.#video.autoplay = true;
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.dataset.slot = String(slot);
    this.#video.dataset.participant = '';
    const cover = create('div', 'cover', this.#initials, this.#coverText);
    const lock = create('span', 'lock', icon('lock', text.viewLocked));
    lock.dataset.badge = 'lock';
    const caption = create('figcaption', 'caption', lock, this.#name, this.#reason);
    this.element = create('figure', 'tile', this.#video, cover, caption);
    this.#render();
    this.#expectFrame();
    setInterval(() => {
      // Asking a connection that has just been closed is no fault.
      this.#check().catch(() => undefined);
    }, CHECK_MS);
  }

  get occupied(): boolean {
    return this.#picture.source !== null;
  }

  attach(receiver: RTCRtpReceiver): void {
    this.#receiver = receiver;
    this.#framesDecoded = 0;
    this.#frameAt = undefined;
    this.#video.srcObject = new MediaStream([receiver.track]);
    this.#render();
  }

  setViewing(viewing: boolean): void {
    this.#viewing = viewing;
    if (!viewing) this.#frameAt = undefined;
    this.#render();
  }

  show(picture: SlotPicture, reason: ViewReason | undefined): void {
    const uncovered = this.#picture.placeholder !== undefined && picture.placeholder === undefined;
    if (uncovered) this.#frameAt = undefined;
    this.#picture = picture;
    this.#reason.textContent = reason === undefined ? '' : reasonText[reason];
    this.element.toggleAttribute('data-locked', reason === 'LOCK');
    this.#render();
  }

  #render(): void {
    const { source, name } = this.#picture;
    const cover = this.#coverReason();
    this.#video.dataset.participant = source ?? '';
    this.#video.setAttribute('aria-label', name);
    if (cover === undefined) delete this.#video.dataset.placeholder;
    else this.#video.dataset.placeholder = cover;
    this.#initials.textContent = initials(name);
    this.#coverText.textContent = cover === undefined ? '' : text[COVER_TEXT[cover]];
    this.#name.textContent = name;
    this.element.toggleAttribute('data-occupied', source !== null);
  }

  #coverReason(): CoverReason | undefined {
    if (this.#picture.placeholder) return this.#picture.placeholder;
    if (!this.#viewing) return 'connecting';
    return this.#frameAt === undefined ? 'waiting' : undefined;
  }

  #frameSeen(): void {
    const first = this.#frameAt === undefined;
    this.#frameAt = performance.now();
    if (first) this.#render();
  }

  #expectFrame(): void {
    if (!('requestVideoFrameCallback' in this.#video)) return;
    this.#video.requestVideoFrameCallback(() => {
      this.#frameSeen();
      this.#expectFrame();
    });
  }

  /** Frame callbacks rest in a hidden page and are missing in old browsers, so the decoder is asked as well. */
  async #check(): Promise<void> {
    if (this.#frameAt !== undefined && performance.now() - this.#frameAt < CHECK_MS) return;
    const receiver = this.#receiver;
    if (!receiver || !this.#viewing) return;
    const decoded = framesDecoded(await receiver.getStats());
    if (receiver !== this.#receiver) return;
    if (decoded > this.#framesDecoded) {
      this.#framesDecoded = decoded;
      this.#frameSeen();
    } else if (this.#frameAt !== undefined && performance.now() - this.#frameAt > STALE_MS) {
      this.#frameAt = undefined;
      this.#render();
    }
  }
}

function framesDecoded(stats: RTCStatsReport): number {
  for (const [, report] of stats) {
    if (report.type === 'inbound-rtp' && typeof report.framesDecoded === 'number')
      return report.framesDecoded;
  }
  return 0;
}
