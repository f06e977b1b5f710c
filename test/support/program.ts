import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const SIGHTLINE = fileURLToPath(new URL('../../bin/sightline.js', import.meta.url));
/** The application with its real store and HTTP over the fake media engine: it starts quickly. */
export const LIGHT_SERVER = fileURLToPath(new URL('./light-server.ts', import.meta.url));

export interface ProgramOptions {
  /** Default the program that users run. */
  readonly file?: string;
  readonly args?: readonly string[];
  /** SIGHTLINE_… variables; no others of that name are seen. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A program of ours as a process of its own, with all that it prints. */
export class Program {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  /** The exit code, or the signal that ended it; resolves when its output is complete. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor({ file = SIGHTLINE, args = [], settings = {} }: ProgramOptions) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SIGHTLINE_'));
    this.child = spawn(process.execPath, [file, ...args], {
      env: { ...Object.fromEntries(inherited), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, 'close').then(
      ([code, signal]) => (code ?? signal) as number | NodeJS.Signals,
    );
  }

  /** Resolves with the first match in what it prints; rejects when it ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
        if (match) resolve(match);
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('close', (code) =>
        reject(new Error(`ended with ${code} before ${pattern}\n${this.stderr}`)),
      );
      look();
    });
  }

  /** The URL that it listens on, once it does. */
  async listening(): Promise<string> {
    const [, url = ''] = await this.printed(/Sightline listens on (https?:\S+)/);
    return url;
  }

  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.ended;
  }
}
