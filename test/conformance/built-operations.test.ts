import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { builtOperations } from '../../src/http/built-operations.ts';
import { ControlGuard } from '../../src/http/control/control-guard.ts';
import { registerControlRoutes } from '../../src/http/control/control-routes.ts';
import { documentedOperations } from '../../src/http/documented-operations.ts';
import { registerUnbuiltOperations } from '../../src/http/operations.ts';
import { AccountService } from '../../src/identity/account-service.ts';
import { AttemptLimiter } from '../../src/identity/attempt-limiter.ts';
import { ControlTokens } from '../../src/identity/control-tokens.ts';
import { Conferences } from '../../src/runtime/conferences.ts';
import { ParticipantTokens } from '../../src/runtime/participant-tokens.ts';
import { type ManagementServer, withManagementServer } from '../support/management-server.ts';

function addControlRoutes({ server, store, clock, meetings }: ManagementServer): void {
  const { now } = clock;
  const conferences = new Conferences({
    journal: store.journal,
    now,
    commandsPerSecond: 100,
    snapshotEvery: 100,
  });
  const controlTokens = new ControlTokens({ tokens: store.tokens, now });
  const participantTokens = new ParticipantTokens(conferences);
  const guard = new ControlGuard({ conferences, meetings, controlTokens, participantTokens });
  registerControlRoutes(server, {
    guard,
    meetings,
    controlTokens,
    accounts: new AccountService({ accounts: store.accounts, now }),
    attempts: new AttemptLimiter({ now }),
    addressAttempts: new AttemptLimiter({ now }),
    push: { issueToken: () => '', url: () => '', notifyTypes: [] },
    publicUrl: () => '',
  });
}

function hasRoute(server: FastifyInstance, route: string): boolean {
  const [method = '', path = ''] = route.split(' ');
  return server.hasRoute({ method, url: path.replaceAll(/\{(\w+)\}/g, ':$1') });
}

test('the table of built operations is what has routes', async () => {
  await withManagementServer(async (world) => {
    addControlRoutes(world);
    const built = Object.entries(documentedOperations)
      .filter(([, route]) => hasRoute(world.server, route))
      .map(([id]) => id);
    assert.deepEqual(built.sort(), Object.keys(builtOperations).sort());
  });
});

test('every documented operation that is not built answers 501 and names itself, and no built one does', async () => {
  await withManagementServer(async (world) => {
    addControlRoutes(world);
    registerUnbuiltOperations(world.server);
    for (const [id, route] of Object.entries(documentedOperations)) {
      const [method = '', path = ''] = route.split(' ');
      const url = path.replaceAll(/\{\w+\}/g, '1');
      const answer = await request(world.server, method, url);
      if (Object.hasOwn(builtOperations, id)) {
        assert.ok(answer.status < 500, `${id}: ${answer.status} ${answer.text}`);
        continue;
      }
      assert.equal(answer.status, 501, id);
      assert.deepEqual(JSON.parse(answer.text), {
        error_code: 'SIGHTLINE.501000001',
        error_msg: `The operation ${id} is not built yet; see docs/compatibility.md`,
      });
    }
  });
});

async function request(
  server: FastifyInstance,
  method: string,
  url: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const known = (['GET', 'POST', 'PUT', 'DELETE'] as const).find((verb) => verb === method);
  assert.ok(known, `${method} is no method of the contract`);
  const answer = await server.inject({ method: known, url });
  return { status: answer.statusCode, text: answer.body };
}
