import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { flagName, type SettingKey, settingKeys, variableName } from './settings.ts';

/** A value as a source gives it, and where it stands, for messages. */
export interface Given {
  readonly key: SettingKey;
  readonly raw: unknown;
  readonly origin: string;
}

/** Called with each problem, a sentence without its full stop. */
export type Report = (problem: string) => void;

const CONFIG_VARIABLE = 'SIGHTLINE_CONFIG';

export interface Flags {
  readonly given: readonly Given[];
  /** The value of --config. */
  readonly configFile: string | null;
}

/** Reads `--name value` and `--name=value`. */
export function readFlags(args: readonly string[], report: Report): Flags {
  const keys = new Map<string, SettingKey>(settingKeys.map((key) => [flagName(key), key]));
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    const [name = '', ...inline] = argument.split('=');
    if (name !== '--config' && !keys.has(name)) {
      report(`${name}: unknown ${name.startsWith('-') ? 'flag' : 'argument'}`);
      continue;
    }
    const next = args[index + 1];
    const separate = argument === name && next !== undefined && !next.startsWith('--');
    if (separate) index += 1;
    const value = separate ? next : inline.join('=');
    if (value === '') report(`${name}: needs a value`);
    else if (values.has(name)) report(`${name}: given twice`);
    else values.set(name, value);
  }
  const given = [...keys].flatMap(([name, key]) => toGiven(key, values.get(name), `flag ${name}`));
  return { given, configFile: values.get('--config') ?? null };
}

export interface Variables {
  readonly given: readonly Given[];
  /** The value of SIGHTLINE_CONFIG. */
  readonly configFile: string | null;
}

/** Reads SIGHTLINE_*; an empty variable counts as absent. */
export function readVariables(env: Readonly<NodeJS.ProcessEnv>, report: Report): Variables {
  const keys = new Map<string, SettingKey>(settingKeys.map((key) => [variableName(key), key]));
  for (const name of Object.keys(env)) {
    if (name.startsWith('SIGHTLINE_') && name !== CONFIG_VARIABLE && !keys.has(name)) {
      report(`${name}: unknown environment variable`);
    }
  }
  const given = [...keys].flatMap(([name, key]) =>
    toGiven(key, env[name] || undefined, `environment ${name}`),
  );
  return { given, configFile: env[CONFIG_VARIABLE] || null };
}

/** Reads the YAML file: a mapping of groups to mappings. A null value counts as absent. */
export function readFile(file: string, report: Report): readonly Given[] {
  const document = parseFile(file, report);
  const given: Given[] = [];
  for (const [group, members] of entriesOf(document, file, report)) {
    for (const [name, raw] of entriesOf(members, `${file}: ${group}`, report)) {
      const path = `${group}.${name}`;
      const key = settingKeys.find((known) => known === path);
      if (key === undefined) report(`${file}: ${path}: unknown key`);
      else given.push(...toGiven(key, raw ?? undefined, file));
    }
  }
  return given;
}

const toGiven = (key: SettingKey, raw: unknown, origin: string): readonly Given[] =>
  raw === undefined ? [] : [{ key, raw, origin }];

function parseFile(file: string, report: Report): unknown {
  try {
    const document = parseDocument(readFileSync(file, 'utf8'));
    for (const error of document.errors) report(`${file}: ${error.message.split('\n')[0]}`);
    return document.errors.length === 0 ? document.toJS() : null;
  } catch (error) {
    report(`${file}: cannot be read (${error instanceof Error ? error.message : String(error)})`);
    return null;
  }
}

function entriesOf(value: unknown, where: string, report: Report): readonly [string, unknown][] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'object' && !Array.isArray(value)) return Object.entries(value);
  report(`${where}: expected a mapping`);
  return [];
}
