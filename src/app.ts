import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from './config.ts';
import { AccessGuard } from './http/access-guard.ts';
import { ControlGuard } from './http/control/control-guard.ts';
import { registerControlRoutes } from './http/control/control-routes.ts';
import { registerDocs } from './http/docs-routes.ts';
import { registerHistoryRoutes } from './http/history-routes.ts';
import { registerMeetingRoutes } from './http/meeting-routes.ts';
import { registerOnlineRoutes } from './http/online-routes.ts';
import { registerUnbuiltOperations } from './http/operations.ts';
import { registerOperatorRoutes } from './http/operator-routes.ts';
import { registerPages } from './http/pages.ts';
import { createHttpServer } from './http/server.ts';
import { registerUsgRoutes } from './http/usg-routes.ts';
import { AccessTokens } from './identity/access-tokens.ts';
import { AccountService } from './identity/account-service.ts';
import { AttemptLimiter } from './identity/attempt-limiter.ts';
import { ControlTokens } from './identity/control-tokens.ts';
import { PushTokens } from './identity/push-tokens.ts';
import { TerminalService } from './identity/terminal-service.ts';
import type { MediaEngine } from './media/engine.ts';
import { createMediaEngine } from './media/process-engine.ts';
import { MeetingService } from './meetings/meeting-service.ts';
import { RunHistory } from './meetings/run-history.ts';
import { NOTIFY_TYPES } from './push/notify-types.ts';
import { PushHub } from './push/push-hub.ts';
import { registerPushRoutes } from './push/push-routes.ts';
import { createPushUrl } from './push/push-url.ts';
import { Admission } from './runtime/admission.ts';
import { Calls } from './runtime/calls.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import { ConferenceClock } from './runtime/conference-clock.ts';
import { Conferences } from './runtime/conferences.ts';
import { LayoutPolling } from './runtime/layout-polling.ts';
import { MediaDirector } from './runtime/media-director.ts';
import { ParticipantTokens } from './runtime/participant-tokens.ts';
import { Polling } from './runtime/polling.ts';
import { Presence } from './runtime/presence.ts';
import { createSealer } from './secrets.ts';
import { EventsHub } from './signalling/events-hub.ts';
import { registerEventsRoutes } from './signalling/events-routes.ts';
import { registerJoinRoutes } from './signalling/join-routes.ts';
import { registerMediaRoutes } from './signalling/media-routes.ts';
import { registerStandbyRoutes } from './signalling/standby-routes.ts';
import { createUrls } from './signalling/urls.ts';
import { registerViewsRoutes } from './signalling/views-routes.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { createLog, type Logger } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';

const WEB_ROOT = fileURLToPath(new URL('../web/dist', import.meta.url));

/** What a test may put in the place of the real thing. */
export interface AppParts {
  readonly store?: Store;
  readonly engine?: MediaEngine;
  readonly clock?: Clock;
  readonly log?: Logger;
}

export interface App {
  /** Where the server listens, without a slash at the end. */
  readonly url: string;
  /** The password of the administrator when this start has made it up; to be shown once. */
  readonly generatedPassword: string | null;
  /** Live conferences that this start has rebuilt. */
  readonly recovered: number;
  /** Resolves when the store has broken, which is logged. Nothing is accepted any more; the process should end. */
  readonly broken: Promise<void>;
  /** Drains and stops: no new requests, participants told, what is in flight answered, store closed. Idempotent. */
  close(): Promise<void>;
}

/** Builds every object, rebuilds the live conferences, and only then opens the port. */
export const startApp = async (config: Config, parts: AppParts = {}): Promise<App> => {
  const log = parts.log ?? createLog({ level: config.log.level });
  const clock = parts.clock ?? systemClock;
  const metrics = createMetrics();
  // What a failed start has opened is closed again, the newest first, as in a stop.
  await using opened = new AsyncDisposableStack();
  const broken = Promise.withResolvers<void>();
  let storeIsOpen = false;
  const onBroken = (error: Error) => {
    // Before that the opening itself fails, and says why.
    if (!storeIsOpen) return;
    log.fatal({ err: error }, 'the store has broken');
    broken.resolve();
  };
  const store =
    parts.store ?? (await openSqliteStore(config.data.dir, { onCommit: metrics.commit, onBroken }));
  storeIsOpen = true;
  opened.defer(() => store.close());
  const domain = createDomain({ config, store, clock, log, metrics });
  const { conferences, meetings, accounts, accessTokens } = domain;

  const recovered = await conferences.recover();
  await meetings.reconcile(new Map([...conferences.all()].map(({ state }) => [state.meeting, state.id])));
  const administrator = await accounts.ensureAdministrator(config.admin.account, config.admin.password);
  if (administrator.passwordChanged) await accessTokens.revokeAllOf(administrator.account.id);

  const engine = parts.engine ?? (await openMedia(config, log));
  opened.defer(() => engine.close());
  const director = new MediaDirector({ engine, conferences, presence: domain.presence, log });
  opened.defer(() => director.close());
  const hub = new EventsHub({ conferences, director, clock });
  const pushHub = new PushHub({ conferences, clock });
  domain.begin();
  opened.defer(() => domain.close());
  watch({ metrics, conferences, director, engine });

  const state = { ready: false };
  const built = { config, domain, engine, director, hub, pushHub, clock, log, metrics, state };
  const server = await createServer(built);
  const connections = connectionsOf(server);
  const deadlineMs = config.http.drainSeconds * 1000;
  opened.defer(() => closeServer({ server, connections, deadlineMs, clock }));
  const url = await server.listen({ host: config.http.host, port: config.http.port });
  state.ready = true;

  const running = opened.move();
  const stop = (): Promise<void> => {
    state.ready = false;
    hub.drain();
    pushHub.drain();
    return running.disposeAsync();
  };
  let stopping: Promise<void> | null = null;
  return {
    url,
    recovered,
    broken: broken.promise,
    generatedPassword: administrator.generatedPassword,
    close: () => {
      stopping ??= stop();
      return stopping;
    },
  };
};

type Domain = ReturnType<typeof createDomain>;

interface DomainParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const createDomain = ({ config, store, clock, log, metrics }: DomainParts) => {
  const { now } = clock;
  const conferences = new Conferences({
    journal: store.journal,
    now,
    commandsPerSecond: config.conference.commandsPerSecond,
    snapshotEvery: config.conference.snapshotEvery,
    onCommand: metrics.command,
  });
  const history = new RunHistory(store);
  const meetings = new MeetingService({
    repository: store.meetings,
    history,
    conferences,
    sealer: createSealer(join(config.data.dir, 'secret.key')),
    now,
  });
  const terminals = new TerminalService({ terminals: store.terminals, now });
  const graceSeconds = config.conference.reconnectGraceSeconds;
  const presence = new Presence({ conferences, clock, graceSeconds, log });
  const participantTokens = new ParticipantTokens(conferences);
  const polling = new Polling(conferences, clock);
  const layoutPolling = new LayoutPolling(conferences, clock);
  const calls = new Calls({
    conferences,
    clock,
    ringSeconds: config.conference.ringSeconds,
    resolve: ({ number, account }) => {
      if (account !== null) return `account:${account}`;
      return terminals.findByNumber(number) ? `terminal:${number}` : null;
    },
    log,
  });
  const { warnMinutes, hostAbsenceMinutes } = config.conference;
  const conferenceClock = new ConferenceClock({ conferences, clock, warnMinutes, hostAbsenceMinutes, log });
  conferences.subscribe((host, { after }) => {
    if (!after.ended) return;
    meetings.markEnded(after.meeting, host.state.id).catch((error: unknown) => {
      log.error({ err: error, meeting: after.meeting }, 'the end of a meeting could not be stored');
    });
  });
  return {
    conferences,
    meetings,
    history,
    terminals,
    presence,
    participantTokens,
    calls,
    accounts: new AccountService({ accounts: store.accounts, now }),
    accessTokens: new AccessTokens({
      tokens: store.tokens,
      accounts: store.accounts,
      now,
      lifetimeMs: config.identity.tokenHours * 3_600_000,
    }),
    controlTokens: new ControlTokens({ tokens: store.tokens, now }),
    pushTokens: new PushTokens({ now }),
    joinAttempts: new AttemptLimiter({ now }),
    hostPasswordAttempts: new AttemptLimiter({ now }),
    /** Takes in what was recovered. */
    begin(): void {
      participantTokens.begin(conferences);
      presence.begin();
      polling.begin(conferences);
      layoutPolling.begin(conferences);
      conferenceClock.begin();
      calls.begin();
    },
    close(): void {
      calls.close();
      conferenceClock.close();
      layoutPolling.close();
      polling.close();
      presence.close();
    },
  };
};

const openMedia = (config: Config, log: Logger): Promise<MediaEngine> =>
  createMediaEngine({
    port: config.media.port,
    addresses: config.media.addresses,
    videoCodec: config.media.videoCodec,
    logger: log,
  });

interface Watched {
  readonly metrics: Metrics;
  readonly conferences: Conferences;
  readonly director: MediaDirector;
  readonly engine: MediaEngine;
}

/** What the metrics read and hear beside commands, commits and requests. */
const watch = ({ metrics, conferences, director, engine }: Watched): void => {
  metrics.watchLive(() => ({
    conferences: conferences.size,
    participants: conferences.participants,
    endpoints: director.size,
  }));
  engine.subscribe((event) => {
    if (event.type === 'slot.switched') metrics.mediaSwitch((event.requestMs + event.forwardMs) / 1000);
  });
};

interface ServerParts {
  readonly config: Config;
  readonly domain: Domain;
  readonly engine: MediaEngine;
  readonly director: MediaDirector;
  readonly hub: EventsHub;
  readonly pushHub: PushHub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly state: { readonly ready: boolean };
}

const createServer = async (parts: ServerParts): Promise<FastifyInstance> => {
  const { config, domain, engine, director, hub, clock, log, metrics, state } = parts;
  const { conferences, meetings, participantTokens, controlTokens, presence } = domain;
  const server = createHttpServer({ log, trustedProxies: config.http.trustedProxies, ...tlsOf(config) });
  const { now } = clock;
  const publicUrl = () => config.http.publicUrl ?? originOf(server);
  const urls = createUrls(config.http.publicUrl);
  const guard = new ControlGuard({ conferences, meetings, controlTokens, participantTokens });
  const accessGuard = new AccessGuard(domain.accessTokens);

  registerUsgRoutes(server, { ...domain, guard: accessGuard });
  const management = {
    meetings,
    history: domain.history,
    authenticate: (request: FastifyRequest) => accessGuard.account(request),
    accounts: domain.accounts,
    publicUrl,
    now,
  };
  registerMeetingRoutes(server, management);
  registerOnlineRoutes(server, management);
  registerHistoryRoutes(server, management);
  registerControlRoutes(server, {
    guard,
    meetings,
    controlTokens,
    attempts: domain.hostPasswordAttempts,
    accounts: domain.accounts,
    addressAttempts: domain.joinAttempts,
    publicUrl,
    push: {
      issueToken: (meeting) => domain.pushTokens.issue(meeting),
      url: createPushUrl(config.http.publicUrl),
      notifyTypes: NOTIFY_TYPES,
    },
  });
  registerJoinRoutes(server, {
    admission: new Admission({ ...domain, attempts: domain.joinAttempts }),
    accessGuard,
    urls,
  });
  registerMediaRoutes(server, { director, participantTokens, urls });
  await registerEventsRoutes(server, {
    hub,
    conferences,
    presence,
    participantTokens,
    controlTokens,
    clock,
    log,
  });
  await registerPushRoutes(server, { ...domain, hub: parts.pushHub, clock });
  await registerStandbyRoutes(server, { ...domain, attempts: domain.joinAttempts, urls, clock });
  registerViewsRoutes(server, { guard, engine });
  registerOperatorRoutes(server, { ready: () => state.ready, metrics });
  registerDocs(server);
  registerUnbuiltOperations(server);
  if (existsSync(WEB_ROOT)) await registerPages(server, WEB_ROOT);
  else log.warn({}, 'the web pages are not built; "npm run build" builds them');
  return server;
};

const tlsOf = ({ tls }: Config) =>
  tls.cert && tls.key ? { tls: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } } : {};

const originOf = (server: FastifyInstance): string => server.listeningOrigin;

/** Every open connection, WebSockets included. */
const connectionsOf = (server: FastifyInstance): ReadonlySet<Socket> => {
  const connections = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
};

interface Closing {
  readonly server: FastifyInstance;
  readonly connections: ReadonlySet<Socket>;
  readonly deadlineMs: number;
  readonly clock: Clock;
}

/** Between two looks for connections that have become idle while the server closes. */
const SWEEP_EVERY_MS = 50;

/** Answers what is in flight; what still is after the deadline is cut off. */
const closeServer = async ({ server, connections, deadlineMs, clock }: Closing): Promise<void> => {
  const closed = server.close();
  let cancelSweep = () => {};
  const sweep = () => {
    server.server.closeIdleConnections();
    cancelSweep = clock.after(SWEEP_EVERY_MS, sweep);
  };
  sweep();
  const cancelDeadline = clock.after(deadlineMs, () => {
    for (const socket of connections) socket.destroy();
  });
  await closed;
  cancelDeadline();
  cancelSweep();
};
