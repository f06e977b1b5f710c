import type { ParticipantId } from '../conference/ids.ts';
import { SYSTEM } from '../conference/permissions.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Clock } from './clock.ts';
import type { Change, ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';
import { everybody } from './participant-tokens.ts';

interface Place {
  readonly host: ConferenceHost;
  transports: number;
  cancelGrace: (() => void) | null;
}

export interface PresenceOptions {
  readonly conferences: Conferences;
  readonly clock: Clock;
  /** How long the place of a participant without a transport is kept, in seconds. */
  readonly graceSeconds: number;
  readonly log: Logger;
}

/**
 * Knows which participants have a transport (events socket or media endpoint) and keeps the place of the others for
 * the grace time. Whoever comes back within it has his ID, and so the locks on him and his own.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #places = new Map<ParticipantId, Place>();

  constructor(options: PresenceOptions) {
    this.#options = options;
    options.conferences.subscribe((host, change) => this.#changed(host, change));
  }

  /** After recovery nobody has a transport yet: everybody's grace time begins. */
  begin(): void {
    for (const host of this.#options.conferences.all()) {
      for (const { id } of everybody(host.state)) this.#add(host, id);
    }
  }

  /** A transport of this participant came up; the returned function says that it went down. */
  attach(id: ParticipantId): () => void {
    const place = this.#places.get(id);
    if (!place) return () => {};
    place.transports += 1;
    place.cancelGrace?.();
    place.cancelGrace = null;
    if (place.transports === 1)
      place.host.observe({ type: 'connection.changed', participant: id, connected: true });
    let attached = true;
    return () => {
      if (!attached) return;
      attached = false;
      this.#detach(id, place);
    };
  }

  close(): void {
    for (const place of this.#places.values()) place.cancelGrace?.();
    this.#places.clear();
  }

  #detach(id: ParticipantId, place: Place): void {
    place.transports -= 1;
    if (place.transports > 0 || this.#places.get(id) !== place) return;
    place.host.observe({ type: 'connection.changed', participant: id, connected: false });
    this.#startGrace(id, place);
  }

  #startGrace(id: ParticipantId, place: Place): void {
    place.cancelGrace?.();
    const { clock, graceSeconds, log } = this.#options;
    place.cancelGrace = clock.after(graceSeconds * 1000, () => {
      place.host
        .execute(SYSTEM, { type: 'leave', participant: id, cause: 'timedOut' })
        .catch((error: unknown) => {
          log.warn(
            { err: error, participant: id },
            'a participant whose grace time is over could not be removed',
          );
          if (this.#places.get(id) === place && place.transports === 0) this.#startGrace(id, place);
        });
    });
  }

  #changed(host: ConferenceHost, change: Change): void {
    for (const event of change.events) {
      if (event.type === 'participant.joined') this.#enter(host, event.participant.id);
      if (event.type === 'waiting.entered') this.#enter(host, event.waiting.id);
      if (event.type === 'participant.left' && event.cause !== 'movedToWaitingRoom')
        this.#remove(event.participant);
      if (event.type === 'waiting.left' && event.cause !== 'admitted') this.#remove(event.participant);
      if (event.type === 'conference.ended') for (const { id } of everybody(change.before)) this.#remove(id);
    }
  }

  /** Who comes from or goes to the waiting room keeps the transports he has. */
  #enter(host: ConferenceHost, id: ParticipantId): void {
    const place = this.#places.get(id);
    if (!place) this.#add(host, id);
    else if (place.transports > 0)
      // Only after everybody has heard of the change that brought him here.
      queueMicrotask(() => host.observe({ type: 'connection.changed', participant: id, connected: true }));
  }

  #add(host: ConferenceHost, id: ParticipantId): void {
    const place: Place = { host, transports: 0, cancelGrace: null };
    this.#places.set(id, place);
    this.#startGrace(id, place);
  }

  #remove(id: ParticipantId): void {
    this.#places.get(id)?.cancelGrace?.();
    this.#places.delete(id);
  }
}
