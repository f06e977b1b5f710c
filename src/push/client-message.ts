import { isNotifyType, type NotifyType } from './notify-types.ts';

/** What a client says. */
export type ClientMessage =
  | { readonly kind: 'heartBeat' }
  | { readonly kind: 'subscribe'; readonly echo: Echo; readonly request: SubscribeRequest | null }
  | { readonly kind: 'malformed'; readonly echo: Echo }
  | { readonly kind: 'notJson' };

/** What a reply repeats of the message that it answers. */
export interface Echo {
  readonly action?: string;
  readonly sequence?: string | number;
}

export interface SubscribeRequest {
  readonly conferenceID: string;
  readonly confToken: string;
  /** The known ones, at least one. */
  readonly types: readonly NotifyType[];
}

export const readClientMessage = (text: string): ClientMessage => {
  const value = parseObject(text);
  if (value === null) return { kind: 'notJson' };
  if (value.action === 'HeartBeat') return { kind: 'heartBeat' };
  const echo = echoOf(value);
  if (value.action !== 'Subscribe') return { kind: 'malformed', echo };
  return { kind: 'subscribe', echo, request: readSubscribe(value.data) };
};

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseObject = (text: string): JsonObject | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
};

const echoOf = ({ action, sequence }: JsonObject): Echo => ({
  ...(typeof action === 'string' && { action }),
  ...((typeof sequence === 'string' || typeof sequence === 'number') && { sequence }),
});

/** `data` is the text of a JSON object in the vendor's sample; the object itself is taken as well. */
const readSubscribe = (data: unknown): SubscribeRequest | null => {
  const request = typeof data === 'string' ? parseObject(data) : isObject(data) ? data : null;
  if (request === null) return null;
  const { conferenceID, confToken, subscribeType } = request;
  if (typeof conferenceID !== 'string' || typeof confToken !== 'string') return null;
  if (!Array.isArray(subscribeType)) return null;
  const types = subscribeType.filter((name) => typeof name === 'string').filter(isNotifyType);
  return types.length === 0 ? null : { conferenceID, confToken: plainToken(confToken), types };
};

const BASIC = /^basic\s+/i;

/** As in the header of the control operations, the token comes raw or as `Basic base64(token)`. */
const plainToken = (text: string): string =>
  BASIC.test(text) ? Buffer.from(text.replace(BASIC, ''), 'base64').toString('utf8') : text;
