import type { Command, HostView, ModeCommand, Newcomer } from '../../src/conference/commands.ts';
import type { DurableEvent, LeaveCause } from '../../src/conference/events.ts';
import { participantId } from '../../src/conference/ids.ts';
import type { Layout, ManualLayout } from '../../src/conference/layouts.ts';
import type {
  Attendee,
  ConferenceSettings,
  InterpreterGroup,
  LanguageChoice,
} from '../../src/conference/state.ts';

type Configure = Omit<Extract<Command, { type: 'configure' }>, 'type' | 'settings'>;

/** The commands, as said by one actor. Each returns its events. */
export class Controls {
  readonly #give: (command: Command) => readonly DurableEvent[];

  constructor(give: (command: Command) => readonly DurableEvent[]) {
    this.#give = give;
  }

  #watch(view: HostView): readonly DurableEvent[] {
    return this.#give({ type: 'hostView', view });
  }

  lock(viewer: string, source: string) {
    return this.#give({ type: 'lockView', viewer: participantId(viewer), source: participantId(source) });
  }

  unlock(viewer: string) {
    return this.#give({ type: 'unlockView', viewer: participantId(viewer) });
  }

  partView(viewer: string, source: string) {
    return this.#give({ type: 'partView', viewer: participantId(viewer), source: participantId(source) });
  }

  /** chairView 2 */
  hostWatches(source: string) {
    return this.#watch({ kind: 'site', source: participantId(source) });
  }

  /** chairView 1 */
  hostWatchesAll() {
    return this.#watch({ kind: 'continuousPresence' });
  }

  /** chairView 0 */
  startPolling(switchSeconds = 10) {
    return this.#watch({ kind: 'startPolling', switchSeconds });
  }

  stopPolling() {
    return this.#watch({ kind: 'stopPolling' });
  }

  broadcast(participant: string) {
    return this.#give({ type: 'broadcast', participant: participantId(participant) });
  }

  rollCall(participant: string) {
    return this.#give({ type: 'rollCall', participant: participantId(participant) });
  }

  cancelBroadcast() {
    return this.#give({ type: 'cancelBroadcast' });
  }

  switchMode(to: Extract<ModeCommand, { type: 'switchMode' }>['to']) {
    return this.#give({ type: 'switchMode', to });
  }

  setLayout(layout: Layout, saveOnly = false) {
    return this.#give({ type: 'setLayout', layout, saveOnly });
  }

  saveLayout(id: string, layout: ManualLayout, name = id) {
    return this.#give({ type: 'saveLayout', saved: { id, name, layout } });
  }

  deleteLayout(id: string) {
    return this.#give({ type: 'deleteLayout', id });
  }

  interpreterGroups(...groups: readonly InterpreterGroup[]) {
    return this.#give({ type: 'setInterpreterGroups', groups });
  }

  interpretation(on: boolean) {
    return this.#give({ type: 'setInterpretation', on });
  }

  /** @param participants null: everybody */
  language(participants: readonly string[] | null, language: LanguageChoice) {
    return this.#give({
      type: 'setLanguage',
      participants: participants?.map(participantId) ?? null,
      language,
    });
  }

  admit(...participants: readonly string[]) {
    return this.#give({ type: 'admit', participants: participants.map(participantId) });
  }

  admitAll() {
    return this.#give({ type: 'admit', participants: null });
  }

  moveToWaitingRoom(...participants: readonly string[]) {
    return this.#give({ type: 'moveToWaitingRoom', participants: participants.map(participantId) });
  }

  invite(...attendees: readonly Attendee[]) {
    return this.#give({ type: 'invite', attendees });
  }

  askForCamera(participant: string, on = true) {
    return this.#give({ type: 'requestCamera', participant: participantId(participant), on });
  }

  inviteToShare(participant: string, invited = true) {
    return this.#give({ type: 'inviteToShare', participant: participantId(participant), invited });
  }

  allowClientRecording(participant: string, allowed = true) {
    return this.#give({ type: 'allowClientRecording', participant: participantId(participant), allowed });
  }

  allowSelfUnmute(allowed = true) {
    return this.#give({ type: 'allowSelfUnmute', allowed });
  }

  raiseHands(participants: readonly string[], raised = true) {
    return this.#give({ type: 'raiseHands', participants: participants.map(participantId), raised });
  }

  configure(settings: Partial<ConferenceSettings>, more: Configure = {}) {
    return this.#give({ type: 'configure', settings, ...more });
  }

  pause(paused = true) {
    return this.#give({ type: 'pause', paused });
  }

  allowAudience(allowed = true) {
    return this.#give({ type: 'allowAudience', allowed });
  }

  prolong(minutes: number, automatic = false) {
    return this.#give({ type: 'prolong', minutes, automatic });
  }

  mute(participant: string, muted = true) {
    return this.#give({ type: 'muteParticipant', participant: participantId(participant), muted });
  }

  muteAll(muted = true, selfUnmuteAllowed: boolean | null = null) {
    return this.#give({ type: 'muteAll', muted, selfUnmuteAllowed });
  }

  join(participant: Newcomer) {
    return this.#give({ type: 'join', participant });
  }

  leave(participant: string, cause: LeaveCause = 'left') {
    return this.#give({ type: 'leave', participant: participantId(participant), cause });
  }

  hangUp(...participants: readonly string[]) {
    return this.#give({ type: 'hangUp', participants: participants.map(participantId) });
  }

  rename(participant: string, name: string) {
    return this.#give({ type: 'rename', participant: participantId(participant), name });
  }

  camera(participant: string, on: boolean) {
    return this.#give({ type: 'setCamera', participant: participantId(participant), on });
  }

  coHost(participant: string, coHost = true) {
    return this.#give({ type: 'setCoHost', participant: participantId(participant), coHost });
  }

  applyHost(participant: string) {
    return this.#give({ type: 'applyHost', participant: participantId(participant) });
  }

  releaseHost(participant: string) {
    return this.#give({ type: 'releaseHost', participant: participantId(participant) });
  }

  lockMeeting(locked = true) {
    return this.#give({ type: 'setConferenceLock', locked });
  }

  end() {
    return this.#give({ type: 'end' });
  }
}
