import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** The pages need camera and microphone, their own scripts, and sockets to this server; nothing else. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob: mediastream:; " +
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'permissions-policy': 'camera=(self), microphone=(self)',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const PAGES = { '/': 'index.html', '/room': 'room.html', '/terminal': 'terminal.html' } as const;

/** Serves the built web pages: `/`, `/room`, `/terminal` and their assets. */
export const registerPages = async (server: FastifyInstance, root: string): Promise<void> => {
  await server.register(fastifyStatic, {
    root,
    prefix: '/assets/',
    index: false,
    serve: false,
  });
  for (const [path, file] of Object.entries(PAGES)) {
    server.get(path, (_request, reply) => reply.headers(PAGE_HEADERS).sendFile(file, { maxAge: 0 }));
  }
  server.get('/assets/*', (request, reply) => {
    const name = (request.params as { '*': string })['*'];
    return reply.headers(PAGE_HEADERS).sendFile(`assets/${name}`, { maxAge: '1y', immutable: true });
  });
};
