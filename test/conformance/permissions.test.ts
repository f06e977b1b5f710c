import assert from 'node:assert/strict';
import { after, before, describe, it, test } from 'node:test';
import { builtOperations } from '../../src/http/built-operations.ts';
import { documentedOperations } from '../../src/http/documented-operations.ts';
import type { OperationId } from '../../src/http/operations.ts';
import { digest } from '../../src/secrets.ts';
import { builtContractOperations } from '../support/contract-operations.ts';
import { type Draft, draftOf, KeptConnections, wireRequest } from '../support/contract-request.ts';
import { ContractStage, type Scene } from '../support/contract-scene.ts';
import { assertDocumented } from '../support/documented-answers.ts';
import {
  type Caller,
  type Cast,
  type Cell,
  NO_SUCH_MEETING,
  NO_SUCH_PARTICIPANT,
  type PermissionRow,
  permissionTable,
} from '../support/permission-table.ts';
import { SceneWatch } from '../support/scene-watch.ts';
import type { ValidRequest } from '../support/valid-requests.ts';

const CONTROL_PATH = ' /v1/mmc/control';
const TOKEN_MS = 1_800_000;
const DAY = { length: 1440 };

const builtControlOperations = (Object.keys(builtOperations) as OperationId[]).filter((id) =>
  documentedOperations[id].includes(CONTROL_PATH),
);
const builtRows = permissionTable.filter(({ operation }) => builtControlOperations.includes(operation));

test('every built control operation has a row', () => {
  const rows = new Set(permissionTable.map(({ operation }) => operation));
  const missing = builtControlOperations.filter((id) => !rows.has(id));
  assert.deepEqual(missing, [], `test/support/permission-table.ts does not say who may use ${missing}`);
});

describe('who may do what', () => {
  let stage: ContractStage;
  let connections: KeptConnections;

  before(async () => {
    stage = await ContractStage.start();
    connections = new KeptConnections(stage.test.app.url, 1);
  });

  after(() => {
    connections.close();
    return stage.close();
  });

  for (const row of builtRows) {
    it(`${row.name}: every caller is answered by the table`, async () => {
      const wrong: string[] = [];
      let cast = await castOn(stage);
      for (const [caller, cell] of Object.entries(row.cells) as [Caller, Cell][]) {
        const fault = await faultOf(row, caller, cell, cast);
        if (fault !== null) wrong.push(fault);
        if (fault !== null || cell === 'ok' || row.ownCast) cast = await castOn(stage);
      }
      assert.deepEqual(wrong, []);
    });
  }

  for (const row of builtRows) {
    it(`${row.name}: IDs that are not of this meeting are refused`, async () => {
      const cast = await castOn(stage);
      const request = await row.request(cast, 'hostControlToken');
      const wrong: string[] = [];
      for (const [spoilt, cell] of misdirected(row, request, cast)) {
        const fault = await refusalFault(row, { cast, caller: 'hostControlToken', request: spoilt, cell });
        if (fault !== null) wrong.push(fault);
      }
      assert.deepEqual(wrong, []);
    });
  }

  /** What is wrong with the answer to one caller; null: nothing. */
  const faultOf = async (row: PermissionRow, caller: Caller, cell: Cell, cast: Cast) => {
    const request = await row.request(castFor(caller, cast), caller);
    if (cell !== 'ok') return refusalFault(row, { cast, caller, request, cell });
    const { status, code } = await send(row.operation, { cast, caller, request });
    const expected = request.refusal === undefined ? '200' : `400 ${request.refusal}`;
    const answer = `${status} ${code}`.trim();
    return answer === expected ? null : `${caller}: ${answer} in the place of ${expected}`;
  };

  const refusalFault = async (row: PermissionRow, { cell, ...sent }: Sent & { readonly cell: Cell }) => {
    const watch = await SceneWatch.begin({ scene: sent.cast, connections, terminals: 'own' });
    const { status, code, target } = await send(row.operation, sent);
    const answer = `${status} ${code}`.trim();
    const expected = [...cell].join(' ');
    if (answer !== expected) return `${sent.caller}: ${answer} in the place of ${expected} (${target})`;
    await watch.look();
    watch.assertUnchanged();
    return null;
  };

  const send = async (id: OperationId, { cast, caller, request }: Sent) => {
    const operation = builtContractOperations.find((other) => other.id === id);
    assert.ok(operation, `${id} is built and not in contract/openapi.yaml`);
    const draft = draftOf(operation, cast, request);
    const { 'x-conference-authorization': _own, 'x-access-token': _access, ...rest } = draft.headers;
    const wire = wireRequest(operation, { ...draft, headers: { ...rest, ...credentialOf(caller, cast) } });
    const { status, text } = await connections.send(wire);
    const json = JSON.parse(text) as { readonly error_code?: string };
    assertDocumented(wire.method, wire.target, status, json);
    return { status, code: json.error_code ?? '', target: `${wire.target} ${wire.body ?? ''}` };
  };
});

interface Sent {
  readonly cast: Cast;
  readonly caller: Caller;
  readonly request: ValidRequest;
}

/** The cast as the maker of the request sees it: whom the caller acts on comes first. */
const castFor = (caller: Caller, cast: Cast): Cast => {
  if (caller !== 'coHostOnHost') return cast;
  const [, hosts] = cast.terminals;
  return { ...cast, guests: [cast.host, cast.guests[1]], terminals: [hosts, cast.terminals[0]] };
};

const credentialOf = (caller: Caller, cast: Cast): Draft['headers'] => {
  if (caller === 'noToken') return {};
  if (caller === 'accessTokenInItsOwnHeader') return { 'x-access-token': cast.accessToken };
  return { 'x-conference-authorization': tokenOf(caller, cast) };
};

const tokenOf = (caller: Exclude<Caller, 'noToken' | 'accessTokenInItsOwnHeader'>, cast: Cast): string => {
  const tokens: Readonly<Record<typeof caller, string>> = {
    malformedToken: `${cast.controlToken}0`,
    expiredToken: cast.expiredToken,
    revokedToken: cast.revokedToken,
    otherMeetingsHostToken: cast.foreignControlToken,
    participantWhoLeft: cast.left.participantToken,
    accessTokenAsControlToken: cast.accessToken,
    waitingParticipant: cast.waiting.participantToken,
    guestOnHimself: cast.guests[0].participantToken,
    guestOnOthers: cast.guests[1].participantToken,
    guestControlToken: cast.guestToken,
    coHost: cast.coHost.participantToken,
    coHostOnHost: cast.coHost.participantToken,
    host: cast.host.participantToken,
    hostControlToken: cast.controlToken,
  };
  return tokens[caller];
};

/** The request with each of its IDs in turn changed into others. */
function* misdirected(
  { namesSites }: PermissionRow,
  request: ValidRequest,
  cast: Cast,
): Generator<readonly [ValidRequest, Cell]> {
  const text = JSON.stringify(request);
  const swap = (id: string, by: string) => JSON.parse(text.replaceAll(`"${id}"`, `"${by}"`)) as ValidRequest;
  const people = [...cast.guests, ...cast.terminals, cast.host, cast.coHost, cast.waiting];
  const named = new Set(people.map(({ participantID }) => participantID).filter((id) => text.includes(id)));
  for (const id of namesSites ? [] : named) {
    for (const other of noParticipants(cast, id)) yield [swap(id, other), NO_SUCH_PARTICIPANT];
  }
  if (!text.includes(cast.conferenceID)) return;
  for (const other of [cast.otherConferenceID, '999999999']) {
    yield [swap(cast.conferenceID, other), NO_SUCH_MEETING];
  }
}

/** Guessed, another meeting's, and of the wrong side of the waiting room's door. */
const noParticipants = ({ stranger, left, waiting, coHost }: Cast, id: string): readonly string[] => [
  'nobody',
  '0'.repeat(id.length),
  `${id}0`,
  stranger.participantID,
  left.participantID,
  id === waiting.participantID ? coHost.participantID : waiting.participantID,
];

/**
 * A new meeting with everybody in his place. Half an hour has gone by since one of its tokens was issued, and one
 * millisecond less for the others.
 */
async function castOn(stage: ContractStage): Promise<Cast> {
  const scene = await stage.scene({ ...DAY, confConfigInfo: { enableWaitingRoom: true } });
  const { client, conferenceID, hostPassword } = scene;
  const people = await seated(scene);
  const other = await client.createMeeting('Another', DAY);
  const stranger = await client.join(other.conferenceID, { name: 'Sam', password: other.hostPassword });
  const expiredToken = await client.controlToken(conferenceID, hostPassword);
  stage.test.clock.advance(1);
  const revokedToken = await client.controlToken(conferenceID, hostPassword);
  const fresh = {
    accessToken: await stage.accessToken(scene.account.id),
    controlToken: await client.controlToken(conferenceID, hostPassword),
    observerToken: await client.controlToken(conferenceID, hostPassword),
    guestToken: await client.controlToken(conferenceID, scene.guestPassword),
    foreignControlToken: await client.controlToken(other.conferenceID, other.hostPassword),
  };
  await stage.test.store.tokens.deleteControl([digest(revokedToken)]);
  stage.test.clock.advance(TOKEN_MS - 1);
  const otherConferenceID = other.conferenceID;
  return { ...scene, ...people, ...fresh, stranger, otherConferenceID, expiredToken, revokedToken };
}

/** Lets everybody in, makes a terminal's the host's place and the former host the co-host. */
async function seated(scene: Scene): Promise<Pick<Cast, 'host' | 'coHost' | 'left' | 'waiting'>> {
  const { client, conferenceID, guestPassword, hostPassword, terminals } = scene;
  const join = (name: string) => client.join(conferenceID, { name, password: guestPassword });
  const command = (operation: string, body: object, participantID?: string, method = 'PUT') =>
    client.control(
      scene.controlToken,
      method,
      operation,
      participantID === undefined ? { conferenceID } : { conferenceID, participantID },
      body,
    );
  const left = await join('Lee');
  await command('allowWaitingParticipant', { allowAll: true });
  await command('participants/delete', { bulkHangUpParticipants: [left.participantID] }, undefined, 'POST');
  await command('participants/role', { applyChair: 0 }, scene.host.participantID);
  const apply = { applyChair: 1, chairmanPwd: hostPassword };
  await command('participants/role', apply, terminals[1].participantID);
  await command('participants/cohost', { isCohost: 1 }, scene.host.participantID);
  return { host: terminals[1], coHost: scene.host, left, waiting: await join('Wendy') };
}

describe('control tokens', () => {
  let stage: ContractStage;
  let cast: Cast;

  before(async () => {
    stage = await ContractStage.start();
    cast = await castOn(stage);
  });

  after(() => stage.close());

  it('have 192 bits of randomness', async () => {
    const tokens = new Set<string>();
    for (let n = 0; n < 64; n += 1) {
      tokens.add(await cast.client.controlToken(cast.conferenceID, cast.hostPassword));
    }
    assert.equal(tokens.size, 64);
    for (const token of tokens) assert.match(token, /^cnr[0-9a-f]{48}$/);
    for (let place = 3; place < 51; place += 1) {
      const digits = new Set([...tokens].map((token) => token[place]));
      assert.ok(digits.size >= 8, `digit ${place} of 64 tokens has ${digits.size} values only`);
    }
  });

  it('and those of participants and accounts are kept as digests only', async () => {
    const kept = await everythingKept(stage, cast);
    const bearers = [
      cast.controlToken,
      cast.guestToken,
      cast.accessToken,
      cast.host.participantToken,
      cast.waiting.participantToken,
    ];
    for (const token of bearers) {
      assert.ok(kept.includes(digest(token)), 'the digest of a live token is nowhere');
      const forms = [
        token,
        token.replace(/^[a-z]{3}(?=[0-9a-f]{48}$)/, ''),
        Buffer.from(token).toString('base64'),
      ];
      for (const form of forms) assert.ok(!kept.includes(form), 'a token is kept as it is');
    }
  });

  it('that have expired are not kept alive without the password', async () => {
    const path = `/v1/mmc/control/conferences/token?conferenceID=${cast.conferenceID}`;
    for (const token of [cast.expiredToken, cast.revokedToken, cast.foreignControlToken]) {
      const headers = { 'x-login-type': '1', 'x-conference-authorization': token };
      const expected = { status: 401, errorCode: 'MMC.111070004' };
      await assert.rejects(cast.client.call('GET', path, { headers }), expected);
    }
  });
});

/** Every row and every journal entry and snapshot, as JSON. */
async function everythingKept({ test: { store } }: ContractStage, { conference }: Cast): Promise<string> {
  const { accounts, journal, meetings, runs, terminals, tokens } = store;
  const tables = [tokens.allControl(), tokens.allAccess(), meetings.all(), runs.all(), terminals.all()];
  const live = [];
  for await (const stored of journal.live()) live.push(stored);
  return JSON.stringify([tables, accounts.findByName('admin'), live, await journal.entries(conference)]);
}
