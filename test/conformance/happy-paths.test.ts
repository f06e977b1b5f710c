import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtContractOperations } from '../support/contract-operations.ts';
import { draftOf, KeptConnections, wireRequest } from '../support/contract-request.ts';
import { ContractStage } from '../support/contract-scene.ts';
import { assertDocumented } from '../support/documented-answers.ts';
import { meetingOptions, validRequests } from '../support/valid-requests.ts';

test('every built operation has a valid request in test/support/valid-requests.ts', () => {
  const missing = builtContractOperations.map(({ id }) => id).filter((id) => validRequests[id] === undefined);
  assert.deepEqual(missing, []);
});

test('every built operation answers its valid request as documented', async (t) => {
  const stage = await ContractStage.start();
  const connections = new KeptConnections(stage.test.app.url, 1);
  t.after(() => {
    connections.close();
    return stage.close();
  });
  for (const operation of builtContractOperations) {
    const scene = await stage.scene(meetingOptions[operation.id]);
    const valid = await validRequests[operation.id]?.(scene);
    if (valid === undefined) continue;
    const request = wireRequest(operation, draftOf(operation, scene, valid));
    const { status, text } = await connections.send(request);
    const json = JSON.parse(text) as { readonly error_code?: string };
    assert.equal(status, valid.refusal === undefined ? 200 : 400, `${operation.id}: ${text}`);
    assertDocumented(request.method, request.target, status, json);
    assert.equal(json.error_code, valid.refusal, operation.id);
  }
});
