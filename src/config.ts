import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { type SettingKey, settingKeys, settingOf, type settings } from './config/settings.ts';
import { type Given, type Report, readFile, readFlags, readVariables } from './config/sources.ts';

export { referenceYaml, settingsHelp } from './config/manual.ts';

type Group<Key> = Key extends `${infer Name}.${string}` ? Name : never;
type ValueOf<Key extends SettingKey> = ReturnType<(typeof settings)[Key]['kind']['parse']>;

/** The settings that hold, by group: `config.http.port`. Meanings and ranges stand in `config/settings.ts`. */
export type Config = {
  readonly [Name in Group<SettingKey>]: {
    readonly [Key in SettingKey as Key extends `${Name}.${infer Member}` ? Member : never]: ValueOf<Key>;
  };
};

/** The settings cannot be used. `problems` names every one found. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface ConfigSources {
  /** Command-line flags, without the command. Default none. */
  readonly args?: readonly string[];
  /** Default none, not the process's. */
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  /** Where sightline.yaml is looked for. Default the working directory. */
  readonly folder?: string;
}

/**
 * Defaults, then the file, the environment and the flags, each over the one before. The result is deeply frozen.
 * Throws a ConfigError with all problems: unknown keys, variables and flags, values out of range, unreadable files.
 */
export function loadConfig({ args = [], env = {}, folder = '.' }: ConfigSources): Config {
  const problems: string[] = [];
  const report: Report = (problem) => problems.push(problem);
  const flags = readFlags(args, report);
  const variables = readVariables(env, report);
  const file = flags.configFile ?? variables.configFile ?? defaultFile(folder);
  const fromFile = file === null ? [] : readFile(file, report);
  const values = new Map<SettingKey, unknown>(settingKeys.map((key) => [key, settingOf(key).default]));
  for (const given of [...fromFile, ...variables.given, ...flags.given]) take(given, values, report);
  checkTls(values, report);
  if (problems.length > 0) throw new ConfigError(problems);
  return nest(values);
}

/** Every setting by its path, for logs: secrets are not shown. */
export function describeConfig(config: Config): Readonly<Record<string, unknown>> {
  const groups = new Map<string, object>(Object.entries(config));
  const entries = settingKeys.map((key) => {
    const [group = '', name = ''] = key.split('.');
    const value = new Map<string, unknown>(Object.entries(groups.get(group) ?? {})).get(name);
    return [key, settingOf(key).secret === true && value !== null ? '[redacted]' : value];
  });
  return Object.fromEntries(entries);
}

function defaultFile(folder: string): string | null {
  const file = join(folder, 'sightline.yaml');
  return existsSync(file) ? file : null;
}

function take({ key, raw, origin }: Given, values: Map<SettingKey, unknown>, report: Report): void {
  const { kind, secret } = settingOf(key);
  try {
    values.set(key, kind.parse(raw));
  } catch {
    const got = secret === true ? '' : `, not ${JSON.stringify(raw)}`;
    report(`${key} (${origin}): expected ${kind.expects}${got}`);
  }
}

function checkTls(values: ReadonlyMap<SettingKey, unknown>, report: Report): void {
  const files = (['tls.cert', 'tls.key'] as const).map((key) => ({ key, file: values.get(key) }));
  const given = files.filter(({ file }) => file !== null);
  if (given.length === 1) report('tls.cert and tls.key: one is set without the other');
  for (const { key, file } of given) {
    try {
      accessSync(String(file), constants.R_OK);
    } catch {
      report(`${key}: the file ${file} cannot be read`);
    }
  }
}

function nest(values: ReadonlyMap<SettingKey, unknown>): Config {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of values) {
    const [group = '', name = ''] = key.split('.');
    groups[group] = { ...groups[group], [name]: Array.isArray(value) ? Object.freeze([...value]) : value };
  }
  for (const group of Object.values(groups)) Object.freeze(group);
  return Object.freeze(groups) as Config;
}
