import type {
  AttendeeCommand,
  AudioCommand,
  Newcomer,
  RequestCommand,
  RosterCommand,
  WaitingCommand,
} from '../../src/conference/commands.ts';
import type { Actor } from '../../src/conference/permissions.ts';
import { type Person, type Room, refuse } from './conference-reference-room.ts';
import { vanishes } from './conference-reference-steering.ts';

/** Coming, going, waiting, roles and sound. */

type PeopleCommand = RosterCommand | WaitingCommand | AttendeeCommand;

export const attend = (room: Room, actor: Actor, command: PeopleCommand): void => {
  switch (command.type) {
    case 'join':
      join(room, command.participant);
      return;
    case 'leave':
      leave(room, actor, command.participant);
      return;
    case 'hangUp':
      hangUp(room, actor, command.participants);
      return;
    case 'admit':
      admit(room, actor, command.participants);
      return;
    case 'moveToWaitingRoom':
      moveToWaitingRoom(room, actor, command.participants);
      return;
    case 'invite':
      invite(room, actor, command.attendees);
      return;
    case 'endCall':
    case 'removeAttendees':
      throw new Error(`the model knows no ${command.type}`);
    case 'rename':
      rename(room, actor, command.participant, command.name);
      return;
    case 'setCamera':
      setCamera(room, actor, command.participant, command.on);
      return;
    case 'raiseHands': {
      for (const id of command.participants) room.mayDoTo(actor, id);
      const people = room.allPresent(command.participants);
      if (command.raised && people.some((p) => p.role === 'host')) refuse('HOST_HAS_NO_HAND');
      for (const person of people) person.hand = command.raised;
      return;
    }
    case 'setCoHost':
      setCoHost(room, actor, command.participant, command.coHost);
      return;
    case 'applyHost':
      room.mayDoTo(actor, command.participant);
      applyHost(room, room.present(command.participant));
      return;
    case 'releaseHost':
      releaseHost(room, actor, command.participant);
      return;
  }
};

const join = (room: Room, newcomer: Newcomer): void => {
  const { serialNumber, number, account, entitledTo } = newcomer;
  const isSame = (other: { readonly serialNumber: string | null }) =>
    serialNumber !== null && other.serialNumber === serialNumber;
  if (room.people.some(isSame)) return;
  const invitation =
    room.invited.get(number) ??
    [...room.invited.values()].find((one) => one.account !== null && one.account === account);
  if (!invitation && entitledTo !== 'host') mayComeIn(room, newcomer);
  room.waiting = room.waiting.filter((other) => !isSame(other));
  if (room.hasWaitingRoom && entitledTo !== 'host' && !invitation?.called) {
    room.waiting.push(newcomer);
    return;
  }
  if (invitation) room.invited.set(invitation.number, { ...invitation, called: false });
  enters(room, newcomer);
};

const mayComeIn = (room: Room, { entitledTo, kind, account }: Newcomer): void => {
  if (room.closed) refuse('CONFERENCE_LOCKED');
  const looksOn = entitledTo === 'audience';
  if (looksOn && !room.audienceMayCome) refuse('AUDIENCE_NOT_ALLOWED');
  const who = looksOn ? room.settings.audienceCallIn : room.settings.callIn;
  if (who === 'invited') refuse('INVITED_ONLY');
  if (who === 'organisation' && kind !== 'terminal' && account === null) refuse('ORGANISATION_ONLY');
};

const enters = (room: Room, newcomer: Newcomer): void => {
  const looksOn = newcomer.entitledTo === 'audience';
  const role = newcomer.entitledTo === 'host' && room.host() ? 'guest' : newcomer.entitledTo;
  room.people.push({
    id: newcomer.id,
    name: newcomer.name,
    serialNumber: newcomer.serialNumber,
    number: newcomer.number,
    account: newcomer.account,
    professional: newcomer.kind === 'terminal',
    video: newcomer.video && !room.voiceMeeting && !looksOn,
    badge: newcomer,
    role,
    muted: looksOn,
    camera: true,
    askedForCamera: false,
    hand: false,
    askedToShare: false,
    mayRecord: false,
    language: null,
    lock: null,
    part: null,
    chair: null,
    polls: null,
    pollSeconds: 0,
    keeps: null,
  });
};

const leave = (room: Room, actor: Actor, id: string): void => {
  room.mayDoTo(actor, id);
  if (room.waiting.some((p) => p.id === id)) room.waiting = room.waiting.filter((p) => p.id !== id);
  else vanishes(room, room.within(actor, id));
};

const hangUp = (room: Room, actor: Actor, ids: readonly string[]): void => {
  room.mayControl(actor);
  const leaving = room.allPresent(ids);
  for (const person of leaving) room.spareTheHost(actor, person);
  for (const person of leaving) vanishes(room, person);
};

const admit = (room: Room, actor: Actor, ids: readonly string[] | null): void => {
  room.mayControl(actor);
  const wanted = [...new Set(ids ?? room.waiting.map((p) => p.id))];
  const admitted = wanted.map(
    (id) => room.waiting.find((p) => p.id === id) ?? refuse('PARTICIPANT_NOT_FOUND'),
  );
  for (const one of admitted) {
    room.waiting = room.waiting.filter((p) => p !== one);
    enters(room, one);
  }
};

/** Moving ends every lock on him, as leaving does; he comes back as whoever he was when he came. */
const moveToWaitingRoom = (room: Room, actor: Actor, ids: readonly string[]): void => {
  room.mayControl(actor);
  if (!room.hasWaitingRoom) refuse('CONFERENCE_NOT_SUPPORTED');
  const moved = room.allPresent(ids);
  for (const person of moved) {
    room.spareTheHost(actor, person);
    if (person.role === 'host') refuse('CONFERENCE_STATE_FORBIDS');
  }
  for (const person of moved) {
    const entitledTo = person.role === 'audience' ? 'audience' : 'guest';
    vanishes(room, person);
    room.waiting.push({ ...person.badge, name: person.name, entitledTo });
  }
};

const invite = (
  room: Room,
  actor: Actor,
  attendees: Extract<AttendeeCommand, { type: 'invite' }>['attendees'],
): void => {
  room.mayControl(actor);
  for (const [at, { number }] of attendees.entries()) {
    const twice = attendees.findIndex((other) => other.number === number) < at;
    const isHere = room.people.some((p) => p.number === number);
    if (twice || isHere || room.invited.get(number)?.called) refuse('ALREADY_INVITED');
  }
  for (const one of attendees) room.invited.set(one.number, one);
};

const rename = (room: Room, actor: Actor, id: string, name: string): void => {
  const person = room.within(actor, id);
  if (!room.settings.selfRenameAllowed && !room.controls(actor)) refuse('GUEST_NOT_PERMITTED');
  if (name.trim() === '') refuse('NAME_EMPTY');
  if (name.length > 64) refuse('NAME_TOO_LONG');
  person.name = name;
};

/** Where he may not open it himself, he may when asked to, once. */
const setCamera = (room: Room, actor: Actor, id: string, on: boolean): void => {
  const person = room.within(actor, id);
  const mayOpen = room.settings.selfCameraAllowed || person.askedForCamera || room.controls(actor);
  if (on && !mayOpen) refuse('GUEST_NOT_PERMITTED');
  if (person.camera === on) return;
  person.camera = on;
  person.askedForCamera = false;
};

const setCoHost = (room: Room, actor: Actor, id: string, coHost: boolean): void => {
  if (room.roleOf(actor) !== 'host') refuse('GUEST_NOT_PERMITTED');
  const person = room.present(id);
  if (person.role === 'host') refuse('CO_HOST_IS_HOST');
  if (person.role === 'audience') refuse('CO_HOST_IS_AUDIENCE');
  person.role = coHost ? 'coHost' : 'guest';
};

/** A host has no hand to raise: his goes down. */
const applyHost = (room: Room, person: Person): void => {
  if (person.role === 'host') return;
  if (person.role === 'audience') refuse('HOST_IS_AUDIENCE');
  if (room.host()) refuse('HOST_EXISTS');
  person.role = 'host';
  person.hand = false;
};

/** chairView and host polling are the host's: they end with his role. */
const releaseHost = (room: Room, actor: Actor, id: string): void => {
  if (room.roleOf(actor) !== 'host') refuse('GUEST_NOT_PERMITTED');
  const person = room.present(id);
  if (person.role !== 'host') refuse('NOT_HOST');
  person.role = 'guest';
  person.chair = null;
  person.polls = null;
};

/** The audience is never heard, whoever asks. */
export const mute = (room: Room, actor: Actor, command: AudioCommand): void => {
  if (command.type === 'muteParticipant') {
    const person = room.within(actor, command.participant);
    if (!command.muted && person.role === 'audience') refuse('AUDIENCE_MAY_NOT_SPEAK');
    if (!command.muted && !room.selfUnmute && !room.controls(actor)) refuse('GUEST_NOT_PERMITTED');
    person.muted = command.muted;
    return;
  }
  room.mayControl(actor);
  if (command.type === 'allowSelfUnmute') {
    room.selfUnmute = command.allowed;
    return;
  }
  for (const person of room.people)
    if (person.role !== 'host' && person.role !== 'audience') person.muted = command.muted;
  room.selfUnmute = command.selfUnmuteAllowed ?? room.selfUnmute;
};

export const ask = (room: Room, actor: Actor, command: RequestCommand): void => {
  room.mayControl(actor);
  const person = room.within(actor, command.participant);
  switch (command.type) {
    case 'requestCamera':
      if (!person.video) refuse('SITE_IS_VOICE_ONLY');
      if (person.camera === command.on && (command.on || !person.askedForCamera)) return;
      person.askedForCamera = command.on;
      if (!command.on) person.camera = false;
      return;
    case 'inviteToShare':
      if (person.professional || person.role === 'audience') refuse('CANNOT_SHARE');
      person.askedToShare = command.invited;
      return;
    case 'allowClientRecording':
      person.mayRecord = command.allowed;
  }
};
