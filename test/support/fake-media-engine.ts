import type { ConferenceId, EndpointId, ParticipantId } from '../../src/conference/ids.ts';
import { AppError } from '../../src/errors.ts';
import { parseRestartFragment } from '../../src/media/endpoint/ice-restart.ts';
import { parseOffer } from '../../src/media/endpoint/offer.ts';
import { selectPublishing, selectViewing, type VideoCodec } from '../../src/media/endpoint/selection.ts';
import type {
  EndpointAnswer,
  EndpointRequest,
  LanguageChannel,
  LanguageChannels,
  MediaEngine,
  MediaEvent,
  SlotReport,
} from '../../src/media/engine.ts';

/** A picture or a sound that the fake engine delivers to a viewing endpoint; a packet of the real one. */
export type FakeDelivery =
  | {
      readonly type: 'video';
      readonly endpoint: EndpointId;
      readonly slot: number;
      readonly source: ParticipantId;
      readonly keyFrame: boolean;
      /** Continuous over switches, like the sequence numbers of the real engine. */
      readonly sequence: number;
    }
  | { readonly type: 'audio'; readonly endpoint: EndpointId; readonly source: ParticipantId };

interface FakeEndpoint {
  readonly id: EndpointId;
  readonly conference: ConferenceId;
  readonly participant: ParticipantId;
  readonly slots: FakeSlot[];
}

interface FakeSlot {
  wanted: ParticipantId | null;
  source: ParticipantId | null;
  packets: number;
  sinceMs: number | null;
  sequence: number;
}

/** Quietest level (RFC 6464, in -dBov) that counts as speech. */
const SPEECH_LEVEL = 50;
const FLOOR: LanguageChannel = { speak: '', listen: '', original: false };

/**
 * The media engine in memory: no sockets, no packets, no time of its own. A source shows on a slot at once when it
 * is published; `produceVideo` and `produceAudio` move pictures and sound, and the other extra methods make faults.
 */
export class FakeMediaEngine implements MediaEngine {
  /** Every `route` call, for tests that look at what was asked. */
  readonly routed: { readonly endpoint: EndpointId; readonly slots: readonly (ParticipantId | null)[] }[] =
    [];
  readonly #publishers = new Map<EndpointId, FakeEndpoint>();
  readonly #viewers = new Map<EndpointId, FakeEndpoint>();
  readonly #silenced = new Set<string>();
  readonly #languageChannels = new Map<ConferenceId, LanguageChannels>();
  /** Whose last audio packet was loud: they are speaking now. */
  readonly #loud = new Set<string>();
  readonly #speakers = new Map<ConferenceId, ParticipantId>();
  readonly #listeners = new Set<(event: MediaEvent) => void>();
  readonly #deliveries = new Set<(delivery: FakeDelivery) => void>();
  readonly #codec: VideoCodec;
  readonly #now: () => number;
  #closed = false;

  /** @param options.now clock of `SlotReport.sinceMs` in Unix ms, default Date.now */
  constructor(options: { readonly videoCodec?: VideoCodec; readonly now?: () => number } = {}) {
    this.#codec = options.videoCodec ?? 'VP8';
    this.#now = options.now ?? Date.now;
  }

  async publish(request: EndpointRequest): Promise<EndpointAnswer> {
    this.#requireOpen();
    selectPublishing(parseOffer(request.offer), this.#codec);
    this.#replace(this.#publishers, { ...endpointOf(request), slots: [] });
    this.#connect(request.endpoint);
    this.#showPending(request.conference);
    return { answer: fakeAnswer, slots: 0 };
  }

  async view(request: EndpointRequest): Promise<EndpointAnswer> {
    this.#requireOpen();
    const { videos } = selectViewing(parseOffer(request.offer), this.#codec);
    this.#replace(this.#viewers, { ...endpointOf(request), slots: videos.map(emptySlot) });
    this.#connect(request.endpoint);
    return { answer: fakeAnswer, slots: videos.length };
  }

  async restartIce(endpoint: EndpointId, fragment: string): Promise<string> {
    this.#requireOpen();
    if (!this.#publishers.has(endpoint) && !this.#viewers.has(endpoint)) {
      throw new AppError('ENDPOINT_NOT_FOUND', 'No such endpoint.');
    }
    parseRestartFragment(fragment);
    this.#connect(endpoint);
    return 'a=ice-ufrag:fake\r\na=ice-pwd:fakefakefakefakefakefake\r\n';
  }

  route(endpoint: EndpointId, slots: readonly (ParticipantId | null)[]): void {
    this.routed.push({ endpoint, slots });
    const viewer = this.#viewers.get(endpoint);
    if (viewer === undefined) return;
    for (const [index, slot] of viewer.slots.entries()) {
      slot.wanted = slots[index] ?? null;
      const published = slot.wanted !== null && this.#isPublished(viewer.conference, slot.wanted);
      if (!published) Object.assign(slot, { source: null, packets: 0, sinceMs: null });
    }
    this.#showPending(viewer.conference);
  }

  setAudible(conference: ConferenceId, participant: ParticipantId, audible: boolean): void {
    const key = `${conference} ${participant}`;
    if (audible) {
      this.#silenced.delete(key);
      return;
    }
    this.#silenced.add(key);
    this.#loud.delete(key);
  }

  setLanguageChannels(conference: ConferenceId, channels: LanguageChannels): void {
    if (channels.length === 0) this.#languageChannels.delete(conference);
    else this.#languageChannels.set(conference, channels);
  }

  closeEndpoint(endpoint: EndpointId): void {
    this.#publishers.delete(endpoint);
    this.#viewers.delete(endpoint);
  }

  async slots(conference: ConferenceId): Promise<readonly SlotReport[]> {
    return this.#viewersOf(conference).flatMap((viewer) =>
      viewer.slots.map(({ source, packets, sinceMs }, slot) => {
        return { endpoint: viewer.id, viewer: viewer.participant, slot, source, packets, sinceMs };
      }),
    );
  }

  subscribe(listener: (event: MediaEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#publishers.clear();
    this.#viewers.clear();
    this.#listeners.clear();
    this.#deliveries.clear();
  }

  /** The open endpoints of a participant: what a test asks before it makes one fail. */
  endpointsOf(participant: ParticipantId): readonly EndpointId[] {
    return [...this.#publishers.values(), ...this.#viewers.values()]
      .filter((endpoint) => endpoint.participant === participant)
      .map((endpoint) => endpoint.id);
  }

  /** The conference of an open endpoint. */
  conferenceOf(endpoint: EndpointId): ConferenceId | null {
    return (this.#publishers.get(endpoint) ?? this.#viewers.get(endpoint))?.conference ?? null;
  }

  /** The table of a conference, as it was last set. */
  languageChannels(conference: ConferenceId): LanguageChannels {
    return this.#languageChannels.get(conference) ?? [];
  }

  /** Listens to what viewers would receive. */
  onDelivery(listener: (delivery: FakeDelivery) => void): () => void {
    this.#deliveries.add(listener);
    return () => this.#deliveries.delete(listener);
  }

  /** One frame of a source reaches the slots that show it. */
  produceVideo(conference: ConferenceId, participant: ParticipantId): void {
    if (!this.#isPublished(conference, participant)) return;
    for (const viewer of this.#viewersOf(conference)) {
      for (const [index, slot] of viewer.slots.entries()) {
        if (slot.source === participant) this.#deliverVideo(viewer, index, slot, false);
      }
    }
  }

  /**
   * One audio packet of a participant. The last loud one of a channel is heard at once, and of the floor becomes the
   * speaker; he counts as speaking until a quiet packet.
   */
  produceAudio(conference: ConferenceId, participant: ParticipantId, level: number): void {
    if (!this.#isPublished(conference, participant)) return;
    const key = `${conference} ${participant}`;
    if (level > SPEECH_LEVEL || this.#silenced.has(key)) {
      this.#loud.delete(key);
      return;
    }
    this.#loud.add(key);
    if (this.#languageOf(conference, participant).speak === FLOOR.speak) this.#speak(conference, participant);
    for (const viewer of this.#viewersOf(conference)) {
      if (!this.#hears(viewer, participant)) continue;
      this.#deliver({ type: 'audio', endpoint: viewer.id, source: participant });
    }
  }

  /** The transport of an endpoint fails: its page was closed. */
  failEndpoint(endpoint: EndpointId): void {
    this.closeEndpoint(endpoint);
    this.#emit({ type: 'endpoint.closed', endpoint });
  }

  /** The media process dies with every endpoint, and another is ready. */
  loseEndpoints(): void {
    const endpoints = [...this.#publishers.keys(), ...this.#viewers.keys()];
    this.#publishers.clear();
    this.#viewers.clear();
    this.#emit({ type: 'endpoints.lost', endpoints });
  }

  #speak(conference: ConferenceId, participant: ParticipantId): void {
    if (this.#speakers.get(conference) === participant) return;
    this.#speakers.set(conference, participant);
    this.#emit({ type: 'speaker.changed', conference, participant });
  }

  #hears({ conference, participant: viewer }: FakeEndpoint, source: ParticipantId): boolean {
    if (viewer === source) return false;
    const { speak } = this.#languageOf(conference, source);
    const { listen, original } = this.#languageOf(conference, viewer);
    if (speak === listen) return true;
    return original && speak === FLOOR.speak && !this.#isAnotherSpeaking(conference, listen, viewer);
  }

  #isAnotherSpeaking(conference: ConferenceId, channel: string, viewer: ParticipantId): boolean {
    return [...this.#publishers.values()].some(
      ({ conference: where, participant }) =>
        where === conference &&
        participant !== viewer &&
        this.#languageOf(conference, participant).speak === channel &&
        this.#loud.has(`${conference} ${participant}`),
    );
  }

  #languageOf(conference: ConferenceId, participant: ParticipantId): LanguageChannel {
    return new Map(this.languageChannels(conference)).get(participant) ?? FLOOR;
  }

  #requireOpen(): void {
    if (this.#closed) throw new AppError('MEDIA_UNAVAILABLE', 'The media engine is closed.');
  }

  #replace(endpoints: Map<EndpointId, FakeEndpoint>, added: FakeEndpoint): void {
    for (const old of endpoints.values()) {
      if (old.conference === added.conference && old.participant === added.participant)
        this.failEndpoint(old.id);
    }
    endpoints.set(added.id, added);
  }

  #connect(endpoint: EndpointId): void {
    queueMicrotask(() => {
      if (!this.#closed) this.#emit({ type: 'endpoint.connected', endpoint });
    });
  }

  #isPublished(conference: ConferenceId, participant: ParticipantId): boolean {
    return [...this.#publishers.values()].some(
      (publisher) => publisher.conference === conference && publisher.participant === participant,
    );
  }

  #viewersOf(conference: ConferenceId): readonly FakeEndpoint[] {
    return [...this.#viewers.values()].filter((viewer) => viewer.conference === conference);
  }

  #showPending(conference: ConferenceId): void {
    for (const viewer of this.#viewersOf(conference)) {
      for (const [index, slot] of viewer.slots.entries()) {
        if (slot.wanted === null || slot.wanted === slot.source) continue;
        if (this.#isPublished(conference, slot.wanted)) this.#switch(viewer, index, slot, slot.wanted);
      }
    }
  }

  #switch(viewer: FakeEndpoint, index: number, slot: FakeSlot, source: ParticipantId): void {
    Object.assign(slot, { source, packets: 0, sinceMs: this.#now() });
    this.#deliverVideo(viewer, index, slot, true);
    const at = { endpoint: viewer.id, slot: index, source };
    this.#emit({ type: 'slot.switched', ...at, requestMs: 0, forwardMs: 0 });
  }

  #deliverVideo(viewer: FakeEndpoint, index: number, slot: FakeSlot, keyFrame: boolean): void {
    if (slot.source === null) return;
    slot.packets += 1;
    slot.sequence += 1;
    const { source, sequence } = slot;
    this.#deliver({ type: 'video', endpoint: viewer.id, slot: index, source, keyFrame, sequence });
  }

  #deliver(delivery: FakeDelivery): void {
    for (const listener of this.#deliveries) listener(delivery);
  }

  #emit(event: MediaEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const fakeAnswer = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';

const endpointOf = ({ endpoint, conference, participant }: EndpointRequest) => {
  return { id: endpoint, conference, participant };
};

const emptySlot = (): FakeSlot => {
  return { wanted: null, source: null, packets: 0, sinceMs: null, sequence: 0 };
};
