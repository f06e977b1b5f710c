import type { Newcomer } from '../../src/conference/commands.ts';
import type { Layout } from '../../src/conference/layouts.ts';
import type { Actor } from '../../src/conference/permissions.ts';
import type {
  Attendee,
  ConferenceSettings,
  InterpreterGroup,
  LanguageChoice,
} from '../../src/conference/state.ts';
import type { ErrorCode } from '../../src/errors.ts';

/** The plain facts of a meeting for the reference model, and who in it may do what. Mutable, one field a wish. */
export class Room {
  readonly people: Person[] = [];
  waiting: Newcomer[] = [];
  readonly voiceMeeting: boolean;
  readonly hasWaitingRoom: boolean;
  wide: Wide = 'FREE';
  /** Who is called or broadcast. */
  target: string | null = null;
  voice: 'off' | 'single' | 'multiple' = 'off';
  lastSpeakers: string[] = [];
  layout: Layout = { kind: 'automatic', imageType: 'Sixteen' };
  /** Saved only, until it is shown. */
  shownNext: Layout | null = null;
  readonly savedLayouts = new Map<string, string>();
  /** How often the polling panes have turned. */
  turn = 0;
  selfUnmute = true;
  closed = false;
  paused = false;
  audienceMayCome = false;
  endsAtMs: number | null = null;
  prolongMinutes = 0;
  readonly invited = new Map<string, Attendee>();
  interpretation = false;
  groups: readonly InterpreterGroup[] = [];
  readonly settings: { -readonly [Key in keyof ConferenceSettings]: ConferenceSettings[Key] } = {
    sharingLocked: false,
    callIn: 'everyone',
    audienceCallIn: 'everyone',
    chat: 'free',
    clientRecordingMode: 0,
    selfCameraAllowed: true,
    selfRenameAllowed: true,
    freeSharing: false,
  };
  over = false;

  constructor(media: 'voice' | 'video', hasWaitingRoom: boolean) {
    this.voiceMeeting = media === 'voice';
    this.hasWaitingRoom = hasWaitingRoom;
  }

  find(id: string): Person | undefined {
    return this.people.find((person) => person.id === id);
  }

  present(id: string): Person {
    return this.find(id) ?? refuse('PARTICIPANT_NOT_FOUND');
  }

  /** Each of them once; refuses where one is not here. */
  allPresent(ids: readonly string[]): Person[] {
    return [...new Set(ids)].map((id) => this.present(id));
  }

  host(): Person | undefined {
    return this.people.find((person) => person.role === 'host');
  }

  // Who may do what: checks 6 and 12 to 16 of the semantics page.

  roleOf(actor: Actor): string {
    if (actor.kind === 'system') return 'host';
    return actor.kind === 'token' ? actor.role : (this.find(actor.id)?.role ?? 'gone');
  }

  mayControl(actor: Actor): void {
    if (!this.controls(actor)) refuse('GUEST_NOT_PERMITTED');
  }

  controls(actor: Actor): boolean {
    return ['host', 'coHost'].includes(this.roleOf(actor));
  }

  mayDoTo(actor: Actor, target: string): void {
    const role = this.roleOf(actor);
    const himself = actor.kind === 'participant' && actor.id === target && role !== 'gone';
    if (!himself && !this.controls(actor)) refuse('GUEST_NOT_PERMITTED_ON_OTHERS');
  }

  spareTheHost(actor: Actor, target: Person): void {
    if (this.roleOf(actor) === 'coHost' && target.role === 'host') refuse('ACTOR_IS_CO_HOST_TARGET_IS_HOST');
  }

  /** Somebody on whom the actor may act in person. */
  within(actor: Actor, id: string): Person {
    this.mayDoTo(actor, id);
    const person = this.present(id);
    this.spareTheHost(actor, person);
    return person;
  }

  mayControlPictures(actor: Actor): void {
    this.mayControl(actor);
    if (this.voiceMeeting) refuse('CONFERENCE_IS_VOICE_ONLY');
  }

  steerable(actor: Actor, viewerId: string): Person {
    this.mayControlPictures(actor);
    const viewer = this.present(viewerId);
    if (!viewer.video) refuse('SITE_IS_VOICE_ONLY');
    if (!viewer.professional) {
      refuse(viewer.role === 'host' ? 'VIEWER_IS_HOST_NOT_PROFESSIONAL' : 'VIEWER_NOT_PROFESSIONAL');
    }
    this.spareTheHost(actor, viewer);
    return viewer;
  }
}

export type Wide = 'FREE' | 'FIXED' | 'ROLL_CALL' | 'BROADCAST';

export interface Person {
  readonly id: string;
  readonly serialNumber: string | null;
  readonly number: string;
  readonly account: string | null;
  readonly professional: boolean;
  readonly video: boolean;
  /** What he would be let in as again. */
  readonly badge: Newcomer;
  name: string;
  role: 'host' | 'coHost' | 'guest' | 'audience';
  muted: boolean;
  camera: boolean;
  /** Asked to open his camera, and so allowed to. */
  askedForCamera: boolean;
  hand: boolean;
  askedToShare: boolean;
  mayRecord: boolean;
  language: LanguageChoice | null;
  lock: string | null;
  part: string | null;
  chair: string | null;
  polls: string | null;
  pollSeconds: number;
  keeps: string | null;
}

export class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

export const refuse: (code: ErrorCode) => never = (code) => {
  throw new Refusal(code);
};
