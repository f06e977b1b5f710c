import type { ConferenceId, EndpointId, ParticipantId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import { systemClock } from './clock.ts';
import type { Endpoint, EndpointContext } from './endpoint/endpoint.ts';
import { PublishingEndpoint } from './endpoint/publishing.ts';
import { ViewingEndpoint } from './endpoint/viewing.ts';
import type { EndpointAnswer, EndpointRequest, LanguageChannels, MediaEvent, SlotReport } from './engine.ts';
import type { WorkerSettings } from './protocol.ts';
import { Router } from './router.ts';

/** All endpoints of one media process. */
export class MediaHost {
  readonly #endpoints = new Map<EndpointId, Endpoint>();
  readonly #router: Router;
  readonly #context: EndpointContext;
  readonly #emit: (event: MediaEvent) => void;

  constructor(settings: WorkerSettings, emit: (event: MediaEvent) => void) {
    this.#emit = emit;
    this.#router = new Router(systemClock, emit);
    this.#context = {
      router: this.#router,
      codec: settings.codec,
      transport: { hosts: settings.hosts, bindAddress: settings.bindAddress ?? undefined },
      emit,
      forget: (endpoint) => this.#forget(endpoint),
    };
  }

  async publish(request: EndpointRequest): Promise<EndpointAnswer> {
    const endpoint = new PublishingEndpoint(request, this.#context);
    return { answer: await this.#open(endpoint), slots: 0 };
  }

  async view(request: EndpointRequest): Promise<EndpointAnswer> {
    const endpoint = new ViewingEndpoint(request, this.#context);
    return { answer: await this.#open(endpoint), slots: endpoint.slots };
  }

  async restartIce(id: EndpointId, fragment: string): Promise<string> {
    const endpoint = this.#endpoints.get(id);
    if (endpoint === undefined) throw new AppError('ENDPOINT_NOT_FOUND', 'No such endpoint.');
    return endpoint.restart(fragment);
  }

  route(endpoint: EndpointId, slots: readonly (ParticipantId | null)[], atMs: number): void {
    this.#router.route(endpoint, slots, atMs);
  }

  setAudible(conference: ConferenceId, participant: ParticipantId, audible: boolean): void {
    this.#router.setAudible(conference, participant, audible);
  }

  setLanguageChannels(conference: ConferenceId, channels: LanguageChannels): void {
    this.#router.setLanguageChannels(conference, channels);
  }

  slots(conference: ConferenceId): readonly SlotReport[] {
    return this.#router.slots(conference);
  }

  closeEndpoint(endpoint: EndpointId): void {
    const open = this.#endpoints.get(endpoint);
    this.#endpoints.delete(endpoint);
    open?.close();
  }

  close(): void {
    for (const endpoint of this.#endpoints.keys()) this.closeEndpoint(endpoint);
  }

  async #open(endpoint: Endpoint): Promise<string> {
    this.#replace(endpoint);
    try {
      return await endpoint.answer();
    } catch (error) {
      this.#forget(endpoint);
      endpoint.close();
      throw error;
    }
  }

  /** A participant has one publishing and one viewing endpoint: a new one closes the one before it. */
  #replace(endpoint: Endpoint): void {
    const { conference, participant } = endpoint.owner;
    for (const [id, other] of this.#endpoints) {
      if (other.constructor !== endpoint.constructor) continue;
      if (other.owner.conference !== conference || other.owner.participant !== participant) continue;
      this.closeEndpoint(id);
      this.#emit({ type: 'endpoint.closed', endpoint: id });
    }
    this.#endpoints.set(endpoint.owner.endpoint, endpoint);
  }

  #forget(endpoint: Endpoint): void {
    const id = endpoint.owner.endpoint;
    if (this.#endpoints.get(id) === endpoint) this.#endpoints.delete(id);
  }
}
