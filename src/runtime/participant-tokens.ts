import type { ParticipantId } from '../conference/ids.ts';
import type { ConferenceState, Participant, Waiting } from '../conference/state.ts';
import type { ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';

/** Participants and those who wait. */
export const everybody = (state: ConferenceState): readonly (Participant | Waiting)[] => [
  ...state.participants.values(),
  ...state.waiting,
];

export interface ParticipantSession {
  readonly host: ConferenceHost;
  readonly participant: ParticipantId;
}

/** Finds the participant, or whoever waits to be one, whose token has a digest. The digests themselves are in the conferences' state. */
export class ParticipantTokens {
  readonly #sessions = new Map<string, ParticipantSession>();

  constructor(conferences: Conferences) {
    conferences.subscribe((host, change) => {
      for (const event of change.events) {
        if (event.type === 'participant.joined')
          this.#add(host, event.participant.id, event.participant.tokenDigest);
        if (event.type === 'waiting.entered') this.#add(host, event.waiting.id, event.waiting.tokenDigest);
        if (event.type === 'participant.left' && event.cause !== 'movedToWaitingRoom')
          this.#remove(change.before.participants.get(event.participant));
        if (event.type === 'waiting.left' && event.cause !== 'admitted')
          this.#remove(change.before.waiting.find(({ id }) => id === event.participant));
        if (event.type === 'conference.ended') for (const p of everybody(change.before)) this.#remove(p);
        if (event.type === 'participant.rejoined') {
          this.#remove(change.before.participants.get(event.participant));
          this.#add(host, event.participant, event.tokenDigest);
        }
      }
    });
  }

  /** Takes in the participants of the conferences recovered at start. */
  begin(conferences: Conferences): void {
    for (const host of conferences.all()) {
      for (const { id, tokenDigest } of everybody(host.state)) this.#add(host, id, tokenDigest);
    }
  }

  find(digest: string): ParticipantSession | null {
    return this.#sessions.get(digest) ?? null;
  }

  #add(host: ConferenceHost, participant: ParticipantId, digest: string): void {
    this.#sessions.set(digest, { host, participant });
  }

  #remove(participant: { readonly tokenDigest: string } | undefined): void {
    if (participant) this.#sessions.delete(participant.tokenDigest);
  }
}
