import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { docsPage } from '../../src/http/docs-page.ts';
import { documentedOperations, ownOperations } from '../../src/http/documented-operations.ts';
import { TestApp } from '../support/test-app.ts';

const contract = readFileSync(new URL('../../contract/openapi.yaml', import.meta.url), 'utf8');

test('the contract is served to programs and people without a token', async () => {
  const server = await TestApp.start();
  const { app } = server;
  try {
    const yaml = await fetch(`${app.url}/openapi.yaml`);
    assert.equal(yaml.status, 200);
    assert.equal(yaml.headers.get('content-type'), 'application/yaml');
    assert.deepEqual(parse(await yaml.text()), parse(contract));

    const page = await fetch(`${app.url}/docs`);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-/,
    );
    const html = await page.text();
    assert.ok(html.includes(entryOf('lockView', 'PUT /v1/mmc/control/conferences/lockView')));
    for (const [id, route] of Object.entries({ ...documentedOperations, ...ownOperations })) {
      assert.ok(html.includes(entryOf(id, route)), id);
    }
  } finally {
    await server.close();
  }
});

test('what the contract says is shown as text, never as markup', () => {
  const hostile = '<img src=x onerror="alert(\'1\')">&';
  const html = docsPage(
    {
      info: { title: hostile, description: hostile },
      paths: {
        [`/${hostile}`]: {
          get: {
            operationId: hostile,
            summary: hostile,
            description: hostile,
            tags: [hostile],
            parameters: [{ name: hostile, in: hostile, schema: { type: hostile, description: hostile } }],
            requestBody: { content: { [hostile]: { schema: { $ref: hostile } } } },
            responses: { [hostile]: { description: hostile } },
          },
        },
      },
      components: { schemas: { [hostile]: { properties: { [hostile]: { enum: [hostile] } } } } },
    },
    { [hostile]: hostile },
  );
  assert.doesNotMatch(html, /<img|="[^"]*alert\('/);
});

const entryOf = (id: string, route: string): string =>
  `<details id="${id}"><summary><h3>${id}</h3> <code>${route}</code>`;
