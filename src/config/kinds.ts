import { isIP } from 'node:net';

/** What values a setting takes. */
export interface Kind<Value> {
  /** In words, for messages and help: "an integer from 0 to 65535". */
  readonly expects: string;
  /** From YAML (any type) or from text. Throws anything when the value is not one. */
  parse(raw: unknown): Value;
}

const refuse = (): never => {
  throw new RangeError();
};

export const text = (minLength: number, maxLength: number): Kind<string> => ({
  expects: `text of ${minLength} to ${maxLength} characters`,
  parse: (raw) =>
    typeof raw === 'string' && raw.length >= minLength && raw.length <= maxLength ? raw : refuse(),
});

export const integer = (min: number, max: number): Kind<number> => ({
  expects: `an integer from ${min} to ${max}`,
  parse(raw) {
    const value = typeof raw === 'string' && /^-?\d+$/.test(raw) ? Number(raw) : raw;
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse();
  },
});

export const choice = <const Choice extends string>(...choices: readonly Choice[]): Kind<Choice> => ({
  expects: `one of ${choices.join(', ')}`,
  parse: (raw) => choices.find((known) => known === raw) ?? refuse(),
});

/** An http or https URL without path, query or fragment; a slash at its end is dropped. */
export const originUrl: Kind<string> = {
  expects: 'an http or https URL without a path',
  parse(raw) {
    const url = new URL(typeof raw === 'string' ? raw : refuse());
    const bare = url.href === `${url.origin}/`;
    return bare && ['http:', 'https:'].includes(url.protocol) ? url.origin : refuse();
  },
};

const list = (
  expects: string,
  minItems: number,
  accepts: (item: string) => boolean,
): Kind<readonly string[]> => ({
  expects,
  parse(raw) {
    const items: unknown[] = typeof raw === 'string' ? raw.split(',') : Array.isArray(raw) ? raw : refuse();
    if (items.length < minItems) return refuse();
    return items.map((item) => (typeof item === 'string' && accepts(item.trim()) ? item.trim() : refuse()));
  },
});

const isAddress = (item: string) => isIP(item) !== 0;

const isNetwork = (item: string) => {
  const [address = '', prefix, ...rest] = item.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  const prefixFits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  return isAddress(address) && prefixFits && rest.length === 0;
};

/** At least one; in text, separated by commas. */
export const addresses = list('IP addresses, separated by commas', 1, isAddress);

/** None or more; in text, separated by commas. */
export const networks = list(
  'IP addresses or networks such as 10.0.0.0/8, separated by commas',
  0,
  isNetwork,
);

/** A setting that may be left out. */
export const optional = <Value>(kind: Kind<Value>): Kind<Value | null> => ({
  expects: kind.expects,
  parse: (raw) => kind.parse(raw),
});
