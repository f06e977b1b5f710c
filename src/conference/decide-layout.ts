import { AppError } from '../errors.ts';
import type { LayoutCommand } from './commands.ts';
import type { DurableEvent } from './events.ts';
import { type Layout, type SavedLayout, sameLayout } from './layouts.ts';
import { requireVideoConference } from './participants.ts';
import { type Actor, requireControl } from './permissions.ts';
import type { ConferenceState } from './state.ts';
import { participantBySite } from './views.ts';

/** The most layouts that a conference keeps [R]. */
const MAX_SAVED_LAYOUTS = 50;

/** customMultiPicture and the saved layouts: what the continuous presence looks like. */
export const decideLayout = (
  state: ConferenceState,
  actor: Actor,
  command: LayoutCommand,
): readonly DurableEvent[] => {
  requireControl(state, actor);
  requireVideoConference(state);
  switch (command.type) {
    case 'setLayout':
      return setLayout(state, command.layout, command.saveOnly);
    case 'saveLayout':
      return saveLayout(state, command.saved);
    case 'deleteLayout':
      return deleteLayout(state, command.id);
  }
};

const setLayout = (state: ConferenceState, layout: Layout, saveOnly: boolean): readonly DurableEvent[] => {
  checkLayout(state, layout);
  if (saveOnly) {
    return sameLayout(state.storedLayout, layout) ? [] : [{ type: 'layout.stored', layout }];
  }
  const events: DurableEvent[] = [];
  const asShown = sameLayout(state.layout, layout) && state.storedLayout === null;
  if (!asShown) events.push({ type: 'layout.set', layout });
  if (!showsPresence(state)) {
    events.push({
      type: 'mode.set',
      mode: { kind: 'FIXED' },
      voiceActivation: state.voiceActivation,
      held: null,
    });
  }
  return events;
};

/**
 * Whether the conference is in a state in which a new layout changes the layout only: Fixed, voice activation, or the
 * host watching the continuous presence. Otherwise the layout is broadcast.
 */
const showsPresence = (state: ConferenceState): boolean => {
  if (state.mode.kind === 'FIXED') return true;
  if (state.mode.kind !== 'FREE') return false;
  return state.voiceActivation !== 'off' || hostWatchesPresence(state);
};

const hostWatchesPresence = (state: ConferenceState): boolean =>
  state.participants
    .values()
    .some(
      ({ role, lock, explicit }) =>
        role === 'host' &&
        explicit?.by !== 'POLL' &&
        (lock ?? explicit?.choice)?.kind === 'continuousPresence',
    );

const checkLayout = (state: ConferenceState, layout: Layout): void => {
  if (layout.kind === 'automatic') return;
  const sites = layout.panes.flatMap((pane) => pane.sites);
  if (sites.length === 0) throw new AppError('LAYOUT_HAS_NO_SITE', 'no pane has a site');
  if (layout.panes.filter((pane) => pane.content).length > 1) {
    throw new AppError('LAYOUT_HAS_TWO_CONTENT_PANES', 'more than one pane is for what is shared');
  }
  for (const site of sites) {
    const participant = participantBySite(state, site);
    if (participant && !participant.video) {
      throw new AppError('LAYOUT_HAS_VOICE_ONLY_SITE', `site ${site} has no video`);
    }
  }
  if (state.voiceActivation === 'multiple' && layout.panes.some((pane) => pane.sites.length > 1)) {
    throw new AppError('LAYOUT_POLLS_WHILE_VOICE_ACTIVATED', 'a pane has several sites');
  }
};

/** What was stored is shown with the next switch to a continuous presence. */
export const showStoredLayout = (state: ConferenceState): readonly DurableEvent[] =>
  state.storedLayout === null ? [] : [{ type: 'layout.set', layout: state.storedLayout }];

const saveLayout = (state: ConferenceState, saved: SavedLayout): readonly DurableEvent[] => {
  const known = state.savedLayouts.find(({ id }) => id === saved.id);
  if (!known && state.savedLayouts.length >= MAX_SAVED_LAYOUTS) {
    throw new AppError('TOO_MANY_LAYOUTS', `${MAX_SAVED_LAYOUTS} layouts are saved already`);
  }
  const asItIs = known && known.name === saved.name && sameLayout(known.layout, saved.layout);
  return asItIs ? [] : [{ type: 'layout.saved', saved }];
};

const deleteLayout = (state: ConferenceState, id: string): readonly DurableEvent[] => {
  if (!state.savedLayouts.some((saved) => saved.id === id)) {
    throw new AppError('PARAMETER_INVALID', `no layout ${id} is saved`);
  }
  return [{ type: 'layout.deleted', id }];
};
