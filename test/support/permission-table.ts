import { documentedOperations } from '../../src/http/documented-operations.ts';
import type { OperationId } from '../../src/http/operations.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import type { Scene } from './contract-scene.ts';
import { type ValidRequest, validRequests } from './valid-requests.ts';

/** What a request is answered: 200 (or the code of an operation that is always refused), or this status and code. */
export type Cell = 'ok' | readonly [status: number, code: string];

/** A scene whose host is on a terminal, with somebody in every place that a caller can have. */
export interface Cast extends Scene {
  readonly coHost: JoinResponse;
  /** Was in the meeting and has been hung up. */
  readonly left: JoinResponse;
  readonly waiting: JoinResponse;
  /** Of another meeting, which runs as well. */
  readonly stranger: JoinResponse;
  readonly otherConferenceID: string;
  readonly expiredToken: string;
  readonly revokedToken: string;
}

const refused = (status: number, number: string): Cell => [status, `MMC.111${number}`];

const TOKEN_MISSING = refused(401, '070111');
const TOKEN_INVALID = refused(401, '070004');
const NOT_THIS_MEETING = refused(400, '072065');
const GUEST = refused(403, '072070');
const ON_OTHERS = refused(403, '072071');
const CO_HOST_ON_HOST = refused(403, '072110');

/** Unknown, left, or not in the meeting yet. */
export const NO_SUCH_PARTICIPANT = refused(400, '072008');
export const NO_SUCH_MEETING = NOT_THIS_MEETING;

/** Callers who are no part of the meeting: the same for every operation that wants a control token. */
const outsiders = {
  noToken: TOKEN_MISSING,
  malformedToken: TOKEN_INVALID,
  expiredToken: TOKEN_INVALID,
  revokedToken: TOKEN_INVALID,
  otherMeetingsHostToken: NOT_THIS_MEETING,
  participantWhoLeft: TOKEN_INVALID,
  accessTokenInItsOwnHeader: TOKEN_MISSING,
  accessTokenAsControlToken: TOKEN_INVALID,
} as const satisfies Readonly<Record<string, Cell>>;

/** Nobody of the meeting but the host: by a participant token, by a control token. */
const hostOnly = {
  ...outsiders,
  waitingParticipant: GUEST,
  guestOnHimself: GUEST,
  guestOnOthers: GUEST,
  guestControlToken: GUEST,
  coHost: GUEST,
  coHostOnHost: GUEST,
  host: 'ok',
  hostControlToken: 'ok',
} as const satisfies Readonly<Record<string, Cell>>;

export type Caller = keyof typeof hostOnly;
type Cells = Readonly<Record<Caller, Cell>>;

/** Host and co-host; there is no participant that it is done to. */
const control: Cells = { ...hostOnly, coHost: 'ok', coHostOnHost: 'ok' };

const kinds = {
  hostOnly,
  control,
  /** Host and co-host, but no co-host to the host. */
  controlOfOne: { ...control, coHostOnHost: CO_HOST_ON_HOST },
  /** A guest to himself, host and co-host to others. */
  selfOrControl: {
    ...control,
    coHostOnHost: CO_HOST_ON_HOST,
    waitingParticipant: ON_OTHERS,
    guestOnHimself: 'ok',
    guestOnOthers: ON_OTHERS,
    guestControlToken: ON_OTHERS,
  },
  /** Whoever is in the meeting. */
  reading: { ...control, guestOnHimself: 'ok', guestOnOthers: 'ok', guestControlToken: 'ok' },
  /** A password, or nothing, is what counts. */
  everyone: Object.fromEntries(Object.keys(hostOnly).map((caller) => [caller, 'ok'])) as Cells,
} as const satisfies Readonly<Record<string, Cells>>;

/** Makes a request that succeeds for whoever may; `guests[0]` and `terminals[0]` are whom it is done to. */
type Maker = (cast: Cast, caller: Caller) => ValidRequest | Promise<ValidRequest>;

interface Row {
  readonly kind: keyof typeof kinds;
  /** What differs from the kind. */
  readonly but?: Partial<Cells>;
  /** In place of the operation's one in `validRequests`. */
  readonly request?: Maker;
  /** The request cannot be prepared twice on one cast. */
  readonly ownCast?: true;
  /** The IDs in it are sites of panes; those of nobody leave a pane empty. */
  readonly namesSites?: true;
}

export interface PermissionRow extends Omit<Row, 'kind' | 'but' | 'request'> {
  readonly operation: OperationId;
  /** The operation, and which use of it. */
  readonly name: string;
  readonly cells: Cells;
  readonly request: Maker;
}

const meeting = ({ conferenceID }: Cast, body: ValidRequest['body']): ValidRequest =>
  body === undefined ? { query: { conferenceID } } : { query: { conferenceID }, body };

const on = (
  { conferenceID }: Cast,
  { participantID }: JoinResponse,
  body: NonNullable<ValidRequest['body']>,
): ValidRequest => ({ query: { conferenceID, participantID }, body });

const target = ({ guests }: Cast): string => guests[0].participantID;

/** The host steps back, so that there is one to become; he himself asks while he is it. */
const applyForHost: Maker = async (cast, caller) => {
  const body = { applyChair: 1, chairmanPwd: cast.hostPassword };
  if (caller === 'host') return on(cast, cast.host, body);
  const query = { conferenceID: cast.conferenceID, participantID: cast.host.participantID };
  await cast.client.control(cast.controlToken, 'PUT', 'participants/role', query, { applyChair: 0 });
  return on(cast, cast.guests[0], body);
};

/** Who may do what. A key is an operation, with a colon and a use of it where it has more than one. */
const table: Readonly<Record<string, Row>> = {
  createConfToken: { kind: 'everyone' },
  inviteWithPwd: { kind: 'everyone' },
  showMgmtSiteStatus: { kind: 'everyone' },

  createWebSocketToken: { kind: 'reading' },
  showRealTimeInfoOfMeeting: { kind: 'reading' },
  showLayout: { kind: 'control' },

  muteParticipant: { kind: 'selfOrControl' },
  renameParticipant: { kind: 'selfOrControl' },
  setAttendeeLanChannel: { kind: 'selfOrControl' },
  'setAttendeeLanChannel: of everybody': {
    kind: 'control',
    request: (cast) => meeting(cast, { listenLanChannel: '', speakLanChannel: '', includeOriginalVoice: 0 }),
  },
  hand: {
    kind: 'selfOrControl',
    but: { coHostOnHost: refused(400, '072069') },
    request: (cast) => on(cast, cast.guests[0], { handsState: 1 }),
  },
  batchHand: {
    kind: 'control',
    but: { coHostOnHost: refused(400, '072069') },
    request: (cast) => meeting(cast, { handsState: 1, pids: [target(cast)] }),
  },
  'setRole: apply': {
    kind: 'selfOrControl',
    but: { coHostOnHost: 'ok' },
    request: applyForHost,
    ownCast: true,
  },

  'setRole: release': {
    kind: 'hostOnly',
    request: (cast) => on(cast, cast.host, { applyChair: 0 }),
  },
  setCohost: { kind: 'hostOnly' },
  stopMeeting: { kind: 'hostOnly' },

  lockView: { kind: 'controlOfOne' },
  'lockView: unlock': {
    kind: 'controlOfOne',
    request: (cast) => on(cast, cast.terminals[0], { status: 0, participantID: 'anybody' }),
  },
  setParticipantView: { kind: 'controlOfOne' },
  ...hostViews(),
  broadcastParticipant: { kind: 'control' },
  rollcallParticipant: { kind: 'controlOfOne' },
  cancelBroadcast: { kind: 'control' },
  switchMode: { kind: 'control' },

  setCustomMultiPicture: { kind: 'control', namesSites: true },
  setMultiPicture: { kind: 'control', namesSites: true },
  saveLayout: { kind: 'control', namesSites: true },
  deleteLayout: { kind: 'control' },

  hangUp: { kind: 'controlOfOne' },
  inviteParticipant: { kind: 'control' },
  deleteAttendees: {
    kind: 'controlOfOne',
    request: (cast) =>
      meeting(cast, { bulkDelAttendInfo: [{ number: '+990000000001', participantID: target(cast) }] }),
  },
  allowWaitingParticipant: {
    kind: 'control',
    request: (cast) => meeting(cast, { participantID: cast.waiting.participantID, allowAll: false }),
  },
  'allowWaitingParticipant: all': {
    kind: 'control',
    request: (cast) => meeting(cast, { allowAll: true }),
  },
  moveToWaitingRoom: {
    kind: 'controlOfOne',
    request: (cast) => meeting(cast, { participantID: target(cast) }),
  },
  batchMoveToWaitingRoom: {
    kind: 'controlOfOne',
    request: (cast) => meeting(cast, { batchParticipants: [target(cast)] }),
  },

  inviteOperateVideo: { kind: 'controlOfOne' },
  inviteShare: { kind: 'controlOfOne' },
  allowClientRecord: { kind: 'controlOfOne' },

  muteMeeting: { kind: 'control' },
  allowGuestUnmute: { kind: 'control' },
  lockMeeting: { kind: 'control' },
  updateStartedConfConfig: { kind: 'control' },
  prolongMeeting: { kind: 'control' },
  pauseConference: { kind: 'control' },
  allowAudienceJoin: { kind: 'control' },
  setInterpreterGroup: { kind: 'control' },
  resumeSimultaneousInterpretation: { kind: 'control' },

  record: { kind: 'control' },
  setMmrRecord: { kind: 'control' },
  live: { kind: 'control' },
  setMmrLive: { kind: 'control' },
};

/** chairView is always done to the host, whoever else is named. */
function hostViews(): Readonly<Record<string, Row>> {
  const but = { coHost: CO_HOST_ON_HOST } as const;
  const kind = 'controlOfOne';
  const poll = { viewType: 0, status: 1, switchTime: 10 };
  return {
    'setHostView: poll': { kind, but, request: (cast) => meeting(cast, poll) },
    'setHostView: a site': {
      kind,
      but,
      request: (cast) => meeting(cast, { viewType: 2, participantID: cast.coHost.participantID }),
    },
  };
}

const isOperation = (id: string): id is OperationId => Object.hasOwn(documentedOperations, id);

const fromValidRequests =
  (operation: OperationId): Maker =>
  (cast) => {
    const make = validRequests[operation];
    if (make === undefined) throw new Error(`test/support/valid-requests.ts has no ${operation}`);
    return make(cast);
  };

export const permissionTable: readonly PermissionRow[] = Object.entries(table).map(
  ([name, { kind, but, request, ...rest }]) => {
    const operation = name.replace(/:.*/, '');
    if (!isOperation(operation)) throw new Error(`${name} is no documented operation`);
    const cells = { ...kinds[kind], ...but };
    return { operation, name, cells, request: request ?? fromValidRequests(operation), ...rest };
  },
);
