import type { ConferenceId } from '../conference/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ConferenceHost } from '../runtime/conference-host.ts';
import type { Conferences } from '../runtime/conferences.ts';
import { CloseCode, type NotifyType } from './notify-types.ts';
import { type PushListener, PushRoom } from './push-room.ts';

export interface PushHubOptions {
  readonly conferences: Conferences;
  readonly clock: Clock;
}

/** One listener's place in the room of its conference. */
export interface PushAttachment {
  subscribe(types: readonly NotifyType[]): void;
  detach(): void;
}

/** Carries every committed change to the push sockets of its conference. */
export class PushHub {
  readonly #clock: Clock;
  readonly #rooms = new Map<ConferenceId, PushRoom>();

  constructor({ conferences, clock }: PushHubOptions) {
    this.#clock = clock;
    conferences.subscribe((host, change) => {
      const id = host.state.id;
      this.#rooms.get(id)?.changed(change);
      if (change.after.ended) this.#rooms.delete(id);
    });
  }

  attach(host: ConferenceHost, listener: PushListener): PushAttachment {
    const id = host.state.id;
    const room = this.#rooms.get(id) ?? new PushRoom({ host, clock: this.#clock });
    this.#rooms.set(id, room);
    room.add(listener);
    return {
      subscribe: (types) => room.subscribe(listener, types),
      detach: () => {
        room.remove(listener);
        if (!room.empty || this.#rooms.get(id) !== room) return;
        room.close();
        this.#rooms.delete(id);
      },
    };
  }

  /** Closes every socket: the server stops. */
  drain(): void {
    for (const room of this.#rooms.values()) room.dismiss(CloseCode.draining);
    this.#rooms.clear();
  }
}
