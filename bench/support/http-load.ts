import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** Whole HTTP/1.1 requests as they go over the wire; each connection walks them in its own order. */
  readonly requests: readonly Buffer[];
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Of every request, in ms. */
  readonly latenciesMs: readonly number[];
}

/**
 * Keeps `connections` keep-alive connections busy, one request at a time on each. Answers other than 200 end the run
 * with an error: a bench of refusals would say nothing. Kept small, so that the server is what is measured.
 */
export const load = async (options: LoadOptions): Promise<LoadResult> => {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + options.durationMs;
  const each = (_: unknown, index: number) => keepBusy(options, index, endsAt, latenciesMs);
  await Promise.all(Array.from({ length: options.connections }, each));
  const seconds = (performance.now() - startedAt) / 1000;
  return { requestsPerSecond: latenciesMs.length / seconds, latenciesMs };
};

const keepBusy = async (
  options: LoadOptions,
  index: number,
  endsAt: number,
  latenciesMs: number[],
): Promise<void> => {
  const socket = connect(options.port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const stride = Math.floor(options.requests.length / options.connections);
  let next = index * stride;
  try {
    for (let nowMs = performance.now(); nowMs < endsAt; ) {
      const request = options.requests[next % options.requests.length];
      if (!request) throw new Error('no requests to send');
      next += 1;
      await exchange(socket, request);
      const doneMs = performance.now();
      latenciesMs.push(doneMs - nowMs);
      nowMs = doneMs;
    }
  } finally {
    socket.destroy();
  }
};

/** Sends one request and waits for its whole answer. */
export const exchange = (socket: Socket, request: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    let received = '';
    const settle = (error?: Error) => {
      socket.off('data', onData).off('error', settle).off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    const onClose = () => settle(new Error('the server closed the connection'));
    const onData = (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (!isComplete(received)) return;
      if (received.startsWith('HTTP/1.1 200 ')) settle();
      else settle(new Error(`not 200: ${received}`));
    };
    socket.on('data', onData).on('error', settle).on('close', onClose);
    socket.write(request);
  });

const isComplete = (received: string): boolean => {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? '0';
  return received.length >= headEnd + 4 + Number(length);
};
