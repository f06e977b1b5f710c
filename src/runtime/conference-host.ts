import { affectedViewers } from '../conference/affected.ts';
import type { Command } from '../conference/commands.ts';
import { decide } from '../conference/decide.ts';
import type { ConferenceEvent, DurableEvent, EphemeralEvent } from '../conference/events.ts';
import { evolve, evolveAll } from '../conference/evolve.ts';
import type { ParticipantId } from '../conference/ids.ts';
import type { Actor } from '../conference/permissions.ts';
import { type ConferenceState, serializeState } from '../conference/state.ts';
import { sameView, type View, viewOf, viewsOf } from '../conference/views.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { type JournalRecord, recordOf, refusalOf } from '../meetings/journal-record.ts';
import type { Journal } from '../store/store.ts';
import { TokenBucket } from './token-bucket.ts';

/** A committed step of a conference, as its listeners hear of it. */
export interface Change {
  readonly before: ConferenceState;
  readonly after: ConferenceState;
  readonly events: readonly ConferenceEvent[];
  /** The viewers whose view is another now, with the new one. */
  readonly views: ReadonlyMap<ParticipantId, View>;
  /** Whether other viewers' slots may have changed as well. */
  readonly affectsAll: boolean;
  /** Grows by 1 with each change of the conference while the server runs. */
  readonly version: number;
}

export interface ConferenceHostOptions {
  readonly journal: Journal;
  readonly now: () => number;
  /** Commands accepted per second before COMMAND_RATE_EXCEEDED, at least 1. */
  readonly commandsPerSecond: number;
  /** Journal entries between two snapshots, at least 1. */
  readonly snapshotEvery: number;
  readonly onChange: (host: ConferenceHost, change: Change) => void;
  /** Told of each command by name, with `ok` or the error code. */
  readonly onCommand?: (name: Command['type'], result: string) => void;
}

/** Refused commands of a conference that the journal takes at once, and then each second: enough to see who tried what. */
const REFUSALS = { burst: 60, perSecond: 1 } as const;

/**
 * One live conference and its only writer. Commands are judged one after another on the newest decided state; a
 * command is answered, and its listeners hear of it, only after its events are durable. A failed commit takes back
 * everything that was decided since the last durable state.
 */
export class ConferenceHost {
  readonly #options: ConferenceHostOptions;
  readonly #bucket: TokenBucket;
  readonly #refusals: TokenBucket;
  #decided: ConferenceState;
  #committed: ConferenceState;
  #views: Map<ParticipantId, View>;
  #sequence: number;
  #committedSequence: number;
  #version: number;
  #lastWrite: Promise<void> | null = null;
  /** Writes whose commands have not been published yet; those of one batch share their promise. */
  #writing = 0;
  /** Grows when decided steps are taken back, so that one failed commit takes back once. */
  #epoch = 0;

  constructor(state: ConferenceState, sequence: number, options: ConferenceHostOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(options.commandsPerSecond, options.now());
    this.#refusals = new TokenBucket(REFUSALS.perSecond, options.now(), REFUSALS.burst);
    this.#decided = state;
    this.#committed = state;
    this.#views = new Map(viewsOf(state));
    this.#sequence = sequence;
    this.#committedSequence = sequence;
    this.#version = sequence;
  }

  /** The durable state. */
  get state(): ConferenceState {
    return this.#committed;
  }

  /** Every viewer's view in the durable state. */
  get views(): ReadonlyMap<ParticipantId, View> {
    return this.#views;
  }

  get version(): number {
    return this.#version;
  }

  /** Whether the end has been decided and is not durable yet. */
  get ending(): boolean {
    return this.#decided.ended && !this.#committed.ended;
  }

  /**
   * Judges and carries out one command.
   *
   * @returns its events once they are durable; none when the conference was as asked already
   * @throws AppError of `decide`, or COMMAND_RATE_EXCEEDED
   */
  async execute(actor: Actor, command: Command): Promise<readonly DurableEvent[]> {
    try {
      const events = await this.#execute(actor, command);
      this.#options.onCommand?.(command.type, 'ok');
      return events;
    } catch (error) {
      this.#options.onCommand?.(command.type, error instanceof AppError ? error.code : 'INTERNAL');
      if (error instanceof AppError) this.noteRefusal(actor, command, error.code);
      throw error;
    }
  }

  /**
   * Writes down that a command was refused, here or before it came here, for the meeting's control records. Nobody waits
   * for it, and when there are too many or the conference has ended it is left out.
   */
  noteRefusal(actor: Actor, command: Command, code: ErrorCode): void {
    if (actor.kind === 'system' || code === 'COMMAND_RATE_EXCEEDED' || this.#decided.ended) return;
    const nowMs = this.#options.now();
    const record = refusalOf(actor, command, code);
    if (record === null || !this.#refusals.take(nowMs)) return;
    const epoch = this.#epoch;
    this.#append(record, this.#decided, nowMs).then(
      () => this.#wrote(),
      () => this.#failed(epoch),
    );
  }

  async #execute(actor: Actor, command: Command): Promise<readonly DurableEvent[]> {
    const nowMs = this.#options.now();
    const events = decide(this.#decided, actor, command, nowMs);
    if (actor.kind !== 'system' && !this.#bucket.take(nowMs)) {
      throw new AppError('COMMAND_RATE_EXCEEDED', 'too many commands for this conference');
    }
    if (events.length === 0) {
      await this.#lastWrite;
      return events;
    }
    const after = evolveAll(this.#decided, events);
    const epoch = this.#epoch;
    try {
      await this.#append(recordOf(actor, command, events), after, nowMs);
    } catch (cause) {
      this.#failed(epoch);
      throw cause;
    }
    this.#wrote();
    this.#publish(events, after);
    return events;
  }

  /** Takes in what is not journaled, in its turn behind the commands already decided. */
  observe(event: EphemeralEvent): void {
    const after = evolve(this.#decided, event);
    if (after === this.#decided) return;
    this.#decided = after;
    const publish = () => this.#publish([event], after);
    if (this.#lastWrite === null) publish();
    else this.#lastWrite.then(publish, () => this.observe(event));
  }

  /**
   * The next entry of the journal, with the state that it leads to. `#wrote` or `#failed` has to follow, first of all that
   * follows: entries settle in their order.
   */
  #append(record: JournalRecord, after: ConferenceState, nowMs: number): Promise<void> {
    this.#sequence += 1;
    const wantsSnapshot = this.#sequence % this.#options.snapshotEvery === 0 && !after.ended;
    const write = this.#options.journal.append({
      conference: after.id,
      sequence: this.#sequence,
      atMs: nowMs,
      record: JSON.stringify(record),
      final: after.ended,
      ...(wantsSnapshot && { snapshot: serializeState(after) }),
    });
    this.#decided = after;
    this.#lastWrite = write;
    this.#writing += 1;
    return write;
  }

  #wrote(): void {
    this.#writing -= 1;
    if (this.#writing === 0) this.#lastWrite = null;
    this.#committedSequence += 1;
  }

  /** Takes back everything that has been decided since the last durable state, once for each failed commit. */
  #failed(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#epoch += 1;
    this.#decided = this.#committed;
    this.#sequence = this.#committedSequence;
    this.#lastWrite = null;
    this.#writing = 0;
  }

  #publish(events: readonly ConferenceEvent[], after: ConferenceState): void {
    const before = this.#committed;
    this.#committed = after;
    this.#version += 1;
    const affectsAll = events.some((event) => affectedViewers(event) === 'all');
    const views = affectsAll ? this.#deriveAll() : this.#deriveSome(events);
    this.#options.onChange(this, { before, after, events, views, affectsAll, version: this.#version });
  }

  #deriveAll(): ReadonlyMap<ParticipantId, View> {
    const previous = this.#views;
    this.#views = new Map(viewsOf(this.#committed));
    const changed = new Map<ParticipantId, View>();
    for (const [id, view] of this.#views) {
      const old = previous.get(id);
      if (!old || !sameView(old, view)) changed.set(id, view);
    }
    return changed;
  }

  #deriveSome(events: readonly ConferenceEvent[]): ReadonlyMap<ParticipantId, View> {
    const changed = new Map<ParticipantId, View>();
    for (const event of events) {
      const affected = affectedViewers(event);
      if (affected === 'all') continue;
      for (const id of affected) this.#deriveOne(id, changed);
    }
    return changed;
  }

  #deriveOne(id: ParticipantId, changed: Map<ParticipantId, View>): void {
    const viewer = this.#committed.participants.get(id);
    if (!viewer) return;
    const view = viewOf(this.#committed, viewer);
    const old = this.#views.get(id);
    if (old && sameView(old, view)) return;
    this.#views.set(id, view);
    changed.set(id, view);
  }
}
