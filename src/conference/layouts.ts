/** The continuous presence: which panes there are and who is meant to be in them. */

/** How a picture is divided, by the contract's names (imageType). A suffix is another geometry of as many panes. */
const paneCounts = {
  Single: 1,
  Two: 2,
  Three: 3,
  Four: 4,
  Five: 5,
  Six: 6,
  Seven: 7,
  Eight: 8,
  Nine: 9,
  Ten: 10,
  Thirteen: 13,
  Sixteen: 16,
  Seventeen: 17,
  'Twenty-Five': 25,
} as const;

type BaseName = keyof typeof paneCounts;

/** The last geometry of each: `Three-4` is there, `Three-5` is not. */
const lastGeometry: Partial<Record<BaseName, number>> = {
  Three: 4,
  Four: 3,
  Five: 2,
  Six: 5,
  Seven: 4,
  Eight: 4,
  Ten: 6,
  Thirteen: 5,
};

/** The panes of an imageType of the contract; null for a name that is not in it. */
export const paneCountOf = (imageType: string): number | null => {
  if (Object.hasOwn(paneCounts, imageType)) return paneCounts[imageType as BaseName];
  const [, base = '', geometry = ''] = /^(\w+)-(\d)$/.exec(imageType) ?? [];
  if (!Object.hasOwn(paneCounts, base) || Number(geometry) < 2) return null;
  const name = base as BaseName;
  return Number(geometry) <= (lastGeometry[name] ?? 0) ? paneCounts[name] : null;
};

/** Layouts whose panes are all of one size, so that none is the speaker's. */
const EQUAL_PANES: ReadonlySet<string> = new Set(['Two', 'Four', 'Nine', 'Sixteen', 'Twenty-Five']);

export const hasLargePane = (layout: Layout): boolean => !EQUAL_PANES.has(layout.imageType);

export type Layout = AutomaticLayout | ManualLayout;

/** Everybody in the order of joining, as many panes as are needed. */
interface AutomaticLayout {
  readonly kind: 'automatic';
  readonly imageType: string;
}

export interface ManualLayout {
  readonly kind: 'manual';
  /** A name of the contract, such as "Four" or "Six-2". */
  readonly imageType: string;
  /** Pane by pane, the large one first; as many as the imageType has. */
  readonly panes: readonly Pane[];
  /** Seconds on each site of a polling pane, 10 to 120. */
  readonly switchSeconds: number;
  /** The grid of a custom layout as it was given, for those who read it back. */
  readonly grid?: LayoutGrid;
}

export interface Pane {
  /** Numbers or participant IDs: several take turns, none leaves the pane empty. They need not be there yet. */
  readonly sites: readonly string[];
  /** Whether it is for what is shared. */
  readonly content: boolean;
}

export interface LayoutGrid {
  readonly columns: number;
  readonly rows: number;
  readonly cells: readonly {
    readonly id: number;
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  }[];
}

export interface SavedLayout {
  readonly id: string;
  readonly name: string;
  readonly layout: ManualLayout;
}

export const AUTOMATIC_LAYOUT: Layout = { kind: 'automatic', imageType: 'Sixteen' };

export const sameLayout = (a: Layout | null, b: Layout | null): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);
