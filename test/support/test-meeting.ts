import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { EventsSocket } from './events-socket.ts';
import type { FakeClock } from './fake-clock.ts';
import { publishingOffer, viewingOffer } from './media-offers.ts';
import type { TestApp } from './test-app.ts';

/** The application that the meeting is held on. */
export type TestStage = Pick<TestApp, 'client' | 'meeting'> & { readonly app: { readonly url: string } };

/** A running meeting as its host and its participants use it. */
export class TestMeeting {
  readonly test: TestStage;
  readonly conferenceID: string;
  readonly hostPassword: string;
  readonly guestPassword: string;
  /** The host's control token. */
  readonly token: string;

  private constructor(test: TestStage, created: Awaited<ReturnType<TestApp['meeting']>>) {
    this.test = test;
    this.conferenceID = created.conferenceID;
    this.hostPassword = created.hostPassword;
    this.guestPassword = created.guestPassword;
    this.token = created.token;
  }

  static async start(test: TestStage, more: object = {}): Promise<TestMeeting> {
    return new TestMeeting(test, await test.meeting(more));
  }

  get eventsUrl(): string {
    return `${this.test.app.url.replace(/^http/, 'ws')}/sightline/v1/conferences/${this.conferenceID}/events`;
  }

  /** A guest in a browser. */
  person(name: string): Promise<JoinResponse> {
    return this.test.client.join(this.conferenceID, { name, password: this.guestPassword });
  }

  /** The host in a browser. */
  host(name = 'Host'): Promise<JoinResponse> {
    return this.test.client.join(this.conferenceID, { name, password: this.hostPassword });
  }

  /** Somebody who comes to look on only. */
  audience(name: string): Promise<JoinResponse> {
    const { guestPassword: password } = this;
    return this.test.client.join(this.conferenceID, { name, password, audience: true });
  }

  /** A terminal, registered first. */
  async terminal(serialNumber: string): Promise<JoinResponse> {
    const activationCode = await this.test.client.registerTerminal(serialNumber, serialNumber);
    return this.test.client.join(this.conferenceID, { serialNumber, activationCode });
  }

  /** A control command of the host, such as `control('lockView', {participantID}, {status: 1, …})`. */
  control(operation: string, query: Readonly<Record<string, string>> = {}, body?: object): Promise<unknown> {
    const method = operation === 'participants/delete' ? 'POST' : 'PUT';
    const { conferenceID } = this;
    return this.test.client.control(this.token, method, operation, { conferenceID, ...query }, body);
  }

  /** A control command of a participant, with his own token. */
  controlAs(
    { participantToken }: JoinResponse,
    operation: string,
    query: Readonly<Record<string, string>> = {},
    body?: object,
  ): Promise<unknown> {
    const { conferenceID } = this;
    return this.test.client.control(participantToken, 'PUT', operation, { conferenceID, ...query }, body);
  }

  lockView(viewer: JoinResponse, source: JoinResponse): Promise<unknown> {
    const query = { participantID: viewer.participantID };
    return this.control('lockView', query, { status: 1, participantID: source.participantID });
  }

  hangUp(...participants: readonly JoinResponse[]): Promise<unknown> {
    const ids = participants.map(({ participantID }) => participantID);
    return this.control('participants/delete', {}, { bulkHangUpParticipants: ids });
  }

  /** The events socket of a participant, or of the host as an observer; the snapshot has come. */
  events(participant?: JoinResponse): Promise<EventsSocket> {
    return EventsSocket.open(this.eventsUrl, participant?.participantToken ?? this.token);
  }

  /** WHIP; resolves with the response. */
  publish({ whipURL, participantToken }: JoinResponse): Promise<Response> {
    return postOffer(whipURL, participantToken, publishingOffer());
  }

  /** WHEP with so many slots; resolves with the response. */
  view({ whepURL, participantToken }: JoinResponse, videoLines = 1): Promise<Response> {
    return postOffer(whepURL, participantToken, viewingOffer({ videoLines }));
  }

  /** Why a viewer sees what he sees, and the sources really sent on his slots. */
  async seenBy({ participantID }: JoinResponse): Promise<Seen> {
    const viewer = (await this.views()).viewers.find((other) => other.participantID === participantID);
    if (!viewer) throw new Error(`${participantID} is not in the meeting`);
    return { reason: viewer.reason, slots: viewer.slots.map(({ source }) => source) };
  }

  /** Every viewer's decided view and what is sent, by the views endpoint. */
  async views(): Promise<ViewsAnswer> {
    const answer = await this.test.client.call(
      'GET',
      `/sightline/v1/conferences/${this.conferenceID}/views`,
      { headers: { 'x-conference-authorization': this.token } },
    );
    return answer as ViewsAnswer;
  }
}

/** Lets time pass in steps small enough that open sockets answer the pings of the server. */
export const passTime = async (
  clock: FakeClock,
  ms: number,
  ...sockets: readonly EventsSocket[]
): Promise<void> => {
  for (let left = ms; left > 0; left -= PASS_STEP_MS) {
    clock.advance(Math.min(left, PASS_STEP_MS));
    await stayOpen(...sockets);
  }
};

/** Waits for what the server is sending; fails when it closes one of the sockets. */
export const stayOpen = async (...sockets: readonly EventsSocket[]): Promise<void> => {
  for (const socket of sockets) {
    const closed = socket.closed.then((code) => {
      throw new Error(`the server has closed a socket (${code}) that was to stay open`);
    });
    await Promise.race([socket.roundTrip(), closed]);
  }
};

const PASS_STEP_MS = 5_000;

export interface Seen {
  readonly reason: string;
  readonly slots: readonly (string | null)[];
}

export interface ViewsAnswer {
  readonly conferenceID: string;
  readonly viewers: readonly {
    readonly participantID: string;
    readonly name: string;
    readonly reason: string;
    readonly picture: { readonly kind: string; readonly source?: string };
    readonly slots: readonly {
      readonly slot: number;
      readonly source: string | null;
      readonly packets: number;
      readonly sinceMs: number | null;
    }[];
  }[];
}

const postOffer = (url: string, token: string, offer: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
    body: offer,
  });
