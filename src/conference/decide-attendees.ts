import { AppError } from '../errors.ts';
import type { AttendeeCommand } from './commands.ts';
import type { DurableEvent } from './events.ts';
import { type Actor, forbidCoHostOnHost, requireControl, requireSystem } from './permissions.ts';
import type { Attendee, ConferenceState, Participant } from './state.ts';

type Removal = Extract<AttendeeCommand, { type: 'removeAttendees' }>['attendees'][number];

/** Who is invited: called, called in vain, taken off the list. */
export const decideAttendees = (
  state: ConferenceState,
  actor: Actor,
  command: AttendeeCommand,
): readonly DurableEvent[] => {
  switch (command.type) {
    case 'invite':
      requireControl(state, actor);
      return invite(state, command.attendees);
    case 'endCall':
      requireSystem(actor);
      return isCalled(state, command.number)
        ? [{ type: 'attendee.callEnded', number: command.number, result: command.result }]
        : [];
    case 'removeAttendees':
      requireControl(state, actor);
      return command.attendees.flatMap((removal) => remove(state, actor, removal));
  }
};

const invite = (state: ConferenceState, attendees: readonly Attendee[]): readonly DurableEvent[] => {
  const numbers = new Set<string>();
  for (const { number } of attendees) {
    const isHere = participantsByNumber(state, number).length > 0;
    if (isHere || isCalled(state, number) || numbers.has(number)) {
      throw new AppError('ALREADY_INVITED', `${number} is in the conference or being called`);
    }
    numbers.add(number);
  }
  return attendees.map((attendee) => ({ type: 'attendee.called', attendee }));
};

export const attendeeOf = (state: ConferenceState, number: string): Attendee | null =>
  (number !== '' && state.attendees.find((attendee) => attendee.number === number)) || null;

export const attendeeByAccount = (state: ConferenceState, account: string | null): Attendee | null =>
  (account !== null && state.attendees.find((attendee) => attendee.account === account)) || null;

const isCalled = (state: ConferenceState, number: string): boolean =>
  attendeeOf(state, number)?.called === true;

/** Whoever is taken off the list is out of the conference too. */
const remove = (state: ConferenceState, actor: Actor, removal: Removal): readonly DurableEvent[] => {
  const { number, participant } = removal;
  const here =
    participant === null
      ? participantsByNumber(state, number)
      : state.participants.values().filter(({ id }) => id === participant);
  const listed = attendeeOf(state, number);
  if (here.length === 0 && !listed) {
    throw new AppError('PARTICIPANT_NOT_FOUND', `nobody is listed or here as ${participant ?? number}`);
  }
  for (const target of here) forbidCoHostOnHost(state, actor, target);
  return [
    ...here.map(({ id }): DurableEvent => ({ type: 'participant.left', participant: id, cause: 'hungUp' })),
    ...(listed ? [{ type: 'attendee.removed', number } as const] : []),
  ];
};

const participantsByNumber = (state: ConferenceState, number: string): readonly Participant[] =>
  number === '' ? [] : state.participants.values().filter((participant) => participant.number === number);
