import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The addresses of this machine but the loopback and link-local ones; the loopback one when there are no others. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const routed = all.filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/i.test(address));
  return routed.length > 0 ? routed.map(({ address }) => address) : ['127.0.0.1'];
}

/** The address to bind: the only announced one, if it is of this machine; null for all. */
export function localAddress(addresses: readonly string[]): string | null {
  const [only, ...others] = addresses;
  if (only === undefined || others.length > 0) return null;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return own.some(({ address }) => address === only) ? only : null;
}

/** A UDP port that is free now. */
export async function freePort(bindAddress: string | null): Promise<number> {
  const socket = createSocket(bindAddress !== null && isIPv6(bindAddress) ? 'udp6' : 'udp4');
  socket.bind(0, bindAddress ?? undefined);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
