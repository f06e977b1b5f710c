import fc from 'fast-check';
import type { Command, HostView, Newcomer } from '../../src/conference/commands.ts';
import type { EphemeralEvent } from '../../src/conference/events.ts';
import { type ParticipantId, participantId } from '../../src/conference/ids.ts';
import { type Actor, SYSTEM } from '../../src/conference/permissions.ts';
import type { InterpreterGroup } from '../../src/conference/state.ts';
import { attendee, audience, browser, layoutOf, terminal, voiceOnly } from './conference-builder.ts';

/** Everybody who may take part, in this order; how many do at first differs from run to run. */
export const cast: readonly Newcomer[] = [
  { ...terminal('H'), entitledTo: 'host' },
  { ...browser('A'), account: 'ann' },
  terminal('V'),
  browser('B'),
  terminal('W'),
  voiceOnly(browser('P')),
  { ...browser('G'), entitledTo: 'host' },
  voiceOnly(terminal('Q')),
  audience('S'),
];

/** What can happen in a meeting at random. */
export type Happening =
  | { readonly kind: 'command'; readonly actor: Actor; readonly command: Command }
  | { readonly kind: 'event'; readonly event: EphemeralEvent | { readonly type: 'poll.due' } };

const someone = fc.constantFrom<ParticipantId>(...cast.map((p) => p.id), participantId('nobody'));
/** Mostly somebody whose view can be steered. */
const viewer = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(participantId('V'), participantId('W'), participantId('H')) },
  { weight: 1, arbitrary: someone },
);
const source = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(participantId('A'), participantId('B'), participantId('V')) },
  { weight: 1, arbitrary: someone },
);
const actor = fc.oneof(
  { weight: 16, arbitrary: fc.constant<Actor>({ kind: 'token', role: 'host' }) },
  { weight: 1, arbitrary: fc.constant<Actor>({ kind: 'token', role: 'guest' }) },
  { weight: 4, arbitrary: fc.constant<Actor>({ kind: 'participant', id: participantId('A') }) },
  { weight: 3, arbitrary: someone.map((id): Actor => ({ kind: 'participant', id })) },
);

const hostView: fc.Arbitrary<HostView> = fc.oneof(
  fc.record({ kind: fc.constant('site' as const), source }),
  fc.constant<HostView>({ kind: 'continuousPresence' }),
  fc.record({ kind: fc.constant('startPolling' as const), switchSeconds: fc.constantFrom(10, 20) }),
  fc.constant<HostView>({ kind: 'stopPolling' }),
);

const viewCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('lockView' as const), viewer, source }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unlockView' as const), viewer }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('partView' as const), viewer, source }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('hostView' as const), view: hostView }) },
);

const modeCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constantFrom('broadcast' as const, 'rollCall' as const), participant: source }),
  fc.constant<Command>({ type: 'cancelBroadcast' }),
  fc.record({
    type: fc.constant('switchMode' as const),
    to: fc.constantFrom('fixed' as const, 'voiceSingle' as const, 'voiceMultiple' as const),
  }),
);

/** Some of them poll, some mean somebody who is not here or has no video; `+99B` is the number of B. */
const manualLayout = fc.constantFrom(
  layoutOf('Two', 'A', 'V'),
  layoutOf('Two', 'H A', '+99B'),
  layoutOf('Three', 'V', 'A', 'B'),
  layoutOf('Three', '', 'A B V', 'W'),
  layoutOf('Single', 'nobody'),
  layoutOf('Two', '', ''),
  layoutOf('Two', 'A', 'P'),
);

const layoutId = fc.constantFrom('one', 'two');

const layoutCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('setLayout' as const),
      layout: fc.oneof(
        { weight: 3, arbitrary: manualLayout },
        { weight: 1, arbitrary: fc.constant({ kind: 'automatic' as const, imageType: 'Sixteen' }) },
      ),
      saveOnly: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ id: layoutId, name: fc.constantFrom('Us', 'Them'), layout: manualLayout })
      .map((saved): Command => ({ type: 'saveLayout', saved })),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('deleteLayout' as const), id: layoutId }) },
);

const someOf = fc.array(someone, { maxLength: 2 });

const waitingCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('admit' as const),
      participants: fc.option(someOf, { freq: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('moveToWaitingRoom' as const), participants: someOf }),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(
        fc.constantFrom(...cast.map(({ name }) => name)).map((name) => ({ ...attendee(name), called: true })),
        { maxLength: 2 },
      )
      .map((attendees): Command => ({ type: 'invite', attendees })),
  },
);

const requestCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constant('requestCamera' as const), participant: someone, on: fc.boolean() }),
  fc.record({ type: fc.constant('inviteToShare' as const), participant: someone, invited: fc.boolean() }),
  fc.record({
    type: fc.constant('allowClientRecording' as const),
    participant: someone,
    allowed: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('raiseHands' as const),
    participants: someOf,
    raised: fc.boolean(),
  }),
);

const group = (...languages: InterpreterGroup['languages']): InterpreterGroup => ({
  id: languages.join(),
  name: languages.join(' and '),
  type: '0',
  languages,
  interpreters: ['ann'],
});

const language = fc.record({
  speak: fc.constantFrom('', 'en', 'fr'),
  listen: fc.constantFrom('', 'en', 'de'),
  original: fc.boolean(),
});

const languageCommand: fc.Arbitrary<Command> = fc.oneof(
  fc
    .subarray([group('en', 'fr'), group('en', 'de'), { ...group('en', 'de'), name: 'the same ID' }])
    .map((groups): Command => ({ type: 'setInterpreterGroups', groups: groups.slice(0, 2) })),
  fc.record({ type: fc.constant('setInterpretation' as const), on: fc.boolean() }),
  fc.record({
    type: fc.constant('setLanguage' as const),
    participants: fc.option(someOf),
    language,
  }),
);

const callIn = fc.constantFrom(
  'everyone' as const,
  'everyone' as const,
  'organisation' as const,
  'invited' as const,
);

const settings = fc.record(
  {
    callIn,
    audienceCallIn: callIn,
    selfCameraAllowed: fc.boolean(),
    selfRenameAllowed: fc.boolean(),
    sharingLocked: fc.boolean(),
  },
  { requiredKeys: [] },
);

const conferenceCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record(
    {
      type: fc.constant('configure' as const),
      settings,
      locked: fc.boolean(),
      selfUnmuteAllowed: fc.boolean(),
    },
    { requiredKeys: ['type', 'settings'] },
  ),
  fc.record({ type: fc.constant('pause' as const), paused: fc.boolean() }),
  fc.record({ type: fc.constant('allowAudience' as const), allowed: fc.boolean() }),
  fc.record({
    type: fc.constant('prolong' as const),
    minutes: fc.constantFrom(1, 15),
    automatic: fc.boolean(),
  }),
  fc.record({ type: fc.constant('setConferenceLock' as const), locked: fc.boolean() }),
);

const otherCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constant('allowSelfUnmute' as const), allowed: fc.boolean() }),
  fc.record({ type: fc.constant('muteParticipant' as const), participant: someone, muted: fc.boolean() }),
  fc.record({
    type: fc.constant('muteAll' as const),
    muted: fc.boolean(),
    selfUnmuteAllowed: fc.constantFrom(true, false, null),
  }),
  fc.record({
    type: fc.constant('rename' as const),
    participant: someone,
    name: fc.constantFrom('Ann', 'Bo', ' ', 'x'.repeat(65)),
  }),
  fc.record({ type: fc.constant('setCamera' as const), participant: someone, on: fc.boolean() }),
  fc.record({ type: fc.constant('setCoHost' as const), participant: someone, coHost: fc.boolean() }),
  fc.record({ type: fc.constant('releaseHost' as const), participant: someone }),
  requestCommand,
);

const given = fc
  .record({
    actor,
    command: fc.oneof(
      { weight: 12, arbitrary: viewCommand },
      { weight: 6, arbitrary: modeCommand },
      { weight: 4, arbitrary: layoutCommand },
      { weight: 4, arbitrary: otherCommand },
      { weight: 2, arbitrary: waitingCommand },
      { weight: 2, arbitrary: conferenceCommand },
      { weight: 1, arbitrary: languageCommand },
      {
        weight: 1,
        arbitrary: fc.record({
          type: fc.constant('hangUp' as const),
          participants: someOf,
        }),
      },
    ),
  })
  .map(({ actor, command }): Happening => ({ kind: 'command', actor, command }));

const byTheServer = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('join' as const),
        participant: fc.constantFrom(...cast),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('leave' as const),
        participant: someone,
        cause: fc.constantFrom('left' as const, 'timedOut' as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('applyHost' as const), participant: someone }) },
  )
  .map((command): Happening => ({ kind: 'command', actor: SYSTEM, command }));

const ephemeral = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('speaker.changed' as const), participant: someone }),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'poll.due' as const }) },
    { weight: 1, arbitrary: fc.constant({ type: 'layout.turned' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('connection.changed' as const),
        participant: someone,
        connected: fc.boolean(),
      }),
    },
  )
  .map((event): Happening => ({ kind: 'event', event }));

const ending: fc.Arbitrary<Happening> = actor.map((who) => ({
  kind: 'command',
  actor: who,
  command: { type: 'end' },
}));

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 240, arbitrary: given },
  { weight: 40, arbitrary: byTheServer },
  { weight: 70, arbitrary: ephemeral },
  { weight: 1, arbitrary: ending },
);

const names = cast.map((p) => p.id);

/** How a meeting at random begins. */
export const beginning = fc.record({
  media: fc.oneof(
    { weight: 29, arbitrary: fc.constant('video' as const) },
    { weight: 1, arbitrary: fc.constant('voice' as const) },
  ),
  present: fc.oneof(
    { weight: 1, arbitrary: fc.subarray(names, { minLength: 2 }) },
    { weight: 2, arbitrary: fc.constant(names) },
  ),
  waitingRoom: fc.oneof(
    { weight: 2, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  audienceAllowed: fc.boolean(),
  /** Given by the server after the joins; refused where he is not present or the host. */
  coHost: fc.constantFrom(participantId('A'), participantId('W'), participantId('nobody')),
});

export const describeHappening = (happening: Happening): string =>
  happening.kind === 'event'
    ? brief(happening.event)
    : `${actorName(happening.actor)}: ${brief(happening.command)}`;

const actorName = (actor: Actor): string => {
  if (actor.kind === 'system') return 'server';
  return actor.kind === 'token' ? `${actor.role}'s token` : actor.id;
};

/** `lockView viewer=V source=A` */
const brief = (value: object): string =>
  Object.entries(value)
    .map(([key, member]) => {
      if (key === 'type') return member;
      if (key === 'participant' && typeof member === 'object') return `participant=${member.id}`;
      return `${key}=${typeof member === 'string' ? member : JSON.stringify(member)}`;
    })
    .join(' ');
