import type { Command, ConferenceCommand, LanguageCommand } from '../../src/conference/commands.ts';
import type { EphemeralEvent } from '../../src/conference/events.ts';
import type { Actor } from '../../src/conference/permissions.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { ask, attend, mute } from './conference-reference-people.ts';
import { look, siteToPoll } from './conference-reference-pictures.ts';
import { type Person, Refusal, Room, refuse } from './conference-reference-room.ts';
import { speaks, steer } from './conference-reference-steering.ts';

/**
 * A conference, once more: written from the semantics page (lock-view.md) and the contract (control-api.md), and not
 * from `src/conference`, of which it takes types only.
 */
export class ReferenceConference {
  readonly #room: Room;

  constructor(media: 'voice' | 'video', hasWaitingRoom: boolean, endsAtMs: number) {
    this.#room = new Room(media, hasWaitingRoom);
    this.#room.endsAtMs = endsAtMs;
  }

  /** Obeys, or answers with the code of the first check that fails. */
  give(actor: Actor, command: Command): ErrorCode | 'ok' {
    try {
      if (this.#room.over) refuse('CONFERENCE_ENDED');
      obey(this.#room, actor, command);
      return 'ok';
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal.code;
      throw refusal;
    }
  }

  happens(event: EphemeralEvent): void {
    if (event.type === 'speaker.changed') speaks(this.#room, event.participant);
    if (event.type === 'layout.turned') this.#room.turn += 1;
    const viewer = event.type === 'poll.advanced' ? this.#room.find(event.viewer) : undefined;
    if (viewer && viewer.polls !== null) viewer.polls = siteToPoll(this.#room, viewer);
  }

  /** Whether somebody of this ID is here or waits. */
  knows(id: string): boolean {
    return this.#room.find(id) !== undefined || this.waits(id);
  }

  waits(id: string): boolean {
    return this.#room.waiting.some((person) => person.id === id);
  }

  /** Everybody's view, name by name. */
  views(): string[] {
    return this.#room.people.map((person) => {
      const { reason, picture } = look(this.#room, person);
      return `${person.id}: ${reason} ${picture}`;
    });
  }

  roster(): string[] {
    return this.#room.people.map(describePerson);
  }

  /** Whatever concerns the conference as a whole. */
  facts(): object {
    const room = this.#room;
    return {
      locked: room.closed,
      paused: room.paused,
      audienceAllowed: room.audienceMayCome,
      selfUnmuteAllowed: room.selfUnmute,
      settings: room.settings,
      layout: room.layout,
      storedLayout: room.shownNext,
      savedLayouts: [...room.savedLayouts.keys()].sort(),
      interpretation: { on: room.interpretation, groups: room.groups },
      waiting: room.waiting.map((p) => `${p.id} ${p.name} ${p.entitledTo}`),
      called: [...room.invited.values()].filter((one) => one.called).map((one) => one.number),
      endsAtMs: room.endsAtMs,
      prolongMinutes: room.prolongMinutes,
    };
  }
}

const describePerson = (p: Person): string => {
  const { speak, listen, original } = p.language ?? floor;
  const can = [p.muted, p.camera, p.askedForCamera, p.hand, p.askedToShare, p.mayRecord];
  return [p.id, p.name, p.role, ...can, speak, listen, original].join(' ');
};

const floor = { speak: '', listen: '', original: false };

const obey = (room: Room, actor: Actor, command: Command): void => {
  switch (command.type) {
    case 'lockView':
    case 'unlockView':
    case 'partView':
    case 'hostView':
    case 'broadcast':
    case 'rollCall':
    case 'cancelBroadcast':
    case 'switchMode':
    case 'setLayout':
    case 'saveLayout':
    case 'deleteLayout':
      steer(room, actor, command);
      return;
    case 'setInterpreterGroups':
    case 'setInterpretation':
    case 'setLanguage':
      interpret(room, actor, command);
      return;
    case 'requestCamera':
    case 'inviteToShare':
    case 'allowClientRecording':
      ask(room, actor, command);
      return;
    case 'allowSelfUnmute':
    case 'muteParticipant':
    case 'muteAll':
      mute(room, actor, command);
      return;
    case 'setConferenceLock':
    case 'configure':
    case 'pause':
    case 'allowAudience':
    case 'prolong':
    case 'end':
      run(room, actor, command);
      return;
    case 'join':
    case 'leave':
    case 'hangUp':
    case 'admit':
    case 'moveToWaitingRoom':
    case 'invite':
    case 'endCall':
    case 'removeAttendees':
    case 'rename':
    case 'setCamera':
    case 'raiseHands':
    case 'setCoHost':
    case 'applyHost':
    case 'releaseHost':
      attend(room, actor, command);
      return;
  }
};

const run = (room: Room, actor: Actor, command: ConferenceCommand): void => {
  if (command.type === 'end') {
    if (room.roleOf(actor) !== 'host') refuse('GUEST_NOT_PERMITTED');
    room.over = true;
    room.people.length = 0;
    room.waiting = [];
    return;
  }
  room.mayControl(actor);
  switch (command.type) {
    case 'setConferenceLock':
      room.closed = command.locked;
      return;
    case 'configure':
      Object.assign(room.settings, command.settings);
      room.closed = command.locked ?? room.closed;
      room.selfUnmute = command.selfUnmuteAllowed ?? room.selfUnmute;
      return;
    case 'pause':
      room.paused = command.paused;
      return;
    case 'allowAudience':
      room.audienceMayCome = command.allowed;
      return;
    case 'prolong':
      if (command.automatic) room.prolongMinutes = command.minutes;
      else if (room.endsAtMs !== null) room.endsAtMs += command.minutes * 60_000;
  }
};

/** Only those who interpret a language, or whom the host puts there, speak on its channel. */
const interpret = (room: Room, actor: Actor, command: LanguageCommand): void => {
  switch (command.type) {
    case 'setInterpretation':
      room.mayControl(actor);
      room.interpretation = command.on;
      return;
    case 'setInterpreterGroups':
      room.mayControl(actor);
      setGroups(room, command.groups);
      return;
    case 'setLanguage':
      setLanguage(room, actor, command);
  }
};

const setGroups = (room: Room, groups: Room['groups']): void => {
  if (new Set(groups.map(({ id }) => id)).size < groups.length) refuse('PARAMETER_INVALID');
  room.groups = groups;
  for (const person of room.people) if (!isOffered(room, person.language ?? floor)) person.language = floor;
};

const setLanguage = (
  room: Room,
  actor: Actor,
  { participants, language }: Extract<LanguageCommand, { type: 'setLanguage' }>,
): void => {
  if (participants === null) room.mayControl(actor);
  for (const id of participants ?? []) room.mayDoTo(actor, id);
  const people = participants === null ? room.people : room.allPresent(participants);
  if (participants !== null) for (const person of people) room.spareTheHost(actor, person);
  if (!isOffered(room, language)) refuse('PARAMETER_INVALID');
  const spoken = room.groups.filter(({ languages }) => languages.includes(language.speak));
  for (const { account } of people) {
    if (language.speak === '' || room.controls(actor)) continue;
    const interprets = spoken.some(({ interpreters }) => account !== null && interpreters.includes(account));
    if (!interprets) refuse('GUEST_NOT_PERMITTED');
  }
  for (const person of people) person.language = language;
};

const isOffered = (room: Room, { speak, listen }: typeof floor): boolean => {
  const offered = ['', ...room.groups.flatMap(({ languages }) => languages)];
  return offered.includes(speak) && offered.includes(listen);
};
