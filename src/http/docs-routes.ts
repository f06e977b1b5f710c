import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { parse } from 'yaml';
import { builtOperations } from './built-operations.ts';
import { type DocumentedApi, docsPage, docsPolicy } from './docs-page.ts';

const CONTRACT = new URL('../../contract/openapi.yaml', import.meta.url);

const DOCS_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': docsPolicy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The contract: `/openapi.yaml` as it is, and `/docs` for people. Neither asks for a token. */
export const registerDocs = (server: FastifyInstance): void => {
  const yaml = once(() => readFileSync(CONTRACT, 'utf8'));
  const page = once(() => docsPage(parse(yaml()) as DocumentedApi, builtOperations));

  server.get('/openapi.yaml', (_request, reply) => {
    reply.header('content-type', 'application/yaml').send(yaml());
  });
  server.get('/docs', (_request, reply) => {
    reply.headers(DOCS_HEADERS).send(page());
  });
};

const once = (make: () => string): (() => string) => {
  let made: string | null = null;
  return () => {
    made ??= make();
    return made;
  };
};
