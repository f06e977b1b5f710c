import type { ConferenceId, ParticipantId } from '../conference/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ConferenceHost } from '../runtime/conference-host.ts';
import type { Conferences } from '../runtime/conferences.ts';
import type { MediaDirector } from '../runtime/media-director.ts';
import { type EventListener, EventRoom } from './event-room.ts';

export interface EventsHubOptions {
  readonly conferences: Conferences;
  readonly director: MediaDirector;
  readonly clock: Clock;
}

/** Carries every committed change to the events sockets of its conference. */
export class EventsHub {
  readonly #options: EventsHubOptions;
  readonly #rooms = new Map<ConferenceId, EventRoom>();

  constructor(options: EventsHubOptions) {
    this.#options = options;
    options.conferences.subscribe((host, change) => {
      const room = this.#rooms.get(host.state.id);
      if (!room) return;
      room.changed(change);
      if (change.after.ended) this.#end(host.state.id, room);
    });
    options.director.subscribe({
      slotsChanged: (host, participant) => this.#rooms.get(host.state.id)?.slotsChanged(participant),
      mediaLost: (host: ConferenceHost, participant: ParticipantId) =>
        this.#rooms.get(host.state.id)?.tell(participant, { type: 'mediaLost' }),
    });
  }

  /** The listener gets the snapshot at once, then changes; the returned function takes it off. */
  attach(host: ConferenceHost, listener: EventListener): () => void {
    const id = host.state.id;
    const { director, clock } = this.#options;
    const room = this.#rooms.get(id) ?? new EventRoom({ host, director, clock });
    this.#rooms.set(id, room);
    room.add(listener);
    return () => {
      room.remove(listener);
      if (room.empty && this.#rooms.get(id) === room) {
        room.close();
        this.#rooms.delete(id);
      }
    };
  }

  /** Tells everybody that the server stops. */
  drain(): void {
    for (const room of this.#rooms.values()) room.dismiss('draining');
    this.#rooms.clear();
  }

  #end(id: ConferenceId, room: EventRoom): void {
    room.dismiss('ended');
    this.#rooms.delete(id);
  }
}
