import {
  createCipheriv,
  createDecipheriv,
  hash,
  randomBytes,
  randomInt,
  type ScryptOptions,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { SealedText } from './meetings/meeting.ts';

/** A new bearer token: the prefix and 48 lower-case hex digits, 192 bits of randomness. */
export const newToken = (prefix = ''): string => prefix + randomBytes(24).toString('hex');

/** SHA-256 of a token, as base64url: what is stored and looked up in its place. */
export const digest = (token: string): string => hash('sha256', token, 'base64url');

/** Compares two secrets in a time that tells nothing of either, their lengths included. */
export const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));

/** A password for a person to copy: 20 characters of base64url, 120 bits of randomness. */
export const newPassword = (): string => randomBytes(15).toString('base64url');

/** A numeric passcode, each equally likely. `digits` is 4 to 14. */
export const newPasscode = (digits = 6): string => String(randomInt(10 ** digits)).padStart(digits, '0');

/** What a password hash costs: about 128·N·r bytes of memory and time in proportion to N·r·p. */
export interface PasswordCost {
  /** A power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's recommendation that takes 32 MB: about a quarter of a second. */
export const PASSWORD_COST: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };

/** `scrypt$N$r$p$salt$hash`, salt and hash as base64url. */
export async function hashPassword(password: string, cost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return formatHash(cost, salt, key);
}

/**
 * Whether the password belongs to the stored hash. Without a hash (an unknown account) the answer is false after the
 * same work, at `cost`. A malformed hash throws.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  cost = PASSWORD_COST,
): Promise<boolean> {
  const text = stored ?? formatHash(cost, randomBytes(16), randomBytes(KEY_BYTES));
  const [scheme, N, r, p, salt = '', expected = ''] = text.split('$');
  const expectedKey = Buffer.from(expected, 'base64url');
  if (scheme !== 'scrypt' || expectedKey.length !== KEY_BYTES)
    throw new Error('A password hash is malformed.');
  const used = { N: Number(N), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, 'base64url'), used);
  return timingSafeEqual(key, expectedKey) && stored !== null;
}

const KEY_BYTES = 32;

const formatHash = ({ N, r, p }: PasswordCost, salt: Buffer, key: Buffer) =>
  ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$');

function derive(password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** Seals texts that must be shown again and so cannot be hashed. */
export interface Sealer {
  seal(text: string): SealedText;
  /** Throws when the text was sealed under another key or altered. */
  open(sealed: SealedText): string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A sealer (AES-256-GCM) under the key in `keyFile`: 32 bytes, made on first use, its folder too. */
export function createSealer(keyFile: string): Sealer {
  const key = readOrCreateKey(keyFile);
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    },
  };
}

function readOrCreateKey(keyFile: string): Buffer {
  const key = readIfPresent(keyFile) ?? createKey(keyFile);
  if (key.length !== KEY_BYTES) throw new Error(`The key file ${keyFile} is not ${KEY_BYTES} bytes long.`);
  return key;
}

function readIfPresent(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Written aside and renamed, so that a crash never leaves half a key. */
function createKey(keyFile: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  mkdirSync(dirname(keyFile), { recursive: true, mode: 0o700 });
  const aside = `${keyFile}.new`;
  rmSync(aside, { force: true });
  const file = openSync(aside, 'wx', 0o600);
  writeSync(file, key);
  fsyncSync(file);
  closeSync(file);
  renameSync(aside, keyFile);
  return key;
}
