import { byId } from './dom.ts';
import { clockTime, text } from './i18n.ts';
import { isAudience, isCameraAsked, nearEndMs, ownEntry, type SessionState } from './session-state.ts';

/** What a participant is told in words while the meeting goes on, and the question for his camera. */
export class Notices {
  readonly #muted = byId('host-muted', HTMLElement);
  readonly #audience = byId('audience', HTMLElement);
  readonly #paused = byId('paused', HTMLElement);
  readonly #endsSoon = byId('ends-soon', HTMLElement);
  readonly #share = byId('share-invited', HTMLElement);
  readonly #refusal = byId('refusal', HTMLElement);
  readonly #cameraPrompt = byId('camera-prompt', HTMLElement);
  readonly #declineCamera = byId('decline-camera', HTMLButtonElement);

  show(state: SessionState): void {
    const own = ownEntry(state);
    const audience = isAudience(state);
    this.#muted.hidden = audience || !own?.muted;
    this.#audience.hidden = !audience;
    this.#paused.hidden = !state.conference.paused;
    this.#share.hidden = !own?.invitedToShare;
    this.#showEnd(nearEndMs(state));
    this.#askForCamera(isCameraAsked(state));
  }

  showRefusal(): void {
    this.#refusal.hidden = false;
  }

  hideRefusal(): void {
    this.#refusal.hidden = true;
  }

  clear(): void {
    const all = [this.#muted, this.#audience, this.#paused, this.#share, this.#refusal, this.#cameraPrompt];
    for (const notice of all) notice.hidden = true;
    this.#showEnd(undefined);
  }

  #showEnd(endsAtMs: number | undefined): void {
    const message = endsAtMs === undefined ? '' : text.endsSoon.replace('{time}', clockTime(endsAtMs));
    if (this.#endsSoon.textContent !== message) this.#endsSoon.textContent = message;
    this.#endsSoon.hidden = message === '';
  }

  /** The focus goes to the refusal: a key pressed unawares must not open a camera. */
  #askForCamera(asked: boolean): void {
    if (this.#cameraPrompt.hidden !== asked) return;
    const focused = this.#cameraPrompt.contains(document.activeElement);
    this.#cameraPrompt.hidden = !asked;
    if (asked) this.#declineCamera.focus();
    else if (focused) byId('button-camera', HTMLButtonElement).focus();
  }
}
