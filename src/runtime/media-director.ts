import { randomUUID } from 'node:crypto';
import { type ConferenceId, type EndpointId, endpointId, type ParticipantId } from '../conference/ids.ts';
import { assignSlots } from '../conference/slots.ts';
import { AppError } from '../errors.ts';
import type { MediaEngine, MediaEvent } from '../media/engine.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Change, ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';
import type { Presence } from './presence.ts';

export type EndpointKind = 'publish' | 'view';

interface Endpoint {
  readonly id: EndpointId;
  readonly kind: EndpointKind;
  readonly host: ConferenceHost;
  readonly participant: ParticipantId;
  /** The sources of the slots as last given to the engine. */
  routed: readonly (ParticipantId | null)[];
  detach: (() => void) | null;
}

export interface OpenedEndpoint {
  readonly endpoint: EndpointId;
  readonly answer: string;
}

export interface MediaDirectorOptions {
  readonly engine: MediaEngine;
  readonly conferences: Conferences;
  readonly presence: Presence;
  readonly log: Logger;
}

/** What the director tells besides: a participant's slots are others now, or his endpoints are lost. */
export interface MediaDirectorEvents {
  slotsChanged(host: ConferenceHost, participant: ParticipantId): void;
  mediaLost(host: ConferenceHost, participant: ParticipantId): void;
}

/**
 * Makes the media follow the conference: the decided views become the sources of slots, mutes close the door of
 * sources, those who left lose their endpoints. What the engine hears (speakers, lost transports) goes back the same
 * way.
 */
export class MediaDirector {
  readonly #options: MediaDirectorOptions;
  readonly #endpoints = new Map<EndpointId, Endpoint>();
  /** Endpoints that the engine is opening. */
  readonly #opening = new Set<EndpointId>();
  readonly #byParticipant = new Map<ParticipantId, Map<EndpointKind, Endpoint>>();
  readonly #listeners: MediaDirectorEvents[] = [];
  /** Conferences whose language channels the engine knows. */
  readonly #interpreted = new Set<ConferenceId>();
  readonly #unsubscribe: () => void;

  constructor(options: MediaDirectorOptions) {
    this.#options = options;
    options.conferences.subscribe((host, change) => this.#changed(host, change));
    this.#unsubscribe = options.engine.subscribe((event) => this.#heard(event));
  }

  subscribe(listener: MediaDirectorEvents): void {
    this.#listeners.push(listener);
  }

  /** The sources of a participant's slots; empty without a viewing endpoint. */
  slotsOf(participant: ParticipantId): readonly (ParticipantId | null)[] {
    return this.#byParticipant.get(participant)?.get('view')?.routed ?? [];
  }

  /** The number of open endpoints. */
  get size(): number {
    return this.#endpoints.size;
  }

  /**
   * Opens an endpoint for an SDP offer; an older one of the same kind and participant is replaced.
   *
   * @throws MEDIA_OFFER_REFUSED, MEDIA_UNAVAILABLE also when it is replaced before it is open, PARTICIPANT_NOT_FOUND
   * when he has left meanwhile
   */
  async open(
    kind: EndpointKind,
    host: ConferenceHost,
    participant: ParticipantId,
    offer: string,
  ): Promise<OpenedEndpoint> {
    const { engine, presence } = this.#options;
    const id = endpointId(randomUUID());
    const request = { endpoint: id, conference: host.state.id, participant, offer };
    this.#opening.add(id);
    const { answer, slots } = await (kind === 'publish'
      ? engine.publish(request)
      : engine.view(request)
    ).catch((error: unknown) => {
      this.#opening.delete(id);
      throw error;
    });
    if (!this.#opening.delete(id))
      throw new AppError('MEDIA_UNAVAILABLE', 'the endpoint was closed while it opened');
    if (!host.state.participants.has(participant)) {
      engine.closeEndpoint(id);
      throw new AppError('PARTICIPANT_NOT_FOUND', 'the participant has left the conference');
    }
    this.#forget(this.#byParticipant.get(participant)?.get(kind));
    const endpoint: Endpoint = { id, kind, host, participant, routed: Array(slots).fill(null), detach: null };
    this.#remember(endpoint);
    endpoint.detach = presence.attach(participant);
    if (kind === 'view') this.#route(endpoint);
    else this.#applyMute(host, participant);
    // After a restart the engine knows none.
    if (host.state.interpretation.on) this.#applyLanguages(host);
    return { endpoint: id, answer };
  }

  /** @throws ENDPOINT_NOT_FOUND when the participant has no such endpoint */
  async restartIce(participant: ParticipantId, id: EndpointId, fragment: string): Promise<string> {
    this.#require(participant, id);
    return this.#options.engine.restartIce(id, fragment);
  }

  /** @throws ENDPOINT_NOT_FOUND when the participant has no such endpoint */
  closeEndpoint(participant: ParticipantId, id: EndpointId): void {
    const endpoint = this.#require(participant, id);
    this.#options.engine.closeEndpoint(id);
    this.#forget(endpoint);
  }

  close(): void {
    this.#unsubscribe();
  }

  #require(participant: ParticipantId, id: EndpointId): Endpoint {
    const endpoint = this.#endpoints.get(id);
    if (endpoint?.participant !== participant) throw new AppError('ENDPOINT_NOT_FOUND', `no endpoint ${id}`);
    return endpoint;
  }

  #changed(host: ConferenceHost, change: Change): void {
    if (change.affectsAll) {
      this.#closeEndpointsOfLeft(change);
      for (const id of change.after.participants.keys()) this.#routeViewer(id);
    } else {
      for (const id of change.views.keys()) this.#routeViewer(id);
    }
    for (const event of change.events) {
      if (event.type === 'audio.set') for (const id of event.participants) this.#applyMute(host, id);
      if (event.type === 'conference.pauseSet')
        for (const id of change.after.participants.keys()) this.#applyMute(host, id);
      if (changesLanguages(event)) this.#applyLanguages(host);
      // Whoever held the token before is out, with his media.
      if (event.type === 'participant.rejoined') this.#closeEndpointsOf(event.participant);
    }
  }

  #closeEndpointsOfLeft(change: Change): void {
    for (const id of change.before.participants.keys()) {
      if (!change.after.participants.has(id)) this.#closeEndpointsOf(id);
    }
  }

  #closeEndpointsOf(id: ParticipantId): void {
    for (const endpoint of [...(this.#byParticipant.get(id)?.values() ?? [])]) {
      this.#options.engine.closeEndpoint(endpoint.id);
      this.#forget(endpoint);
    }
  }

  #routeViewer(id: ParticipantId): void {
    const endpoint = this.#byParticipant.get(id)?.get('view');
    if (endpoint) this.#route(endpoint);
  }

  #route(endpoint: Endpoint): void {
    const { host, participant, routed } = endpoint;
    const viewer = host.state.participants.get(participant);
    const view = host.views.get(participant);
    if (!viewer || !view) return;
    const slots = assignSlots(host.state, viewer, view, routed.length);
    if (slots.every((source, slot) => source === routed[slot])) return;
    endpoint.routed = slots;
    this.#options.engine.route(endpoint.id, slots);
    for (const listener of this.#listeners) listener.slotsChanged(host, participant);
  }

  #applyMute(host: ConferenceHost, id: ParticipantId): void {
    const participant = host.state.participants.get(id);
    const audible = participant && !participant.muted && !host.state.paused;
    if (participant) this.#options.engine.setAudible(host.state.id, id, audible === true);
  }

  #applyLanguages(host: ConferenceHost): void {
    const { id, interpretation, participants } = host.state;
    const channels = participants
      .values()
      .flatMap(({ id: speaker, language }) =>
        interpretation.on && language ? [[speaker, language] as const] : [],
      );
    const hadSome = this.#interpreted.has(id);
    if (channels.length > 0) this.#interpreted.add(id);
    else this.#interpreted.delete(id);
    if (hadSome || channels.length > 0) this.#options.engine.setLanguageChannels(id, channels);
  }

  #heard(event: MediaEvent): void {
    switch (event.type) {
      case 'endpoint.closed':
        this.#opening.delete(event.endpoint);
        this.#forget(this.#endpoints.get(event.endpoint));
        break;
      case 'endpoints.lost':
        this.#lost(event.endpoints);
        break;
      case 'speaker.changed':
        this.#options.conferences
          .get(event.conference)
          ?.observe({ type: 'speaker.changed', participant: event.participant });
        break;
      case 'endpoint.connected':
      case 'slot.switched':
        break;
    }
  }

  #lost(ids: readonly EndpointId[]): void {
    this.#options.log.warn(
      { endpoints: ids.length },
      'a media process died; its endpoints are told to reconnect',
    );
    const owners = new Map<ParticipantId, ConferenceHost>();
    for (const id of ids) {
      this.#opening.delete(id);
      const endpoint = this.#endpoints.get(id);
      if (!endpoint) continue;
      owners.set(endpoint.participant, endpoint.host);
      this.#forget(endpoint);
    }
    for (const [participant, host] of owners) {
      for (const listener of this.#listeners) listener.mediaLost(host, participant);
    }
  }

  #remember(endpoint: Endpoint): void {
    this.#endpoints.set(endpoint.id, endpoint);
    const own = this.#byParticipant.get(endpoint.participant) ?? new Map<EndpointKind, Endpoint>();
    own.set(endpoint.kind, endpoint);
    this.#byParticipant.set(endpoint.participant, own);
  }

  #forget(endpoint: Endpoint | undefined): void {
    if (!endpoint) return;
    this.#endpoints.delete(endpoint.id);
    const own = this.#byParticipant.get(endpoint.participant);
    if (own?.get(endpoint.kind) === endpoint) own.delete(endpoint.kind);
    if (own?.size === 0) this.#byParticipant.delete(endpoint.participant);
    endpoint.detach?.();
  }
}

const languageEvents: ReadonlySet<Change['events'][number]['type']> = new Set([
  'interpretation.set',
  'language.set',
  'participant.left',
  'conference.ended',
]);

const changesLanguages = ({ type }: Change['events'][number]): boolean => languageEvents.has(type);
