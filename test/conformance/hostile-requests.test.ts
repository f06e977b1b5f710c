import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtOperations } from '../../src/http/built-operations.ts';
import { errorTable } from '../../src/http/error-table.ts';
import { builtContractOperations, type ContractOperation } from '../support/contract-operations.ts';
import {
  type Draft,
  draftOf,
  KeptConnections,
  type WireAnswer,
  type WireRequest,
  wireRequest,
} from '../support/contract-request.ts';
import { ContractStage, type Scene } from '../support/contract-scene.ts';
import { assertDocumented } from '../support/documented-answers.ts';
import { type Mutation, mutationsOf } from '../support/hostile-mutations.ts';
import { SceneWatch } from '../support/scene-watch.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { meetingOptions, validRequests } from '../support/valid-requests.ts';

/** HOSTILE_REQUESTS=60000 HOSTILE_SEED=7 looks further than the run of every day. */
const REQUESTS = Number(process.env.HOSTILE_REQUESTS ?? 10_000);
const SEED = Number(process.env.HOSTILE_SEED ?? 20_261_124);
const CONNECTIONS = 20;
const BATCH = 20;
/** Wrong tries are forgotten between two rounds. */
const ROUNDS = 8;
const ROUND_MS = 61_000;

/** Requests of one operation, sent one after another to one scene. */
interface Batch {
  readonly operation: ContractOperation;
  readonly spoilings: readonly (readonly Mutation[])[];
}

test(`${REQUESTS} hostile requests are refused by the error table and change nothing`, async (t) => {
  const stage = await ContractStage.start();
  const connections = new KeptConnections(stage.test.app.url, CONNECTIONS);
  t.after(() => {
    connections.close();
    return stage.close();
  });
  const random = new SeededRandom(SEED);
  const batches = random.shuffled(
    builtContractOperations.flatMap((operation) => batchesOf(operation, random)),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const part = batches.filter((_, index) => index % ROUNDS === round);
    await sendRound(part, (batch) => sendBatch(batch, stage, connections));
    stage.test.clock.advance(ROUND_MS);
  }
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
});

/** Every way to spoil a request once, as far as the operation's share goes; what is left of it, two ways at once. */
function batchesOf(operation: ContractOperation, random: SeededRandom): readonly Batch[] {
  const share = Math.ceil(REQUESTS / builtContractOperations.length);
  const mutations = mutationsOf(operation);
  const single = random.shuffled(mutations).map((mutation) => [mutation]);
  const double = Array.from({ length: Math.max(0, share - single.length) }, () => [
    random.pick(mutations),
    random.pick(mutations),
  ]);
  const spoilings = [...single, ...double].slice(0, share);
  return Array.from({ length: Math.ceil(share / BATCH) }, (_, index) => ({
    operation,
    spoilings: spoilings.slice(index * BATCH, (index + 1) * BATCH),
  }));
}

const isDirectory = ({ path }: ContractOperation): boolean => path.startsWith('/v1/usg/dcs/');

/** Terminals belong to no account, so one lane has them to itself. */
async function sendRound(batches: readonly Batch[], send: (batch: Batch) => Promise<void>): Promise<void> {
  const { directory = [], rest = [] } = Object.groupBy(batches, ({ operation }) =>
    isDirectory(operation) ? 'directory' : 'rest',
  );
  const lane = async (queue: Batch[]): Promise<void> => {
    for (let batch = queue.pop(); batch !== undefined; batch = queue.pop()) await send(batch);
  };
  const lanes = [lane(directory), ...Array.from({ length: CONNECTIONS - 1 }, () => lane(rest))];
  try {
    await Promise.all(lanes);
  } finally {
    directory.length = 0;
    rest.length = 0;
    await Promise.allSettled(lanes);
  }
}

async function sendBatch(batch: Batch, stage: ContractStage, connections: KeptConnections): Promise<void> {
  const { operation } = batch;
  let stand = await standOn(stage, operation, connections);
  for (const spoiling of batch.spoilings) {
    const { scene, valid, watch } = stand;
    const draft = spoiling.reduce((spoilt, mutation) => mutation.apply(spoilt, scene), valid);
    const request = wireRequest(operation, draft);
    const what = `${operation.id}, ${spoiling.map((mutation) => mutation.what).join(' and ')}, seed ${SEED}`;
    const answer = await connections.send(request).catch((cause: unknown) => {
      throw new Error(`${what}: no answer to ${told(request)}`, { cause });
    });
    await watch.look();
    try {
      assertRefusedOrDocumented(operation, request, answer);
      if (answer.status >= 400) watch.assertUnchanged();
    } catch (cause) {
      throw new Error(`${what}: ${told(request)} was answered ${answer.status} ${answer.text}`, { cause });
    }
    if (!watch.isWhole) stand = await standOn(stage, operation, connections);
  }
}

interface Stand {
  readonly scene: Scene;
  readonly valid: Draft;
  readonly watch: SceneWatch;
}

async function standOn(
  stage: ContractStage,
  operation: ContractOperation,
  connections: KeptConnections,
): Promise<Stand> {
  const scene = await stage.scene(meetingOptions[operation.id]);
  const valid = draftOf(operation, scene, (await validRequests[operation.id]?.(scene)) ?? {});
  const terminals = isDirectory(operation) ? 'all' : 'own';
  return { scene, valid, watch: await SceneWatch.begin({ scene, connections, terminals }) };
}

const wireCodes = new Map(Object.values(errorTable).map(({ wireCode, status }) => [wireCode, status]));

function assertRefusedOrDocumented(
  { id }: ContractOperation,
  { method, target }: WireRequest,
  { status, headers, text }: WireAnswer,
): void {
  const saysUnbuilt = status === 501 && builtOperations[id]?.includes('501') === true;
  assert.ok((status < 500 && status >= 200) || saysUnbuilt, 'the server failed');
  assert.match(String(headers['x-request-id']), /^[A-Za-z0-9_-]{1,64}$/);
  const json: unknown = JSON.parse(text);
  assertDocumented(method, target, status, json);
  if (status < 400) return;
  const { error_code: wireCode } = json as { readonly error_code: string };
  assert.equal(wireCodes.get(wireCode), status, `${wireCode} is not answered with ${status}`);
}

const told = ({ method, target, headers, body }: WireRequest): string =>
  [`${method} ${target}`, JSON.stringify(headers), String(body)].map((text) => text.slice(0, 500)).join(' ');
