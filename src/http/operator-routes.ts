import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import { registerOperation } from './operations.ts';

export interface OperatorRoutesOptions {
  /** False while the server starts or drains. */
  readonly ready: () => boolean;
  /** The metrics in Prometheus text format, with their content type. */
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** For load balancers and monitoring: alive, ready, metrics. */
export const registerOperatorRoutes = (
  server: FastifyInstance,
  { ready, metrics }: OperatorRoutesOptions,
): void => {
  registerOperation(server, 'showHealth', 'GET /healthz', () => ({ status: 'ok' }));

  registerOperation(server, 'showReadiness', 'GET /readyz', () => {
    if (!ready()) throw new AppError('SERVER_DRAINING', 'the server is starting or stopping');
    return { status: 'ready' };
  });

  registerOperation(server, 'showMetrics', 'GET /metrics', async (_request, reply) => {
    reply.header('content-type', metrics.contentType);
    return metrics.text();
  });
};
