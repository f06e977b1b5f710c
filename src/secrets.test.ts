import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  createSealer,
  digest,
  hashPassword,
  newPasscode,
  newPassword,
  newToken,
  sameSecret,
  verifyPassword,
} from './secrets.ts';

const CHEAP = { N: 16, r: 1, p: 1 };

describe('tokens', () => {
  it('are the prefix and 48 hex digits, never the same', () => {
    assert.match(newToken('cnr'), /^cnr[0-9a-f]{48}$/);
    assert.notEqual(newToken(), newToken());
  });

  it('have a SHA-256 digest', () => {
    assert.equal(digest('abc'), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });

  it('compare whatever their lengths', () => {
    assert.equal(sameSecret('a', 'a'), true);
    assert.equal(sameSecret('a', 'b'), false);
    assert.equal(sameSecret('a', 'ab'), false);
  });
});

describe('passcodes and passwords', () => {
  it('have the digits asked for, every digit in every place', () => {
    const codes = Array.from({ length: 400 }, () => newPasscode(6));
    for (const code of codes) assert.match(code, /^\d{6}$/);
    assert.equal(new Set(codes.map((code) => code.charAt(0))).size, 10);
    assert.equal(newPasscode(14).length, 14);
  });

  it('fit the wire: 8 to 32 characters', () => {
    assert.match(newPassword(), /^[\w-]{20}$/);
  });
});

describe('password hashes', () => {
  it('verify their own password only', async () => {
    const hash = await hashPassword('correct horse', CHEAP);
    assert.match(hash, /^scrypt\$16\$1\$1\$[\w-]{22}\$[\w-]{43}$/);
    assert.equal(await verifyPassword('correct horse', hash, CHEAP), true);
    assert.equal(await verifyPassword('Correct horse', hash, CHEAP), false);
  });

  it('take the same text in any Unicode form', async () => {
    const hash = await hashPassword('caf\u00e9 caf\u00e9', CHEAP);
    assert.equal(await verifyPassword('cafe\u0301 cafe\u0301', hash), true);
  });

  it('are salted', async () => {
    assert.notEqual(await hashPassword('x', CHEAP), await hashPassword('x', CHEAP));
  });

  it('without a hash are never right', async () => {
    assert.equal(await verifyPassword('', null, CHEAP), false);
  });

  it('that are malformed throw', async () => {
    await assert.rejects(verifyPassword('x', 'md5$x'), /malformed/);
    await assert.rejects(verifyPassword('x', 'scrypt$16$1$1$salt$'), /malformed/);
  });
});

describe('sealer', () => {
  const inFolder = (check: (folder: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-key-'));
    try {
      check(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('opens what it sealed, also after a restart', () =>
    inFolder((folder) => {
      const keyFile = join(folder, 'data', 'secret.key');
      const sealed = createSealer(keyFile).seal('密码 123456');
      assert.equal(createSealer(keyFile).open(sealed), '密码 123456');
      assert.equal(statSync(keyFile).mode & 0o777, 0o600);
      assert.doesNotMatch(sealed, /123456/);
    }));

  it('seals one text differently each time', () =>
    inFolder((folder) => {
      const sealer = createSealer(join(folder, 'secret.key'));
      assert.notEqual(sealer.seal('x'), sealer.seal('x'));
    }));

  it('refuses altered text and another key', () =>
    inFolder((folder) => {
      const sealer = createSealer(join(folder, 'secret.key'));
      const sealed = sealer.seal('text');
      const altered = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
      assert.throws(() => sealer.open(altered));
      assert.throws(() => sealer.open('short'));
      assert.throws(() => createSealer(join(folder, 'other.key')).open(sealed));
    }));

  it('refuses a key file of another length', () =>
    inFolder((folder) => {
      writeFileSync(join(folder, 'secret.key'), 'short');
      assert.throws(() => createSealer(join(folder, 'secret.key')), /not 32 bytes/);
    }));
});
