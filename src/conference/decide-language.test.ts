import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { browser, type Meeting, meeting, terminal } from '../../test/support/conference-builder.ts';
import type { ErrorCode } from '../errors.ts';
import type { InterpreterGroup, LanguageChoice } from './state.ts';

const group = (...languages: InterpreterGroup['languages']): InterpreterGroup => ({
  id: languages.join(),
  name: languages.join(' and '),
  type: '0',
  languages,
  interpreters: ['ann'],
});

const hears = (listen: string, original = false): LanguageChoice => ({ speak: '', listen, original });
const speaks = (speak: string): LanguageChoice => ({ speak, listen: '', original: true });

/** A has logged in as ann, who interprets between English and French; H is the host. */
const four = (): Meeting => {
  const m = meeting()
    .with(terminal('H'), { ...browser('A'), account: 'ann' }, browser('B'), browser('C'))
    .hostIs('H');
  m.host.interpreterGroups(group('en', 'fr'));
  return m;
};

const languages = (m: Meeting, name: string) => m.participant(name).language;

describe('a language', () => {
  test('anybody chooses what he hears', () => {
    const m = four();
    m.as('B').language(['B'], hears('fr', true));
    assert.deepEqual(languages(m, 'B'), { speak: '', listen: 'fr', original: true });
    assert.equal(languages(m, 'C'), null);
  });

  test('an interpreter puts himself on his channel', () => {
    const m = four();
    m.as('A').language(['A'], speaks('fr'));
    assert.equal(languages(m, 'A')?.speak, 'fr');
  });

  test('the host puts anybody there, and everybody at once', () => {
    const m = four();
    m.host.language(['B', 'C', 'B'], speaks('en'));
    assert.deepEqual([languages(m, 'B')?.speak, languages(m, 'C')?.speak], ['en', 'en']);
    const events = m.host.language(null, hears('fr'));
    assert.equal(events.length, 1);
    assert.deepEqual(
      ['H', 'A', 'B', 'C'].map((name) => languages(m, name)?.listen),
      ['fr', 'fr', 'fr', 'fr'],
    );
  });

  test('only those who change are told', () => {
    const m = four();
    m.host.language(['B'], hears('fr'));
    assert.deepEqual(m.host.language(['B', 'C'], hears('fr')), [
      { type: 'language.set', participants: ['C'], language: hears('fr') },
    ]);
    assert.deepEqual(m.host.language(['B', 'C'], hears('fr')), []);
    assert.deepEqual(m.host.language(['A'], hears('')), []);
  });

  test('survives a restart', () => {
    const m = four();
    m.host.language(['B'], hears('fr'));
    assert.equal(languages(m.restartFromJournal(), 'B')?.listen, 'fr');
    assert.equal(languages(m.restartFromSnapshot(), 'B')?.listen, 'fr');
  });
});

describe('the interpreter groups', () => {
  test('whoever is on a language that is no more is back on the original voice', () => {
    const m = four();
    m.host.language(['B'], hears('fr'));
    m.host.language(['C'], hears('en'));
    m.host.interpreterGroups(group('en', 'de'));
    assert.deepEqual([languages(m, 'B'), languages(m, 'C')?.listen], [hears(''), 'en']);
  });

  test('the same once more change nothing', () => {
    assert.deepEqual(four().host.interpreterGroups(group('en', 'fr')), []);
  });

  test('16 languages, and no more', () => {
    const m = four();
    const eight = Array.from({ length: 8 }, (_, at) => group(`a${at}`, `b${at}`));
    m.host.interpreterGroups(...eight);
    assert.equal(
      m.refusal(() => m.host.interpreterGroups(...eight, group('a0', 'c'))),
      'TOO_MANY_LANGUAGES',
    );
  });

  test('are kept while interpretation is off', () => {
    const m = four();
    m.host.interpretation(true);
    assert.deepEqual(m.host.interpretation(true), []);
    m.host.interpretation(false);
    assert.deepEqual(m.state.interpretation, { on: false, groups: [group('en', 'fr')] });
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [string, ErrorCode, (m: Meeting) => unknown])[] = [
    ['a guest sets groups', 'GUEST_NOT_PERMITTED', (m) => m.as('A').interpreterGroups()],
    ['a guest switches interpretation on', 'GUEST_NOT_PERMITTED', (m) => m.as('A').interpretation(true)],
    ['a guest for all', 'GUEST_NOT_PERMITTED', (m) => m.as('B').language(null, hears('fr'))],
    [
      'a guest for another',
      'GUEST_NOT_PERMITTED_ON_OTHERS',
      (m) => m.as('B').language(['B', 'C'], hears('fr')),
    ],
    [
      'a guest who is no interpreter speaks',
      'GUEST_NOT_PERMITTED',
      (m) => m.as('B').language(['B'], speaks('fr')),
    ],
    ['a language that nobody offers', 'PARAMETER_INVALID', (m) => m.host.language(['B'], hears('de'))],
    ['somebody who is not here', 'PARTICIPANT_NOT_FOUND', (m) => m.host.language(['nobody'], hears('fr'))],
    [
      'two groups of one ID',
      'PARAMETER_INVALID',
      (m) => m.host.interpreterGroups(group('en', 'fr'), { ...group('en', 'de'), id: 'en,fr' }),
    ],
  ];
  for (const [what, code, attempt] of cases) {
    test(`${what}: ${code}`, () => {
      const m = four();
      assert.equal(
        m.refusal(() => attempt(m)),
        code,
      );
    });
  }
});
