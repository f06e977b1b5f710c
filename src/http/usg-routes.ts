import type { FastifyInstance } from 'fastify';
import { type DeviceRouteDeps, registerDeviceRoutes } from './device-routes.ts';
import { registerTokenRoutes, type TokenRouteDeps } from './token-routes.ts';

export type UsgRouteDeps = TokenRouteDeps & DeviceRouteDeps;

/** The operations of `/v1/usg`: login and access tokens, terminals. */
export function registerUsgRoutes(server: FastifyInstance, deps: UsgRouteDeps): void {
  registerTokenRoutes(server, deps);
  registerDeviceRoutes(server, deps);
}
