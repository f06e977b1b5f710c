declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The stored, schedulable meeting: nine decimal digits, the wire's conferenceID. */
export type MeetingId = Branded<'MeetingId'>;
/** One live run of a meeting: a UUID, the wire's confUUID. */
export type ConferenceId = Branded<'ConferenceId'>;
/** An identity inside one conference: the wire's participantID (pid). */
export type ParticipantId = Branded<'ParticipantId'>;
/** A registered account: a UUID, the wire's userUUID. */
export type AccountId = Branded<'AccountId'>;
/** One media connection of a participant. */
export type EndpointId = Branded<'EndpointId'>;

export const meetingId = (value: string): MeetingId => value as MeetingId;
export const conferenceId = (value: string): ConferenceId => value as ConferenceId;
export const participantId = (value: string): ParticipantId => value as ParticipantId;
export const accountId = (value: string): AccountId => value as AccountId;
export const endpointId = (value: string): EndpointId => value as EndpointId;
