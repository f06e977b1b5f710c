import assert from 'node:assert/strict';
import { digest } from '../../src/secrets.ts';
import type { KeptConnections } from './contract-request.ts';
import type { Scene } from './contract-scene.ts';

/** What is kept of a scene and shown of its meeting. */
interface Seen {
  /** Records of the journal that have events, by callers; those of refused commands have none. */
  readonly changes: number;
  /** The same by the server itself: joining, calls that end. */
  readonly ownChanges: number;
  readonly realTimeInfo: string;
  readonly meetings: readonly object[];
  readonly accessTokens: readonly object[];
  readonly controlTokens: readonly object[];
  readonly terminals: readonly object[];
}

interface JournalRecord {
  readonly by: { readonly kind: string };
  readonly events: readonly unknown[];
}

export interface SceneWatchOptions {
  readonly scene: Scene;
  readonly connections: KeptConnections;
  /** The scene's own terminals, or every one that is not another scene's. */
  readonly terminals: 'own' | 'all';
}

/** Looks at everything that a request to a scene can change. */
export class SceneWatch {
  readonly #options: SceneWatchOptions;
  readonly #first: Seen;
  #before: Seen;
  #seen: Seen;

  private constructor(options: SceneWatchOptions, seen: Seen) {
    this.#options = options;
    this.#first = seen;
    this.#before = seen;
    this.#seen = seen;
  }

  static async begin(options: SceneWatchOptions): Promise<SceneWatch> {
    return new SceneWatch(options, await seenOf(options));
  }

  /** Whether the meeting still runs with everybody in it, and its tokens are good. */
  get isWhole(): boolean {
    const { stage, accessToken, controlToken } = this.#options.scene;
    const { tokens } = stage.test.store;
    return (
      pidsIn(this.#seen.realTimeInfo) === pidsIn(this.#first.realTimeInfo) &&
      tokens.findAccess(digest(accessToken)) !== null &&
      tokens.findControl(digest(controlToken)) !== null
    );
  }

  /** Looks anew. */
  async look(): Promise<void> {
    this.#before = this.#seen;
    this.#seen = await seenOf(this.#options);
  }

  /** Fails when anything is different from the look before; what the server did of itself in between does not count. */
  assertUnchanged(): void {
    const { realTimeInfo: shownBefore, ownChanges: ownBefore, ...before } = this.#before;
    const { realTimeInfo: shown, ownChanges, ...seen } = this.#seen;
    assert.deepEqual(seen, before, 'a refused request has changed something');
    if (ownChanges === ownBefore)
      assert.equal(shown, shownBefore, 'a refused request has changed realTimeInfo');
  }
}

async function seenOf(options: SceneWatchOptions): Promise<Seen> {
  const { account, conference, conferenceID, stage } = options.scene;
  const { journal, meetings, tokens } = stage.test.store;
  const entries = await journal.entries(conference);
  const records = entries
    .map(({ record }) => JSON.parse(record) as JournalRecord)
    .filter(({ events }) => events.length > 0);
  const ownChanges = records.filter(({ by }) => by.kind === 'system').length;
  return {
    changes: records.length - ownChanges,
    ownChanges,
    realTimeInfo: await realTimeInfo(options),
    meetings: meetings.all().filter(({ id, scheduler }) => id === conferenceID || scheduler === account.id),
    accessTokens: tokens.allAccess().filter((token) => token.account === account.id),
    controlTokens: tokens.allControl().filter(({ meeting }) => meeting === conferenceID),
    terminals: terminalsOf(options),
  };
}

async function realTimeInfo({ scene, connections }: SceneWatchOptions): Promise<string> {
  const answer = await connections.send({
    method: 'GET',
    target: `/v1/mmc/control/conferences/realTimeInfo?conferenceID=${scene.conferenceID}`,
    headers: { 'x-conference-authorization': scene.observerToken },
    body: undefined,
  });
  return answer.text;
}

function terminalsOf({ scene, terminals }: SceneWatchOptions): readonly object[] {
  const { serialNumbers, test } = scene.stage;
  const own = new Set(scene.terminals.map(({ serialNumber }) => serialNumber));
  return test.store.terminals
    .all()
    .filter(({ serialNumber: sn }) => own.has(sn) || (terminals === 'all' && !serialNumbers.has(sn)));
}

const pidsIn = (realTimeInfo: string): string => (realTimeInfo.match(/"pid":"\w+"/g) ?? []).join();
