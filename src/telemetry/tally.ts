import { Counter, type Registry } from 'prom-client';

export interface TallyOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  readonly registry: Registry;
}

/**
 * A labelled counter for hot paths: it adds in a Map of its own and hands the sums to prom-client when they are asked
 * for, since prom-client sorts and joins the labels on every call.
 */
export class Tally<Label extends string> {
  readonly #labels: readonly Label[];
  readonly #sums = new Map<string, { readonly values: readonly string[]; sum: number }>();

  constructor({ name, help, labels, registry }: TallyOptions<Label>) {
    this.#labels = labels;
    const sums = this.#sums;
    new Counter({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        this.reset();
        for (const { values, sum } of sums.values()) this.labels(...values).inc(sum);
      },
    });
  }

  /** Adds to the counter of these label values, one for each label. */
  add(amount: number, ...values: readonly string[]): void {
    const key = values.join(' ');
    const cell = this.#sums.get(key);
    if (cell !== undefined) cell.sum += amount;
    else if (values.length === this.#labels.length) this.#sums.set(key, { values, sum: amount });
    else throw new RangeError(`Expected values for ${this.#labels.join(', ')}.`);
  }
}
