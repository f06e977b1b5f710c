import { ConfigError, settingsHelp } from './config.ts';
import { StoreError } from './store/store-error.ts';

const COMMANDS: Readonly<
  Record<string, { readonly summary: string; run(args: readonly string[]): Promise<number> }>
> = {
  serve: {
    summary: 'run the server',
    run: async (args) => (await import('./commands/serve.ts')).serve(args),
  },
  demo: {
    summary: 'run the server with a meeting of virtual participants and a virtual terminal',
    run: async (args) => (await import('./commands/demo.ts')).demo(args),
  },
};

/** The command line. Returns the exit code: 0 fine, 1 failed, 2 not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  const [name = 'serve', ...rest] = args;
  if (name === 'help' || name === '--help' || args.includes('--help')) {
    console.log(help());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    console.error(`sightline: there is no command "${name}"\n\n${help()}`);
    return 2;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    console.error(`sightline: ${describe(error)}`);
    return 1;
  }
};

/** What the operator can mend (settings, the data folder, a taken port) is told without a stack. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof ConfigError || error instanceof StoreError || 'syscall' in error;
  return expected ? error.message : (error.stack ?? error.message);
};

const help = (): string => {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(8)}${summary}`);
  return ['usage: sightline <command> [settings]', '', 'commands:', ...commands, '', settingsHelp()].join(
    '\n',
  );
};
