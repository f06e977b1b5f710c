import type { ParticipantId } from './ids.ts';
import type { ConferenceState, Participant } from './state.ts';
import type { Picture, View } from './views.ts';

/**
 * The source of each slot of a viewer's endpoint. A single picture takes slot 0; a browser fills its other slots with
 * the rest of the conference in the order of joining, a terminal leaves them empty. A continuous presence takes a slot
 * a pane, the largest first. While the conference is paused every slot is empty.
 *
 * @param count video lines of the endpoint, 0 or more
 */
export const assignSlots = (
  state: ConferenceState,
  viewer: Participant,
  view: View,
  count: number,
): readonly (ParticipantId | null)[] => {
  if (state.paused) return Array(count).fill(null);
  const sources = sourcesOf(view.picture);
  if (viewer.kind === 'browser') {
    for (const other of state.participants.values()) {
      if (sources.length >= count) break;
      if (other.video && other.id !== viewer.id && !sources.includes(other.id)) sources.push(other.id);
    }
  }
  return Array.from({ length: count }, (_, slot) => sources[slot] ?? null);
};

const sourcesOf = (picture: Picture): (ParticipantId | null)[] => {
  switch (picture.kind) {
    case 'single':
      return [picture.source];
    case 'continuousPresence':
      return [...picture.panes];
    case 'none':
      return [];
  }
};
