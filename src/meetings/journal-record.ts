import type { Command } from '../conference/commands.ts';
import type { DurableEvent } from '../conference/events.ts';
import type { Actor } from '../conference/permissions.ts';
import type { ErrorCode } from '../errors.ts';

/** What the journal keeps of one command. The JSON form is stored: members may be added, never renamed, error codes as well. */
export interface JournalRecord {
  readonly by: Actor;
  /** What was asked. Absent for a join, and in journals written before it was kept. */
  readonly command?: RecordedCommand;
  readonly events: readonly DurableEvent[];
  /** Why it was refused; there are no events then. */
  readonly refused?: ErrorCode;
}

/** Without the joins, which hold a token's digest, and without what is large and in the events as well. */
export type RecordedCommand =
  | Exclude<Command, { type: 'join' } | { type: LargeCommand }>
  | { readonly type: LargeCommand };

type LargeCommand = 'setLayout' | 'saveLayout' | 'setInterpreterGroups';

/** A refused command whose JSON is longer is not kept: what nobody has checked must not fill the disk. */
const MAX_REFUSED_LENGTH = 2048;

/** @param command null for what nobody has commanded: the start */
export const recordOf = (
  by: Actor,
  command: Command | null,
  events: readonly DurableEvent[],
): JournalRecord => {
  const kept = command && recorded(command);
  return kept ? { by, command: kept, events } : { by, events };
};

/** Null for what is not kept. */
export const refusalOf = (by: Actor, command: Command, refused: ErrorCode): JournalRecord | null => {
  const kept = recorded(command);
  if (kept === null || JSON.stringify(kept).length > MAX_REFUSED_LENGTH) return null;
  return { by, command: kept, events: [], refused };
};

export const readRecord = (json: string): JournalRecord => JSON.parse(json) as JournalRecord;

const recorded = (command: Command): RecordedCommand | null => {
  const { type } = command;
  if (type === 'join') return null;
  if (type === 'setLayout' || type === 'saveLayout' || type === 'setInterpreterGroups') return { type };
  return command;
};
