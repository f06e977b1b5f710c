import { AppError } from '../errors.ts';
import type { LanguageCommand } from './commands.ts';
import type { DurableEvent } from './events.ts';
import type { ParticipantId } from './ids.ts';
import { requireParticipant } from './participants.ts';
import {
  type Actor,
  forbidCoHostOnHost,
  requireControl,
  requireSelfOrControl,
  roleOf,
} from './permissions.ts';
import type { ConferenceState, LanguageChoice, Participant } from './state.ts';

/** The most languages of a conference (MMC.111071100). */
const MAX_LANGUAGES = 16;

/** Interpreter groups and who speaks and hears which language. */
export const decideLanguage = (
  state: ConferenceState,
  actor: Actor,
  command: LanguageCommand,
): readonly DurableEvent[] => {
  switch (command.type) {
    case 'setInterpreterGroups':
      return setGroups(state, actor, command.groups);
    case 'setInterpretation':
      return setInterpretation(state, actor, command.on);
    case 'setLanguage':
      return setLanguage(state, actor, command.participants, command.language);
  }
};

type Groups = Extract<LanguageCommand, { type: 'setInterpreterGroups' }>['groups'];

const languagesOf = (groups: Groups): ReadonlySet<string> =>
  new Set(groups.flatMap((group) => group.languages));

const setGroups = (state: ConferenceState, actor: Actor, groups: Groups): readonly DurableEvent[] => {
  requireControl(state, actor);
  if (languagesOf(groups).size > MAX_LANGUAGES) {
    throw new AppError('TOO_MANY_LANGUAGES', `more than ${MAX_LANGUAGES} languages`);
  }
  if (new Set(groups.map(({ id }) => id)).size < groups.length) {
    throw new AppError('PARAMETER_INVALID', 'two interpreter groups have one groupID');
  }
  const asTheyAre = JSON.stringify(groups) === JSON.stringify(state.interpretation.groups);
  return asTheyAre ? [] : [{ type: 'interpretation.groupsSet', groups }, ...endLostLanguages(state, groups)];
};

/** Whoever spoke or heard a language that is no more is back on the original voice. */
const endLostLanguages = (state: ConferenceState, groups: Groups): readonly DurableEvent[] => {
  const offered = languagesOf(groups);
  const lost = state.participants
    .values()
    .filter(({ language }) => language && !(isOffered(language.speak) && isOffered(language.listen)))
    .map(({ id }) => id);
  function isOffered(name: string): boolean {
    return name === '' || offered.has(name);
  }
  return lost.length === 0 ? [] : [{ type: 'language.set', participants: lost, language: FLOOR }];
};

const FLOOR: LanguageChoice = { speak: '', listen: '', original: false };

const setInterpretation = (state: ConferenceState, actor: Actor, on: boolean): readonly DurableEvent[] => {
  requireControl(state, actor);
  return state.interpretation.on === on ? [] : [{ type: 'interpretation.set', on }];
};

const setLanguage = (
  state: ConferenceState,
  actor: Actor,
  ids: readonly ParticipantId[] | null,
  language: LanguageChoice,
): readonly DurableEvent[] => {
  if (ids === null) requireControl(state, actor);
  else for (const id of ids) requireSelfOrControl(state, actor, id);
  const targets =
    ids === null ? state.participants.values() : [...new Set(ids)].map((id) => requireParticipant(state, id));
  if (ids !== null) for (const target of targets) forbidCoHostOnHost(state, actor, target);
  requireOffered(state, language);
  for (const target of targets) requireInterpreter(state, actor, target, language);
  const changed = targets.filter((target) => !sameLanguage(target.language ?? FLOOR, language));
  return changed.length === 0
    ? []
    : [{ type: 'language.set', participants: changed.map(({ id }) => id), language }];
};

const requireOffered = (state: ConferenceState, { speak, listen }: LanguageChoice): void => {
  const offered = languagesOf(state.interpretation.groups);
  for (const name of [speak, listen]) {
    if (name !== '' && !offered.has(name)) {
      throw new AppError('PARAMETER_INVALID', `no interpreter group has the language ${name}`);
    }
  }
};

/** A guest who is no interpreter of a language cannot put himself on its channel. */
const requireInterpreter = (
  state: ConferenceState,
  actor: Actor,
  target: Participant,
  { speak }: LanguageChoice,
): void => {
  const role = roleOf(state, actor);
  if (speak === '' || role === 'host' || role === 'coHost') return;
  const interprets = state.interpretation.groups.some(
    ({ languages, interpreters }) =>
      languages.includes(speak) && target.account !== null && interpreters.includes(target.account),
  );
  if (!interprets) throw new AppError('GUEST_NOT_PERMITTED', 'only an interpreter speaks on this channel');
};

const sameLanguage = (a: LanguageChoice, b: LanguageChoice): boolean =>
  a.speak === b.speak && a.listen === b.listen && a.original === b.original;
