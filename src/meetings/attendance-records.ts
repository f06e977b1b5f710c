import type { DurableEvent } from '../conference/events.ts';
import type { ParticipantId } from '../conference/ids.ts';
import type { Participant } from '../conference/state.ts';
import type { JournalEntry } from '../store/store.ts';
import { readRecord } from './journal-record.ts';

/** One stay of a participant. Who leaves and comes back has two; an interruption within the grace time is none. */
export interface AttendanceRecord
  extends Pick<Participant, 'id' | 'number' | 'kind' | 'video' | 'role' | 'joinedAtMs'> {
  /** The last one he had in this stay. */
  readonly name: string;
  /** The login name of the account he joined with; null without one. */
  readonly account: string | null;
  /** Unix ms. */
  readonly leftAtMs: number;
}

/**
 * The stays in a run by its journal, in the order of joining.
 *
 * @param endedAtMs Unix ms; when those who were there to the last have left
 */
export const attendanceRecords = (
  entries: readonly JournalEntry[],
  endedAtMs: number,
): readonly AttendanceRecord[] => {
  const stays: AttendanceRecord[] = [];
  const present = new Map<ParticipantId, number>();
  for (const { record, atMs } of entries) {
    for (const event of readRecord(record).events) take(event, atMs);
  }
  return stays;

  function take(event: DurableEvent, atMs: number): void {
    if (event.type === 'participant.joined') {
      present.set(event.participant.id, stays.push(stayOf(event.participant)) - 1);
    }
    if (event.type === 'participant.renamed') change(event.participant, { name: event.name });
    if (event.type === 'participant.roleSet') change(event.participant, { role: event.role });
    if (event.type === 'participant.left') {
      change(event.participant, { leftAtMs: atMs });
      present.delete(event.participant);
    }
  }

  function change(id: ParticipantId, changes: Partial<AttendanceRecord>): void {
    const at = present.get(id);
    const stay = at === undefined ? undefined : stays[at];
    if (at !== undefined && stay) stays[at] = { ...stay, ...changes };
  }

  function stayOf({
    id,
    name,
    number,
    kind,
    video,
    role,
    joinedAtMs,
    ...more
  }: Participant): AttendanceRecord {
    // Absent in journals written before participants had accounts.
    const account = more.account ?? null;
    return { id, name, number, kind, video, role, account, joinedAtMs, leftAtMs: endedAtMs };
  }
};
