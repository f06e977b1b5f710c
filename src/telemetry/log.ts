import pino, { type DestinationStream, type Level, type Logger, stdSerializers } from 'pino';

export type { Logger } from 'pino';

export interface LogOptions {
  /** The least severe level that is written; `silent` writes nothing. */
  readonly level: Level | 'silent';
  /** Where the lines go. Default the process's stderr, written at once. */
  readonly destination?: DestinationStream;
}

const SECRET_HEADERS = [
  'authorization',
  'cookie',
  'sec-websocket-protocol',
  'x-access-token',
  'x-conference-authorization',
  'x-nonce',
  'x-password',
];

const REDACTED = '[redacted]';

const redactedPaths = ['headers', 'req.headers', 'request.headers'].flatMap((path) =>
  SECRET_HEADERS.map((header) => `${path}["${header}"]`),
);

const secretParameter = /([?&][^=&#]*(?:token|passw|pwd|secret|code|nonce|auth)[^=&#]*=)[^&#]*/gi;

/** The URL without the values of those query parameters that carry secrets. */
export const redactUrl = (url: string): string => url.replace(secretParameter, `$1${REDACTED}`);

/** What is logged of a request under the key `req`. */
interface LoggedRequest {
  readonly id?: unknown;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly ip?: string | undefined;
}

const serializeRequest = ({ id, method, url, ip }: LoggedRequest) => ({
  id,
  method,
  url: url === undefined ? undefined : redactUrl(url),
  ip,
});

/** One JSON object a line, with the time in ISO 8601 and the level by name. */
export const createLog = ({ level, destination }: LogOptions): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: REDACTED },
      serializers: {
        err: stdSerializers.err,
        req: serializeRequest,
        url: (url: unknown) => (typeof url === 'string' ? redactUrl(url) : url),
      },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
