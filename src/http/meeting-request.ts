import { AppError } from '../errors.ts';
import type { AccountService } from '../identity/account-service.ts';
import type { Meeting, MeetingSettings, ScheduledAttendee } from '../meetings/meeting.ts';
import type { NewMeeting } from '../meetings/meeting-service.ts';
import { readScheduledAttendee } from './attendee-request.ts';
import {
  type JsonObject,
  readObjects,
  readOptionalBoolean,
  readOptionalInteger,
  readOptionalObject,
  readOptionalText,
} from './request-readers.ts';
import { parseWireTime } from './wire-time.ts';

/** The most attendees of a meeting [R]. */
const MAX_ATTENDEES = 500;
const MINUTE_MS = 60_000;
const YEAR_MS = 366 * 86_400_000;

/**
 * createMeeting's body (RestScheduleConfDTO) as scheduling takes it. Fields that are not built are ignored, except where
 * ignoring them would make another kind of meeting.
 * @throws the documented code of the field that is wrong; NOT_IMPLEMENTED a cloud room, cycle or webinar is wanted
 */
export function readNewMeeting(body: JsonObject, nowMs: number, accounts: AccountService): NewMeeting {
  refuseUnbuiltKinds(body);
  const mediaTypes = readMediaTypes(body);
  const startsAtMs = readStart(body, nowMs);
  const length = { min: 15, max: 1440, code: 'MEETING_LENGTH_OUT_OF_RANGE' } as const;
  const subject = { maxLength: 128, tooLongCode: 'MEETING_SUBJECT_TOO_LONG' } as const;
  const settings = readOptionalObject(body, 'confConfigInfo') ?? {};
  return {
    ...mediaTypes,
    startsAtMs,
    lengthMinutes: readOptionalInteger(body, 'length', length) ?? 30,
    subject: readOptionalText(body, 'subject', subject) ?? '',
    language: readLanguage(body),
    timeZoneId: readOptionalText(body, 'timeZoneID', { maxLength: 32 }) ?? '',
    guestPassword: readGuestPassword(settings),
    attendees: readAttendees(body, accounts),
    settings: {
      guestsMayStart: readOptionalBoolean(settings, 'allowGuestStartConf') ?? false,
      guestsJoinMuted: readOptionalBoolean(settings, 'isAutoMute') ?? false,
      terminalsJoinMuted: readOptionalBoolean(settings, 'isHardTerminalAutoMute') ?? false,
      waitingRoom: readOptionalBoolean(settings, 'enableWaitingRoom') ?? false,
      prolongMinutes: readOptionalInteger(settings, 'prolongLength', { min: 0, max: 60 }) ?? 0,
      callIn: callInOf(readOptionalInteger(settings, 'callInRestriction', { min: 0, max: 3 }) ?? 0),
    },
  };
}

/** The wire's callInRestriction: 0 everyone, 2 the organisation, 3 those invited. @throws PARAMETER_INVALID */
export function callInOf(restriction: number): NonNullable<MeetingSettings['callIn']> {
  const callIn = callInNames.get(restriction);
  if (callIn === undefined) throw new AppError('PARAMETER_INVALID', 'callInRestriction is not 0, 2 or 3');
  return callIn;
}

const callInNames = new Map([
  [0, 'everyone'],
  [2, 'organisation'],
  [3, 'invited'],
] as const) as ReadonlyMap<number, NonNullable<MeetingSettings['callIn']>>;

export const callInNumber = (callIn: MeetingSettings['callIn'] = 'everyone'): number =>
  ({ everyone: 0, organisation: 2, invited: 3 })[callIn];

/** A number named twice is expected once. */
function readAttendees(body: JsonObject, accounts: AccountService): readonly ScheduledAttendee[] {
  const attendees = readObjects(body, 'attendees', MAX_ATTENDEES).map((wire) =>
    readScheduledAttendee(wire, accounts),
  );
  return [...new Map(attendees.map((attendee) => [attendee.number, attendee])).values()];
}

function refuseUnbuiltKinds(body: JsonObject): void {
  const cloudRoom = readOptionalInteger(body, 'vmrFlag', { min: 0, max: 1 }) === 1;
  const kind = readOptionalInteger(body, 'confResType', { min: 0, max: 3 }) ?? 0;
  if (cloudRoom || kind !== 0 || readOptionalObject(body, 'cycleParams') !== null) {
    throw new AppError('NOT_IMPLEMENTED', 'cloud rooms, cycles and webinars are not built');
  }
}

/** "Voice" or "HDVideo"; lists such as the "Voice,Video,HDVideo,Data" of the answers are taken as well. */
function readMediaTypes(body: JsonObject): Pick<Meeting, 'media' | 'mediaTypes'> {
  const text =
    readOptionalText(body, 'mediaTypes', { maxLength: 64, code: 'MEETING_MEDIA_TYPES_ILLEGAL' }) ?? '';
  const types = text.split(',').map((type) => type.trim());
  if (!types.every((type) => ['Voice', 'Video', 'HDVideo', 'Data'].includes(type))) {
    throw new AppError('MEETING_MEDIA_TYPES_ILLEGAL', 'mediaTypes names an unknown type');
  }
  const video = types.includes('HDVideo') || types.includes('Video');
  if (!video && !types.includes('Voice')) {
    throw new AppError('MEETING_MEDIA_TYPES_ILLEGAL', 'mediaTypes has neither voice nor video');
  }
  return { media: video ? 'video' : 'voice', mediaTypes: types.join(',') };
}

/** A start in the running minute counts as now, because the wire has no seconds. */
function readStart(body: JsonObject, nowMs: number): number | null {
  const text = readOptionalText(body, 'startTime', { maxLength: 32 });
  if (text === null || text === '') {
    return null;
  }
  const startsAtMs = parseWireTime(text);
  if (startsAtMs === null) {
    throw new AppError('PARAMETER_INVALID', 'startTime is not "yyyy-MM-dd HH:mm"');
  }
  if (startsAtMs < Math.floor(nowMs / MINUTE_MS) * MINUTE_MS) {
    throw new AppError('MEETING_START_IN_PAST', 'startTime has passed');
  }
  if (startsAtMs > nowMs + YEAR_MS) {
    throw new AppError('MEETING_START_TOO_FAR', 'startTime is more than a year ahead');
  }
  return startsAtMs;
}

function readLanguage(body: JsonObject): string {
  const language = readOptionalText(body, 'language', {
    maxLength: 16,
    code: 'MEETING_LANGUAGE_OUT_OF_RANGE',
  });
  if (language === null || language === '') {
    return 'zh-CN';
  }
  if (language !== 'zh-CN' && language !== 'en-US') {
    throw new AppError('MEETING_LANGUAGE_OUT_OF_RANGE', 'language is neither zh-CN nor en-US');
  }
  return language;
}

function readGuestPassword(settings: JsonObject): string | null {
  const password = readOptionalText(settings, 'guestPwd', { maxLength: 16, code: 'GUEST_PASSWORD_ILLEGAL' });
  if (password === null || password === '') {
    return null;
  }
  if (!/^\d{4,16}$/.test(password)) {
    throw new AppError('GUEST_PASSWORD_ILLEGAL', 'guestPwd is not 4 to 16 digits');
  }
  return password;
}
