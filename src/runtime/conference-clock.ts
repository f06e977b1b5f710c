import type { Command } from '../conference/commands.ts';
import type { ConferenceId } from '../conference/ids.ts';
import { SYSTEM } from '../conference/permissions.ts';
import { hostOf } from '../conference/state.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Clock } from './clock.ts';
import type { ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';

const MINUTE_MS = 60_000;
/** Between two tries of an end that could not be made durable. */
const RETRY_MS = 10_000;

export interface ConferenceClockOptions {
  readonly conferences: Conferences;
  readonly clock: Clock;
  /** How long before the end everybody is warned, in minutes; 0: not at all. */
  readonly warnMinutes: number;
  /** How long a conference goes on without a host, in minutes; 0: as long as its time lasts. */
  readonly hostAbsenceMinutes: number;
  readonly log: Logger;
}

interface Timers {
  warn: (() => void) | null;
  end: (() => void) | null;
  absence: (() => void) | null;
}

/** Ends conferences by the clock: warns before, puts the end off where that is set, and minds the host's absence. */
export class ConferenceClock {
  readonly #options: ConferenceClockOptions;
  readonly #timers = new Map<ConferenceId, Timers>();

  constructor(options: ConferenceClockOptions) {
    this.#options = options;
    options.conferences.subscribe((host, { events, after }) => {
      if (after.ended) this.#drop(after.id);
      else if (!this.#timers.has(after.id)) this.#begin(host);
      else {
        if (events.some(({ type }) => type === 'conference.prolonged')) this.#setEnd(host);
        if (events.some(({ type }) => type.startsWith('participant.'))) this.#mindHost(host);
      }
    });
    options.conferences.onStarted((host) => this.#begin(host));
  }

  /** Takes in the conferences recovered at start; an end that has passed meanwhile comes at once. */
  begin(): void {
    for (const host of this.#options.conferences.all()) this.#begin(host);
  }

  close(): void {
    for (const id of [...this.#timers.keys()]) this.#drop(id);
  }

  #begin(host: ConferenceHost): void {
    this.#drop(host.state.id);
    this.#timers.set(host.state.id, { warn: null, end: null, absence: null });
    this.#setEnd(host);
    this.#mindHost(host);
  }

  #setEnd(host: ConferenceHost): void {
    const { clock, warnMinutes } = this.#options;
    const timers = this.#timers.get(host.state.id);
    const { endsAtMs } = host.state;
    if (!timers || endsAtMs === null) return;
    timers.warn?.();
    timers.end?.();
    const leftMs = endsAtMs - clock.now();
    const untilWarningMs = leftMs - warnMinutes * MINUTE_MS;
    timers.warn =
      warnMinutes > 0 && untilWarningMs > 0
        ? clock.after(untilWarningMs, () => host.observe({ type: 'conference.endsSoon', endsAtMs }))
        : null;
    timers.end = clock.after(Math.max(0, leftMs), () => this.#endOrProlong(host));
  }

  #endOrProlong(host: ConferenceHost): void {
    const { prolongMinutes, participants } = host.state;
    const goesOn = prolongMinutes > 0 && participants.size > 0;
    const command: Command = goesOn
      ? { type: 'prolong', minutes: prolongMinutes, automatic: false }
      : { type: 'end' };
    this.#execute(host, command, 'end', () => this.#endOrProlong(host));
  }

  #endWithoutHost(host: ConferenceHost): void {
    const timers = this.#timers.get(host.state.id);
    if (timers) timers.absence = null;
    if (hostOf(host.state)) return;
    this.#execute(host, { type: 'end' }, 'absence', () => this.#endWithoutHost(host));
  }

  #mindHost(host: ConferenceHost): void {
    const { clock, hostAbsenceMinutes } = this.#options;
    const timers = this.#timers.get(host.state.id);
    if (!timers || hostAbsenceMinutes === 0) return;
    if (hostOf(host.state)) {
      timers.absence?.();
      timers.absence = null;
    } else {
      timers.absence ??= clock.after(hostAbsenceMinutes * MINUTE_MS, () => this.#endWithoutHost(host));
    }
  }

  /** @param again decides anew, a while after the command could not be made durable */
  #execute(host: ConferenceHost, command: Command, timer: 'end' | 'absence', again: () => void): void {
    const { clock, log } = this.#options;
    host.execute(SYSTEM, command).catch((error: unknown) => {
      const { id, ended } = host.state;
      if (ended) return;
      log.warn({ err: error, conference: id }, `${command.type} by the clock could not be carried out`);
      const timers = this.#timers.get(id);
      if (timers) timers[timer] = clock.after(RETRY_MS, again);
    });
  }

  #drop(id: ConferenceId): void {
    const timers = this.#timers.get(id);
    timers?.warn?.();
    timers?.end?.();
    timers?.absence?.();
    this.#timers.delete(id);
  }
}
