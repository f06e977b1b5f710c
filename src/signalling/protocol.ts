/**
 * What Sightline's own join call and events WebSocket say (`/sightline/v1`). The web pages import these types, so this
 * module imports nothing.
 */

/** `POST /sightline/v1/conferences/{conferenceID}/join`: a person, a registered terminal, or somebody who was rung. */
export type JoinRequest =
  | {
      readonly name: string;
      readonly password: string;
      readonly video?: boolean;
      readonly audience?: boolean;
    }
  | { readonly invitation: string; readonly name?: string; readonly video?: boolean }
  | { readonly serialNumber: string; readonly activationCode: string; readonly video?: boolean };

export interface JoinResponse {
  readonly participantID: string;
  /** Bearer token of WHIP, WHEP and the events WebSocket; also a control token bound to this participant. */
  readonly participantToken: string;
  readonly whipURL: string;
  readonly whepURL: string;
  /** ws: or wss: URL; the first message must be `AuthenticateMessage`. */
  readonly eventsURL: string;
}

export type ViewReason =
  | 'LOCK'
  | 'PART_VIEW'
  | 'CHAIR_VIEW'
  | 'POLL'
  | 'ROLL_CALL'
  | 'BROADCAST'
  | 'FIXED'
  | 'VOICE'
  | 'AUTO';

type PictureMessage =
  | { readonly kind: 'single'; readonly source: string }
  /** The first pane is the large one; null is an empty one. */
  | { readonly kind: 'continuousPresence'; readonly panes: readonly (string | null)[] }
  /** Nobody else is there. */
  | { readonly kind: 'none' };

interface ViewMessage {
  readonly reason: ViewReason;
  readonly picture: PictureMessage;
}

export interface RosterEntry {
  readonly participantID: string;
  readonly name: string;
  readonly kind: 'browser' | 'terminal';
  readonly role: 'host' | 'coHost' | 'guest' | 'audience';
  readonly muted: boolean;
  /** False for a participant without video. */
  readonly video: boolean;
  /** False while its camera is switched off. */
  readonly cameraOn: boolean;
  /** False while its transport is away and its place is kept. */
  readonly connected: boolean;
  /** Whether its view is locked. */
  readonly viewLocked: boolean;
  readonly handRaised: boolean;
  /** Whether the host has asked it to share. */
  readonly invitedToShare: boolean;
  readonly clientRecordingAllowed: boolean;
}

/** Somebody in the waiting room. */
export interface WaitingEntry {
  readonly participantID: string;
  readonly name: string;
  readonly kind: 'browser' | 'terminal';
}

/** What holds for the whole conference. */
export interface ConferenceEntry {
  readonly mode: 'FREE' | 'FIXED' | 'ROLLCALL' | 'BROADCAST';
  readonly locked: boolean;
  /** Nothing is sent to anybody for the time being. */
  readonly paused: boolean;
  /** Whether a participant muted by the host may unmute himself. */
  readonly selfUnmuteAllowed: boolean;
  readonly selfCameraAllowed: boolean;
  /** Unix ms; null: no end by the clock. */
  readonly endsAtMs: number | null;
  readonly interpretation: { readonly on: boolean; readonly languages: readonly string[] };
}

/** First message of a client. The token is a participantToken, or a host's control token to observe. */
interface AuthenticateMessage {
  readonly type: 'authenticate';
  readonly token: string;
}

/** Sent by a participant's page. */
export type ClientMessage =
  | AuthenticateMessage
  | { readonly type: 'camera'; readonly on: boolean }
  /** This participant leaves for good. */
  | { readonly type: 'leave' };

/** First message of the server, on every connection. */
export interface SnapshotMessage {
  readonly type: 'snapshot';
  /** Grows with each change of the conference; changes up to and including it are in the snapshot. */
  readonly version: number;
  readonly conferenceID: string;
  readonly subject: string;
  readonly conference: ConferenceEntry;
  readonly roster: readonly RosterEntry[];
  /** Own participant, view and slot sources; absent for an observer. */
  readonly own?: OwnState;
  /** Every viewer's decided view, for an observer. */
  readonly views?: Readonly<Record<string, ViewMessage>>;
  /** Who waits to be let in; empty for those who cannot let anybody in. */
  readonly waiting: readonly WaitingEntry[];
}

export interface OwnState {
  readonly participantID: string;
  readonly view: ViewMessage;
  /** The source of each slot of the WHEP endpoint, null for none. Empty while there is no such endpoint. */
  readonly slots: readonly (string | null)[];
}

/** What changed since the last message; absent members did not change. */
export interface ChangeMessage {
  readonly type: 'change';
  readonly version: number;
  readonly conference?: ConferenceEntry;
  readonly roster?: {
    readonly changed: readonly RosterEntry[];
    readonly removed: readonly string[];
  };
  readonly own?: OwnState;
  readonly views?: Readonly<Record<string, ViewMessage>>;
  readonly waiting?: readonly WaitingEntry[];
}

export type ServerMessage =
  | SnapshotMessage
  | ChangeMessage
  /** The media process was replaced: open WHIP and WHEP again with the same token. */
  | { readonly type: 'mediaLost' }
  /** First message to somebody in the waiting room; a snapshot follows when he is let in. */
  | { readonly type: 'waiting'; readonly conferenceID: string; readonly subject: string }
  /** The host asks to open the camera, or has closed it. */
  | { readonly type: 'cameraRequested'; readonly on: boolean }
  /** The conference ends by the clock soon. */
  | { readonly type: 'endsSoon'; readonly endsAtMs: number }
  /** This participant is out of the conference: hung up, or its place was not kept any longer. */
  | { readonly type: 'removed' }
  | { readonly type: 'ended' }
  /** The server is stopping; reconnect with the same token. */
  | { readonly type: 'draining' };

/** WebSocket close codes of the events socket (RFC 6455 section 7.4.2, private use). */
export const CloseCode = {
  authenticationFailed: 4401,
  removed: 4403,
  ended: 4410,
  draining: 4503,
} as const;

/** First message of the standby socket (`/sightline/v1/standby`): a registered terminal, or an account. */
export type StandbyAuthenticate =
  | { readonly type: 'authenticate'; readonly serialNumber: string; readonly activationCode: string }
  | { readonly type: 'authenticate'; readonly accessToken: string };

export type StandbyClientMessage =
  | StandbyAuthenticate
  | { readonly type: 'decline'; readonly conferenceID: string };

export type StandbyMessage =
  | { readonly type: 'ready'; readonly name: string }
  /** Rings until it is joined, declined or `callEnded`. The invitation lets in once, without a password. */
  | {
      readonly type: 'invited';
      readonly conferenceID: string;
      readonly subject: string;
      readonly invitation: string;
      readonly joinURL: string;
    }
  | { readonly type: 'callEnded'; readonly conferenceID: string };
