import type { CallResult, ConferenceEvent, LeaveCause } from '../conference/events.ts';
import type { ConferenceState } from '../conference/state.ts';
import type { Change } from '../runtime/conference-host.ts';
import type { Notice, NoticeSource } from './notice-source.ts';

interface InviteResult {
  readonly callNumber: string;
  readonly resultCode: string;
}

/** Of a call: "0" for success, else the codes of INVITE_FAILED_REASON. */
const callCodes = {
  answered: '0',
  refused: '111076009',
  noAnswer: '111076005',
  busy: '111076008',
  offline: '111076007',
  unknownNumber: '111076006',
} as const satisfies Record<CallResult, string>;

/** Of a leaving, by the same codes. Who waits has not left: null. */
const leaveCodes = {
  hungUp: '111076002',
  left: '111076010',
  timedOut: '111076005',
  movedToWaitingRoom: null,
} as const satisfies Record<LeaveCause, string | null>;

/** InviteResultNotify: how a call ended, why somebody left. Nothing of the past is told again. */
export class InviteResults implements NoticeSource {
  #results: InviteResult[] = [];

  full(_state: ConferenceState): object {
    this.#results = [];
    return { data: [] };
  }

  change(_state: ConferenceState): Notice | null {
    if (this.#results.length === 0) return null;
    const data = this.#results;
    this.#results = [];
    return { mode: 1, body: { data } };
  }

  note({ before, events }: Change): void {
    for (const event of events) {
      const result = resultOf(event, before);
      if (result !== null) this.#results.push(result);
    }
  }
}

const resultOf = (event: ConferenceEvent, before: ConferenceState): InviteResult | null => {
  if (event.type === 'attendee.callEnded') {
    return { callNumber: event.number, resultCode: callCodes[event.result] };
  }
  if (event.type !== 'participant.left') return null;
  const callNumber = before.participants.get(event.participant)?.number;
  const resultCode = leaveCodes[event.cause];
  return callNumber === undefined || resultCode === null ? null : { callNumber, resultCode };
};
