import type { Attendee, Choice, ConferenceState, Participant, Waiting } from '../conference/state.ts';
import { type Row, RowsSource } from './rows-source.ts';

const bit = (on: boolean): '0' | '1' => (on ? '1' : '0');

/**
 * ParticipantsNotify (documented on page meeting_21_1514): a change has only the keys of pinfoMap that are others now.
 * No key of the wire names the source that is watched or locked. Who is being called has no ID yet; his number stands
 * for it, as in realTimeInfo.
 */
export const participantsNotify = (): RowsSource<Participant | Attendee> =>
  new RowsSource<Participant | Attendee>({
    items: presentOrCalled,
    rowOf: (item, state) => ('called' in item ? calledInfoOf(item) : pinfoOf(item, state)),
    context: ({ mode }) => mode,
    refresh: (pid, changed) => ({ pid, mode: 0, pinfoMap: changed }),
    remove: (pid) => ({ pid, mode: 1 }),
  });

const presentOrCalled = (state: ConferenceState): ReadonlyMap<string, Participant | Attendee> => {
  const items = new Map<string, Participant | Attendee>();
  for (const participant of state.participants.values()) items.set(participant.id, participant);
  for (const attendee of state.attendees) if (attendee.called) items.set(attendee.number, attendee);
  return items;
};

const calledInfoOf = ({ name, number, account, role }: Attendee): Row => ({
  NAME: name,
  TEL: number,
  ACCOUNT: account ?? '',
  ROLE: role === 'host' ? '1' : '0',
  STATE: '1',
});

const pinfoOf = (participant: Participant, state: ConferenceState): Row => ({
  ...identityOf(participant),
  ADDTIME: String(participant.joinedAtMs),
  ROLE: String(roleNumber(participant)),
  IS_COHOST: bit(participant.role === 'coHost'),
  STATE: '0',
  HAND: bit(participant.handRaised),
  MUTE: bit(participant.muted),
  VIDEO: bit(participant.video),
  CAMERASTATE: bit(participant.cameraOn),
  SHARE: '0',
  INVITE_SHARE_STATE: bit(participant.invitedToShare),
  BROADCAST: bit(state.mode.kind === 'BROADCAST' && state.mode.target === participant.id),
  ROLLCALL: bit(state.mode.kind === 'ROLL_CALL' && state.mode.target === participant.id),
  LOCKED_VIEW: bit(participant.lock !== null),
  VIEW_TYPE: viewTypeOf(participant),
  IS_SVC: bit(participant.kind === 'browser'),
  RTC_USER_ID: participant.kind === 'browser' ? participant.id : '',
  ALLOW_CLIENT_REC: bit(participant.clientRecordingAllowed),
  LOCALREC: '0',
  CLIENT_REC_STATE: '0',
});

/** What the lists of participants and of those who wait have in common. */
const identityOf = (who: Pick<Participant, 'name' | 'number' | 'account' | 'kind'>): Row => ({
  NAME: who.name,
  TEL: who.number,
  ACCOUNT: who.account ?? '',
  ANONYMOUS: bit(who.account === null && who.kind === 'browser'),
  CLIENT_LOGIN_TYPE: who.kind === 'browser' ? 'Desktop' : 'OtherType',
});

/** 0: nothing was chosen for this viewer, 1: the continuous presence, 2: a site. Polling suspends a lock. */
export const viewTypeOf = ({ explicit, lock }: Participant): '0' | '1' | '2' => {
  const chosen: Choice | null =
    explicit?.by === 'POLL' ? explicit.choice : (lock ?? explicit?.choice ?? null);
  if (chosen === null) return '0';
  return chosen.kind === 'continuousPresence' ? '1' : '2';
};

/** 1: the host, 2: the audience, 0: everybody else, co-hosts too. */
const roleNumber = ({ role }: Participant): number => (role === 'host' ? 1 : role === 'audience' ? 2 : 0);

/** AttendeesNotify: those invited, and those who came by themselves. A row is always whole. */
export const attendeesNotify = (): RowsSource<Participant | Attendee> =>
  new RowsSource<Participant | Attendee>({
    items: listed,
    rowOf: (item, state) => ('called' in item ? invitedOf(item, state) : uninvitedOf(item)),
    context: ({ attendees, participants }) => (attendees.length === 0 ? null : participants),
    refresh: (_, __, whole) => ({ mode: 0, ...whole }),
    remove: (_, { participantID = '', phone = '' }) => ({ mode: 1, participantID, phone }),
  });

const listed = (state: ConferenceState): ReadonlyMap<string, Participant | Attendee> => {
  const items = new Map<string, Participant | Attendee>();
  for (const attendee of state.attendees) items.set(attendee.number, attendee);
  for (const participant of state.participants.values()) {
    if (!items.has(participant.number)) items.set(participant.id, participant);
  }
  return items;
};

const invitedOf = ({ name, number, account, role, type }: Attendee, state: ConferenceState): Row => {
  const here = state.participants.values().find((participant) => participant.number === number);
  return {
    participantID: here?.id ?? '',
    name,
    phone: number,
    accountId: account ?? '',
    role: role === 'host' ? 1 : 0,
    isMute: here?.muted ? 1 : 0,
    isAutoInvite: 0,
    type,
  };
};

const uninvitedOf = (participant: Participant): Row => ({
  participantID: participant.id,
  name: participant.name,
  phone: participant.number,
  accountId: participant.account ?? '',
  role: participant.role === 'host' ? 1 : 0,
  isMute: participant.muted ? 1 : 0,
  isAutoInvite: 0,
  type: participant.kind === 'terminal' ? 'terminal' : 'normal',
});

/** WaitingListNotify (documented on page zh-cn_topic_0000001405285384): built like ParticipantsNotify. */
export const waitingListNotify = (): RowsSource<Waiting> =>
  new RowsSource<Waiting>({
    items: ({ waiting }) => new Map(waiting.map((who) => [who.id, who])),
    rowOf: (waiting) => ({
      ...identityOf(waiting),
      ADDTIME: String(waiting.sinceMs),
      WAITINGSTATE: '0',
    }),
    refresh: (pid, changed) => ({ pid, mode: 0, pinfoMap: changed }),
    remove: (pid) => ({ pid, mode: 1 }),
  });
