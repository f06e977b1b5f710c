import type { WaitingEntry } from '../../src/signalling/protocol.ts';
import { byId, create } from './dom.ts';
import { text } from './i18n.ts';

/** Those in the waiting room, for those who may let them in. Rows stay as long as their person waits: the focus, too. */
export class WaitingList {
  readonly #section = byId('waiting-room', HTMLElement);
  readonly #count = byId('waiting-count', HTMLElement);
  readonly #list = byId('waiting-list', HTMLUListElement);
  readonly #all = byId('admit-all', HTMLButtonElement);
  readonly #rows = new Map<string, HTMLLIElement>();

  /** @param admit null lets in everybody */
  constructor(admit: (participantID: string | null) => void) {
    this.#all.addEventListener('click', () => admit(null));
    this.#list.addEventListener('click', (event) => {
      const target = event.target instanceof Element ? event.target : undefined;
      const participantID = target?.closest<HTMLElement>('button[data-admit]')?.dataset.admit;
      if (participantID !== undefined) admit(participantID);
    });
  }

  show(waiting: readonly WaitingEntry[]): void {
    const focused = this.#list.contains(document.activeElement);
    this.#removeGone(new Set(waiting.map(({ participantID }) => participantID)));
    for (const entry of waiting) this.#addNew(entry);
    this.#section.hidden = waiting.length === 0;
    const count = waiting.length === 0 ? '' : text.peopleWait.replace('{count}', String(waiting.length));
    // Said again only when it is another number.
    if (this.#count.textContent !== count) this.#count.textContent = count;
    if (focused && !this.#list.contains(document.activeElement)) this.#all.focus();
  }

  #removeGone(present: ReadonlySet<string>): void {
    for (const [participantID, row] of this.#rows) {
      if (present.has(participantID)) continue;
      row.remove();
      this.#rows.delete(participantID);
    }
  }

  #addNew({ participantID, name }: WaitingEntry): void {
    if (this.#rows.has(participantID)) return;
    const button = create('button', 'admit', text.admit);
    button.type = 'button';
    button.dataset.admit = participantID;
    button.setAttribute('aria-label', `${text.admit}: ${name}`);
    const row = create('li', 'waiting-item', create('span', 'roster-name', name), button);
    this.#rows.set(participantID, row);
    this.#list.append(row);
  }
}
