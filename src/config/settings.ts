import { addresses, choice, integer, type Kind, networks, optional, originUrl, text } from './kinds.ts';

export interface Setting<Value> {
  readonly kind: Kind<Value>;
  readonly default: Value;
  /** Meaning and unit, one or more sentences. */
  readonly about: string;
  /** Never shown in dumps or messages. */
  readonly secret?: boolean;
}

const setting = <Value>(kind: Kind<Value>, byDefault: Value, about: string): Setting<Value> => ({
  kind,
  default: byDefault,
  about,
});

/**
 * Every setting by its path in the file. Names of flags and variables, `--help` and config/reference.yaml follow from
 * this table.
 */
export const settings = {
  'http.host': setting(text(1, 255), '127.0.0.1', 'The address or host name that HTTP is served on.'),
  'http.port': setting(integer(0, 65535), 8080, 'The TCP port of HTTP; 0 takes a free one.'),
  'http.publicUrl': setting(
    optional(originUrl),
    null,
    'The URL by which clients reach this server, for the URLs it hands out. Not set: taken from the request.',
  ),
  'http.trustedProxies': setting(
    networks,
    [],
    'Proxies whose X-Forwarded-For is believed. Limits of wrong tries go by the client address found so.',
  ),
  'http.drainSeconds': setting(
    integer(0, 300),
    10,
    'Seconds that requests in flight get to finish when the server stops.',
  ),
  'tls.cert': setting(
    optional(text(1, 4096)),
    null,
    'PEM file of the certificate and its chain. With tls.key it turns HTTP into HTTPS.',
  ),
  'tls.key': setting(optional(text(1, 4096)), null, 'PEM file of the private key of tls.cert.'),
  'data.dir': setting(
    text(1, 4096),
    './data',
    'The folder of the database and the keys; made with mode 0700. One running server at a time.',
  ),
  'admin.account': setting(
    text(1, 255),
    'admin',
    'The login name of the administrator made on the first run.',
  ),
  'admin.password': {
    ...setting(
      optional(text(8, 32)),
      null,
      'The password of that administrator, also when it has another. Not set: a random one, printed on the first run.',
    ),
    secret: true,
  },
  'identity.tokenHours': setting(integer(12, 24), 24, 'Hours that an access token lives.'),
  'media.port': setting(integer(0, 65535), 40000, 'The UDP port of all media; 0 takes a free one.'),
  'media.addresses': setting(
    addresses,
    ['127.0.0.1'],
    'The addresses offered to clients for media: those by which they reach this machine.',
  ),
  'media.videoCodec': setting(
    choice('VP8', 'H264'),
    'VP8',
    'The one video codec of every conference. H264 is constrained baseline.',
  ),
  'conference.reconnectGraceSeconds': setting(
    integer(0, 3600),
    30,
    'Seconds that a participant without a connection stays in the conference, with its locks.',
  ),
  'conference.ringSeconds': setting(
    integer(5, 600),
    60,
    'Seconds that an invited terminal or account rings before the call counts as not answered.',
  ),
  'conference.warnMinutes': setting(
    integer(0, 60),
    5,
    'Minutes before the end of a meeting by the clock at which everybody in it is warned; 0: not at all.',
  ),
  'conference.hostAbsenceMinutes': setting(
    integer(0, 1440),
    0,
    'Minutes that a meeting goes on without a host in it; 0: as long as its booked time lasts.',
  ),
  'conference.commandsPerSecond': setting(
    integer(1, 100_000),
    1000,
    'Commands a second that one conference accepts; what exceeds them is refused.',
  ),
  'conference.snapshotEvery': setting(
    integer(10, 100_000),
    200,
    'Journal entries of a conference after which its state is saved whole. Fewer: quicker start, more writing.',
  ),
  'log.level': setting(
    choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'The least severe messages that are logged.',
  ),
} satisfies Record<string, Setting<unknown>>;

export type SettingKey = keyof typeof settings;

/** In the order of the table. */
export const settingKeys = Object.keys(settings) as SettingKey[];

/** The setting without its value's type, for code that treats all alike. */
export const settingOf = (key: SettingKey): Setting<unknown> => settings[key];

const snakeCase = (key: string) => key.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase();

/** `http.publicUrl` is SIGHTLINE_HTTP_PUBLIC_URL. */
export const variableName = (key: SettingKey): string => `SIGHTLINE_${snakeCase(key)}`;

/** `http.publicUrl` is --http-public-url. */
export const flagName = (key: SettingKey): string => `--${snakeCase(key).toLowerCase().replaceAll('_', '-')}`;
