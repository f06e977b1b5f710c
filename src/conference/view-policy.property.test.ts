import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  beginning,
  cast,
  describeHappening,
  type Happening,
  happening,
} from '../../test/support/conference-arbitraries.ts';
import { describeView, meeting } from '../../test/support/conference-builder.ts';
import { ReferenceConference } from '../../test/support/conference-reference-model.ts';
import { AppError } from '../errors.ts';
import { affectedViewers } from './affected.ts';
import type { Command } from './commands.ts';
import { decide } from './decide.ts';
import type { ConferenceEvent, DurableEvent, EphemeralEvent } from './events.ts';
import { evolve, evolveAll } from './evolve.ts';
import type { ParticipantId } from './ids.ts';
import { type Actor, SYSTEM } from './permissions.ts';
import { assignSlots } from './slots.ts';
import {
  type ConferenceState,
  deserializeState,
  hostOf,
  type Participant,
  sameChoice,
  serializeState,
} from './state.ts';
import { nextPolledSite, siteOf, type ViewReason, viewOf, viewsOf } from './views.ts';

interface Real {
  state: ConferenceState;
  /** What a server that restarts from snapshot and journal after every step would know. */
  restored: ConferenceState;
  readonly beginning: ConferenceState;
  readonly journal: DurableEvent[];
}

/** One step of a meeting, taken by the core and by the reference model. */
class Step implements fc.Command<ReferenceConference, Real> {
  readonly #happening: Happening;

  constructor(happening: Happening) {
    this.#happening = happening;
  }

  /** The same browser does not join twice: the server gives each newcomer an ID of his own. */
  check(model: Readonly<ReferenceConference>): boolean {
    const happening = this.#happening;
    if (happening.kind === 'event' || happening.command.type !== 'join') return true;
    const { participant } = happening.command;
    return participant.kind === 'terminal' || !model.knows(participant.id);
  }

  run(model: ReferenceConference, real: Real): void {
    const before = real.state;
    const outcome =
      this.#happening.kind === 'command'
        ? runCommand(model, real, this.#happening.actor, this.#happening.command)
        : runEvent(model, real, this.#happening.event);
    assert.equal(outcome.core, outcome.model, 'outcome');
    assert.deepEqual(viewLines(real.state), model.views(), 'views');
    assert.deepEqual(rosterLines(real.state), model.roster(), 'roster');
    assert.deepEqual(factsOf(real.state), model.facts(), 'the conference as a whole');
    assertEverybodyHasOneView(real.state);
    assertLocksHold(before, real.state, this.#happening);
    assertSurvivesRestart(real);
  }

  toString(): string {
    return describeHappening(this.#happening);
  }
}

interface Outcome {
  readonly core: string;
  readonly model: string;
}

const runCommand = (model: ReferenceConference, real: Real, actor: Actor, command: Command): Outcome => {
  const untouched = JSON.stringify(real.state.participants.values()) + serializeState(real.state);
  const answer = answerOf(real.state, actor, command);
  assert.deepEqual(answerOf(real.state, actor, command), answer, 'decide is deterministic');
  assert.equal(JSON.stringify(real.state.participants.values()) + serializeState(real.state), untouched);
  happen(real, answer.events);
  return { core: answer.code, model: model.give(actor, command) };
};

const answerOf = (state: ConferenceState, actor: Actor, command: Command) => {
  try {
    return { code: 'ok', events: decide(state, actor, command, 5_000) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, events: [] };
  }
};

const happen = (real: Real, events: readonly DurableEvent[]): void => {
  const stored = JSON.parse(JSON.stringify(events)) as DurableEvent[];
  real.state = events.reduce(next, real.state);
  real.journal.push(...stored);
  real.restored = deserializeState(serializeState(evolveAll(real.restored, stored)));
};

/** The next state; whoever an event is said not to affect has his view and slots as before. */
const next = (before: ConferenceState, event: ConferenceEvent): ConferenceState => {
  const after = evolve(before, event);
  const affected = affectedViewers(event);
  if (affected === 'all') return after;
  for (const viewer of before.participants.values()) {
    if (affected.includes(viewer.id)) continue;
    assert.deepEqual(
      shownTo(after, viewer.id),
      shownTo(before, viewer.id),
      `${event.type} spares ${viewer.id}`,
    );
  }
  return after;
};

const shownTo = (state: ConferenceState, id: ParticipantId) => {
  const viewer = state.participants.get(id);
  if (!viewer) return null;
  const view = viewOf(state, viewer);
  return { view, slots: assignSlots(state, viewer, view, 4) };
};

const runEvent = (
  model: ReferenceConference,
  real: Real,
  event: EphemeralEvent | { type: 'poll.due' },
): Outcome => {
  const happened = event.type === 'poll.due' ? duePoll(real.state) : event;
  if (happened !== null) {
    real.state = next(real.state, happened);
    model.happens(happened);
  }
  return { core: 'ok', model: 'ok' };
};

/** What the server does when the time on a polled site is up. */
const duePoll = (state: ConferenceState): EphemeralEvent | null => {
  for (const viewer of state.participants.values()) {
    if (viewer.explicit?.by !== 'POLL') continue;
    const source = nextPolledSite(state, viewer.id, siteOf(viewer.explicit));
    if (source !== null) return { type: 'poll.advanced', viewer: viewer.id, source };
  }
  return null;
};

const viewLines = (state: ConferenceState): string[] =>
  [...viewsOf(state)].map(([id, view]) => `${id}: ${describeView(view)}`);

const rosterLines = (state: ConferenceState): string[] =>
  state.participants.values().map((p) => {
    const { speak, listen, original } = p.language ?? { speak: '', listen: '', original: false };
    const asked = [p.cameraRequested, p.handRaised, p.invitedToShare, p.clientRecordingAllowed];
    return [p.id, p.name, p.role, p.muted, p.cameraOn, ...asked, speak, listen, original].join(' ');
  });

/** Whatever concerns the conference as a whole, as the reference model says it. */
const factsOf = (state: ConferenceState): object => ({
  locked: state.locked,
  paused: state.paused,
  audienceAllowed: state.audienceAllowed,
  selfUnmuteAllowed: state.selfUnmuteAllowed,
  settings: state.settings,
  layout: state.layout,
  storedLayout: state.storedLayout,
  savedLayouts: state.savedLayouts.map(({ id }) => id).sort(),
  interpretation: state.interpretation,
  waiting: state.waiting.map((p) => `${p.id} ${p.name} ${p.entitledTo}`),
  called: state.attendees.filter((one) => one.called).map((one) => one.number),
  endsAtMs: state.endsAtMs,
  prolongMinutes: state.prolongMinutes,
});

const reasons: readonly ViewReason[] = [
  'LOCK',
  'PART_VIEW',
  'CHAIR_VIEW',
  'POLL',
  'ROLL_CALL',
  'BROADCAST',
  'FIXED',
  'VOICE',
  'AUTO',
];

/**
 * One known reason each, a picture of people who are here and have video, and nobody ever sees himself; twice somebody
 * only where the host has put him in two panes.
 */
const assertEverybodyHasOneView = (state: ConferenceState): void => {
  const views = viewsOf(state);
  assert.deepEqual([...views.keys()], [...state.participants.keys()]);
  for (const [viewer, { reason, picture }] of views) {
    assert.ok(reasons.includes(reason), reason);
    const panes = picture.kind === 'continuousPresence' ? picture.panes.filter((pane) => pane !== null) : [];
    const shown = picture.kind === 'single' ? [picture.source] : panes;
    assert.ok(!shown.includes(viewer), `${viewer} sees himself`);
    if (state.layout.kind === 'automatic')
      assert.equal(new Set(shown).size, shown.length, `${viewer} sees somebody twice`);
    for (const source of shown) assert.ok(state.participants.get(source)?.video, `${viewer} sees ${source}`);
  }
};

/**
 * A locked viewer's picture changes only by a command for him, by his source leaving, or, where it is the continuous
 * presence, with the people and panes of that.
 */
const assertLocksHold = (before: ConferenceState, after: ConferenceState, happening: Happening): void => {
  for (const viewer of before.participants.values()) {
    const now = after.participants.get(viewer.id);
    if (viewer.lock === null || now === undefined || aimsAt(before, viewer, happening)) continue;
    const sourceLeft = viewer.lock.kind === 'single' && !after.participants.has(viewer.lock.source);
    assert.ok(sourceLeft ? now.lock === null : sameChoice(now.lock, viewer.lock), `the lock of ${viewer.id}`);
    if (sourceLeft || viewer.explicit?.by === 'POLL') continue;
    const presenceChanged =
      viewer.lock.kind === 'continuousPresence' && paneFacts(before) !== paneFacts(after);
    const [seen, sees] = [viewsOf(before).get(viewer.id), viewsOf(after).get(viewer.id)];
    if (presenceChanged) assert.equal(sees?.reason, 'LOCK');
    else assert.deepEqual(sees, seen, `the locked picture of ${viewer.id}`);
  }
};

const paneFacts = (state: ConferenceState): string =>
  JSON.stringify([[...state.participants.keys()], state.layout, state.layoutTurn]);

const aimsAt = (state: ConferenceState, viewer: Participant, happening: Happening): boolean => {
  if (happening.kind === 'event') return false;
  const { command } = happening;
  if (command.type === 'hostView') return viewer.id === hostOf(state)?.id;
  if (command.type === 'lockView' || command.type === 'unlockView' || command.type === 'partView') {
    return viewer.id === command.viewer;
  }
  return false;
};

/** Journal and snapshots bring back whatever is durable, every lock with it. */
const assertSurvivesRestart = (real: Real): void => {
  assert.equal(durablePart(real.restored), durablePart(real.state), 'restored from snapshot and journal');
  for (const participant of real.state.participants.values()) {
    if (participant.held === null) continue;
    const restored = real.restored.participants.get(participant.id);
    assert.ok(restored && sameChoice(restored.held, participant.held), `what ${participant.id} held`);
  }
};

/**
 * What every restart keeps. Speakers, transports and the places that pollings have reached are forgotten; a held view that
 * a speaker has ended is remembered, since speech is not journaled.
 */
const durablePart = (state: ConferenceState): string =>
  JSON.stringify({
    ...state,
    speakers: [],
    layoutTurn: 0,
    participants: state.participants.values().map((p) => ({
      ...p,
      connected: false,
      held: null,
      explicit:
        p.explicit?.by === 'POLL' ? { by: 'POLL', switchSeconds: p.explicit.switchSeconds } : p.explicit,
    })),
  });

const step = happening.map((next) => new Step(next));

const byServer = (command: Command): Step => new Step({ kind: 'command', actor: SYSTEM, command });

test('a meeting at random follows the reference model, keeps its locks and survives a restart after every step', () => {
  fc.assert(
    fc.property(beginning, fc.commands([step], { maxCommands: 60, size: 'max' }), (start, steps) => {
      const { media, waitingRoom } = start;
      const begun = meeting({ media, waitingRoom, endsAtMs: 60_000 });
      const model = new ReferenceConference(media, waitingRoom, 60_000);
      const real: Real = { state: begun.state, restored: begun.state, beginning: begun.state, journal: [] };
      byServer({ type: 'allowAudience', allowed: start.audienceAllowed }).run(model, real);
      for (const participant of cast.filter((p) => start.present.includes(p.id))) {
        byServer({ type: 'join', participant }).run(model, real);
      }
      byServer({ type: 'admit', participants: null }).run(model, real);
      byServer({ type: 'setCoHost', participant: start.coHost, coHost: true }).run(model, real);
      fc.modelRun(() => ({ model, real }), steps);
      const replayed = evolveAll(real.beginning, real.journal);
      assert.equal(durablePart(replayed), durablePart(real.state), 'replayed from the journal alone');
    }),
    { numRuns: 1_000 },
  );
});
