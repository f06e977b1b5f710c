import type { WebSocket } from 'ws';
import type { Clock } from '../runtime/clock.ts';

/** Between two WebSocket pings; a socket that has not answered by the next one is dead. */
const PING_EVERY_MS = 15_000;

/** Pings the socket and ends it when it does not answer; the returned function stops that. */
export const keepAlive = (socket: WebSocket, clock: Clock): (() => void) => {
  let alive = true;
  let cancel = () => {};
  socket.on('pong', () => {
    alive = true;
  });
  const pingLater = () => {
    cancel = clock.after(PING_EVERY_MS, () => {
      if (!alive) {
        socket.terminate();
        return;
      }
      alive = false;
      socket.ping();
      pingLater();
    });
  };
  pingLater();
  return () => cancel();
};

/** The JSON of a message that `isMessage` takes; null for anything else. */
export const parseMessage = <Message>(
  text: string,
  isMessage: (value: unknown) => value is Message,
): Message | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isMessage(value) ? value : null;
  } catch {
    return null;
  }
};
