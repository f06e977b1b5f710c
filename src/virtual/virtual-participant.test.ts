import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { conferenceId, endpointId, participantId } from '../conference/ids.ts';
import { createMediaEngine, type ProcessMediaEngine } from '../media/process-engine.ts';
import { openVirtualParticipant } from './virtual-participant.ts';

const conference = conferenceId('whip');
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** As much of WHIP and WHEP as a client sees, for participants whose token is their name. */
async function startServer(t: TestContext, engine: ProcessMediaEngine) {
  const deleted: string[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, kind = '', name = ''] = (request.url ?? '').split('/');
    if (request.method === 'DELETE') {
      engine.closeEndpoint(endpointId(`${kind}-${name}`));
      deleted.push(`${kind}-${name}`);
      response.end();
      return;
    }
    const participant = /^Bearer (\w+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (participant === undefined || request.headers['content-type'] !== 'application/sdp') {
      response.writeHead(400).end('no');
      return;
    }
    const offer = (await request.toArray()).join('');
    const endpoint = endpointId(`${kind}-${participant}`);
    const opened = { endpoint, conference, participant: participantId(participant), offer };
    const { answer } = await (kind === 'whip' ? engine.publish(opened) : engine.view(opened));
    response.writeHead(201, { location: `/${kind}/${participant}`, etag: '"1"' }).end(answer);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { deleted, whipURL: `${base}/whip`, whepURL: `${base}/whep` };
}

test('virtual participants meet over WHIP and WHEP, and leave by DELETE', async (t) => {
  const engine = await createMediaEngine({
    port: 0,
    addresses: ['127.0.0.1'],
    videoCodec: 'VP8',
    logger: quiet,
  });
  t.after(() => engine.close());
  const { deleted, ...urls } = await startServer(t, engine);
  const red = await openVirtualParticipant({ ...urls, token: 'red', clip: 'red', slots: 0 });
  const screen = await openVirtualParticipant({ ...urls, token: 'screen', slots: 2 });
  t.after(() => screen.close({ leave: false }));
  assert.equal(red.viewer, null);
  assert.ok(screen.viewer);
  const shown = once(screen.viewer, 'frame');
  engine.route(endpointId('whep-screen'), [null, participantId('red')]);
  const [frame] = await shown;
  assert.deepEqual([frame.slot, frame.clip, frame.keyFrame], [1, 'red', true]);
  await red.close();
  assert.deepEqual(deleted, ['whip-red']);
});

test('a refusal of the server rejects', async (t) => {
  const engine = await createMediaEngine({
    port: 0,
    addresses: ['127.0.0.1'],
    videoCodec: 'H264',
    logger: quiet,
  });
  t.after(() => engine.close());
  const { deleted: _, ...urls } = await startServer(t, engine);
  const opening = openVirtualParticipant({ ...urls, token: 'red', clip: 'red', slots: 1 });
  await assert.rejects(opening, /answered 500/);
});
