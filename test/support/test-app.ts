import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type App, startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createMemoryStore } from '../../src/store/memory/memory-store.ts';
import type { CreatedMeeting } from '../../src/virtual/sightline-client.ts';
import { SightlineClient } from '../../src/virtual/sightline-client.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeMediaEngine } from './fake-media-engine.ts';

const ADMINISTRATOR = { account: 'admin', password: 'correct-horse-9' };

/** The real application over a store in memory, a fake media engine and a clock that stands still: for fast tests. */
export class TestApp {
  readonly app: App;
  readonly client: SightlineClient;
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly engine: FakeMediaEngine;
  readonly clock: FakeClock;
  readonly #dataDir: string;

  private constructor(app: App, parts: Pick<TestApp, 'store' | 'engine' | 'clock'>, dataDir: string) {
    this.app = app;
    this.store = parts.store;
    this.engine = parts.engine;
    this.clock = parts.clock;
    this.client = new SightlineClient(app.url);
    this.#dataDir = dataDir;
  }

  /** @param settings SIGHTLINE_… variables beside the folder, the port and the administrator */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<TestApp> {
    const dataDir = await mkdtemp(join(tmpdir(), 'sightline-'));
    const config = loadConfig({
      env: {
        SIGHTLINE_HTTP_PORT: '0',
        SIGHTLINE_DATA_DIR: dataDir,
        SIGHTLINE_ADMIN_ACCOUNT: ADMINISTRATOR.account,
        SIGHTLINE_ADMIN_PASSWORD: ADMINISTRATOR.password,
        ...settings,
      },
      folder: dataDir,
    });
    const parts = { store: createMemoryStore(), engine: new FakeMediaEngine(), clock: new FakeClock() };
    const app = await startApp(config, { ...parts, log: pino({ level: 'silent' }) });
    const test = new TestApp(app, parts, dataDir);
    await test.client.login(ADMINISTRATOR.account, ADMINISTRATOR.password);
    return test;
  }

  /** A running meeting and the host's control token. */
  async meeting(more: object = {}): Promise<CreatedMeeting & { readonly token: string }> {
    const meeting = await this.client.createMeeting('Meeting', more);
    return { ...meeting, token: await this.client.controlToken(meeting.conferenceID, meeting.hostPassword) };
  }

  async close(): Promise<void> {
    await this.app.close();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}
