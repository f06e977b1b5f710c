import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog, redactUrl } from './log.ts';

const capture = (level: 'info' | 'silent' = 'info') => {
  const lines: string[] = [];
  const log = createLog({ level, destination: { write: (line: string) => lines.push(line) } });
  return { log, lines };
};

describe('the log', () => {
  it('is one JSON object a line, with level and time', () => {
    const { log, lines } = capture();
    log.info({ meeting: '912345678' }, 'started');
    log.debug('not shown');
    assert.equal(lines.length, 1);
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    assert.deepEqual(rest, { level: 'info', meeting: '912345678', msg: 'started' });
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('can be silent', () => {
    const { log, lines } = capture('silent');
    log.fatal('x');
    assert.deepEqual(lines, []);
  });

  it('shows the stack of an error', () => {
    const { log, lines } = capture();
    log.error({ err: new Error('broken') }, 'failed');
    assert.match(JSON.parse(lines[0] ?? '').err.stack, /log\.test/);
  });

  it('shows no secret of a request', () => {
    const { log, lines } = capture();
    const headers = {
      authorization: 'Basic c2VjcmV0',
      cookie: 'secret',
      'x-password': 'secret',
      'x-access-token': 'secret',
      'x-conference-authorization': 'secret',
      'x-request-id': 'r1',
    };
    const url = '/v1/x?conferenceID=9&token=secret&b=1';
    const child = log.child({ headers });
    log.info({ headers, url }, 'as fields');
    log.info({ req: { id: 'r1', method: 'GET', url, ip: '::1', headers, raw: { headers } } }, 'as a request');
    log.info({ request: { headers } }, 'as another');
    child.info('of a child');
    const text = lines.join('');
    assert.doesNotMatch(text, /secret|c2VjcmV0/);
    assert.match(text, /"x-request-id":"r1"/);
    assert.deepEqual(JSON.parse(lines[1] ?? '').req, {
      id: 'r1',
      method: 'GET',
      url: '/v1/x?conferenceID=9&token=[redacted]&b=1',
      ip: '::1',
    });
  });
});

describe('redacting URLs', () => {
  for (const [url, shown] of [
    ['/room?conference=9&password=1&name=A', '/room?conference=9&password=[redacted]&name=A'],
    ['/terminal?sn=1&code=ABC', '/terminal?sn=1&code=[redacted]'],
    ['/e?participantToken=x#f', '/e?participantToken=[redacted]#f'],
    ['/e?TOKEN=a&tmpWsToken=b', '/e?TOKEN=[redacted]&tmpWsToken=[redacted]'],
    ['/token?conferenceID=9', '/token?conferenceID=9'],
  ] as const) {
    it(`leaves of ${url} what is no secret`, () => {
      assert.equal(redactUrl(url), shown);
    });
  }
});
