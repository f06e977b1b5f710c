import { randomBytes } from 'node:crypto';

/** Crockford's base32: no letter that is taken for a digit or another letter. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 16;

/** A code to type on a terminal, such as `7K2M-Q9XA-0TBD-4WHZ`: 80 bits of randomness. */
export function newActivationCode(): string {
  const symbols = Array.from(randomBytes(CODE_LENGTH), (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return symbols.join('').replace(/.{4}(?=.)/g, '$&-');
}

/** The code as it is digested: typed in small letters, with other separators or look-alikes, it is the same code. */
export const canonicalActivationCode = (typed: string): string =>
  typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
