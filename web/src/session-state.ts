import type {
  ChangeMessage,
  ConferenceEntry,
  OwnState,
  RosterEntry,
  ServerMessage,
  SnapshotMessage,
  ViewReason,
  WaitingEntry,
} from '../../src/signalling/protocol.ts';

/** What a page knows of its conference: the last snapshot with the changes since. Never altered in place. */
export interface SessionState {
  readonly version: number;
  readonly conferenceID: string;
  readonly subject: string;
  readonly conference: ConferenceEntry;
  readonly roster: ReadonlyMap<string, RosterEntry>;
  readonly own?: OwnState;
  /** Who waits to be let in, as last told; only host and co-host are. */
  readonly waiting: readonly WaitingEntry[];
  /** Whether the host has asked for the camera and it has been neither opened nor declined since. */
  readonly cameraRequested: boolean;
  /** The end (Unix ms) that the server warned of last; null before a warning. */
  readonly warnedOfEndMs: number | null;
}

/** Why a slot shows a placeholder and no picture. */
export type PlaceholderReason = 'empty' | 'away' | 'noVideo' | 'cameraOff';

export interface SlotPicture {
  /** participantID of the source, null for none. */
  readonly source: string | null;
  readonly name: string;
  /** Absent when the source's picture may be shown. */
  readonly placeholder?: PlaceholderReason;
}

/**
 * A snapshot replaces whatever was known before: the connection may have missed any number of changes. What the server
 * said once and does not repeat is kept.
 */
export function applySnapshot(message: SnapshotMessage, before?: SessionState): SessionState {
  return settleCamera({
    version: message.version,
    conferenceID: message.conferenceID,
    subject: message.subject,
    conference: message.conference,
    roster: new Map(message.roster.map((entry) => [entry.participantID, entry])),
    ...(message.own && { own: message.own }),
    waiting: message.waiting,
    cameraRequested: before?.cameraRequested ?? false,
    warnedOfEndMs: before?.warnedOfEndMs ?? null,
  });
}

/**
 * Changes come in order on one connection. One that is older than the snapshot is dropped; one of the same version is
 * applied, since slots change without a change of the conference.
 */
export function applyChange(state: SessionState, message: ChangeMessage): SessionState {
  if (message.version < state.version) return state;
  const own = message.own ?? state.own;
  return settleCamera({
    ...state,
    version: message.version,
    conference: message.conference ?? state.conference,
    roster: message.roster ? changeRoster(state.roster, message.roster) : state.roster,
    ...(own && { own }),
    waiting: message.waiting ?? state.waiting,
  });
}

/** What the server says once. */
export function applyNotice(
  state: SessionState,
  message: Extract<ServerMessage, { type: 'cameraRequested' | 'endsSoon' }>,
): SessionState {
  return message.type === 'endsSoon'
    ? { ...state, warnedOfEndMs: message.endsAtMs }
    : { ...state, cameraRequested: message.on };
}

/** An open camera answers the request, so that closing it later does not bring the question back. */
function settleCamera(state: SessionState): SessionState {
  return state.cameraRequested && ownEntry(state)?.cameraOn ? { ...state, cameraRequested: false } : state;
}

function changeRoster(
  roster: SessionState['roster'],
  change: NonNullable<ChangeMessage['roster']>,
): SessionState['roster'] {
  const changed = new Map(roster);
  for (const participantID of change.removed) changed.delete(participantID);
  for (const entry of change.changed) changed.set(entry.participantID, entry);
  return changed;
}

export function ownEntry(state: SessionState): RosterEntry | undefined {
  return state.own && state.roster.get(state.own.participantID);
}

export function viewReason(state: SessionState): ViewReason | undefined {
  return state.own?.view.reason;
}

/** Whether this page sends nothing at all. */
export function isAudience(state: SessionState): boolean {
  return ownEntry(state)?.role === 'audience';
}

function isLeading(state: SessionState): boolean {
  const role = ownEntry(state)?.role;
  return role === 'host' || role === 'coHost';
}

/** Whom this participant can let in. */
export function admissible(state: SessionState): readonly WaitingEntry[] {
  return isLeading(state) ? state.waiting : [];
}

/** The host has no hand to raise. */
export function mayRaiseHand(state: SessionState): boolean {
  const own = ownEntry(state);
  return own !== undefined && own.role !== 'host';
}

export function mayOpenCamera(state: SessionState): boolean {
  return state.conference.selfCameraAllowed || isLeading(state);
}

/** Whether to ask this participant for his camera. */
export function isCameraAsked(state: SessionState): boolean {
  return state.cameraRequested && (ownEntry(state)?.video ?? false);
}

/** The end (Unix ms) to warn of; undefined while there is none near, also because it was put off since the warning. */
export function nearEndMs({ warnedOfEndMs, conference }: SessionState): number | undefined {
  return warnedOfEndMs !== null && warnedOfEndMs === conference.endsAtMs ? warnedOfEndMs : undefined;
}

/** Whose picture belongs into a slot, and whether there is one to show. */
export function slotPicture(state: SessionState, slot: number): SlotPicture {
  const source = state.own?.slots[slot] ?? null;
  if (source === null) return { source, name: '', placeholder: 'empty' };
  const entry = state.roster.get(source);
  if (!entry) return { source, name: '', placeholder: 'away' };
  const placeholder = placeholderOf(entry);
  return { source, name: entry.name, ...(placeholder && { placeholder }) };
}

function placeholderOf(entry: RosterEntry): PlaceholderReason | undefined {
  if (!entry.connected) return 'away';
  if (!entry.video) return 'noVideo';
  return entry.cameraOn ? undefined : 'cameraOff';
}

const ROLE_ORDER = { host: 0, coHost: 1, guest: 2, audience: 3 } as const;

/** The roster as people read it: the host first and the audience last, then by name. */
export function sortedRoster(state: SessionState): readonly RosterEntry[] {
  return [...state.roster.values()].sort(
    (a, b) =>
      ROLE_ORDER[a.role] - ROLE_ORDER[b.role] ||
      a.name.localeCompare(b.name) ||
      a.participantID.localeCompare(b.participantID),
  );
}

/** One or two characters that stand for a name where there is no picture. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const [first = '', second] = words;
  const firstLetter = [...first][0] ?? '';
  const secondLetter = second === undefined ? '' : ([...second][0] ?? '');
  return (firstLetter + secondLetter).toUpperCase();
}
