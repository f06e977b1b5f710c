import type { HostView } from '../conference/commands.ts';
import type { DurableEvent } from '../conference/events.ts';
import type { ParticipantId } from '../conference/ids.ts';
import type { Actor } from '../conference/permissions.ts';
import type { ErrorCode } from '../errors.ts';
import type { JournalEntry } from '../store/store.ts';
import { commandOf } from './event-commands.ts';
import { type JournalRecord, type RecordedCommand, readRecord } from './journal-record.ts';

/** Who did what to whom in a meeting, in words. */
export interface ControlRecord {
  /** Unix ms. */
  readonly atMs: number;
  /** Through a control token, by a participant, or by the server itself. */
  readonly source: 'API' | 'Participant' | 'System';
  /** A participant's name, or "host token", "guest token", "system". */
  readonly operator: string;
  /** Such as "LockView". */
  readonly code: string;
  /** The names of those it was done to; "V -> S" where V was made to watch S. */
  readonly object: string;
  /** Null: it was done. */
  readonly refused: ErrorCode | null;
  readonly detail: string;
}

/** The control records of a run by its journal, in order. A command that found all as asked has left none. */
export const controlRecords = (entries: readonly JournalEntry[]): readonly ControlRecord[] => {
  const people = new People();
  return entries.flatMap(({ record: json, atMs }): ControlRecord[] => {
    const record = readRecord(json);
    const told = tell(record, people);
    const operator = operatorOf(record.by, people);
    for (const event of record.events) people.take(event);
    return told === null ? [] : [{ atMs, ...operator, ...told, refused: record.refused ?? null }];
  });
};

type Told = Pick<ControlRecord, 'code' | 'object' | 'detail'>;

const tell = (record: JournalRecord, people: People): Told | null => {
  const command = record.command ?? commandOf(record.events);
  // Coming and going is in the attendance records.
  if (command === null || command.type === 'leave') return null;
  const { code, object = '', detail = '' } = wordsFor(command, people);
  return { code, object, detail };
};

const operatorOf = (by: Actor, people: People): Pick<ControlRecord, 'source' | 'operator'> => {
  switch (by.kind) {
    case 'system':
      return { source: 'System', operator: 'system' };
    case 'token':
      return { source: 'API', operator: `${by.role} token` };
    case 'participant':
      return { source: 'Participant', operator: people.name(by.id) };
  }
};

/** The names of everybody so far, those who have left included, and who is locked on whom. */
class People {
  readonly #names = new Map<ParticipantId, string>();
  readonly #locks = new Map<ParticipantId, string>();

  /** The ID of somebody who never was there. */
  name(id: ParticipantId): string {
    return this.#names.get(id) ?? id;
  }

  names(ids: readonly ParticipantId[] | null): string {
    return ids === null ? EVERYBODY : ids.map((id) => this.name(id)).join(', ');
  }

  lockOf(viewer: ParticipantId): string {
    const source = this.#locks.get(viewer);
    return source === undefined ? this.name(viewer) : `${this.name(viewer)} -> ${source}`;
  }

  take(event: DurableEvent): void {
    if (event.type === 'participant.joined') this.#names.set(event.participant.id, event.participant.name);
    if (event.type === 'waiting.entered') this.#names.set(event.waiting.id, event.waiting.name);
    if (event.type === 'participant.renamed') this.#names.set(event.participant, event.name);
    if (event.type === 'view.unlocked') this.#locks.delete(event.viewer);
    if (event.type === 'view.locked') {
      const { choice } = event;
      this.#locks.set(
        event.viewer,
        choice.kind === 'single' ? this.name(choice.source) : CONTINUOUS_PRESENCE,
      );
    }
  }
}

const EVERYBODY = 'all';
const CONTINUOUS_PRESENCE = 'continuous presence';

interface Words {
  readonly code: string;
  readonly object?: string;
  readonly detail?: string;
}

type ToldCommand = Exclude<RecordedCommand, { type: 'leave' }>;

/** The table of operateCode, with whom and what it is about. */
const wordsFor = (command: ToldCommand, people: People): Words => {
  switch (command.type) {
    case 'lockView':
      return { code: 'LockView', object: watches(command, people) };
    case 'unlockView':
      return { code: 'UnlockView', object: people.lockOf(command.viewer) };
    case 'partView':
      return { code: 'PartView', object: watches(command, people) };
    case 'hostView':
      return { code: 'ChairView', ...hostViewWords(command.view, people) };
    case 'broadcast':
      return { code: 'Broadcast', object: people.name(command.participant) };
    case 'rollCall':
      return { code: 'RollCall', object: people.name(command.participant) };
    case 'cancelBroadcast':
      return { code: 'CancelBroadcast' };
    case 'switchMode':
      return { code: 'SwitchMode', detail: command.to };
    case 'setLayout':
      return { code: 'SetLayout' };
    case 'saveLayout':
      return { code: 'SaveLayout' };
    case 'deleteLayout':
      return { code: 'DeleteLayout', detail: command.id };
    case 'setInterpreterGroups':
      return { code: 'SetInterpreterGroups' };
    case 'setInterpretation':
      return { code: command.on ? 'StartInterpretation' : 'StopInterpretation' };
    case 'setLanguage':
      return { code: 'SetLanguage', object: people.names(command.participants) };
    case 'admit':
      return { code: 'Admit', object: people.names(command.participants) };
    case 'moveToWaitingRoom':
      return { code: 'MoveToWaitingRoom', object: people.names(command.participants) };
    case 'invite':
      return {
        code: 'Invite',
        object: command.attendees.map(({ name, number }) => name || number).join(', '),
      };
    case 'endCall':
      return { code: 'EndCall', object: command.number, detail: command.result };
    case 'removeAttendees':
      return {
        code: 'RemoveAttendees',
        object: command.attendees
          .map(({ number, participant }) => (participant === null ? number : people.name(participant)))
          .join(', '),
      };
    case 'requestCamera':
      return {
        code: command.on ? 'RequestCameraOn' : 'RequestCameraOff',
        object: people.name(command.participant),
      };
    case 'inviteToShare':
      return {
        code: command.invited ? 'InviteToShare' : 'CancelInviteToShare',
        object: people.name(command.participant),
      };
    case 'allowClientRecording':
      return {
        code: command.allowed ? 'AllowClientRecording' : 'ForbidClientRecording',
        object: people.name(command.participant),
      };
    case 'allowSelfUnmute':
      return { code: command.allowed ? 'AllowSelfUnmute' : 'ForbidSelfUnmute' };
    case 'muteParticipant':
      return {
        code: command.muted ? 'MuteParticipant' : 'UnmuteParticipant',
        object: people.name(command.participant),
      };
    case 'muteAll':
      return { code: command.muted ? 'MuteAll' : 'UnmuteAll', object: EVERYBODY };
    case 'hangUp':
      return { code: 'HangUp', object: people.names(command.participants) };
    case 'rename':
      return { code: 'Rename', object: people.name(command.participant), detail: command.name };
    case 'setCamera':
      return {
        code: command.on ? 'CameraOn' : 'CameraOff',
        object: people.name(command.participant),
      };
    case 'raiseHands':
      return {
        code: command.raised ? 'RaiseHand' : 'LowerHand',
        object: people.names(command.participants),
      };
    case 'setCoHost':
      return {
        code: command.coHost ? 'SetCoHost' : 'CancelCoHost',
        object: people.name(command.participant),
      };
    case 'applyHost':
      return { code: 'ApplyHost', object: people.name(command.participant) };
    case 'releaseHost':
      return { code: 'ReleaseHost', object: people.name(command.participant) };
    case 'setConferenceLock':
      return { code: command.locked ? 'LockMeeting' : 'UnlockMeeting' };
    case 'configure':
      return { code: 'ConfigureMeeting', detail: Object.keys(command.settings).join(', ') };
    case 'pause':
      return { code: command.paused ? 'PauseMeeting' : 'ResumeMeeting' };
    case 'allowAudience':
      return { code: command.allowed ? 'AllowAudience' : 'ForbidAudience' };
    case 'prolong':
      return { code: 'ProlongMeeting', detail: `${command.minutes} minutes` };
    case 'end':
      return { code: 'StopMeeting' };
  }
};

const watches = (
  { viewer, source }: { readonly viewer: ParticipantId; readonly source: ParticipantId },
  people: People,
): string => `${people.name(viewer)} -> ${people.name(source)}`;

const hostViewWords = (view: HostView, people: People): Omit<Words, 'code'> => {
  switch (view.kind) {
    case 'site':
      return { object: people.name(view.source) };
    case 'continuousPresence':
      return { object: CONTINUOUS_PRESENCE };
    case 'startPolling':
      return { detail: `polling, ${view.switchSeconds} seconds each` };
    case 'stopPolling':
      return { detail: 'polling stopped' };
  }
};
