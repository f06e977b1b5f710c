import type { ParticipantId } from './ids.ts';
import { hasLargePane, type ManualLayout, type Pane } from './layouts.ts';
import type { Choice, ConferenceState, ExplicitView, Participant } from './state.ts';

/** Why a viewer sees what he sees; the first that applies wins, in this order (POLL suspends LOCK). */
export type ViewReason =
  | 'LOCK'
  | 'PART_VIEW'
  | 'CHAIR_VIEW'
  | 'POLL'
  | 'ROLL_CALL'
  | 'BROADCAST'
  | 'FIXED'
  | 'VOICE'
  | 'AUTO';

/** What a viewer sees: one source, several panes (the first is the large one), or nothing while nobody is there. */
export type Picture =
  | { readonly kind: 'single'; readonly source: ParticipantId }
  /** @property panes null is an empty pane */
  | { readonly kind: 'continuousPresence'; readonly panes: readonly (ParticipantId | null)[] }
  | { readonly kind: 'none' };

export interface View {
  readonly reason: ViewReason;
  readonly picture: Picture;
}

/** The largest continuous presence shows 16 panes. */
const MAX_PANES = 16;

/** The view of one viewer, by the ranks of the view policy. Pure and total: everybody has exactly one reason. */
export const viewOf = (state: ConferenceState, viewer: Participant): View => {
  const explicit = viewer.explicit;
  if (explicit?.by === 'POLL') return { reason: 'POLL', picture: pictureOf(state, viewer, explicit.choice) };
  if (viewer.lock) return { reason: 'LOCK', picture: pictureOf(state, viewer, viewer.lock) };
  if (explicit) return { reason: explicit.by, picture: pictureOf(state, viewer, explicit.choice) };
  return conferenceView(state, viewer) ?? ownView(state, viewer);
};

export const viewsOf = (state: ConferenceState): ReadonlyMap<ParticipantId, View> =>
  new Map(state.participants.values().map((viewer) => [viewer.id, viewOf(state, viewer)]));

/** What a conference-wide command shows this viewer; null where none applies to him. */
const conferenceView = (state: ConferenceState, viewer: Participant): View | null => {
  const { mode } = state;
  switch (mode.kind) {
    case 'ROLL_CALL':
    case 'BROADCAST':
      return mode.target === viewer.id
        ? null
        : { reason: mode.kind, picture: { kind: 'single', source: mode.target } };
    case 'FIXED':
      return { reason: 'FIXED', picture: presence(state, viewer, null) };
    case 'FREE':
      return null;
  }
};

/** Voice activation, else the default view. */
const ownView = (state: ConferenceState, viewer: Participant): View => {
  const speaker = loudestOther(state, viewer);
  if (state.voiceActivation === 'multiple') {
    return { reason: 'VOICE', picture: presence(state, viewer, speaker) };
  }
  const automatic = singleOrNone(speaker ?? firstOther(state, viewer));
  if (state.voiceActivation === 'single') return { reason: 'VOICE', picture: automatic };
  return { reason: 'AUTO', picture: viewer.held ? pictureOf(state, viewer, viewer.held) : automatic };
};

/**
 * What an unlocked or broadcast viewer goes on watching: his picture before, where his view after would be the
 * default one (nothing else forces a change).
 */
export const heldChoice = (before: View, after: View): Choice | null => {
  if (after.reason !== 'AUTO' || before.picture.kind === 'none') return null;
  return before.picture.kind === 'single' ? before.picture : { kind: 'continuousPresence' };
};

/** The site polled after `current` (null: the first), other than the viewer; null when there is nobody else. */
export const nextPolledSite = (
  state: ConferenceState,
  viewer: ParticipantId,
  current: ParticipantId | null,
): ParticipantId | null => {
  const sites = state.participants
    .values()
    .filter((p) => p.video && p.id !== viewer)
    .map((p) => p.id);
  const index = current === null ? -1 : sites.indexOf(current);
  return sites[(index + 1) % sites.length] ?? null;
};

/** The site an explicit view shows, null for a continuous presence. */
export const siteOf = (explicit: ExplicitView): ParticipantId | null =>
  explicit.choice.kind === 'single' ? explicit.choice.source : null;

const pictureOf = (state: ConferenceState, viewer: Participant, choice: Choice): Picture =>
  choice.kind === 'single' ? choice : presence(state, viewer, null);

/** The continuous presence as this viewer has it, with the speaker in its large pane. */
const presence = (state: ConferenceState, viewer: Participant, speaker: ParticipantId | null): Picture =>
  state.layout.kind === 'manual'
    ? manualPresence(state, viewer, state.layout, speaker)
    : automaticPresence(state, viewer, speaker);

/** Nobody is shown himself: his own pane shows the next site of it, or nothing. */
const manualPresence = (
  state: ConferenceState,
  viewer: Participant,
  layout: ManualLayout,
  speaker: ParticipantId | null,
): Picture => {
  const panes = layout.panes.map((pane) => siteOfPane(state, viewer, pane));
  if (speaker === null || !hasLargePane(layout)) return { kind: 'continuousPresence', panes };
  const place = panes.indexOf(speaker);
  if (place > 0) panes[place] = panes[0] ?? null;
  panes[0] = speaker;
  return { kind: 'continuousPresence', panes };
};

const siteOfPane = (state: ConferenceState, viewer: Participant, pane: Pane): ParticipantId | null => {
  const sites = pane.sites.flatMap((site) => {
    const participant = participantBySite(state, site);
    return participant?.video && participant.id !== viewer.id ? [participant.id] : [];
  });
  return sites[state.layoutTurn % sites.length] ?? null;
};

/** The participant a pane means: by his ID or by his number. */
export const participantBySite = (state: ConferenceState, site: string): Participant | null => {
  for (const p of state.participants.values())
    if (p.id === site || (site !== '' && p.number === site)) return p;
  return null;
};

/** Everybody else with video, `large` first, then in the order of joining. */
const automaticPresence = (
  state: ConferenceState,
  viewer: Participant,
  large: ParticipantId | null,
): Picture => {
  const panes = large === null ? [] : [large];
  for (const other of state.participants.values()) {
    if (panes.length === MAX_PANES) break;
    if (other.video && other.id !== viewer.id && other.id !== large) panes.push(other.id);
  }
  return panes.length === 0 ? { kind: 'none' } : { kind: 'continuousPresence', panes };
};

const loudestOther = (state: ConferenceState, viewer: Participant): ParticipantId | null =>
  state.speakers.find((id) => id !== viewer.id && state.participants.get(id)?.video) ?? null;

const firstOther = (state: ConferenceState, viewer: Participant): ParticipantId | null => {
  for (const other of state.participants.values()) if (other.video && other.id !== viewer.id) return other.id;
  return null;
};

const singleOrNone = (source: ParticipantId | null): Picture =>
  source === null ? { kind: 'none' } : { kind: 'single', source };

export const samePicture = (a: Picture, b: Picture): boolean => {
  if (a.kind === 'single') return b.kind === 'single' && a.source === b.source;
  if (a.kind === 'none') return b.kind === 'none';
  return (
    b.kind === 'continuousPresence' &&
    a.panes.length === b.panes.length &&
    a.panes.every((pane, index) => pane === b.panes[index])
  );
};

export const sameView = (a: View, b: View): boolean =>
  a.reason === b.reason && samePicture(a.picture, b.picture);
