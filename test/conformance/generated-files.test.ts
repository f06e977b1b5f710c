import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generateContract } from '../../scripts/generate-contract.ts';
import { builtOperations } from '../../src/http/built-operations.ts';

test('the generated files are what the generator makes of the contract now (else: npm run generate)', async () => {
  for (const [path, text] of await generateContract(builtOperations)) {
    const committed = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    assert.ok(committed === text, `${path} is out of date: run npm run generate`);
  }
});
