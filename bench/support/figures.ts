import { cpus } from 'node:os';

/** Prints one figure as a line of JSON. */
export const figure = (bench: string, name: string, value: number, unit: string, more: object = {}): void => {
  console.log(JSON.stringify({ bench, name, value: round(value), unit, ...more }));
};

/** The machine the figures are from. */
export const machine = (): object => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
});

/** The value below which `share` (0 to 1) of the values lie. @param values not empty */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

const round = (value: number): number => Number(value.toPrecision(4));
