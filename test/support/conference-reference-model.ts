import type {
  AudioCommand,
  Command,
  HostView,
  ModeCommand,
  Newcomer,
} from '../../src/conference/commands.ts';
import type { EphemeralEvent } from '../../src/conference/events.ts';
import type { Actor } from '../../src/conference/permissions.ts';
import type { ErrorCode } from '../../src/errors.ts';

/**
 * Who sees whom, once more: written from the semantics page (lock-view.md) and not from `src/conference`, of which it
 * takes types only. Mutable, one field a wish, the ranks in a table that is walked from the top.
 */
export class ReferenceConference {
  readonly people: Person[] = [];
  readonly #voiceMeeting: boolean;
  #wide: 'FREE' | 'FIXED' | 'ROLL_CALL' | 'BROADCAST' = 'FREE';
  /** Who is called or broadcast. */
  #target: string | null = null;
  #voice: 'off' | 'single' | 'multiple' = 'off';
  #lastSpeakers: string[] = [];
  #selfUnmute = true;
  #closed = false;
  #over = false;

  constructor(media: 'voice' | 'video') {
    this.#voiceMeeting = media === 'voice';
  }

  /** Obeys, or answers with the code of the first check that fails. */
  give(actor: Actor, command: Command): ErrorCode | 'ok' {
    try {
      if (this.#over) refuse('CONFERENCE_ENDED');
      this.#obey(actor, command);
      return 'ok';
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal.code;
      throw refusal;
    }
  }

  happens(event: EphemeralEvent): void {
    if (event.type === 'speaker.changed') this.#speaks(event.participant);
    const viewer = event.type === 'poll.advanced' ? this.find(event.viewer) : undefined;
    if (viewer && viewer.polls !== null) viewer.polls = this.siteToPoll(viewer);
  }

  find(id: string): Person | undefined {
    return this.people.find((person) => person.id === id);
  }

  /** The rank table: the first row that has something for this viewer. */
  look(viewer: Person): { readonly reason: string; readonly picture: string } {
    const rows: readonly (readonly [string, string | null])[] = [
      ['POLL', viewer.polls],
      ['LOCK', viewer.lock],
      ['PART_VIEW', viewer.part],
      ['CHAIR_VIEW', viewer.chair],
      [this.#wide, this.#target === viewer.id ? null : this.#target],
      ['FIXED', this.#wide === 'FIXED' ? EVERYBODY : null],
      ['VOICE', this.#byVoice(viewer)],
      ['AUTO', viewer.keeps ?? this.#heardLast(viewer) ?? NOTHING],
    ];
    for (const [reason, shown] of rows)
      if (shown !== null) return { reason, picture: this.#draw(viewer, shown) };
    throw new Error('no row applies');
  }

  /** Everybody's view, name by name. */
  views(): string[] {
    return this.people.map((person) => {
      const { reason, picture } = this.look(person);
      return `${person.id}: ${reason} ${picture}`;
    });
  }

  roster(): string[] {
    return this.people.map((p) => [p.id, p.name, p.role, p.muted, p.camera].join(' '));
  }

  siteToPoll(viewer: Person): string | null {
    const sites = this.#sitesFor(viewer);
    const next = viewer.polls === null ? 0 : sites.indexOf(viewer.polls) + 1;
    return sites[next] ?? sites[0] ?? null;
  }

  #obey(actor: Actor, command: Command): void {
    switch (command.type) {
      case 'lockView':
      case 'partView':
        this.#show(actor, command);
        return;
      case 'unlockView':
        this.#unlock(this.#steerable(actor, command.viewer));
        return;
      case 'hostView':
        this.#hostView(actor, command.view);
        return;
      case 'broadcast':
      case 'rollCall':
      case 'cancelBroadcast':
      case 'switchMode':
        this.#conferenceWide(actor, command);
        return;
      case 'muteParticipant':
      case 'muteAll':
        this.#mute(actor, command);
        return;
      case 'join':
        this.#join(command.participant);
        return;
      case 'leave':
        this.#mayDoTo(actor, command.participant);
        this.#spareTheHost(actor, this.#present(command.participant));
        this.#goes(this.#present(command.participant));
        return;
      case 'hangUp':
        this.#hangUp(actor, command.participants);
        return;
      case 'rename':
        this.#rename(actor, command.participant, command.name);
        return;
      case 'setCamera':
        this.#mayDoTo(actor, command.participant);
        this.#spareTheHost(actor, this.#present(command.participant));
        this.#present(command.participant).camera = command.on;
        return;
      case 'setCoHost':
        this.#setCoHost(actor, command.participant, command.coHost);
        return;
      case 'applyHost':
        this.#applyHost(this.#present(command.participant));
        return;
      case 'releaseHost':
        this.#releaseHost(actor, command.participant);
        return;
      case 'setConferenceLock':
        this.#mayControl(actor);
        this.#closed = command.locked;
        return;
      case 'end':
        if (this.#roleOf(actor) !== 'host') refuse('GUEST_NOT_PERMITTED');
        this.#over = true;
        this.people.length = 0;
    }
  }

  // Who may do what: checks 6 and 12 to 20.

  #roleOf(actor: Actor): string {
    if (actor.kind === 'system') return 'host';
    return actor.kind === 'token' ? actor.role : (this.find(actor.id)?.role ?? 'gone');
  }

  #mayControl(actor: Actor): void {
    if (!['host', 'coHost'].includes(this.#roleOf(actor))) refuse('GUEST_NOT_PERMITTED');
  }

  #mayDoTo(actor: Actor, target: string): void {
    const role = this.#roleOf(actor);
    const himself = actor.kind === 'participant' && actor.id === target && role !== 'gone';
    if (!himself && role !== 'host' && role !== 'coHost') refuse('GUEST_NOT_PERMITTED_ON_OTHERS');
  }

  #spareTheHost(actor: Actor, target: Person): void {
    if (this.#roleOf(actor) === 'coHost' && target.role === 'host') refuse('ACTOR_IS_CO_HOST_TARGET_IS_HOST');
  }

  #present(id: string): Person {
    return this.find(id) ?? refuse('PARTICIPANT_NOT_FOUND');
  }

  #mayControlPictures(actor: Actor): void {
    this.#mayControl(actor);
    if (this.#voiceMeeting) refuse('CONFERENCE_IS_VOICE_ONLY');
  }

  #steerable(actor: Actor, viewerId: string): Person {
    this.#mayControlPictures(actor);
    const viewer = this.#present(viewerId);
    if (!viewer.video) refuse('SITE_IS_VOICE_ONLY');
    if (!viewer.professional) {
      refuse(viewer.role === 'host' ? 'VIEWER_IS_HOST_NOT_PROFESSIONAL' : 'VIEWER_NOT_PROFESSIONAL');
    }
    this.#spareTheHost(actor, viewer);
    return viewer;
  }

  #showable(viewer: Person, sourceId: string): string {
    const source = this.#present(sourceId);
    if (!source.video) refuse('SITE_IS_VOICE_ONLY');
    if (source === viewer) refuse('SOURCE_IS_VIEWER');
    if (viewer.polls !== null) refuse('HOST_POLLING_RUNS');
    return sourceId;
  }

  // One viewer.

  #show(actor: Actor, command: Extract<Command, { type: 'lockView' | 'partView' }>): void {
    const viewer = this.#steerable(actor, command.viewer);
    const source = this.#showable(viewer, command.source);
    if (command.type === 'lockView') this.#lock(viewer, source);
    else if (viewer.lock !== null) this.#lock(viewer, source);
    else this.#wish(viewer, { part: source });
  }

  #lock(viewer: Person, on: string): void {
    viewer.lock = on;
    viewer.keeps = null;
  }

  #wish(viewer: Person, wish: Partial<Pick<Person, 'part' | 'chair' | 'polls'>>): void {
    Object.assign(viewer, { part: null, chair: null, polls: null, keeps: null }, wish);
  }

  #unlock(viewer: Person): void {
    if (viewer.lock === null) return;
    this.#switchKeeping(viewer, () => {
      viewer.lock = null;
    });
  }

  /** Where nothing forces another picture on him, he goes on watching what he watched. */
  #switchKeeping(viewer: Person, change: () => void): void {
    const seen = this.look(viewer).picture;
    viewer.keeps = null;
    change();
    const forced = this.look(viewer).reason !== 'AUTO';
    viewer.keeps = forced || seen === NOTHING ? null : seen.startsWith('[') ? EVERYBODY : seen;
  }

  #hostView(actor: Actor, view: HostView): void {
    this.#mayControlPictures(actor);
    const host = this.people.find((p) => p.role === 'host') ?? refuse('CONFERENCE_HAS_NO_HOST');
    this.#steerable(actor, host.id);
    switch (view.kind) {
      case 'site':
        this.#hostWatches(host, this.#showable(host, view.source));
        return;
      case 'continuousPresence':
        if (host.polls !== null) refuse('HOST_POLLING_RUNS');
        if (this.#wide === 'FIXED' || this.#voice !== 'off') refuse('CONFERENCE_STATE_FORBIDS');
        this.#hostWatches(host, EVERYBODY);
        return;
      case 'startPolling':
        this.#startPolling(host, view.switchSeconds);
        return;
      case 'stopPolling':
        if (host.polls !== null) this.#wish(host, {});
    }
  }

  #hostWatches(host: Person, what: string): void {
    if (host.lock !== null) this.#lock(host, what);
    else this.#wish(host, { chair: what });
  }

  #startPolling(host: Person, seconds: number): void {
    const [first] = this.#sitesFor(host);
    if (first === undefined) refuse('PARTICIPANT_NOT_FOUND');
    if (host.polls !== null && host.pollSeconds === seconds) return;
    this.#wish(host, { polls: first });
    host.pollSeconds = seconds;
  }

  // All viewers.

  #conferenceWide(actor: Actor, command: ModeCommand): void {
    this.#mayControl(actor);
    if (command.type === 'cancelBroadcast') {
      if (this.#wide !== 'FREE') this.#switchAll('FREE', null);
      return;
    }
    this.#mayControlPictures(actor);
    if (command.type === 'switchMode') {
      this.#switchMode(command.to);
      return;
    }
    const target = this.#present(command.participant);
    if (!target.video) refuse('SITE_IS_VOICE_ONLY');
    this.#switchAll(command.type === 'rollCall' ? 'ROLL_CALL' : 'BROADCAST', target);
    if (command.type === 'broadcast') return;
    for (const person of this.people) if (person.role !== 'host') person.muted = true;
    target.muted = false;
  }

  #switchMode(to: 'fixed' | 'voiceSingle' | 'voiceMultiple'): void {
    const voice = ({ fixed: 'off', voiceSingle: 'single', voiceMultiple: 'multiple' } as const)[to];
    const asItIs = this.#wide === (to === 'fixed' ? 'FIXED' : 'FREE') && this.#voice === voice;
    this.#voice = voice;
    if (to === 'fixed') this.#switchAll('FIXED', null);
    else if (!asItIs) this.#switchAll('FREE', null);
  }

  #switchAll(wide: 'FREE' | 'FIXED' | 'ROLL_CALL' | 'BROADCAST', target: Person | null): void {
    const change = () => {
      this.#wide = wide;
      this.#target = target?.id ?? null;
    };
    if (target) this.#switchKeeping(target, change);
    else change();
    for (const person of this.people) {
      if (person === target) continue;
      person.keeps = null;
      if (wide !== 'FREE' && person.lock === null) person.part = null;
    }
  }

  #speaks(id: string): void {
    const speaker = this.find(id);
    if (!speaker || this.#lastSpeakers[0] === id) return;
    this.#lastSpeakers = [id, ...this.#lastSpeakers.filter((earlier) => earlier !== id)];
    if (!speaker.video) return;
    for (const person of this.people) if (person.id !== id) person.keeps = null;
  }

  // Coming, going, roles, sound.

  #join(newcomer: Newcomer): void {
    if (newcomer.serialNumber !== null && this.people.some((p) => p.serialNumber === newcomer.serialNumber)) {
      return;
    }
    if (this.#closed && newcomer.entitledTo === 'guest') refuse('CONFERENCE_LOCKED');
    const hostWanted = newcomer.entitledTo === 'host' && !this.people.some((p) => p.role === 'host');
    this.people.push({
      id: newcomer.id,
      name: newcomer.name,
      serialNumber: newcomer.serialNumber,
      professional: newcomer.kind === 'terminal',
      video: newcomer.video && !this.#voiceMeeting,
      role: hostWanted ? 'host' : 'guest',
      muted: false,
      camera: true,
      lock: null,
      part: null,
      chair: null,
      polls: null,
      pollSeconds: 0,
      keeps: null,
    });
  }

  #goes(person: Person): void {
    const { id } = person;
    for (const viewer of this.people) {
      if (viewer.lock === id) viewer.lock = null;
      if (viewer.part === id) viewer.part = null;
      if (viewer.chair === id) viewer.chair = null;
      if (viewer.keeps === id) viewer.keeps = null;
      if (viewer.polls !== id) continue;
      const next = this.siteToPoll(viewer);
      viewer.polls = next === id ? null : next;
    }
    this.people.splice(this.people.indexOf(person), 1);
    this.#lastSpeakers = this.#lastSpeakers.filter((speaker) => speaker !== id);
    if (this.#target !== id) return;
    this.#wide = 'FREE';
    this.#target = null;
  }

  #hangUp(actor: Actor, ids: readonly string[]): void {
    this.#mayControl(actor);
    const leaving = [...new Set(ids)].map((id) => this.#present(id));
    for (const person of leaving) this.#spareTheHost(actor, person);
    for (const person of leaving) this.#goes(person);
  }

  #rename(actor: Actor, id: string, name: string): void {
    this.#mayDoTo(actor, id);
    const person = this.#present(id);
    this.#spareTheHost(actor, person);
    if (name.trim() === '') refuse('NAME_EMPTY');
    if (name.length > 64) refuse('NAME_TOO_LONG');
    person.name = name;
  }

  #setCoHost(actor: Actor, id: string, coHost: boolean): void {
    if (this.#roleOf(actor) !== 'host') refuse('GUEST_NOT_PERMITTED');
    const person = this.#present(id);
    if (person.role === 'host') refuse('CO_HOST_IS_HOST');
    person.role = coHost ? 'coHost' : 'guest';
  }

  #applyHost(person: Person): void {
    if (person.role === 'host') return;
    if (this.people.some((p) => p.role === 'host')) refuse('HOST_EXISTS');
    person.role = 'host';
  }

  /** chairView and host polling are the host's: they end with his role. */
  #releaseHost(actor: Actor, id: string): void {
    if (this.#roleOf(actor) !== 'host') refuse('GUEST_NOT_PERMITTED');
    const person = this.#present(id);
    if (person.role !== 'host') refuse('NOT_HOST');
    person.role = 'guest';
    person.chair = null;
    person.polls = null;
  }

  #mute(actor: Actor, command: AudioCommand): void {
    if (command.type === 'muteAll') {
      this.#mayControl(actor);
      for (const person of this.people) if (person.role !== 'host') person.muted = command.muted;
      this.#selfUnmute = command.selfUnmuteAllowed ?? this.#selfUnmute;
      return;
    }
    this.#mayDoTo(actor, command.participant);
    const person = this.#present(command.participant);
    this.#spareTheHost(actor, person);
    if (!command.muted && !this.#selfUnmute && this.#roleOf(actor) === 'guest') refuse('GUEST_NOT_PERMITTED');
    person.muted = command.muted;
  }

  // Pictures.

  #sitesFor(viewer: Person): string[] {
    return this.people.filter((p) => p.video && p !== viewer).map((p) => p.id);
  }

  #speakerFor(viewer: Person): string | null {
    const sites = this.#sitesFor(viewer);
    return this.#lastSpeakers.find((speaker) => sites.includes(speaker)) ?? null;
  }

  #heardLast(viewer: Person): string | null {
    return this.#speakerFor(viewer) ?? this.#sitesFor(viewer)[0] ?? null;
  }

  #byVoice(viewer: Person): string | null {
    if (this.#voice === 'off') return null;
    return this.#voice === 'single' ? (this.#heardLast(viewer) ?? NOTHING) : LOUDEST_LARGE;
  }

  #draw(viewer: Person, shown: string): string {
    if (shown !== EVERYBODY && shown !== LOUDEST_LARGE) return shown;
    const panes = this.#sitesFor(viewer);
    const loudest = shown === LOUDEST_LARGE ? this.#speakerFor(viewer) : null;
    if (loudest !== null) panes.unshift(...panes.splice(panes.indexOf(loudest), 1));
    return panes.length === 0 ? NOTHING : `[${panes.slice(0, 16).join(' ')}]`;
  }
}

const EVERYBODY = '*';
const LOUDEST_LARGE = '*+';
const NOTHING = '-';

interface Person {
  readonly id: string;
  readonly serialNumber: string | null;
  readonly professional: boolean;
  readonly video: boolean;
  name: string;
  role: 'host' | 'coHost' | 'guest';
  muted: boolean;
  camera: boolean;
  lock: string | null;
  part: string | null;
  chair: string | null;
  polls: string | null;
  pollSeconds: number;
  keeps: string | null;
}

class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

const refuse: (code: ErrorCode) => never = (code) => {
  throw new Refusal(code);
};
