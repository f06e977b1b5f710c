import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An events socket that counts what it is sent and reads none of it, so that listening costs the bench little. */
export class EventsListener {
  readonly #socket: Socket;
  bytes = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length;
    });
  }

  /** @param token a host's control token of the meeting */
  static async open(port: number, meeting: string, token: string): Promise<EventsListener> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `GET /sightline/v1/conferences/${meeting}/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\n` +
        `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`no events socket: ${answer}`);
    socket.write(maskedText(JSON.stringify({ type: 'authenticate', token })));
    await once(socket, 'data');
    return new EventsListener(socket);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** One masked text frame (RFC 6455 section 5.2) of 126 to 65,535 bytes, or fewer. */
const maskedText = (text: string): Buffer => {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  for (let i = 0; i < payload.length; i += 1) payload[i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, mask, payload]);
};
