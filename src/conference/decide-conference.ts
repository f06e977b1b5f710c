import type { ConferenceCommand } from './commands.ts';
import type { DurableEvent } from './events.ts';
import { type Actor, requireControl, requireHost } from './permissions.ts';
import type { ConferenceSettings, ConferenceState } from './state.ts';

const MINUTE_MS = 60_000;

type Configure = Extract<ConferenceCommand, { type: 'configure' }>;
type Prolong = Extract<ConferenceCommand, { type: 'prolong' }>;

/** The conference as a whole: its end, its settings, its pauses. */
export const decideConference = (
  state: ConferenceState,
  actor: Actor,
  command: ConferenceCommand,
): readonly DurableEvent[] => {
  if (command.type === 'end') {
    requireHost(state, actor);
    return [{ type: 'conference.ended' }];
  }
  requireControl(state, actor);
  switch (command.type) {
    case 'setConferenceLock':
      return setLock(state, command.locked);
    case 'configure':
      return configure(state, command);
    case 'pause':
      return state.paused === command.paused ? [] : [{ type: 'conference.pauseSet', paused: command.paused }];
    case 'allowAudience':
      if (state.audienceAllowed === command.allowed) return [];
      return [{ type: 'conference.audienceSet', allowed: command.allowed }];
    case 'prolong':
      return prolong(state, command);
  }
};

const setLock = (state: ConferenceState, locked: boolean): readonly DurableEvent[] =>
  state.locked === locked ? [] : [{ type: 'conference.lockSet', locked }];

const configure = (state: ConferenceState, command: Configure): readonly DurableEvent[] => {
  const changed = Object.entries(command.settings).filter(
    ([key, value]) => state.settings[key as keyof ConferenceSettings] !== value,
  );
  const allowed = command.selfUnmuteAllowed ?? state.selfUnmuteAllowed;
  const events: DurableEvent[] = [];
  if (changed.length > 0) {
    events.push({ type: 'conference.configured', settings: Object.fromEntries(changed) });
  }
  if (allowed !== state.selfUnmuteAllowed) events.push({ type: 'selfUnmute.set', allowed });
  return [...events, ...setLock(state, command.locked ?? state.locked)];
};

/** Automatic prolonging begins when the end comes; until then the clock stays as it is. */
const prolong = (state: ConferenceState, { minutes, automatic }: Prolong): readonly DurableEvent[] => {
  if (automatic) {
    if (state.prolongMinutes === minutes) return [];
    return [{ type: 'conference.prolonged', endsAtMs: state.endsAtMs, prolongMinutes: minutes }];
  }
  if (state.endsAtMs === null) return [];
  const endsAtMs = state.endsAtMs + minutes * MINUTE_MS;
  return [{ type: 'conference.prolonged', endsAtMs, prolongMinutes: state.prolongMinutes }];
};
