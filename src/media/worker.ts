import { IceUdpMuxListener, initLogger } from 'node-datachannel';
import { AppError } from '../errors.ts';
import { MediaHost } from './media-host.ts';
import type { CallMessage, FromWorker, ToWorker, WorkerSettings } from './protocol.ts';

/**
 * The media process: native WebRTC runs here, so that a fault of it takes down nothing else. It ends with its parent:
 * the IPC channel closes also when the parent is killed.
 */

let host: MediaHost | null = null;
// Holds the UDP port while there is no endpoint, so that nobody else can take it.
let port: IceUdpMuxListener | null = null;

const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message);
};

function start(settings: WorkerSettings): void {
  initLogger('Error', (_level, message) => send({ type: 'log', level: 'warn', message }));
  try {
    port = new IceUdpMuxListener(settings.hosts.port, settings.bindAddress ?? undefined);
  } catch (error) {
    send({ type: 'log', level: 'error', message: `UDP port ${settings.hosts.port}: ${String(error)}` });
    process.disconnect();
    return;
  }
  host = new MediaHost(settings, (event) => send({ type: 'event', event }));
  send({ type: 'ready' });
}

function call(open: MediaHost, message: CallMessage): Promise<unknown> | unknown {
  switch (message.name) {
    case 'publish':
      return open.publish(message.request);
    case 'view':
      return open.view(message.request);
    case 'restartIce':
      return open.restartIce(message.request.endpoint, message.request.fragment);
    case 'slots':
      return open.slots(message.request);
    case 'ping':
      return null;
  }
}

async function answer(open: MediaHost, message: CallMessage): Promise<void> {
  const { id } = message;
  try {
    send({ type: 'result', id, value: await call(open, message) });
  } catch (error) {
    if (error instanceof AppError) send({ type: 'failure', id, code: error.code, message: error.message });
    else {
      send({ type: 'log', level: 'error', message: String(error instanceof Error ? error.stack : error) });
      send({ type: 'failure', id, code: 'INTERNAL', message: 'The media process failed.' });
    }
  }
}

function close(): void {
  host?.close();
  port?.stop();
  // The library's threads may outlive a clean end by seconds; there is nothing left to save.
  process.kill(process.pid, 'SIGKILL');
}

function receive(message: ToWorker): void {
  if (message.type === 'start') start(message.settings);
  if (message.type === 'close') close();
  if (host === null) return;
  switch (message.type) {
    case 'call':
      void answer(host, message);
      return;
    case 'route':
      host.route(message.endpoint, message.slots, message.atMs);
      return;
    case 'setAudible':
      host.setAudible(message.conference, message.participant, message.audible);
      return;
    case 'setLanguageChannels':
      host.setLanguageChannels(message.conference, message.channels);
      return;
    case 'closeEndpoint':
      host.closeEndpoint(message.endpoint);
      return;
    case 'start':
    case 'close':
      return;
  }
}

process.on('message', (message) => receive(message as ToWorker));
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl-C reaches the whole process group; the parent decides when media ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
