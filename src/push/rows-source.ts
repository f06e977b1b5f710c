import type { ConferenceState } from '../conference/state.ts';
import type { Notice, NoticeSource } from './notice-source.ts';

export type Row = Readonly<Record<string, string | number>>;

export interface RowsOptions<Item> {
  /** What is listed, by the ID that the wire has for it. */
  readonly items: (state: ConferenceState) => ReadonlyMap<string, Item>;
  readonly rowOf: (item: Item, state: ConferenceState) => Row;
  /** What rows depend on beside their items; default nothing. */
  readonly context?: (state: ConferenceState) => unknown;
  /** The wire's form of a new or changed row. */
  readonly refresh: (id: string, changed: Row, whole: Row) => object;
  readonly remove: (id: string, last: Row) => object;
}

interface Told<Item> {
  readonly item: Item;
  readonly row: Row;
}

/** A list of which a change tells the new and altered rows (mode 0) and those that are gone (mode 1). */
export class RowsSource<Item> implements NoticeSource {
  readonly #options: RowsOptions<Item>;
  #told = new Map<string, Told<Item>>();
  #context: unknown = null;

  constructor(options: RowsOptions<Item>) {
    this.#options = options;
  }

  full(state: ConferenceState): object {
    this.#told = new Map();
    return { data: this.#refreshed(state, this.#options.items(state)) };
  }

  change(state: ConferenceState): Notice | null {
    const items = this.#options.items(state);
    const data = [...this.#removed(items), ...this.#refreshed(state, items)];
    return data.length === 0 ? null : { mode: 1, body: { data } };
  }

  /** States share the items that have not changed, so most rows need not be made again. */
  #refreshed(state: ConferenceState, items: ReadonlyMap<string, Item>): readonly object[] {
    const { rowOf, refresh, context } = this.#options;
    const newContext = context?.(state) ?? null;
    const sameContext = newContext === this.#context;
    this.#context = newContext;
    const entries: object[] = [];
    for (const [id, item] of items) {
      const told = this.#told.get(id);
      if (sameContext && told?.item === item) continue;
      const row = rowOf(item, state);
      this.#told.set(id, { item, row });
      const changed = told === undefined ? row : changedKeys(told.row, row);
      if (changed !== null) entries.push(refresh(id, changed, row));
    }
    return entries;
  }

  #removed(items: ReadonlyMap<string, Item>): readonly object[] {
    const entries: object[] = [];
    for (const [id, { row }] of this.#told) {
      if (items.has(id)) continue;
      this.#told.delete(id);
      entries.push(this.#options.remove(id, row));
    }
    return entries;
  }
}

/** Null for none. A key that has gone is told as empty. */
const changedKeys = (before: Row, after: Row): Row | null => {
  const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  if (changed.length === 0 && gone.length === 0) return null;
  return Object.fromEntries([...changed, ...gone.map((key) => [key, ''])]);
};
