import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorTable } from '../../src/http/error-table.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const documented = page
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, word]) => word !== undefined && /^[A-Z][A-Z_]+$/.test(word));

test('docs/errors.md lists every code as the table answers it, and no other', () => {
  const rows = documented.map(([, word, status, wireCode, publicText]) => [
    word,
    status,
    wireCode,
    publicText,
  ]);
  const expected = Object.entries(errorTable).map(([word, row]) => [
    word,
    String(row.status),
    row.wireCode,
    row.publicText,
  ]);
  assert.deepEqual(rows.sort(), expected.sort());
});

test('docs/errors.md says of every code when it is answered', () => {
  for (const [, word, , , , when] of documented) {
    assert.ok(when !== undefined && when.length > 10, `no reason given for ${word}`);
  }
});

test('every wire code has one of the known forms, and only the two throttles share one', () => {
  const byWireCode = new Map<string, string[]>();
  for (const [word, { wireCode, status }] of Object.entries(errorTable)) {
    assert.match(wireCode, /^(MMC\.111\d{6}|USG\.\d{9}|APIGW\.\d{4}|SIGHTLINE\.\d{9})$/, word);
    assert.ok(!wireCode.startsWith('SIGHTLINE') || wireCode.startsWith(`SIGHTLINE.${status}`), word);
    byWireCode.set(wireCode, [...(byWireCode.get(wireCode) ?? []), word]);
  }
  const shared = [...byWireCode.values()].filter((words) => words.length > 1);
  assert.deepEqual(shared, [['COMMAND_RATE_EXCEEDED', 'TOO_MANY_ATTEMPTS']]);
});
