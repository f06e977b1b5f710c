import type { ParticipantId } from '../conference/ids.ts';
import { nextPolledSite, siteOf } from '../conference/views.ts';
import type { Clock } from './clock.ts';
import type { ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';

/** Turns the page of host polling: every `switchSeconds` the polled terminal sees the next site. */
export class Polling {
  readonly #clock: Clock;
  readonly #turns = new Map<ParticipantId, () => void>();

  constructor(conferences: Conferences, clock: Clock) {
    this.#clock = clock;
    conferences.subscribe((host, change) => {
      for (const event of change.events) {
        if (event.type === 'view.chosen') this.#refresh(host, event.viewer);
        if (event.type === 'participant.left') this.#refresh(host, event.participant);
      }
      if (change.after.ended) for (const id of change.before.participants.keys()) this.#stop(id);
    });
  }

  /** Takes in the polling of the conferences recovered at start. */
  begin(conferences: Conferences): void {
    for (const host of conferences.all())
      for (const id of host.state.participants.keys()) this.#refresh(host, id);
  }

  close(): void {
    for (const id of [...this.#turns.keys()]) this.#stop(id);
  }

  #refresh(host: ConferenceHost, viewer: ParticipantId): void {
    this.#stop(viewer);
    const switchSeconds = pollOf(host, viewer)?.switchSeconds;
    if (switchSeconds === undefined) return;
    this.#turns.set(
      viewer,
      this.#clock.after(switchSeconds * 1000, () => this.#advance(host, viewer)),
    );
  }

  #advance(host: ConferenceHost, viewer: ParticipantId): void {
    const poll = pollOf(host, viewer);
    const source = poll && nextPolledSite(host.state, viewer, siteOf(poll));
    if (source) host.observe({ type: 'poll.advanced', viewer, source });
    this.#refresh(host, viewer);
  }

  #stop(viewer: ParticipantId): void {
    this.#turns.get(viewer)?.();
    this.#turns.delete(viewer);
  }
}

const pollOf = (host: ConferenceHost, viewer: ParticipantId) => {
  const explicit = host.state.participants.get(viewer)?.explicit;
  return explicit?.by === 'POLL' ? explicit : null;
};
