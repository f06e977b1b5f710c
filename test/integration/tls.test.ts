import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import pino from 'pino';
import { type App, startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { createMemoryStore } from '../../src/store/memory/memory-store.ts';
import { EventsSocket } from '../support/events-socket.ts';
import { FakeMediaEngine } from '../support/fake-media-engine.ts';

const PASSWORD = 'correct-horse-9';

/** A self-signed pair for 127.0.0.1, by the openssl program. */
const makePair = async (folder: string) => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert]);
  return { cert, key };
};

describe('with a certificate', () => {
  let folder: string;
  let app: App;
  let ca: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-'));
    const { cert, key } = await makePair(folder);
    ca = await readFile(cert, 'utf8');
    const config = loadConfig({
      env: {
        SIGHTLINE_HTTP_PORT: '0',
        SIGHTLINE_DATA_DIR: folder,
        SIGHTLINE_ADMIN_PASSWORD: PASSWORD,
        SIGHTLINE_TLS_CERT: cert,
        SIGHTLINE_TLS_KEY: key,
      },
      folder,
    });
    const log = pino({ level: 'silent' });
    app = await startApp(config, { store: createMemoryStore(), engine: new FakeMediaEngine(), log });
  });

  after(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** One call over TLS that believes our own certificate only. */
  const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const sent = request(`${app.url}${path}`, { method, headers, ca, agent: false });
    sent.end(body && JSON.stringify(body));
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const part of response) text += String(part);
    return { status: response.statusCode as number, body: JSON.parse(text) as unknown };
  };

  const joinMeeting = async () => {
    const basic = Buffer.from(`admin:${PASSWORD}`).toString('base64');
    const login = await call(
      'POST',
      '/v1/usg/acs/auth/account',
      { authorization: `Basic ${basic}` },
      { account: 'admin', clientType: 72 },
    );
    const { accessToken } = login.body as { accessToken: string };
    const meeting = { subject: 'Meeting', mediaTypes: 'HDVideo' };
    const created = await call(
      'POST',
      '/v1/mmc/management/conferences',
      { 'x-access-token': accessToken },
      meeting,
    );
    const [info] = created.body as [
      {
        conferenceID: string;
        chairJoinUri: string;
        passwordEntry: { conferenceRole: string; password: string }[];
      },
    ];
    const password =
      info.passwordEntry.find(({ conferenceRole }) => conferenceRole === 'general')?.password ?? '';
    const path = `/sightline/v1/conferences/${info.conferenceID}/join`;
    const joined = await call('POST', path, {}, { name: 'Ann', password });
    return { info, joined: joined.body as JoinResponse };
  };

  it('serves https, and hands out https and wss URLs', async () => {
    assert.match(app.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const { info, joined } = await joinMeeting();
    assert.ok(joined.whipURL.startsWith(`${app.url}/`), joined.whipURL);
    assert.ok(joined.whepURL.startsWith(`${app.url}/`), joined.whepURL);
    assert.ok(joined.eventsURL.startsWith(`${app.url.replace('https', 'wss')}/`), joined.eventsURL);
    assert.ok(info.chairJoinUri.startsWith('https://'), info.chairJoinUri);
  });

  it('serves the events socket over wss', async () => {
    const { joined } = await joinMeeting();
    const events = await EventsSocket.open(joined.eventsURL, joined.participantToken, { ca });
    assert.equal(events.state.own?.participantID, joined.participantID);
    events.close();
  });

  it('answers no plain HTTP', async () => {
    await assert.rejects(fetch(`${app.url.replace('https', 'http')}/healthz`), TypeError);
  });
});
