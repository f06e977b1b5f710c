import type { HostView, LayoutCommand, ModeCommand, ViewCommand } from '../../src/conference/commands.ts';
import type { Layout } from '../../src/conference/layouts.ts';
import type { Actor } from '../../src/conference/permissions.ts';
import { bySite, EVERYBODY, look, NOTHING, sitesFor, siteToPoll } from './conference-reference-pictures.ts';
import { type Person, type Room, refuse, type Wide } from './conference-reference-room.ts';

/** Commands that steer one screen, or all: locks, views, modes and layouts, from lock-view.md and b.3. */
export const steer = (room: Room, actor: Actor, command: ViewCommand | ModeCommand | LayoutCommand): void => {
  switch (command.type) {
    case 'lockView':
    case 'partView':
      show(room, actor, command);
      return;
    case 'unlockView':
      unlock(room, room.steerable(actor, command.viewer));
      return;
    case 'hostView':
      hostView(room, actor, command.view);
      return;
    case 'broadcast':
    case 'rollCall':
    case 'cancelBroadcast':
    case 'switchMode':
      conferenceWide(room, actor, command);
      return;
    case 'setLayout':
    case 'saveLayout':
    case 'deleteLayout':
      room.mayControlPictures(actor);
      arrange(room, command);
      return;
  }
};

// One viewer.

const showable = (room: Room, viewer: Person, sourceId: string): string => {
  const source = room.present(sourceId);
  if (!source.video) refuse('SITE_IS_VOICE_ONLY');
  if (source === viewer) refuse('SOURCE_IS_VIEWER');
  if (viewer.polls !== null) refuse('HOST_POLLING_RUNS');
  return sourceId;
};

const show = (
  room: Room,
  actor: Actor,
  command: Extract<ViewCommand, { type: 'lockView' | 'partView' }>,
): void => {
  const viewer = room.steerable(actor, command.viewer);
  const source = showable(room, viewer, command.source);
  if (command.type === 'lockView' || viewer.lock !== null) lock(viewer, source);
  else wish(viewer, { part: source });
};

const lock = (viewer: Person, on: string): void => {
  viewer.lock = on;
  viewer.keeps = null;
};

const wish = (viewer: Person, wanted: Partial<Pick<Person, 'part' | 'chair' | 'polls'>>): void => {
  Object.assign(viewer, { part: null, chair: null, polls: null, keeps: null }, wanted);
};

const unlock = (room: Room, viewer: Person): void => {
  if (viewer.lock === null) return;
  switchKeeping(room, viewer, () => {
    viewer.lock = null;
  });
};

/** Where nothing forces another picture on him, he goes on watching what he watched. */
const switchKeeping = (room: Room, viewer: Person, change: () => void): void => {
  const seen = look(room, viewer).picture;
  viewer.keeps = null;
  change();
  const forced = look(room, viewer).reason !== 'AUTO';
  viewer.keeps = forced || seen === NOTHING ? null : seen.startsWith('[') ? EVERYBODY : seen;
};

const hostView = (room: Room, actor: Actor, view: HostView): void => {
  room.mayControlPictures(actor);
  const host = room.host() ?? refuse('CONFERENCE_HAS_NO_HOST');
  room.steerable(actor, host.id);
  switch (view.kind) {
    case 'site':
      hostWatches(host, showable(room, host, view.source));
      return;
    case 'continuousPresence':
      if (host.polls !== null) refuse('HOST_POLLING_RUNS');
      if (room.wide === 'FIXED' || room.voice !== 'off') refuse('CONFERENCE_STATE_FORBIDS');
      showWhatWasStored(room);
      hostWatches(host, EVERYBODY);
      return;
    case 'startPolling':
      startPolling(room, host, view.switchSeconds);
      return;
    case 'stopPolling':
      if (host.polls !== null) wish(host, {});
  }
};

const hostWatches = (host: Person, what: string): void => {
  if (host.lock !== null) lock(host, what);
  else if (host.chair !== what) wish(host, { chair: what });
};

const startPolling = (room: Room, host: Person, seconds: number): void => {
  const [first] = sitesFor(room, host);
  if (first === undefined) refuse('PARTICIPANT_NOT_FOUND');
  if (host.polls !== null && host.pollSeconds === seconds) return;
  wish(host, { polls: first });
  host.pollSeconds = seconds;
};

// All viewers.

const conferenceWide = (room: Room, actor: Actor, command: ModeCommand): void => {
  room.mayControl(actor);
  if (command.type === 'cancelBroadcast') {
    if (room.wide !== 'FREE') switchAll(room, 'FREE', null);
    return;
  }
  room.mayControlPictures(actor);
  if (command.type === 'switchMode') {
    switchMode(room, command.to);
    return;
  }
  const target = room.present(command.participant);
  if (command.type === 'rollCall') room.spareTheHost(actor, target);
  if (!target.video) refuse('SITE_IS_VOICE_ONLY');
  switchAll(room, command.type === 'rollCall' ? 'ROLL_CALL' : 'BROADCAST', target);
  if (command.type === 'broadcast') return;
  for (const person of room.people) if (person.role !== 'host') person.muted = true;
  target.muted = false;
};

const switchMode = (room: Room, to: 'fixed' | 'voiceSingle' | 'voiceMultiple'): void => {
  if (to === 'voiceMultiple' && polls(room.shownNext ?? room.layout)) {
    refuse('LAYOUT_POLLS_WHILE_VOICE_ACTIVATED');
  }
  if (to !== 'voiceSingle') showWhatWasStored(room);
  const voice = ({ fixed: 'off', voiceSingle: 'single', voiceMultiple: 'multiple' } as const)[to];
  const asItIs = room.wide === (to === 'fixed' ? 'FIXED' : 'FREE') && room.voice === voice;
  room.voice = voice;
  if (to === 'fixed') switchAll(room, 'FIXED', null);
  else if (!asItIs) switchAll(room, 'FREE', null);
};

const switchAll = (room: Room, wide: Wide, target: Person | null): void => {
  const change = () => {
    room.wide = wide;
    room.target = target?.id ?? null;
  };
  if (target) switchKeeping(room, target, change);
  else change();
  for (const person of room.people) {
    if (person === target) continue;
    person.keeps = null;
    if (wide !== 'FREE' && person.lock === null) person.part = null;
  }
};

// The continuous presence.

const arrange = (room: Room, command: LayoutCommand): void => {
  switch (command.type) {
    case 'setLayout':
      checkLayout(room, command.layout);
      if (command.saveOnly) room.shownNext = command.layout;
      else showLayout(room, command.layout);
      return;
    case 'saveLayout': {
      const { id, name, layout } = command.saved;
      room.savedLayouts.delete(id);
      room.savedLayouts.set(id, JSON.stringify({ name, layout }));
      return;
    }
    case 'deleteLayout':
      if (!room.savedLayouts.delete(command.id)) refuse('PARAMETER_INVALID');
  }
};

/** In automatic, broadcast of a participant and roll call the layout is broadcast; else only the layout changes. */
const showLayout = (room: Room, layout: Layout): void => {
  putOnScreen(room, layout);
  const host = room.host();
  const hostWatchesIt =
    host !== undefined && host.polls === null && (host.lock ?? host.chair ?? host.part) === EVERYBODY;
  const targeted = room.wide === 'BROADCAST' || room.wide === 'ROLL_CALL';
  const automatic = room.wide === 'FREE' && room.voice === 'off' && !hostWatchesIt;
  if (targeted || automatic) switchAll(room, 'FIXED', null);
};

const putOnScreen = (room: Room, layout: Layout): void => {
  const asItIs = room.shownNext === null && JSON.stringify(room.layout) === JSON.stringify(layout);
  room.layout = layout;
  room.shownNext = null;
  if (!asItIs) room.turn = 0;
};

const showWhatWasStored = (room: Room): void => {
  if (room.shownNext !== null) putOnScreen(room, room.shownNext);
};

const polls = (layout: Layout): boolean =>
  layout.kind === 'manual' && layout.panes.some((pane) => pane.sites.length > 1);

const checkLayout = (room: Room, layout: Layout): void => {
  if (layout.kind === 'automatic') return;
  const sites = layout.panes.flatMap((pane) => pane.sites);
  if (sites.length === 0) refuse('LAYOUT_HAS_NO_SITE');
  if (layout.panes.filter((pane) => pane.content).length > 1) refuse('LAYOUT_HAS_TWO_CONTENT_PANES');
  if (sites.some((site) => bySite(room, site)?.video === false)) refuse('LAYOUT_HAS_VOICE_ONLY_SITE');
  if (room.voice === 'multiple' && polls(layout)) refuse('LAYOUT_POLLS_WHILE_VOICE_ACTIVATED');
};

// What happens by itself.

export const speaks = (room: Room, id: string): void => {
  const speaker = room.find(id);
  if (!speaker || room.lastSpeakers[0] === id) return;
  room.lastSpeakers = [id, ...room.lastSpeakers.filter((earlier) => earlier !== id)];
  if (!speaker.video) return;
  for (const person of room.people) if (person.id !== id) person.keeps = null;
};

/** Whoever watched him falls to his derived view; what was shown of him to all is over. */
export const vanishes = (room: Room, person: Person): void => {
  const { id } = person;
  for (const viewer of room.people) {
    if (viewer.lock === id) viewer.lock = null;
    if (viewer.part === id) viewer.part = null;
    if (viewer.chair === id) viewer.chair = null;
    if (viewer.keeps === id) viewer.keeps = null;
    if (viewer.polls !== id) continue;
    const next = siteToPoll(room, viewer);
    viewer.polls = next === id ? null : next;
  }
  room.people.splice(room.people.indexOf(person), 1);
  room.lastSpeakers = room.lastSpeakers.filter((speaker) => speaker !== id);
  if (room.target !== id) return;
  room.wide = 'FREE';
  room.target = null;
};
