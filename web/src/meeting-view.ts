import type { RosterEntry } from '../../src/signalling/protocol.ts';
import { byId, create, type IconName, icon } from './dom.ts';
import { statusText, text } from './i18n.ts';
import type { LocalMedia } from './local-media.ts';
import { Notices } from './notices.ts';
import type { SessionStatus } from './session.ts';
import {
  admissible,
  mayOpenCamera,
  mayRaiseHand,
  ownEntry,
  type SessionState,
  slotPicture,
  sortedRoster,
  viewReason,
} from './session-state.ts';
import { SlotView } from './slot-view.ts';
import { WaitingList } from './waiting-list.ts';

/** The buttons of the toolbar, in its order. */
const TOOLS = ['microphone', 'camera', 'tone', 'hand', 'leave'] as const;
type Tool = (typeof TOOLS)[number];

export type Action = Tool | 'openCamera' | 'declineCamera' | 'rejoin';

interface MeetingActions {
  act(action: Action): void;
  /** @param participantID null lets in everybody who waits */
  admit(participantID: string | null): void;
}

/** What room and terminal have in common on the screen: slots, roster, controls, notice. Holds no rules. */
export class MeetingView {
  readonly #slots: readonly SlotView[];
  readonly #stage = byId('stage', HTMLElement);
  readonly #subject = byId('subject', HTMLElement);
  readonly #status = byId('status', HTMLElement);
  readonly #roster = byId('roster', HTMLUListElement);
  readonly #notice = byId('notice', HTMLElement);
  readonly #noticeText = byId('notice-text', HTMLElement);
  readonly #notices = new Notices();
  readonly #waitingScreen = byId('waiting-screen', HTMLElement);
  readonly #waitingList: WaitingList;
  readonly #preview = byId('preview', HTMLVideoElement);
  readonly #audio = create('audio', 'sound');
  readonly #soundButton = byId('sound', HTMLButtonElement);

  constructor(slots: number, actions: MeetingActions) {
    this.#slots = Array.from({ length: slots }, (_, slot) => new SlotView(slot));
    this.#stage.append(...this.#slots.map((slot) => slot.element));
    this.#waitingList = new WaitingList((participantID) => {
      this.#notices.hideRefusal();
      actions.admit(participantID);
    });
    this.#audio.autoplay = true;
    document.body.append(this.#audio);
    document.addEventListener('click', (event) => {
      const target = event.target instanceof Element ? event.target : undefined;
      const action = target?.closest<HTMLElement>('button[data-action]')?.dataset.action;
      if (!action || !isAction(action)) return;
      this.#notices.hideRefusal();
      actions.act(action);
    });
    this.#soundButton.addEventListener('click', () => this.#playSound());
  }

  showStatus(status: SessionStatus): void {
    document.documentElement.dataset.state = status;
    this.#status.textContent = statusText[status];
    if (status === 'connected') this.hideNotice();
    if (status !== 'waiting') this.#waitingScreen.hidden = true;
  }

  /** A message in place of the meeting. */
  showNotice(message: string): void {
    this.#noticeText.textContent = message;
    this.#notice.hidden = false;
  }

  hideNotice(): void {
    this.#notice.hidden = true;
  }

  /** In place of the meeting; who waits for the first time still sees what his camera shows. */
  showWaiting(subject: string, media: LocalMedia): void {
    this.clear();
    this.hideNotice();
    this.#subject.textContent = subject || text.title;
    this.#waitingScreen.hidden = false;
    this.showLocalMedia(media);
  }

  /** What was asked for by a button was not done. */
  showRefusal(): void {
    this.#notices.showRefusal();
  }

  showState(state: SessionState): void {
    const root = document.documentElement;
    const reason = viewReason(state);
    root.dataset.participantId = state.own?.participantID ?? '';
    root.dataset.viewReason = reason ?? '';
    this.#subject.textContent = state.subject || text.title;
    this.#subject.toggleAttribute('data-locked', state.conference.locked);
    this.#notices.show(state);
    this.#waitingList.show(admissible(state));
    showHand(state);
    showCameraPermission(state);
    for (const [index, slot] of this.#slots.entries()) slot.show(slotPicture(state, index), reason);
    const occupied = this.#slots.filter((slot) => slot.occupied).length;
    this.#stage.dataset.columns = String(Math.max(1, Math.ceil(Math.sqrt(occupied))));
    const own = state.own?.participantID;
    this.#roster.replaceChildren(
      ...sortedRoster(state).map((entry) => rosterItem(entry, entry.participantID === own)),
    );
  }

  /** Nobody's picture and name stay on the screen after the stay. */
  clear(): void {
    document.documentElement.dataset.viewReason = '';
    for (const slot of this.#slots) slot.show({ source: null, name: '', placeholder: 'empty' }, undefined);
    this.#roster.replaceChildren();
    this.#notices.clear();
    this.#waitingList.show([]);
    for (const tool of TOOLS) byId(`button-${tool}`, HTMLButtonElement).hidden = true;
    this.#preview.hidden = true;
  }

  showViewing(viewing: boolean): void {
    for (const slot of this.#slots) slot.setViewing(viewing);
  }

  attach(receivers: readonly RTCRtpReceiver[], audio: RTCRtpReceiver): void {
    for (const [index, receiver] of receivers.entries()) this.#slots[index]?.attach(receiver);
    this.#audio.srcObject = new MediaStream([audio.track]);
    this.#playSound();
  }

  showLocalMedia(media: LocalMedia): void {
    if (media.hasVideo && this.#preview.srcObject !== media.stream) this.#preview.srcObject = media.stream;
    this.#preview.hidden = !media.cameraOn;
    setButton('microphone', {
      hidden: !media.audio,
      pressed: !media.microphoneOn,
      label: media.microphoneOn ? text.mute : text.unmute,
      icon: media.microphoneOn ? 'microphone' : 'microphoneOff',
    });
    setButton('camera', {
      hidden: !media.hasVideo,
      pressed: !media.cameraOn,
      label: media.cameraOn ? text.cameraOff : text.cameraOn,
      icon: media.cameraOn ? 'camera' : 'cameraOff',
    });
    setButton('tone', {
      hidden: !media.tone,
      pressed: media.tone?.sounding ?? false,
      label: text.tone,
      icon: 'tone',
    });
    setButton('leave', { hidden: false, label: text.leave, icon: 'leave' });
  }

  /** Browsers hold back sound until a click; then the page asks for one. */
  #playSound(): void {
    this.#audio.play().then(
      () => {
        this.#soundButton.hidden = true;
      },
      (error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError')
          this.#soundButton.hidden = false;
      },
    );
  }
}

const ACTIONS: ReadonlySet<string> = new Set<Action>([...TOOLS, 'openCamera', 'declineCamera', 'rejoin']);

function isAction(name: string): name is Action {
  return ACTIONS.has(name);
}

function showHand(state: SessionState): void {
  const raised = ownEntry(state)?.handRaised ?? false;
  setButton('hand', {
    hidden: !mayRaiseHand(state),
    pressed: raised,
    label: raised ? text.lowerHand : text.raiseHand,
    icon: 'hand',
  });
}

/** A closed camera that may not be opened has a button that says so and does nothing. */
function showCameraPermission(state: SessionState): void {
  const button = byId('button-camera', HTMLButtonElement);
  const forbidden = !mayOpenCamera(state) && !ownEntry(state)?.cameraOn;
  button.disabled = forbidden;
  button.title = forbidden ? text.cameraForbidden : '';
}

interface ButtonState {
  readonly hidden: boolean;
  readonly pressed?: boolean;
  readonly label: string;
  readonly icon: IconName;
}

function setButton(tool: Tool, state: ButtonState): void {
  const button = byId(`button-${tool}`, HTMLButtonElement);
  button.hidden = state.hidden;
  if (state.pressed !== undefined) button.setAttribute('aria-pressed', String(state.pressed));
  const same =
    button.textContent === state.label && button.firstElementChild?.matches(`[data-icon=${state.icon}]`);
  if (!same) button.replaceChildren(icon(state.icon), create('span', 'label', state.label));
}

function rosterItem(entry: RosterEntry, own: boolean): HTMLLIElement {
  const item = create('li', 'roster-item');
  item.dataset.participant = entry.participantID;
  item.toggleAttribute('data-away', !entry.connected);
  item.append(
    create('span', 'roster-name', own ? `${entry.name} (${text.you})` : entry.name),
    create('span', 'roster-role', entry.kind === 'terminal' ? text.terminal : text[entry.role]),
    create('span', 'roster-marks', ...rosterMarks(entry)),
  );
  return item;
}

function rosterMarks(entry: RosterEntry): Node[] {
  const marks: Node[] = [];
  if (entry.handRaised) marks.push(icon('hand', text.handRaised));
  if (entry.viewLocked) marks.push(icon('lock', text.viewLocked));
  if (entry.muted) marks.push(icon('microphoneOff', text.muted));
  if (!entry.video) marks.push(icon('cameraOff', text.noVideo));
  else if (!entry.cameraOn) marks.push(icon('cameraOff', text.cameraIsOff));
  if (!entry.connected) marks.push(icon('away', text.away));
  return marks;
}
