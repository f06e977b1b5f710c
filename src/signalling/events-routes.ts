import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { MeetingId, ParticipantId } from '../conference/ids.ts';
import { SYSTEM } from '../conference/permissions.ts';
import type { ControlTokens } from '../identity/control-tokens.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ConferenceHost } from '../runtime/conference-host.ts';
import type { Conferences } from '../runtime/conferences.ts';
import type { ParticipantTokens } from '../runtime/participant-tokens.ts';
import type { Presence } from '../runtime/presence.ts';
import { digest } from '../secrets.ts';
import type { Logger } from '../telemetry/log.ts';
import type { EventListener } from './event-room.ts';
import type { EventsHub } from './events-hub.ts';
import { pathMeeting } from './join-routes.ts';
import { type ClientMessage, CloseCode } from './protocol.ts';
import { keepAlive, parseMessage } from './sockets.ts';

export interface EventsRoutesOptions {
  readonly hub: EventsHub;
  readonly conferences: Conferences;
  readonly presence: Presence;
  readonly participantTokens: ParticipantTokens;
  readonly controlTokens: ControlTokens;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Somebody whose first message was good. */
interface Session {
  readonly host: ConferenceHost;
  /** Null for an observer. */
  readonly participant: ParticipantId | null;
}

const MAX_MESSAGE_BYTES = 65_536;
const AUTHENTICATE_WITHIN_MS = 5_000;
/** A listener that lets this much pile up is cut off; it reconnects and gets a snapshot. */
const MAX_BUFFERED_BYTES = 1_048_576;

/**
 * The events WebSocket: own snapshot first, then changes (see `protocol.ts`). The WebSocket plugin has a scope of its
 * own, so that its hooks cost the other routes nothing.
 */
export const registerEventsRoutes = async (
  server: FastifyInstance,
  options: EventsRoutesOptions,
): Promise<void> => {
  await server.register(async (scope) => {
    await scope.register(fastifyWebsocket, { options: { maxPayload: MAX_MESSAGE_BYTES } });
    scope.get(
      '/sightline/v1/conferences/:conferenceID/events',
      { websocket: true, config: { operationId: 'openEvents' } },
      (socket, request) => {
        new EventsConnection(socket, pathMeeting(request), options);
      },
    );
  });
};

class EventsConnection {
  readonly #socket: WebSocket;
  readonly #options: EventsRoutesOptions;
  #session: Session | null = null;
  #detach: readonly (() => void)[] = [];
  #cancelTimer: () => void;

  constructor(socket: WebSocket, meeting: MeetingId, options: EventsRoutesOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#cancelTimer = options.clock.after(AUTHENTICATE_WITHIN_MS, () => {
      socket.close(CloseCode.authenticationFailed);
    });
    socket.on('message', (data) => this.#received(meeting, String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#cancelTimer();
      for (const detach of this.#detach) detach();
    });
  }

  #received(meeting: MeetingId, text: string): void {
    const message = parseMessage(text, isClientMessage);
    if (message?.type === 'authenticate' && !this.#session) this.#authenticate(meeting, message.token);
    else if (!this.#session) this.#socket.close(CloseCode.authenticationFailed);
    else if (message) this.#obey(this.#session, message);
  }

  #authenticate(meeting: MeetingId, token: string): void {
    const session = this.#sessionOf(meeting, token);
    if (!session) {
      this.#socket.close(CloseCode.authenticationFailed);
      return;
    }
    this.#session = session;
    const { hub, presence } = this.#options;
    const { host, participant } = session;
    this.#detach = [
      ...(participant === null ? [] : [presence.attach(participant)]),
      hub.attach(host, this.#listener(participant)),
    ];
    this.#cancelTimer();
    this.#cancelTimer = keepAlive(this.#socket, this.#options.clock);
  }

  #sessionOf(meeting: MeetingId, token: string): Session | null {
    const { participantTokens, controlTokens, conferences } = this.#options;
    const own = participantTokens.find(digest(token));
    if (own) return own.host.state.meeting === meeting ? own : null;
    const control = controlTokens.find(token);
    const host =
      control?.role === 'host' && control.meeting === meeting ? conferences.ofMeeting(meeting) : null;
    return host && { host, participant: null };
  }

  #listener(participant: ParticipantId | null): EventListener {
    const socket = this.#socket;
    return {
      participant,
      send(text) {
        if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
        else socket.send(text);
      },
      close: (code) => socket.close(code),
    };
  }

  #obey({ host, participant }: Session, message: ClientMessage): void {
    if (participant === null || message.type === 'authenticate') return;
    const actor = { kind: 'participant', id: participant } as const;
    const command =
      message.type === 'camera'
        ? ({ type: 'setCamera', participant, on: message.on } as const)
        : ({ type: 'leave', participant, cause: 'left' } as const);
    host.execute(message.type === 'leave' ? SYSTEM : actor, command).catch((error: unknown) => {
      this.#options.log.warn({ err: error, participant }, `${message.type} could not be carried out`);
    });
  }
}

const isClientMessage = (value: unknown): value is ClientMessage => {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  if (value.type === 'authenticate') return 'token' in value && typeof value.token === 'string';
  if (value.type === 'camera') return 'on' in value && typeof value.on === 'boolean';
  return value.type === 'leave';
};
