import type { ErrorCode } from '../errors.ts';

/** How an error code leaves the server. Where each came from: `docs/errors.md`. */
export interface ErrorRow {
  readonly status: number;
  /** The wire's `error_code`. */
  readonly wireCode: string;
  /** The wire's `error_msg`; it never depends on the request, so it leaks nothing. */
  readonly publicText: string;
  /** `debug` for a caller's mistake, `warn` for refused credentials, `error` for our own fault. */
  readonly logLevel: 'debug' | 'warn' | 'error';
}

const row = (status: number, wireCode: string, publicText: string): ErrorRow => ({
  status,
  wireCode,
  publicText,
  logLevel: 'debug',
});

const mmc = (status: number, number: string, publicText: string): ErrorRow =>
  row(status, `MMC.111${number}`, publicText);

const warned = (plain: ErrorRow): ErrorRow => ({ ...plain, logLevel: 'warn' });
const failed = (plain: ErrorRow): ErrorRow => ({ ...plain, logLevel: 'error' });

/** One row a code; a code without a row does not compile. */
export const errorTable: Readonly<Record<ErrorCode, ErrorRow>> = {
  // Management: accounts, tokens, terminals.
  ACCESS_DENIED: row(403, 'SIGHTLINE.403000001', 'ACCESS_DENIED'),
  ACCESS_TOKEN_INVALID: row(401, 'USG.000000004', 'ACCESS_TOKEN_INVALID'),
  ACCOUNT_EXISTS: row(400, 'USG.201040001', 'ACCOUNT_EXISTS'),
  LOGIN_FAILED: warned(row(401, 'SIGHTLINE.401000001', 'LOGIN_FAILED')),
  TERMINAL_EXISTS: row(400, 'SIGHTLINE.400000001', 'TERMINAL_EXISTS'),
  TERMINAL_NOT_FOUND: row(400, 'SIGHTLINE.400000002', 'TERMINAL_NOT_FOUND'),

  // Management: meetings.
  GUEST_MAY_NOT_START: mmc(400, '071058', 'NOT_ALLOWED_GUEST_FIRST_JOIN'),
  GUEST_PASSWORD_ILLEGAL: mmc(400, '071080', 'GUEST_PWD_ILLEGAL'),
  MEETING_ALREADY_STARTED: mmc(400, '071067', 'CONF_CANCEL_FAIL_AS_CONF_STARTED'),
  MEETING_IDS_EXHAUSTED: failed(mmc(500, '071054', 'CONF_ID_NOT_ENOUGH')),
  MEETING_LANGUAGE_OUT_OF_RANGE: mmc(400, '071035', 'CONF_LANGUAGE_NOT_IN_RANGE'),
  MEETING_LENGTH_OUT_OF_RANGE: mmc(400, '071021', 'CONF_LENGTH_OVER_RANGE'),
  MEETING_MEDIA_TYPES_ILLEGAL: mmc(400, '071018', 'CONF_MEDIA_TYPES_ILLEGAL'),
  MEETING_NOT_FOUND: mmc(400, '070005', 'CONF_DATA_NOT_FOUND'),
  MEETING_START_IN_PAST: mmc(400, '071013', 'CONF_START_TIME_LESS_THAN_CURRENT_TIME'),
  MEETING_START_TOO_FAR: mmc(400, '071014', 'CONF_START_TIME_OVER_MAX_SCHEDULE_TIME'),
  MEETING_SUBJECT_TOO_LONG: mmc(400, '071022', 'CONF_SUBJECT_LENGTH_TOO_LONG'),

  // Control: who calls, and which meeting.
  CONTROL_LOGIN_LOCKED: warned(mmc(400, '072064', 'CONF_CTR_LOGIN_LOCKED')),
  CONTROL_TOKEN_INVALID: mmc(401, '070004', 'CONF_AUTH_FAIL'),
  CONTROL_TOKEN_MISSING: mmc(401, '070111', 'REQUEST_TOKEN_IS_NULL'),
  MEETING_NOT_FOUND_OR_REFUSED: warned(mmc(400, '072065', 'CONF_NOT_FOUND_OR_AUTH_FAILED')),
  ACTOR_IS_CO_HOST_TARGET_IS_HOST: mmc(403, '072110', 'COHOST_CANNOT_OPERATE_CHAIR'),
  GUEST_NOT_PERMITTED: mmc(403, '072070', 'GUEST_NO_PERMISSION_OPERATION'),
  GUEST_NOT_PERMITTED_ON_OTHERS: mmc(403, '072071', 'NO_PERMISSION_OPERATE_OTHERS'),

  // Control: the state of the conference.
  CO_HOST_IS_HOST: mmc(400, '072107', 'CHAIR_CANNOT_BE_COHOST'),
  CONFERENCE_ENDED: mmc(400, '072006', 'CONF_IS_CLOSED'),
  CONFERENCE_ENDING: mmc(400, '072003', 'CONF_IS_CLOSING'),
  CONFERENCE_HAS_NO_HOST: mmc(400, '072059', 'CONF_NO_CHAIR_SITE'),
  CONFERENCE_IS_VOICE_ONLY: mmc(400, '072025', 'AUDIO_CONF_NOT_SUPPORT'),
  CONFERENCE_LOCKED: mmc(400, '072050', 'CONF_LOCKED'),
  CONFERENCE_NOT_STARTED: mmc(400, '072005', 'CONF_NOT_STARTED'),
  CONFERENCE_STATE_FORBIDS: mmc(400, '072011', 'CONF_STATUS_ILLEGAL'),
  HOST_EXISTS: mmc(400, '074001', 'IDO_CONF_CHAIR_EXIST'),
  HOST_PASSWORD_WRONG: mmc(400, '072018', 'CONF_CHAIRMAN_PWD_EXCEPTION'),
  HOST_POLLING_RUNS: mmc(400, '072061', 'CHAIR_POLLING_FORBIDDEN_VIEW'),
  NOT_HOST: mmc(400, '074002', 'IDO_NOT_CONF_CHAIR'),
  PARTICIPANT_NOT_FOUND: mmc(400, '072008', 'CONF_PARTICIPANT_NOT_EXIST'),
  SITE_IS_VOICE_ONLY: mmc(400, '072026', 'AUDIO_SITE_NOT_SUPPORT'),
  SOURCE_IS_VIEWER: mmc(400, '072012', 'CONF_GENERIC_CTL_PARTICIPANT_FAILED'),
  VIEWER_IS_HOST_NOT_PROFESSIONAL: mmc(400, '072062', 'SVC_SITE_NOT_SUPPORT_VIEW'),
  VIEWER_NOT_PROFESSIONAL: mmc(400, '072060', 'NORMAL_SITE_NOT_SUPPORT_VIEW'),

  // What the request itself says.
  BODY_MISSING: mmc(400, '072057', 'REQUEST_BODY_IS_NULL'),
  BODY_NOT_JSON: mmc(400, '071062', 'JSON_CONVERSION_FAILED'),
  IMAGE_TYPE_OUT_OF_RANGE: mmc(400, '072053', 'CONF_IMAGE_TYPE_NOT_IN_RANGE'),
  NAME_EMPTY: mmc(400, '072046', 'SITE_NAME_IS_EMPTY'),
  NAME_TOO_LONG: mmc(400, '072047', 'SITE_NEW_NAME_LENGTH_TOO_LONG'),
  PARAMETER_INVALID: mmc(400, '071061', 'PARAMETER_VERIFIED_FAIL'),
  SWITCH_MODE_MISSING: mmc(400, '072051', 'CONF_MODE_IS_EMPTY'),
  SWITCH_MODE_OUT_OF_RANGE: mmc(400, '072052', 'CONF_MODE_NOT_IN_RANGE'),
  SWITCH_OUT_OF_RANGE: mmc(400, '072045', 'ON_OFF_NOT_IN_RANGE'),
  SWITCH_TIME_OUT_OF_RANGE: mmc(400, '072042', 'SWITCH_TIME_NOT_IN_RANGE'),
  VIEW_TYPE_OUT_OF_RANGE: mmc(400, '072040', 'VIEW_TYPE_NOT_IN_RANGE'),

  // Sightline's own calls: joining, media, events.
  ENDPOINT_NOT_FOUND: row(404, 'SIGHTLINE.404000001', 'ENDPOINT_NOT_FOUND'),
  JOIN_REFUSED: warned(row(401, 'SIGHTLINE.401000002', 'JOIN_REFUSED')),
  MEDIA_OFFER_REFUSED: row(400, 'SIGHTLINE.400000003', 'MEDIA_OFFER_REFUSED'),
  MEDIA_TYPE_UNSUPPORTED: row(415, 'SIGHTLINE.415000001', 'MEDIA_TYPE_UNSUPPORTED'),
  MEDIA_UNAVAILABLE: failed(row(503, 'SIGHTLINE.503000001', 'MEDIA_UNAVAILABLE')),
  PARTICIPANT_TOKEN_INVALID: row(401, 'SIGHTLINE.401000003', 'PARTICIPANT_TOKEN_INVALID'),
  PRECONDITION_FAILED: row(412, 'SIGHTLINE.412000001', 'PRECONDITION_FAILED'),

  // What a gateway would answer before any operation is reached.
  BODY_TOO_LARGE: row(413, 'APIGW.0201', 'The request body is too large'),
  COMMAND_RATE_EXCEEDED: row(429, 'APIGW.0308', 'The throttling threshold has been reached'),
  REQUEST_MALFORMED: row(400, 'APIGW.0106', 'The request is malformed'),
  ROUTE_NOT_FOUND: row(404, 'APIGW.0101', 'The API does not exist or has not been published'),
  TOO_MANY_ATTEMPTS: warned(row(429, 'APIGW.0308', 'The throttling threshold has been reached')),

  // Ours.
  INTERNAL: failed(mmc(500, '070003', 'CONF_EXCEPTION')),
  NOT_IMPLEMENTED: row(501, 'SIGHTLINE.501000001', 'NOT_IMPLEMENTED'),
  SERVER_DRAINING: row(503, 'SIGHTLINE.503000002', 'SERVER_DRAINING'),
};
