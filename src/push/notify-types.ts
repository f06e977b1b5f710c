/** What can be subscribed to (subscribeType), by the documented names. */
export const NOTIFY_TYPES = [
  'ConfBasicInfoNotify',
  'ConfDynamicInfoNotify',
  'ParticipantsNotify',
  'AttendeesNotify',
  'SpeakerChangeNotify',
  'NetConditionNotify',
  'CustomMultiPicNotify',
  'InviteResultNotify',
  'RealTimeSubtitleNotify',
  'WaitingListNotify',
  'InterpreterGroupNotify',
] as const;

export type NotifyType = (typeof NOTIFY_TYPES)[number];

const known: ReadonlySet<string> = new Set(NOTIFY_TYPES);

export const isNotifyType = (name: string): name is NotifyType => known.has(name);

/** Private close codes (RFC 6455, 7.4.2); the documentation says only that the server closes. */
export const CloseCode = {
  /** The token is no good, or the meeting does not run. */
  refused: 4401,
  /** The participant whose token it subscribed with is not in the meeting any more. */
  removed: 4403,
  /** Nothing was heard of the client for 180 s. */
  idle: 4408,
  ended: 4410,
  draining: 4503,
} as const;
