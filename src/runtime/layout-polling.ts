import type { ConferenceId } from '../conference/ids.ts';
import type { ManualLayout } from '../conference/layouts.ts';
import type { Clock } from './clock.ts';
import type { ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';

/** Turns the polling panes of continuous presences: every `switchSeconds` each shows its next site. */
export class LayoutPolling {
  readonly #clock: Clock;
  readonly #turns = new Map<ConferenceId, () => void>();

  constructor(conferences: Conferences, clock: Clock) {
    this.#clock = clock;
    conferences.subscribe((host, { events, after }) => {
      if (after.ended) this.#stop(after.id);
      else if (events.some(({ type }) => type === 'layout.set')) this.#refresh(host);
    });
  }

  /** Takes in the layouts of the conferences recovered at start. */
  begin(conferences: Conferences): void {
    for (const host of conferences.all()) this.#refresh(host);
  }

  close(): void {
    for (const id of [...this.#turns.keys()]) this.#stop(id);
  }

  #refresh(host: ConferenceHost): void {
    const { id, layout } = host.state;
    this.#stop(id);
    if (layout.kind === 'automatic' || !hasPollingPane(layout)) return;
    const turn = () => {
      host.observe({ type: 'layout.turned' });
      this.#refresh(host);
    };
    this.#turns.set(id, this.#clock.after(layout.switchSeconds * 1000, turn));
  }

  #stop(id: ConferenceId): void {
    this.#turns.get(id)?.();
    this.#turns.delete(id);
  }
}

const hasPollingPane = (layout: ManualLayout): boolean => layout.panes.some(({ sites }) => sites.length > 1);
