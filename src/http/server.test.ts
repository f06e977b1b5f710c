import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import type { HttpLog } from './error-answer.ts';
import { readJsonObject } from './request-readers.ts';
import { createHttpServer, SUCCESS_BODY } from './server.ts';

interface Logged {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

function recordingLog(): { readonly log: HttpLog; readonly logged: Logged[] } {
  const logged: Logged[] = [];
  const at = (level: string) => (fields: object, message: string) => logged.push({ level, fields, message });
  return { log: { debug: at('debug'), warn: at('warn'), error: at('error') }, logged };
}

async function withServer(use: (server: FastifyInstance, logged: Logged[]) => Promise<void>): Promise<void> {
  const { log, logged } = recordingLog();
  const server = createHttpServer({ log, bodyLimitBytes: 100 });
  server.put('/echo', (request) => readJsonObject(request.body));
  server.put('/success', () => SUCCESS_BODY);
  server.get('/refused', () => {
    throw new AppError('CONFERENCE_LOCKED', 'the door is shut');
  });
  server.get('/broken', async () => {
    throw new Error('the secret is 42');
  });
  server.get('/not-even-an-error', () => {
    throw 'a string';
  });
  try {
    await use(server, logged);
  } finally {
    await server.close();
  }
}

test('every answer carries the headers of the documented samples', async () => {
  await withServer(async (server) => {
    for (const url of ['/success', '/refused', '/broken', '/nowhere', '/%zz']) {
      const answer = await server.inject({ method: url === '/success' ? 'PUT' : 'GET', url });
      assert.equal(answer.headers['content-type'], 'application/json;charset=UTF-8', url);
      assert.equal(answer.headers['cache-control'], 'no-cache', url);
      assert.equal(answer.headers.pragma, 'no-cache', url);
      assert.equal(answer.headers.expires, '0', url);
      assert.match(String(answer.headers['x-request-id']), /^[0-9a-f]{32}$/, url);
    }
  });
});

test("a well-formed X-Request-Id of the client's comes back, another is replaced", async () => {
  await withServer(async (server) => {
    const idFor = async (id: string) => {
      const answer = await server.inject({ method: 'PUT', url: '/success', headers: { 'x-request-id': id } });
      return answer.headers['x-request-id'];
    };
    assert.equal(await idFor('a-B_9'), 'a-B_9');
    assert.equal(await idFor('x'.repeat(64)), 'x'.repeat(64));
    for (const id of ['', 'x'.repeat(65), 'a b', 'a\tb', 'ä']) {
      assert.match(String(await idFor(id)), /^[0-9a-f]{32}$/, JSON.stringify(id));
    }
  });
});

test('the success body has the 39 bytes of the samples', async () => {
  await withServer(async (server) => {
    const answer = await server.inject({ method: 'PUT', url: '/success' });
    assert.equal(answer.body, '{"returnCode":0,"returnDesc":"Success"}');
    assert.equal(answer.headers['content-length'], '39');
  });
});

test('a body is read whatever its content type, and missing only when it is empty', async () => {
  await withServer(async (server) => {
    const put = (payload: string | undefined, contentType?: string) =>
      server.inject({
        method: 'PUT',
        url: '/echo',
        ...(payload === undefined ? {} : { payload }),
        headers: contentType === undefined ? {} : { 'content-type': contentType },
      });
    for (const type of ['application/json; charset=UTF-8', 'application/json', 'text/plain', undefined]) {
      assert.equal((await put('{"a":1}', type)).body, '{"a":1}', type);
    }
    const missing = '{"error_code":"MMC.111072057","error_msg":"REQUEST_BODY_IS_NULL"}';
    assert.equal((await put(undefined, 'application/json')).body, missing);
    assert.equal((await put('', 'application/json')).body, missing);
    assert.equal((await put('  ', 'application/json')).body, missing);
    const notJson = '{"error_code":"MMC.111071062","error_msg":"JSON_CONVERSION_FAILED"}';
    assert.equal((await put('{"a":', 'application/json')).body, notJson);
    assert.equal((await put('{"a":1}', 'garbage')).body, notJson);
  });
});

test('a coded error is answered by the table and logged at its level with its reason', async () => {
  await withServer(async (server, logged) => {
    const answer = await server.inject({ url: '/refused', headers: { 'x-request-id': 'r1' } });
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.body, '{"error_code":"MMC.111072050","error_msg":"CONF_LOCKED"}');
    assert.equal(logged[0]?.level, 'debug');
    assert.equal(logged[0]?.message, 'the door is shut');
    assert.partialDeepStrictEqual(logged[0]?.fields, {
      requestId: 'r1',
      route: '/refused',
      code: 'CONFERENCE_LOCKED',
    });
  });
});

test('an unknown fault is answered without its cause and logged with it', async () => {
  await withServer(async (server, logged) => {
    for (const url of ['/broken', '/not-even-an-error']) {
      const answer = await server.inject({ url });
      assert.equal(answer.statusCode, 500);
      assert.equal(answer.body, '{"error_code":"MMC.111070003","error_msg":"CONF_EXCEPTION"}');
    }
    assert.deepEqual(
      logged.map(({ level }) => level),
      ['error', 'error'],
    );
    assert.equal(logged[0]?.message, 'the secret is 42');
  });
});

test('a body over the limit, an unknown path and a broken URL have answers of the documented form', async () => {
  await withServer(async (server) => {
    const large = await server.inject({ method: 'PUT', url: '/echo', payload: 'x'.repeat(101) });
    assert.equal(large.statusCode, 413);
    assert.match(large.body, /^\{"error_code":"APIGW\.0201","error_msg":"[^"]+"\}$/);
    for (const [method, url] of [
      ['GET', '/nowhere'],
      ['GET', '/echo'],
    ] as const) {
      const unknown = await server.inject({ method, url });
      assert.equal(unknown.statusCode, 404);
      assert.match(unknown.body, /^\{"error_code":"APIGW\.0101","error_msg":"[^"]+"\}$/);
    }
    const broken = await server.inject({ url: '/%zz' });
    assert.equal(broken.statusCode, 400);
    assert.match(broken.body, /^\{"error_code":"APIGW\.0106","error_msg":"[^"]+"\}$/);
  });
});

test('what is no HTTP gets an answer of the documented form, and the connection is closed', async () => {
  await withServer(async (server) => {
    await server.listen({ port: 0, host: '127.0.0.1' });
    const address = server.server.address();
    assert.ok(address !== null && typeof address === 'object');
    const socket = connect(address.port, '127.0.0.1');
    socket.setEncoding('utf8');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write('PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n');
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(answer, /\r\n\r\n\{"error_code":"APIGW\.0106","error_msg":"[^"]+"\}$/);
  });
});
