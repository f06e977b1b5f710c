import type { ManualLayout } from '../../src/conference/layouts.ts';
import type { Person, Room } from './conference-reference-room.ts';

/** What everybody sees, once more: the ranks of lock-view.md as a table that is walked from the top. */

/** The continuous presence, as something to look at. */
export const EVERYBODY = '*';
const LOUDEST_LARGE = '*+';
export const NOTHING = '-';

/** The rank table: the first row that has something for this viewer. */
export const look = (room: Room, viewer: Person): { readonly reason: string; readonly picture: string } => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['POLL', viewer.polls],
    ['LOCK', viewer.lock],
    ['PART_VIEW', viewer.part],
    ['CHAIR_VIEW', viewer.chair],
    [room.wide, room.target === viewer.id ? null : room.target],
    ['FIXED', room.wide === 'FIXED' ? EVERYBODY : null],
    ['VOICE', byVoice(room, viewer)],
    ['AUTO', viewer.keeps ?? heardLast(room, viewer) ?? NOTHING],
  ];
  for (const [reason, shown] of rows)
    if (shown !== null) return { reason, picture: draw(room, viewer, shown) };
  throw new Error('no row applies');
};

/** The audience has no camera to show, so that it is in nobody's picture. */
export const sitesFor = (room: Room, viewer: Person): string[] =>
  room.people.filter((p) => p.video && p !== viewer).map((p) => p.id);

export const siteToPoll = (room: Room, viewer: Person): string | null => {
  const sites = sitesFor(room, viewer);
  const next = viewer.polls === null ? 0 : sites.indexOf(viewer.polls) + 1;
  return sites[next] ?? sites[0] ?? null;
};

/** The person a pane means, by ID or by number. */
export const bySite = (room: Room, site: string): Person | undefined =>
  room.people.find((p) => p.id === site || p.number === site);

const speakerFor = (room: Room, viewer: Person): string | null => {
  const sites = sitesFor(room, viewer);
  return room.lastSpeakers.find((speaker) => sites.includes(speaker)) ?? null;
};

const heardLast = (room: Room, viewer: Person): string | null =>
  speakerFor(room, viewer) ?? sitesFor(room, viewer)[0] ?? null;

const byVoice = (room: Room, viewer: Person): string | null => {
  if (room.voice === 'off') return null;
  return room.voice === 'single' ? (heardLast(room, viewer) ?? NOTHING) : LOUDEST_LARGE;
};

const draw = (room: Room, viewer: Person, shown: string): string => {
  if (shown !== EVERYBODY && shown !== LOUDEST_LARGE) return shown;
  const loudest = shown === LOUDEST_LARGE ? speakerFor(room, viewer) : null;
  if (room.layout.kind === 'manual') return drawPanes(room, viewer, room.layout, loudest);
  const panes = sitesFor(room, viewer);
  if (loudest !== null) panes.unshift(...panes.splice(panes.indexOf(loudest), 1));
  return panes.length === 0 ? NOTHING : `[${panes.slice(0, 16).join(' ')}]`;
};

/** With unequal panes the large one follows the loudest, who changes places with whoever was in it. */
const drawPanes = (room: Room, viewer: Person, layout: ManualLayout, loudest: string | null): string => {
  const panes = layout.panes.map(({ sites }) => {
    const shown = sites.map((site) => bySite(room, site)).filter((p) => p?.video && p !== viewer);
    return shown[room.turn % shown.length]?.id ?? NOTHING;
  });
  const equal = ['Two', 'Four', 'Nine', 'Sixteen', 'Twenty-Five'].includes(layout.imageType);
  if (loudest !== null && !equal) {
    const place = panes.indexOf(loudest);
    if (place > 0) panes[place] = panes[0] ?? NOTHING;
    panes[0] = loudest;
  }
  return `[${panes.join(' ')}]`;
};
