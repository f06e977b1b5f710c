import { stringify } from 'yaml';
import { flagName, type SettingKey, settingKeys, settingOf, variableName } from './settings.ts';

/** The settings part of `--help`. */
export function settingsHelp(): string {
  const entries = settingKeys.map((key) => {
    const { about, default: byDefault, kind } = settingOf(key);
    const names = `  ${flagName(key)} VALUE   (${variableName(key)})`;
    return [names, ...wrap(about, 92), ...wrap(`${kind.expects}; default: ${shown(byDefault)}`, 92)].join(
      '\n      ',
    );
  });
  const head = [
    'Settings, by flag, environment variable or file; the first of these counts.',
    '',
    '  --config FILE   (SIGHTLINE_CONFIG)',
    '      A YAML file; ./sightline.yaml when there is one. config/reference.yaml explains its keys.',
  ];
  return `${[...head, ...entries].join('\n')}\n`;
}

/** The text of config/reference.yaml: every key with its meaning and default. */
export function referenceYaml(): string {
  const lines = [
    '# Every setting with its default. Copy what you change to sightline.yaml.',
    '# A flag counts before an environment variable, and that before the file.',
    '# Made from src/config/settings.ts; a test compares the two.',
  ];
  let group = '';
  for (const key of settingKeys) {
    const [own = '', name = ''] = key.split('.');
    if (own !== group) lines.push('', `${own}:`);
    else lines.push('');
    group = own;
    lines.push(...entry(key, name).map((line) => `  ${line}`));
  }
  return `${lines.join('\n')}\n`;
}

function entry(key: SettingKey, name: string): readonly string[] {
  const { about, default: byDefault, kind } = settingOf(key);
  const comments = [
    ...wrap(about, 100),
    ...wrap(`Takes ${kind.expects}.`, 100),
    `${variableName(key)}, ${flagName(key)}`,
  ];
  const value = stringify({ [name]: byDefault }, { collectionStyle: 'flow', lineWidth: 0 });
  return [...comments.map((line) => `# ${line}`), value.trim().replace(/^\{ (.*) \}$/, '$1')];
}

const shown = (value: unknown): string => {
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'none';
  return String(value);
};

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
