import type { ConferenceEvent } from '../conference/events.ts';
import type { MeetingId } from '../conference/ids.ts';
import { SYSTEM } from '../conference/permissions.ts';
import type { Attendee } from '../conference/state.ts';
import { digest, newToken } from '../secrets.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Clock } from './clock.ts';
import type { ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';

type CallResult = Extract<ConferenceEvent, { type: 'attendee.callEnded' }>['result'];

/** Somebody who can be rung: a terminal by its number, an account by its login name. */
export type CalleeName = `terminal:${string}` | `account:${string}`;

/** A connected standby socket. */
export interface Callee {
  ring(call: Ringing): void;
  stopRinging(meeting: MeetingId): void;
}

interface Ringing {
  readonly meeting: MeetingId;
  readonly subject: string;
  /** The secret that lets the callee in once; only its digest is kept. */
  readonly invitation: string;
}

interface Call {
  readonly host: ConferenceHost;
  readonly attendee: Attendee;
  readonly callee: CalleeName | null;
  readonly cancelTimer: () => void;
  readonly invitations: Set<string>;
}

export interface CallsOptions {
  readonly conferences: Conferences;
  readonly clock: Clock;
  /** How long a call rings, in seconds. */
  readonly ringSeconds: number;
  /** Who is meant by an attendee; null for nobody known here. */
  readonly resolve: (attendee: Attendee) => CalleeName | null;
  readonly log: Logger;
}

/** Rings those whom a conference invites, and tells the conference how each call ended. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #callees = new Map<CalleeName, Set<Callee>>();
  readonly #calls = new Map<string, Call>();

  constructor(options: CallsOptions) {
    this.#options = options;
    options.conferences.subscribe((host, { events, before, after }) => {
      for (const event of events) this.#heard(host, event);
      if (after.ended) for (const { number } of before.attendees) this.#forget(host, number);
    });
    options.conferences.onStarted((host) => this.#started(host));
  }

  /** Calls that were ringing before a restart ring on as soon as the callee is back. */
  begin(): void {
    for (const host of this.#options.conferences.all()) {
      for (const attendee of host.state.attendees) if (attendee.called) this.#open(host, attendee);
    }
  }

  close(): void {
    for (const call of this.#calls.values()) call.cancelTimer();
    this.#calls.clear();
  }

  /** A callee is there, and is rung at once where he is being called; the returned function says that he is gone. */
  attach(name: CalleeName, callee: Callee): () => void {
    const others = this.#callees.get(name) ?? new Set();
    this.#callees.set(name, others.add(callee));
    for (const call of this.#calls.values()) if (call.callee === name) ring(callee, call);
    return () => {
      others.delete(callee);
      if (others.size === 0 && this.#callees.get(name) === others) this.#callees.delete(name);
    };
  }

  /** He does not want to come. */
  decline(name: CalleeName, meeting: MeetingId): void {
    for (const call of this.#calls.values()) {
      if (call.callee === name && call.host.state.meeting === meeting) this.#end(call, 'refused');
    }
  }

  /** Whom an invitation lets into a meeting, once; null when it is not good, or not any more. */
  takeInvitation(meeting: MeetingId, invitation: string): Attendee | null {
    const shown = digest(invitation);
    for (const { host, attendee, invitations } of this.#calls.values()) {
      if (host.state.meeting === meeting && invitations.delete(shown)) return attendee;
    }
    return null;
  }

  /** Those who are to be called when the meeting starts. */
  #started(host: ConferenceHost): void {
    for (const attendee of host.state.attendees) if (attendee.called) this.#call(host, attendee);
  }

  #heard(host: ConferenceHost, event: ConferenceEvent): void {
    if (event.type === 'attendee.callEnded' || event.type === 'attendee.removed') {
      this.#forget(host, event.number);
    }
    if (event.type === 'attendee.called') this.#call(host, event.attendee);
  }

  #call(host: ConferenceHost, attendee: Attendee): void {
    const call = this.#open(host, attendee);
    const callees = call.callee === null ? undefined : this.#callees.get(call.callee);
    if (call.callee === null) this.#end(call, 'unknownNumber');
    else if (!callees) this.#end(call, 'offline');
    else if (this.#isElsewhere(attendee)) this.#end(call, 'busy');
    else for (const callee of callees) ring(callee, call);
  }

  /** A terminal is in one conference at a time. */
  #isElsewhere({ number }: Attendee): boolean {
    for (const { state } of this.#options.conferences.all()) {
      if (state.participants.values().some((p) => p.kind === 'terminal' && p.number === number)) return true;
    }
    return false;
  }

  #open(host: ConferenceHost, attendee: Attendee): Call {
    const { clock, ringSeconds, resolve } = this.#options;
    this.#forget(host, attendee.number);
    const call: Call = {
      host,
      attendee,
      callee: resolve(attendee),
      cancelTimer: clock.after(ringSeconds * 1000, () => this.#end(call, 'noAnswer')),
      invitations: new Set(),
    };
    this.#calls.set(keyOf(host, attendee.number), call);
    return call;
  }

  #end({ host, attendee }: Call, result: CallResult): void {
    host.execute(SYSTEM, { type: 'endCall', number: attendee.number, result }).catch((error: unknown) => {
      this.#options.log.warn({ err: error, number: attendee.number }, 'the end of a call could not be kept');
    });
  }

  #forget(host: ConferenceHost, number: string): void {
    const call = this.#calls.get(keyOf(host, number));
    if (!call) return;
    this.#calls.delete(keyOf(host, number));
    call.cancelTimer();
    const callees = call.callee === null ? [] : (this.#callees.get(call.callee) ?? []);
    for (const callee of callees) callee.stopRinging(host.state.meeting);
  }
}

const keyOf = (host: ConferenceHost, number: string): string => `${host.state.id} ${number}`;

const ring = (callee: Callee, { host, invitations }: Call): void => {
  const invitation = newToken();
  invitations.add(digest(invitation));
  callee.ring({ meeting: host.state.meeting, subject: host.state.subject, invitation });
};
