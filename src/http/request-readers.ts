import { AppError, type ErrorCode } from '../errors.ts';

/** A request's JSON object before its fields were checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a reader checks, and the code it answers with when the check fails. */
export interface IntegerRule {
  readonly min: number;
  readonly max: number;
  /** Default `PARAMETER_INVALID`. */
  readonly code?: ErrorCode;
}

/** Lengths are counted in UTF-16 code units, as the vendor's own clients count them. */
export interface TextRule {
  readonly maxLength: number;
  /** When missing, not a string or blank; default `PARAMETER_INVALID`. */
  readonly code?: ErrorCode;
  /** When longer than `maxLength`; default `code`. */
  readonly tooLongCode?: ErrorCode;
}

/**
 * The object in a raw request body. Token, meeting and role are checked before the body, so a control route calls this
 * after those.
 * @throws BODY_MISSING absent, empty or white space only; BODY_NOT_JSON not JSON, or not an object.
 */
export function readJsonObject(rawBody: unknown): JsonObject {
  if (typeof rawBody !== 'string' || rawBody.trim() === '') {
    throw new AppError('BODY_MISSING', 'the request has no body');
  }
  let value: unknown;
  try {
    value = JSON.parse(rawBody);
  } catch (cause) {
    throw new AppError('BODY_NOT_JSON', 'the body is not JSON', { cause });
  }
  if (!isJsonObject(value)) {
    throw new AppError('BODY_NOT_JSON', 'the body is not a JSON object');
  }
  return value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A required 0/1 switch; the strings "0" and "1" are taken. @throws `code`, default SWITCH_OUT_OF_RANGE. */
export function readSwitch(
  body: JsonObject,
  field: string,
  code: ErrorCode = 'SWITCH_OUT_OF_RANGE',
): boolean {
  const value = own(body, field);
  if (value === 1 || value === '1') {
    return true;
  }
  if (value === 0 || value === '0') {
    return false;
  }
  throw new AppError(code, `${field} is neither 0 nor 1`);
}

/** A 0/1 switch that may be absent or null. @throws as `readSwitch`. */
export function readOptionalSwitch(body: JsonObject, field: string, code?: ErrorCode): boolean | null {
  return isAbsent(own(body, field)) ? null : readSwitch(body, field, code);
}

/** A required integer; decimal strings such as "30" are taken. @throws `rule.code`. */
export function readInteger(body: JsonObject, field: string, rule: IntegerRule): number {
  return checkInteger(own(body, field), field, rule);
}

/** An integer that may be absent, null or empty. @throws `rule.code`. */
export function readOptionalInteger(body: JsonObject, field: string, rule: IntegerRule): number | null {
  const value = own(body, field);
  return isAbsent(value) || value === '' ? null : checkInteger(value, field, rule);
}

/** A required text that is not blank. @throws `rule.code`, or `rule.tooLongCode`. */
export function readText(body: JsonObject, field: string, rule: TextRule): string {
  return checkText(own(body, field), field, rule);
}

/** A text that may be absent or null; an empty one is kept. @throws `rule.code`, or `rule.tooLongCode`. */
export function readOptionalText(body: JsonObject, field: string, rule: TextRule): string | null {
  const value = own(body, field);
  if (isAbsent(value)) {
    return null;
  }
  return value === '' ? '' : checkText(value, field, rule);
}

/** A boolean that may be absent or null; "true", "false", 1 and 0 are taken. @throws PARAMETER_INVALID */
export function readOptionalBoolean(body: JsonObject, field: string): boolean | null {
  const value = own(body, field);
  if (isAbsent(value) || typeof value === 'boolean') {
    return value ?? null;
  }
  if (value === 'true' || value === 1) {
    return true;
  }
  if (value === 'false' || value === 0) {
    return false;
  }
  throw new AppError('PARAMETER_INVALID', `${field} is not a boolean`);
}

/** A nested object that may be absent or null. @throws PARAMETER_INVALID */
export function readOptionalObject(body: JsonObject, field: string): JsonObject | null {
  const value = own(body, field);
  if (isAbsent(value)) {
    return null;
  }
  if (!isJsonObject(value)) {
    throw new AppError('PARAMETER_INVALID', `${field} is not an object`);
  }
  return value;
}

/** A required list; its items are unchecked. @throws PARAMETER_INVALID not an array, empty, or over `maxItems`. */
export function readList(body: JsonObject, field: string, maxItems: number): readonly unknown[] {
  const value = own(body, field);
  if (!Array.isArray(value) || value.length === 0 || value.length > maxItems) {
    throw new AppError('PARAMETER_INVALID', `${field} is not a list of 1 to ${maxItems} items`);
  }
  return value;
}

/** A list of objects that may be absent or null unless it is `required`. @throws PARAMETER_INVALID */
export function readObjects(
  body: JsonObject,
  field: string,
  maxItems: number,
  presence: 'optional' | 'required' = 'optional',
): readonly JsonObject[] {
  const value = own(body, field);
  if (presence === 'optional' && isAbsent(value)) {
    return [];
  }
  if (!Array.isArray(value) || value.length > maxItems || !value.every(isJsonObject)) {
    throw new AppError('PARAMETER_INVALID', `${field} is not a list of at most ${maxItems} objects`);
  }
  return value;
}

/** A list of texts, each not blank, that may be absent or null. @throws PARAMETER_INVALID */
export function readTexts(
  body: JsonObject,
  field: string,
  maxItems: number,
  maxLength: number,
): readonly string[] {
  const value = own(body, field);
  if (isAbsent(value)) {
    return [];
  }
  if (!Array.isArray(value) || value.length > maxItems) {
    throw new AppError('PARAMETER_INVALID', `${field} is not a list of at most ${maxItems} texts`);
  }
  return value.map((item) => checkText(item, field, { maxLength }));
}

/** Query parameters (or path parameters) as an object the readers take. */
export function asObject(parameters: unknown): JsonObject {
  return isJsonObject(parameters) ? parameters : {};
}

/** The offset (default 0) and limit (1 to 500, default 20) of a list. @throws PARAMETER_INVALID */
export function readPage(query: JsonObject): { readonly offset: number; readonly limit: number } {
  return {
    offset: readOptionalInteger(query, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 0,
    limit: readOptionalInteger(query, 'limit', { min: 1, max: 500 }) ?? 20,
  };
}

function own(body: JsonObject, field: string): unknown {
  return Object.hasOwn(body, field) ? body[field] : undefined;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function checkInteger(value: unknown, field: string, rule: IntegerRule): number {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < rule.min || number > rule.max) {
    throw new AppError(
      rule.code ?? 'PARAMETER_INVALID',
      `${field} is not an integer of ${rule.min} to ${rule.max}`,
    );
  }
  return number;
}

function checkText(value: unknown, field: string, rule: TextRule): string {
  const code = rule.code ?? 'PARAMETER_INVALID';
  if (typeof value !== 'string' || value.trim() === '' || !value.isWellFormed()) {
    throw new AppError(code, `${field} is missing, blank or no text`);
  }
  if (value.length > rule.maxLength) {
    throw new AppError(rule.tooLongCode ?? code, `${field} is longer than ${rule.maxLength} characters`);
  }
  return value;
}
