import { EventEmitter } from 'node:events';
import {
  openVirtualParticipant,
  type VirtualParticipant,
  type VirtualParticipantOptions,
} from './virtual-participant.ts';
import type { ViewedFrame } from './virtual-viewer.ts';

/** Between two tries to come back, in ms. */
const RETRY_MS = 1000;

/** A virtual participant that comes back by itself when its media is lost, as the pages do. */
export class LastingParticipant extends EventEmitter<{ frame: [ViewedFrame] }> {
  readonly #options: VirtualParticipantOptions;
  #participant: VirtualParticipant | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  private constructor(options: VirtualParticipantOptions) {
    super();
    this.#options = options;
  }

  /** Resolves once its media is connected; rejects when that fails the first time. */
  static async open(options: VirtualParticipantOptions): Promise<LastingParticipant> {
    const lasting = new LastingParticipant(options);
    await lasting.#connect();
    return lasting;
  }

  close(): void {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    this.#drop();
  }

  async #connect(): Promise<void> {
    const participant = await openVirtualParticipant(this.#options);
    this.#participant = participant;
    if (this.#closed) this.#drop();
    const { publisher, viewer } = participant;
    viewer?.on('frame', (frame) => this.emit('frame', frame));
    const ends = [publisher?.closed, viewer?.closed].filter((end) => end !== undefined);
    Promise.race(ends).then(
      () => this.#lost(),
      () => this.#lost(),
    );
  }

  #lost(): void {
    if (this.#closed) return;
    this.#drop();
    this.#retry = setTimeout(() => {
      this.#connect().catch(() => this.#lost());
    }, RETRY_MS);
  }

  #drop(): void {
    this.#participant?.close({ leave: false }).catch(() => {});
    this.#participant = null;
  }
}
