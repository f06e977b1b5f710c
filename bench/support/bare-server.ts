import { createServer } from 'node:http';

/**
 * The least that could answer lockView: a bare node:http handler that parses the same request (path, query, header,
 * JSON body) and sends the same 39 bytes with the same headers. It checks nothing and keeps nothing.
 */
const BODY = '{"returnCode":0,"returnDesc":"Success"}';

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const asked = [url.searchParams.get('conferenceID'), url.searchParams.get('participantID')];
  const token = request.headers['x-conference-authorization'];
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const good = asked.every((value) => value !== null) && token !== undefined && typeof body === 'object';
    response.writeHead(good ? 200 : 400, {
      'content-type': 'application/json;charset=UTF-8',
      'content-length': BODY.length,
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '0',
    });
    response.end(BODY);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit());
