import type {
  ChangeMessage,
  OwnState,
  RosterEntry,
  SnapshotMessage,
  ViewReason,
} from '../../src/signalling/protocol.ts';

/** What a page knows of its conference: the last snapshot with the changes since. Never altered in place. */
export interface SessionState {
  readonly version: number;
  readonly conferenceID: string;
  readonly subject: string;
  readonly mode: SnapshotMessage['mode'];
  readonly locked: boolean;
  readonly roster: ReadonlyMap<string, RosterEntry>;
  readonly own?: OwnState;
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

/** A snapshot replaces whatever was known before: the connection may have missed any number of changes. */
export function applySnapshot(message: SnapshotMessage): SessionState {
  return {
    version: message.version,
    conferenceID: message.conferenceID,
    subject: message.subject,
    mode: message.mode,
    locked: message.locked,
    roster: new Map(message.roster.map((entry) => [entry.participantID, entry])),
    ...(message.own && { own: message.own }),
  };
}

/**
 * Changes come in order on one connection. One that is older than the snapshot is dropped; one of the same version is
 * applied, since slots change without a change of the conference.
 */
export function applyChange(state: SessionState, message: ChangeMessage): SessionState {
  if (message.version < state.version) return state;
  const own = message.own ?? state.own;
  return {
    version: message.version,
    conferenceID: state.conferenceID,
    subject: state.subject,
    mode: message.mode ?? state.mode,
    locked: message.locked ?? state.locked,
    roster: message.roster ? changeRoster(state.roster, message.roster) : state.roster,
    ...(own && { own }),
  };
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

const ROLE_ORDER = { host: 0, coHost: 1, guest: 2 } as const;

/** The roster as people read it: the host first, then by name. */
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
