import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { startApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import type { MediaEngine } from '../src/media/engine.ts';
import { createMediaEngine } from '../src/media/process-engine.ts';
import { createLog } from '../src/telemetry/log.ts';
import { SightlineClient } from '../src/virtual/sightline-client.ts';
import {
  type Colour,
  openBrowser,
  participantOf,
  waitForColour,
  waitForState,
} from '../test/support/browser.ts';
import type { BenchOptions } from './run.ts';
import { figure, machine, quantile } from './support/figures.ts';
import { exchange } from './support/http-load.ts';
import { type BenchMeeting, lockViewRequest } from './support/meetings.ts';

/** Between two switches, in ms: Chromium's encoder makes no more than a key frame every 300 ms, whatever is asked. */
const PAUSE_MS = 400;
const ADMINISTRATOR = { account: 'admin', password: 'correct-horse-9' };

/**
 * lockView in real Chromium: from the PUT leaving to the first decoded frame of the new source on the terminal page,
 * and the server's own part of it. Two pages publish, one terminal is switched between them.
 */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const switches = quick ? 10 : 200;
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-bench-'));
  const log = createLog({ level: 'warn' });
  const engine = await createMediaEngine({
    port: 0,
    addresses: ['127.0.0.1'],
    videoCodec: 'VP8',
    logger: log,
  });
  const app = await startApp(
    loadConfig({
      env: {
        SIGHTLINE_HTTP_PORT: '0',
        SIGHTLINE_DATA_DIR: dataDir,
        SIGHTLINE_ADMIN_ACCOUNT: ADMINISTRATOR.account,
        SIGHTLINE_ADMIN_PASSWORD: ADMINISTRATOR.password,
      },
      folder: dataDir,
    }),
    { engine, log },
  );
  const browser = await openBrowser();
  try {
    const stage = await setUp(app.url, browser);
    const watch = watchEngine(engine);
    const times: SwitchTimes[] = [];
    for (let n = 0; n < switches; n += 1) {
      await setTimeout(PAUSE_MS);
      const { sentMs, decodedMs } = await switchOnce(stage, n);
      times.push({ decodedMs, ownMs: watch.ownMs(sentMs) });
    }
    stage.connection.destroy();
    report(times, switches);
  } finally {
    await browser.close();
    await app.close();
    await rm(dataDir, { recursive: true, force: true });
  }
};

interface Source {
  readonly colour: Colour;
  readonly participant: string;
}

interface Stage {
  readonly meeting: Pick<BenchMeeting, 'conferenceID' | 'controlToken' | 'viewer'>;
  readonly terminal: Page;
  /** Kept open for the PUTs. */
  readonly connection: Socket;
  readonly sources: readonly [Source, Source];
}

const setUp = async (url: string, browser: Browser): Promise<Stage> => {
  const client = new SightlineClient(url);
  await client.login(ADMINISTRATOR.account, ADMINISTRATOR.password);
  const { conferenceID, hostPassword } = await client.createMeeting('bench');
  const open = async (path: string, query: Record<string, string>): Promise<Page> => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${url}/${path}?${new URLSearchParams({ conference: conferenceID, ...query })}`);
    await waitForState(page, 'connected', 20_000);
    return page;
  };
  const publish = async (colour: Colour): Promise<Source> => {
    const page = await open('room', {
      name: colour,
      password: hostPassword,
      camera: `test:${colour}`,
      slots: '1',
    });
    return { colour, participant: await participantOf(page) };
  };
  const sources = [await publish('red'), await publish('blue')] as const;
  const code = await client.registerTerminal('BENCH', 'Terminal');
  const terminal = await open('terminal', { sn: 'BENCH', code, camera: 'test:green' });
  await waitForColour(terminal, 0, 'red', 20_000);
  const controlToken = await client.controlToken(conferenceID, hostPassword);
  const connection = connect(Number(new URL(url).port), '127.0.0.1').setNoDelay(true);
  await once(connection, 'connect');
  return {
    meeting: { conferenceID, controlToken, viewer: await participantOf(terminal) },
    terminal,
    connection,
    sources,
  };
};

interface SwitchTimes {
  /** PUT sent to first decoded frame; null when it did not come within 5 s. */
  readonly decodedMs: number | null;
  /** PUT sent to key-frame request out, plus key frame in to first packet out. */
  readonly ownMs: number;
}

const now = (): number => performance.timeOrigin + performance.now();

const switchOnce = async (stage: Stage, n: number) => {
  const source = stage.sources[n % 2 === 0 ? 1 : 0];
  const { meeting, terminal, connection } = stage;
  const sentMs = now();
  await exchange(connection, lockViewRequest(meeting, source.participant));
  const decodedAtMs = await waitForColour(terminal, 0, source.colour, 5000).catch(() => null);
  return { sentMs, decodedMs: decodedAtMs === null ? null : decodedAtMs - sentMs };
};

/** Notes when the server tells the engine of the switch, and what the media process says of its own times. */
const watchEngine = (engine: MediaEngine) => {
  let routedAtMs = 0;
  let mediaMs = Number.NaN;
  const route = engine.route.bind(engine);
  engine.route = (endpoint, slots) => {
    routedAtMs = now();
    route(endpoint, slots);
  };
  engine.subscribe((event) => {
    if (event.type === 'slot.switched') mediaMs = event.requestMs + event.forwardMs;
  });
  return { ownMs: (sentMs: number): number => routedAtMs - sentMs + mediaMs };
};

const report = (times: readonly SwitchTimes[], switches: number): void => {
  const decoded = times.flatMap(({ decodedMs }) => (decodedMs === null ? [] : [decodedMs]));
  const own = times.map(({ ownMs }) => ownMs);
  const more = { ...machine(), switches, codec: 'VP8' };
  figure('switch', 'PUT to first decoded frame: median', quantile(decoded, 0.5), 'ms', more);
  figure('switch', 'PUT to first decoded frame: p95', quantile(decoded, 0.95), 'ms', more);
  figure('switch', 'failed switches', switches - decoded.length, '', more);
  figure('switch', "the server's own share: median", quantile(own, 0.5), 'ms', more);
  figure('switch', "the server's own share: p95", quantile(own, 0.95), 'ms', more);
};
