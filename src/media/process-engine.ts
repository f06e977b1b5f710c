import type { ConferenceId, EndpointId, ParticipantId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import { freePort, localAddress, ownAddresses } from './addresses.ts';
import { systemClock } from './clock.ts';
import type { VideoCodec } from './endpoint/selection.ts';
import type {
  EndpointAnswer,
  EndpointRequest,
  LanguageChannels,
  MediaEngine,
  MediaEvent,
  SlotReport,
} from './engine.ts';
import type { WorkerSettings } from './protocol.ts';
import { type MediaLogger, WorkerProcess } from './worker-process.ts';

export type { VideoCodec } from './endpoint/selection.ts';

export interface MediaEngineOptions {
  /** UDP port of all media; 0 takes a free one. */
  readonly port: number;
  /**
   * IP addresses at which clients reach that port, announced as host candidates, the preferred one first; none stands
   * for all of this machine. With a single one that belongs to this machine, the port is bound on it alone; otherwise
   * on all.
   */
  readonly addresses: readonly string[];
  readonly videoCodec: VideoCodec;
  readonly logger: MediaLogger;
}

/** A media engine on the real network. */
export interface ProcessMediaEngine extends MediaEngine {
  /** The media process, undefined while it is being replaced. */
  readonly processId: number | undefined;
  /** UDP port of all media. */
  readonly port: number;
}

/** Waits before a media process that died at once is started again, in ms: doubled each time, up to the limit. */
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;
/** A process that lived for this time, in ms, is replaced at once. */
const HEALTHY_MS = 5_000;
/** How long a call waits for a process that is being replaced, in ms. */
const REPLACE_TIMEOUT_MS = 5_000;

/** Starts the media process and waits until it is ready. */
export async function createMediaEngine(options: MediaEngineOptions): Promise<ProcessMediaEngine> {
  const bindAddress = localAddress(options.addresses);
  const port = options.port === 0 ? await freePort(bindAddress) : options.port;
  const addresses = options.addresses.length > 0 ? options.addresses : ownAddresses();
  const hosts = { addresses, port };
  const engine = new Engine({ hosts, bindAddress, codec: options.videoCodec }, options.logger);
  try {
    await engine.start();
  } catch (error) {
    await engine.close();
    throw new AppError('MEDIA_UNAVAILABLE', `The media process cannot start on UDP port ${port}.`, {
      cause: error,
    });
  }
  return engine;
}

class Engine implements ProcessMediaEngine {
  readonly #settings: WorkerSettings;
  readonly #logger: MediaLogger;
  readonly #listeners = new Set<(event: MediaEvent) => void>();
  readonly #endpoints = new Set<EndpointId>();
  readonly #silenced = new Map<string, { conference: ConferenceId; participant: ParticipantId }>();
  readonly #languageChannels = new Map<ConferenceId, LanguageChannels>();
  #worker: WorkerProcess | null = null;
  #replacement: Promise<void> | null = null;
  #startedAtMs = 0;
  #backoffMs = 0;
  #cancelBackoff: (() => void) | null = null;
  #hasStarted = false;
  #isClosed = false;

  constructor(settings: WorkerSettings, logger: MediaLogger) {
    this.#settings = settings;
    this.#logger = logger;
  }

  get processId(): number | undefined {
    return this.#worker?.processId;
  }

  get port(): number {
    return this.#settings.hosts.port;
  }

  async start(): Promise<void> {
    await this.#fork().ready;
    this.#hasStarted = true;
  }

  publish(request: EndpointRequest): Promise<EndpointAnswer> {
    return this.#open('publish', request);
  }

  view(request: EndpointRequest): Promise<EndpointAnswer> {
    return this.#open('view', request);
  }

  async restartIce(endpoint: EndpointId, fragment: string): Promise<string> {
    const worker = await this.#ready();
    return worker.call('restartIce', { endpoint, fragment });
  }

  route(endpoint: EndpointId, slots: readonly (ParticipantId | null)[]): void {
    this.#worker?.send({ type: 'route', endpoint, slots, atMs: systemClock.nowMs() });
  }

  setAudible(conference: ConferenceId, participant: ParticipantId, audible: boolean): void {
    const key = `${conference} ${participant}`;
    if (audible) this.#silenced.delete(key);
    else this.#silenced.set(key, { conference, participant });
    this.#worker?.send({ type: 'setAudible', conference, participant, audible });
  }

  setLanguageChannels(conference: ConferenceId, channels: LanguageChannels): void {
    if (channels.length === 0) this.#languageChannels.delete(conference);
    else this.#languageChannels.set(conference, channels);
    this.#worker?.send({ type: 'setLanguageChannels', conference, channels });
  }

  closeEndpoint(endpoint: EndpointId): void {
    this.#endpoints.delete(endpoint);
    this.#worker?.send({ type: 'closeEndpoint', endpoint });
  }

  async slots(conference: ConferenceId): Promise<readonly SlotReport[]> {
    const worker = await this.#ready();
    return worker.call('slots', conference);
  }

  subscribe(listener: (event: MediaEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#cancelBackoff?.();
    await this.#worker?.close();
    await this.#replacement;
    this.#worker = null;
  }

  async #open(name: 'publish' | 'view', request: EndpointRequest): Promise<EndpointAnswer> {
    const worker = await this.#ready();
    this.#endpoints.add(request.endpoint);
    try {
      return await worker.call(name, request);
    } catch (error) {
      this.#endpoints.delete(request.endpoint);
      throw error;
    }
  }

  async #ready(): Promise<WorkerProcess> {
    if (this.#replacement !== null) await settledWithin(this.#replacement, REPLACE_TIMEOUT_MS);
    if (this.#isClosed || this.#worker === null || this.#replacement !== null) {
      throw new AppError('MEDIA_UNAVAILABLE', 'No media process runs.');
    }
    return this.#worker;
  }

  #fork(): WorkerProcess {
    this.#startedAtMs = systemClock.nowMs();
    const worker = new WorkerProcess(
      this.#settings,
      {
        event: (event) => this.#receive(event),
        died: () => {
          if (this.#hasStarted && this.#worker === worker && this.#replacement === null) {
            this.#replacement = this.#replace();
          }
        },
      },
      this.#logger,
    );
    this.#worker = worker;
    for (const { conference, participant } of this.#silenced.values()) {
      worker.send({ type: 'setAudible', conference, participant, audible: false });
    }
    for (const [conference, channels] of this.#languageChannels) {
      worker.send({ type: 'setLanguageChannels', conference, channels });
    }
    return worker;
  }

  async #replace(): Promise<void> {
    const lost = [...this.#endpoints];
    this.#endpoints.clear();
    this.#worker = null;
    while (!this.#isClosed) {
      await this.#backOff();
      if (this.#isClosed) break;
      try {
        await this.#fork().ready;
        this.#logger.info(`media process replaced, ${lost.length} endpoints lost`);
        this.#replacement = null;
        this.#emit({ type: 'endpoints.lost', endpoints: lost });
        return;
      } catch {
        this.#logger.warn('media process could not be started');
      }
    }
  }

  async #backOff(): Promise<void> {
    const lived = systemClock.nowMs() - this.#startedAtMs;
    if (lived >= HEALTHY_MS) this.#backoffMs = 0;
    const delayMs = this.#backoffMs;
    this.#backoffMs = Math.min(MAX_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, delayMs * 2));
    if (delayMs === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = systemClock.after(delayMs, resolve);
      this.#cancelBackoff = () => {
        cancel();
        resolve();
      };
    });
  }

  #receive(event: MediaEvent): void {
    if (event.type === 'endpoint.closed') this.#endpoints.delete(event.endpoint);
    this.#emit(event);
  }

  #emit(event: MediaEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

async function settledWithin(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let cancel = (): void => {};
  const timeout = new Promise<void>((resolve) => {
    cancel = systemClock.after(timeoutMs, resolve);
  });
  await Promise.race([promise, timeout]);
  cancel();
}
