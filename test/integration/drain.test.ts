import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SightlineClient } from '../../src/virtual/sightline-client.ts';
import { EventsSocket } from '../support/events-socket.ts';
import { publishingOffer } from '../support/media-offers.ts';
import { Program } from '../support/program.ts';

const PASSWORD = 'correct-horse-9';

describe('the program', () => {
  let folder: string;
  let folders = 0;
  const programs: Program[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-'));
  });

  after(async () => {
    for (const program of programs) await program.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const newDataDir = (): string => {
    folders += 1;
    return join(folder, `data-${folders}`);
  };

  const serve = (settings: Record<string, string> = {}, args: readonly string[] = ['serve']): Program => {
    const program = new Program({
      args,
      settings: {
        SIGHTLINE_DATA_DIR: newDataDir(),
        SIGHTLINE_HTTP_PORT: '0',
        SIGHTLINE_MEDIA_PORT: '0',
        SIGHTLINE_ADMIN_PASSWORD: PASSWORD,
        ...settings,
      },
    });
    programs.push(program);
    return program;
  };

  /** A server with a running meeting, somebody in it who listens, and a request of which half has been sent. */
  const busy = async (settings: Record<string, string> = {}) => {
    const program = serve(settings);
    const url = await program.listening();
    const client = new SightlineClient(url);
    await client.login('admin', PASSWORD);
    const meeting = await client.createMeeting('Meeting');
    const person = await client.join(meeting.conferenceID, { name: 'Ann', password: meeting.guestPassword });
    const events = await EventsSocket.open(person.eventsURL, person.participantToken);
    const body = JSON.stringify({ name: 'Ben', password: meeting.guestPassword });
    const path = `/sightline/v1/conferences/${meeting.conferenceID}/join`;
    const request =
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`;
    const half = await begun(url, request.slice(0, -10));
    return { program, url, client, meeting, events, half, rest: request.slice(-10) };
  };

  /** A connection on which the beginning of a request has arrived. */
  const begun = async (url: string, text: string): Promise<Socket> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.setEncoding('utf8').on('error', () => {});
    await once(socket, 'connect');
    socket.write(text);
    await fetch(`${url}/healthz`);
    return socket;
  };

  const received = async (socket: Socket): Promise<string> => {
    let text = '';
    for await (const part of socket) text += part;
    return text;
  };

  it('drains on SIGTERM: participants told, what is in flight answered, nothing more accepted, exit code 0', async () => {
    const { program, url, events, half, rest } = await busy();
    const probe = await begun(url, 'GET /readyz HTTP/1.1\r\nHost: x\r\n');
    program.child.kill('SIGTERM');
    await events.next(({ type }) => type === 'draining');
    assert.equal(await events.closed, 4503);
    await assert.rejects(fetch(`${url}/healthz`), TypeError);

    probe.write('\r\n');
    assert.match(await received(probe), /^HTTP\/1\.1 503 .*SERVER_DRAINING/s);
    half.write(rest);
    assert.match(await received(half), /^HTTP\/1\.1 200 .*participantID/s);
    assert.equal(await program.ended, 0);
    assert.equal(program.stderr, '');
  });

  it('keeps what was answered last before it ended', async () => {
    const dataDir = newDataDir();
    const { program, client, meeting, half, rest } = await busy({ SIGHTLINE_DATA_DIR: dataDir });
    const token = await client.controlToken(meeting.conferenceID, meeting.hostPassword);
    program.child.kill('SIGINT');
    half.write(rest);
    await received(half);
    assert.equal(await program.ended, 0);
    assert.ok(!existsSync(join(dataDir, 'sightline.db-wal')), 'the store was closed');

    const again = serve({ SIGHTLINE_DATA_DIR: dataDir });
    const url = await again.listening();
    const query = { conferenceID: meeting.conferenceID };
    const info = await new SightlineClient(url).control(token, 'GET', 'realTimeInfo', query);
    const names = (info as { participants: { name: string }[] }).participants.map(({ name }) => name);
    assert.deepEqual(names, ['Ann', 'Ben']);
    assert.equal(await again.kill('SIGTERM'), 0);
  });

  it('cuts off what is in flight still after the drain time, and a listener that does not close', async () => {
    const { program, events, half } = await busy({ SIGHTLINE_HTTP_DRAIN_SECONDS: '1' });
    events.socket.pause();
    program.child.kill('SIGTERM');
    assert.equal(await program.ended, 0, program.stderr);
    half.destroy();
    events.close();
  });

  it('ends at once at a second signal', async () => {
    const { program, events, half } = await busy({ SIGHTLINE_HTTP_DRAIN_SECONDS: '300' });
    program.child.kill('SIGTERM');
    await events.closed;
    program.child.kill('SIGINT');
    assert.equal(await program.ended, 1);
    assert.match(program.stderr, /ends at once/);
    half.destroy();
  });

  it('refuses to start with wrong settings and names every problem', async () => {
    const dataDir = newDataDir();
    const settings = {
      SIGHTLINE_DATA_DIR: dataDir,
      SIGHTLINE_HTTP_PORT: '70000',
      SIGHTLINE_MEDIA_VIDEO_CODEC: 'H265',
      SIGHTLINE_HTTP_PROT: '1',
      SIGHTLINE_TLS_CERT: '/nowhere.pem',
      SIGHTLINE_ADMIN_PASSWORD: 'short',
    };
    const program = serve(settings, ['serve', '--media-port', 'x', '--nonsense']);
    assert.equal(await program.ended, 1);
    for (const named of [
      'http.port (environment SIGHTLINE_HTTP_PORT): expected an integer from 0 to 65535',
      'media.videoCodec',
      'SIGHTLINE_HTTP_PROT: unknown',
      'tls.cert and tls.key: one is set without the other',
      'the file /nowhere.pem cannot be read',
      'admin.password',
      'media.port (flag --media-port)',
      '--nonsense: unknown flag',
    ]) {
      assert.ok(program.stderr.includes(named), `${named} in\n${program.stderr}`);
    }
    assert.ok(!program.stderr.includes('short'), 'a secret is not shown');
    assert.ok(!/\n\s+at /.test(program.stderr), 'no stack');
    assert.ok(!existsSync(dataDir));
  });

  it('makes the data folder for its owner only', async () => {
    const dataDir = newDataDir();
    const program = serve({ SIGHTLINE_DATA_DIR: dataDir });
    await program.listening();
    assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
    for (const file of ['sightline.db', 'secret.key']) {
      assert.equal((await stat(join(dataDir, file))).mode & 0o777, 0o600, file);
    }
    assert.equal(await program.kill('SIGTERM'), 0);
  });

  it('refuses a data folder that another server uses, which goes on', async () => {
    const dataDir = newDataDir();
    const first = serve({ SIGHTLINE_DATA_DIR: dataDir });
    const url = await first.listening();
    const second = serve({ SIGHTLINE_DATA_DIR: dataDir });
    assert.equal(await second.ended, 1);
    assert.match(second.stderr, /^sightline: .*data-\d+ is in use by another running Sightline\.\n$/);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    assert.equal(await first.kill('SIGTERM'), 0);
  });

  it('ends with a clear message when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    assert.ok(typeof address === 'object' && address);
    const program = serve({ SIGHTLINE_HTTP_PORT: String(address.port) });
    assert.equal(await program.ended, 1);
    assert.match(program.stderr, /sightline: listen EADDRINUSE: .*127\.0\.0\.1:\d+\n$/);
    taken.close();
  });

  it('explains its commands and settings with --help, and refuses an unknown command', async () => {
    const help = serve({}, ['--help']);
    assert.equal(await help.ended, 0);
    for (const text of [
      'serve',
      'demo',
      '--http-port',
      'SIGHTLINE_HTTP_PORT',
      'SIGHTLINE_TLS_KEY',
      'default: 8080',
    ]) {
      assert.ok(help.stdout.includes(text), text);
    }
    const unknown = serve({}, ['fly']);
    assert.equal(await unknown.ended, 2);
    assert.match(unknown.stderr, /there is no command "fly"/);
  });

  it('prints the administrator’s random password on the first run only', async () => {
    const settings = { SIGHTLINE_DATA_DIR: newDataDir(), SIGHTLINE_ADMIN_PASSWORD: '' };
    const first = serve(settings);
    const url = await first.listening();
    const [, password = ''] = await first.printed(/account "admin", password: (\S+)/);
    await new SightlineClient(url).login('admin', password);
    assert.equal(await first.kill('SIGTERM'), 0);

    const second = serve(settings);
    const urlAfter = await second.listening();
    await new SightlineClient(urlAfter).login('admin', password);
    assert.equal(await second.kill('SIGTERM'), 0);
    assert.ok(!/password/i.test(second.stdout + second.stderr));
  });

  it('logs no secret, not even at trace', async () => {
    const program = serve({ SIGHTLINE_LOG_LEVEL: 'trace' });
    const url = await program.listening();
    const client = new SightlineClient(url);
    const secrets: string[] = [PASSWORD];
    const secret = (text: string): string => {
      secrets.push(text);
      return text;
    };
    const refused = async (work: Promise<unknown>): Promise<void> => {
      await assert.rejects(work);
    };

    await refused(client.login('admin', secret('wrong-password-1')));
    await client.login('admin', PASSWORD);
    const { conferenceID, hostPassword, guestPassword } = await client.createMeeting('Meeting');
    const token = secret(await client.controlToken(conferenceID, hostPassword));
    await refused(client.controlToken(conferenceID, secret('wrong-password-2')));
    const query = { conferenceID, participantID: 'nobody' };
    await refused(client.control(token, 'PUT', 'lockView', query, { status: 1, participantID: 'x' }));
    await refused(client.control(secret('cnr-wrong-token'), 'PUT', 'lockView', query));
    const inQuery = secret('token-in-the-query');
    await refused(client.call('GET', `/v1/nothing?token=${inQuery}`));
    const activationCode = secret(await client.registerTerminal('DR-1', 'Room'));
    const terminal = await client.join(conferenceID, { serialNumber: 'DR-1', activationCode });
    secret(terminal.participantToken);
    const person = await client.join(conferenceID, { name: 'Ann', password: guestPassword });
    secret(person.participantToken);
    await refused(client.join(conferenceID, { name: 'Ann', password: secret('wrong-password-3') }));
    const wrongCode = secret('WRON-GCOD-EWRO-NGCO');
    await refused(client.join(conferenceID, { serialNumber: 'DR-1', activationCode: wrongCode }));
    const malformed = { method: 'POST', body: `{"password":"${secret('wrong-password-4')}"` };
    await fetch(`${url}/sightline/v1/conferences/${conferenceID}/join`, malformed);
    for (const body of [publishingOffer(), 'x']) {
      await fetch(person.whipURL, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', authorization: `Bearer ${person.participantToken}` },
        body,
      });
    }
    const events = await EventsSocket.open(person.eventsURL, person.participantToken);
    events.send({ type: 'leave' });
    await events.closed;
    assert.equal(await program.kill('SIGTERM'), 0);

    const output = program.stdout + program.stderr;
    assert.ok(program.stderr.includes('"level":"debug"'), 'there is a log');
    for (const text of secrets) {
      assert.ok(!output.includes(text), `${text} in the output`);
      assert.ok(!output.includes(Buffer.from(text).toString('base64')), `${text} in base64 in the output`);
    }
    // Six digits may be a part of a time or a number; only as a word of their own are they a password.
    for (const digits of [hostPassword, guestPassword]) {
      assert.doesNotMatch(output, new RegExp(`(?<![0-9.])${digits}(?![0-9])`));
    }
  });
});
