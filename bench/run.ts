/** `npm run bench -- NAME [--quick]`: runs one bench; every figure is one line of JSON on stdout. */
const benches: Readonly<Record<string, () => Promise<{ run(options: BenchOptions): Promise<void> }>>> = {
  control: () => import('./control.ts'),
  switch: () => import('./switch.ts'),
  restore: () => import('./restore.ts'),
  store: () => import('./store.ts'),
};

export interface BenchOptions {
  /** A short run that shows that the bench works; its figures mean little. */
  readonly quick: boolean;
}

const [name = '', ...flags] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench || flags.some((flag) => flag !== '--quick')) {
  console.error(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--quick]`);
  process.exit(2);
}
const { run } = await bench();
await run({ quick: flags.includes('--quick') });
