import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SightlineClient } from '../../src/virtual/sightline-client.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/sightline.js', import.meta.url));
const ADMINISTRATOR = { account: 'admin', password: 'correct-horse-9' };

/** The server as a user runs it: a process of its own, a data folder, a port. It can be killed and started again. */
export class ServerProcess {
  readonly dataDir: string;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #url = '';

  private constructor(dataDir: string, settings: Readonly<Record<string, string>>) {
    this.dataDir = dataDir;
    this.#settings = settings;
  }

  /** @param settings SIGHTLINE_… variables beside the folder, the port and the administrator */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), 'sightline-')), settings);
    await server.#spawn('0', '0');
    return server;
  }

  get url(): string {
    return this.#url;
  }

  get port(): number {
    return Number(new URL(this.#url).port);
  }

  get processId(): number {
    return this.#child?.pid ?? 0;
  }

  /** A client that is logged in as the administrator. */
  async client(): Promise<SightlineClient> {
    const client = new SightlineClient(this.#url);
    await client.login(ADMINISTRATOR.account, ADMINISTRATOR.password);
    return client;
  }

  /** SIGKILL: nothing is saved that was not durable. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM: the server drains; resolves with its exit code. */
  terminate(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Starts again on the same port and data. */
  async restart(): Promise<void> {
    await this.#spawn(String(this.port), '0');
  }

  /** Ends the process and removes the data folder. */
  async close(): Promise<void> {
    await this.#end('SIGKILL');
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #spawn(httpPort: string, mediaPort: string): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, 'serve'], {
      env: {
        ...process.env,
        SIGHTLINE_DATA_DIR: this.dataDir,
        SIGHTLINE_HTTP_PORT: httpPort,
        SIGHTLINE_MEDIA_PORT: mediaPort,
        SIGHTLINE_ADMIN_ACCOUNT: ADMINISTRATOR.account,
        SIGHTLINE_ADMIN_PASSWORD: ADMINISTRATOR.password,
        SIGHTLINE_LOG_LEVEL: 'warn',
        ...this.#settings,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#url = await listeningUrl(child);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}

/** The URL in the line that the server prints once it listens. */
const listeningUrl = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`the server ended before it listened (exit code ${code})`)),
    );
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /Sightline listens on (https?:\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
