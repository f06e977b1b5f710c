import type { DurableEvent } from '../conference/events.ts';
import type { ExplicitView, Mode } from '../conference/state.ts';
import type { RecordedCommand } from './journal-record.ts';

/**
 * The command that may have led to these events, for journals written before commands were kept. Null for comings and
 * goings, and for what was no command.
 */
export const commandOf = (events: readonly DurableEvent[]): RecordedCommand | null => {
  for (const event of events) {
    const command = commandOfOne(event, events);
    if (command !== null) return command;
  }
  return null;
};

const commandOfOne = (event: DurableEvent, all: readonly DurableEvent[]): RecordedCommand | null => {
  if (event.type === 'view.locked')
    return event.choice.kind === 'single'
      ? { type: 'lockView', viewer: event.viewer, source: event.choice.source }
      : { type: 'hostView', view: { kind: 'continuousPresence' } };
  if (event.type === 'view.unlocked') return { type: 'unlockView', viewer: event.viewer };
  if (event.type === 'view.chosen') return viewCommand(event.viewer, event.explicit);
  if (event.type === 'mode.set') return modeCommand(event.mode, event.voiceActivation);
  if (event.type === 'participant.left')
    return event.cause === 'hungUp' ? { type: 'hangUp', participants: hungUp(all) } : null;
  if (event.type === 'participant.renamed')
    return { type: 'rename', participant: event.participant, name: event.name };
  if (event.type === 'participant.cameraSet')
    return { type: 'setCamera', participant: event.participant, on: event.on };
  if (event.type === 'participant.roleSet')
    return event.role === 'host'
      ? { type: 'applyHost', participant: event.participant }
      : { type: 'setCoHost', participant: event.participant, coHost: event.role === 'coHost' };
  if (event.type === 'audio.set') return audioCommand(event);
  if (event.type === 'conference.lockSet') return { type: 'setConferenceLock', locked: event.locked };
  if (event.type === 'conference.ended') return { type: 'end' };
  // Comings and goings, parts of the above, and what came only after commands were kept.
  return null;
};

const hungUp = (events: readonly DurableEvent[]) =>
  events.flatMap((event) => (event.type === 'participant.left' ? [event.participant] : []));

type View = Extract<DurableEvent, { type: 'view.chosen' }>;

const viewCommand = (viewer: View['viewer'], explicit: ExplicitView | null): RecordedCommand | null => {
  if (explicit === null) return { type: 'hostView', view: { kind: 'stopPolling' } };
  const { by, choice, switchSeconds } = explicit;
  if (by === 'POLL') {
    return { type: 'hostView', view: { kind: 'startPolling', switchSeconds: switchSeconds ?? 0 } };
  }
  if (choice.kind === 'continuousPresence') return { type: 'hostView', view: choice };
  const { source } = choice;
  return by === 'PART_VIEW'
    ? { type: 'partView', viewer, source }
    : { type: 'hostView', view: { kind: 'site', source } };
};

const modeCommand = (mode: Mode, voice: 'off' | 'single' | 'multiple'): RecordedCommand => {
  switch (mode.kind) {
    case 'BROADCAST':
      return { type: 'broadcast', participant: mode.target };
    case 'ROLL_CALL':
      return { type: 'rollCall', participant: mode.target };
    case 'FIXED':
      return { type: 'switchMode', to: 'fixed' };
    case 'FREE':
      if (voice === 'off') return { type: 'cancelBroadcast' };
      return { type: 'switchMode', to: voice === 'single' ? 'voiceSingle' : 'voiceMultiple' };
  }
};

const audioCommand = ({
  muted,
  participants,
}: Extract<DurableEvent, { type: 'audio.set' }>): RecordedCommand => {
  const [only, ...others] = participants;
  return only !== undefined && others.length === 0
    ? { type: 'muteParticipant', participant: only, muted }
    : { type: 'muteAll', muted, selfUnmuteAllowed: null };
};
