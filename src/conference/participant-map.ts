import type { ParticipantId } from './ids.ts';

/**
 * The participants by ID, in the order of joining. Immutable: a change of one makes a new map, which shares the index
 * with the old one, so that a command costs a short array copy and not a new hash table.
 */
export class ParticipantMap<Item extends { readonly id: ParticipantId }> {
  readonly #index: ReadonlyMap<ParticipantId, number>;
  readonly #list: readonly Item[];

  private constructor(index: ReadonlyMap<ParticipantId, number>, list: readonly Item[]) {
    this.#index = index;
    this.#list = list;
  }

  static of<Item extends { readonly id: ParticipantId }>(participants: Iterable<Item>): ParticipantMap<Item> {
    const list = [...participants];
    return new ParticipantMap(new Map(list.map(({ id }, at) => [id, at])), list);
  }

  get size(): number {
    return this.#list.length;
  }

  get(id: ParticipantId): Item | undefined {
    const at = this.#index.get(id);
    return at === undefined ? undefined : this.#list[at];
  }

  has(id: ParticipantId): boolean {
    return this.#index.has(id);
  }

  keys(): Iterable<ParticipantId> {
    return this.#index.keys();
  }

  values(): readonly Item[] {
    return this.#list;
  }

  /** With this participant in the place of the one with his ID, or as the last to join. */
  with(participant: Item): ParticipantMap<Item> {
    const at = this.#index.get(participant.id);
    if (at === undefined) return ParticipantMap.of([...this.#list, participant]);
    return new ParticipantMap(this.#index, this.#list.with(at, participant));
  }

  without(id: ParticipantId): ParticipantMap<Item> {
    return ParticipantMap.of(this.#list.filter((participant) => participant.id !== id));
  }

  /** With each participant replaced by what `change` makes of him; his ID stays. */
  map(change: (participant: Item) => Item): ParticipantMap<Item> {
    return new ParticipantMap(this.#index, this.#list.map(change));
  }
}
