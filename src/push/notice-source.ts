import type { ConferenceState } from '../conference/state.ts';
import type { Change } from '../runtime/conference-host.ts';

/** What a push says: everything (the wire's msgMode 0), or what has changed (1). */
export interface Notice {
  readonly mode: 0 | 1;
  /** The message beside its envelope. */
  readonly body: object;
}

/**
 * Where the messages of one type come from. It remembers what it has told; the next change is the difference to it, so
 * that nothing is left out or told twice.
 */
export interface NoticeSource {
  /** Everything, as a new listener is told it. */
  full(state: ConferenceState): object;
  /** Null when there is nothing to tell. */
  change(state: ConferenceState): Notice | null;
  /** Takes note of what the state does not show afterwards. */
  note?(change: Change): void;
}

/** A type whose messages are always whole. */
export class WholeSource implements NoticeSource {
  readonly #bodyOf: (state: ConferenceState) => object;
  #told = '';

  constructor(bodyOf: (state: ConferenceState) => object) {
    this.#bodyOf = bodyOf;
  }

  full(state: ConferenceState): object {
    const body = this.#bodyOf(state);
    this.#told = JSON.stringify(body);
    return body;
  }

  change(state: ConferenceState): Notice | null {
    const told = this.#told;
    const body = this.full(state);
    return told === this.#told ? null : { mode: 0, body };
  }
}
