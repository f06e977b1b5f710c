import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  ConfigError,
  type ConfigSources,
  describeConfig,
  loadConfig,
  referenceYaml,
  settingsHelp,
} from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-config-'));
after(() => rmSync(folder, { recursive: true }));

const writeConfig = (text: string, name = 'config.yaml') => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const problemsOf = (sources: ConfigSources): readonly string[] => {
  try {
    loadConfig({ folder: '/nowhere', ...sources });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    for (const problem of error.problems) assert.ok(error.message.includes(problem));
    return error.problems;
  }
  return [];
};

const reference = join(import.meta.dirname, '../config/reference.yaml');

describe('the reference file', () => {
  it('is the one made from the table', () => {
    const command = `node -e "import('./src/config.ts').then((c) => process.stdout.write(c.referenceYaml()))"`;
    assert.equal(readFileSync(reference, 'utf8'), referenceYaml(), `Run: ${command} > config/reference.yaml`);
  });

  it('gives the defaults when loaded', () => {
    assert.deepEqual(loadConfig({ args: ['--config', reference] }), loadConfig({ folder: '/nowhere' }));
  });
});

describe('defaults', () => {
  it('are pinned', () => {
    assert.deepEqual(loadConfig({ folder: '/nowhere' }), {
      http: { host: '127.0.0.1', port: 8080, publicUrl: null, trustedProxies: [], drainSeconds: 10 },
      tls: { cert: null, key: null },
      data: { dir: './data' },
      admin: { account: 'admin', password: null },
      identity: { tokenHours: 24 },
      media: { port: 40000, addresses: ['127.0.0.1'], videoCodec: 'VP8' },
      conference: {
        reconnectGraceSeconds: 30,
        commandsPerSecond: 1000,
        snapshotEvery: 200,
        hostAbsenceMinutes: 0,
        ringSeconds: 60,
        warnMinutes: 5,
      },
      log: { level: 'info' },
    });
  });

  it('are deeply frozen', () => {
    const config = loadConfig({ folder: '/nowhere' });
    for (const value of [config, ...Object.values(config), config.media.addresses]) {
      assert.ok(Object.isFrozen(value));
    }
  });
});

describe('sources', () => {
  it('count in the order file, environment, flags', () => {
    const file = writeConfig('http: { host: file, port: 1, drainSeconds: 7 }');
    const { http } = loadConfig({
      args: ['--config', file, '--http-port', '3'],
      env: { SIGHTLINE_HTTP_PORT: '2', SIGHTLINE_HTTP_HOST: 'env' },
    });
    assert.deepEqual([http.host, http.port, http.drainSeconds], ['env', 3, 7]);
  });

  it('find the file by flag, by variable, or as sightline.yaml in the folder', () => {
    const first = writeConfig('http: { port: 1 }', 'first.yaml');
    const second = writeConfig('http: { port: 2 }', 'second.yaml');
    writeConfig('http: { port: 3 }', 'sightline.yaml');
    const env = { SIGHTLINE_CONFIG: second };
    assert.equal(loadConfig({ args: [`--config=${first}`], env, folder }).http.port, 1);
    assert.equal(loadConfig({ env, folder }).http.port, 2);
    assert.equal(loadConfig({ folder }).http.port, 3);
    rmSync(join(folder, 'sightline.yaml'));
  });

  it('take both forms of a flag, lists, and empty variables as absent', () => {
    const config = loadConfig({
      args: ['--http-port=0', '--log-level', 'warn', '--admin-password=--secret='],
      env: {
        SIGHTLINE_MEDIA_ADDRESSES: '10.0.0.1, ::1',
        SIGHTLINE_TLS_CERT: '',
        SIGHTLINE_HTTP_PUBLIC_URL: 'https://meet.example.org:8443/',
        PATH: '/bin',
      },
      folder: '/nowhere',
    });
    assert.equal(config.http.port, 0);
    assert.equal(config.log.level, 'warn');
    assert.equal(config.admin.password, '--secret=');
    assert.deepEqual(config.media.addresses, ['10.0.0.1', '::1']);
    assert.equal(config.http.publicUrl, 'https://meet.example.org:8443');
    assert.equal(config.tls.cert, null);
  });
});

describe('problems', () => {
  it('of all sources are reported at once', () => {
    const file = writeConfig(
      'http: { prot: 1, port: 70000 }\nmedia: { addresses: [localhost] }\nother: { a: 1 }\nlog: x',
    );
    const problems = problemsOf({
      args: ['--config', file, '--verbose', '--media-video-codec', 'AV1', '--data-dir', 'now'],
      env: { SIGHTLINE_HTPP_PORT: '1', SIGHTLINE_HTTP_PORT: '80a', SIGHTLINE_IDENTITY_TOKEN_HOURS: '11' },
    });
    assert.deepEqual(problems, [
      '--verbose: unknown flag',
      'SIGHTLINE_HTPP_PORT: unknown environment variable',
      `${file}: http.prot: unknown key`,
      `${file}: other.a: unknown key`,
      `${file}: log: expected a mapping`,
      `http.port (${file}): expected an integer from 0 to 65535, not 70000`,
      `media.addresses (${file}): expected IP addresses, separated by commas, not ["localhost"]`,
      'http.port (environment SIGHTLINE_HTTP_PORT): expected an integer from 0 to 65535, not "80a"',
      'identity.tokenHours (environment SIGHTLINE_IDENTITY_TOKEN_HOURS): expected an integer from 12 to 24, not "11"',
      'media.videoCodec (flag --media-video-codec): expected one of VP8, H264, not "AV1"',
    ]);
  });

  it('of flags: unknown arguments, missing values, repetitions', () => {
    assert.deepEqual(
      problemsOf({ args: ['now', '--http-port', '--log-level', 'info', '--log-level=warn'] }),
      ['now: unknown argument', '--http-port: needs a value', '--log-level: given twice'],
    );
  });

  it('of files: absent, not YAML, a key twice, not a mapping', () => {
    assert.match(problemsOf({ args: ['--config', join(folder, 'absent.yaml')] }).join(), /cannot be read/);
    for (const text of ['http: [', 'http: { port: 1 }\nhttp: { port: 2 }', '- a']) {
      assert.equal(problemsOf({ args: ['--config', writeConfig(text)] }).length, 1, text);
    }
  });

  it('of TLS: one file without the other, a file that cannot be read', () => {
    const cert = writeConfig('certificate', 'cert.pem');
    assert.deepEqual(problemsOf({ env: { SIGHTLINE_TLS_CERT: cert } }), [
      'tls.cert and tls.key: one is set without the other',
    ]);
    assert.deepEqual(problemsOf({ env: { SIGHTLINE_TLS_CERT: cert, SIGHTLINE_TLS_KEY: '/absent.pem' } }), [
      'tls.key: the file /absent.pem cannot be read',
    ]);
    assert.deepEqual(problemsOf({ env: { SIGHTLINE_TLS_CERT: cert, SIGHTLINE_TLS_KEY: cert } }), []);
  });

  it('do not show a secret', () => {
    const [problem = ''] = problemsOf({ env: { SIGHTLINE_ADMIN_PASSWORD: 'short' } });
    assert.match(problem, /8 to 32 characters$/);
    assert.match(
      problemsOf({ args: ['--config', writeConfig('admin: { password: 12345678 }')] }).join(),
      /expected text/,
    );
  });

  for (const url of [
    'meet.example.org',
    'ftp://meet.example.org',
    'https://meet.example.org/x',
    'https://a@b',
  ]) {
    it(`include the public URL ${url}`, () => {
      assert.equal(problemsOf({ args: [`--http-public-url=${url}`] }).length, 1);
    });
  }

  for (const networks of ['10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/8/8', 'x']) {
    it(`include the proxies ${networks}`, () => {
      assert.equal(problemsOf({ args: [`--http-trusted-proxies=${networks}`] }).length, 1);
    });
  }

  it('do not include good proxies', () => {
    assert.deepEqual(problemsOf({ args: ['--http-trusted-proxies=10.0.0.0/8,fd00::/8,127.0.0.1'] }), []);
  });
});

describe('what is shown of the settings', () => {
  it('hides the password', () => {
    const shown = describeConfig(loadConfig({ args: ['--admin-password=password-1'], folder: '/nowhere' }));
    assert.equal(shown['admin.password'], '[redacted]');
    assert.equal(shown['http.port'], 8080);
    assert.equal(describeConfig(loadConfig({ folder: '/nowhere' }))['admin.password'], null);
  });

  it('is explained by the help, by every name', () => {
    const help = settingsHelp();
    const loaded = describeConfig(loadConfig({ folder: '/nowhere' }));
    assert.equal(help.match(/\(SIGHTLINE_\w+\)/g)?.length, Object.keys(loaded).length + 1);
    assert.match(help, /--media-video-codec VALUE {3}\(SIGHTLINE_MEDIA_VIDEO_CODEC\)/);
    assert.match(help, /one of VP8, H264; default: VP8/);
  });
});
