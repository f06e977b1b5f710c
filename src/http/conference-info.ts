import type { Account } from '../identity/identity.ts';
import type { LiveParticipant } from '../meetings/conference-starter.ts';
import type { Meeting } from '../meetings/meeting.ts';
import type { PlainPasswords } from '../meetings/meeting-passwords.ts';
import { endsAtMs } from '../meetings/meeting-query.ts';
import type { components } from './contract-types.ts';
import { callInNumber } from './meeting-request.ts';
import { formatWireTime } from './wire-time.ts';

type ConferenceInfo = components['schemas']['ConferenceInfo'];
type ParticipantInfo = components['schemas']['ParticipantInfo'];

/** What a meeting's wire form shows beside the meeting itself. */
export interface ConferenceInfoContext {
  /** Null when the account is gone. */
  readonly scheduler: Account | null;
  /** The reader sees all meetings' passwords that he may read about: he made them, or is the administrator. */
  readonly passwords: PlainPasswords;
  readonly onlineCount: number;
  /** Where people reach the web pages, such as "https://meet.example.org"; no slash at the end. */
  readonly publicUrl: string;
}

/** The documented ConferenceInfo; no other field is in it. */
export function conferenceInfo(meeting: Meeting, context: ConferenceInfoContext): ConferenceInfo {
  const joinUri = `${context.publicUrl}/room?conference=${meeting.id}`;
  return {
    conferenceID: meeting.id,
    subject: meeting.subject,
    size: 0,
    timeZoneID: meeting.timeZoneId,
    startTime: formatWireTime(meeting.startsAtMs),
    endTime: formatWireTime(endsAtMs(meeting)),
    mediaTypes: meeting.mediaTypes,
    conferenceState: meeting.state === 'live' ? 'Created' : 'Schedule',
    language: meeting.language,
    passwordEntry: [
      { conferenceRole: 'chair', password: context.passwords.host },
      { conferenceRole: 'general', password: context.passwords.guest },
    ],
    userUUID: meeting.scheduler,
    scheduserName: context.scheduler?.displayName ?? '',
    conferenceType: 0,
    confType: meeting.immediate ? 'IMMEDIATELY' : 'FUTURE',
    isAutoMute: meeting.settings.guestsJoinMuted ? 1 : 0,
    isAutoRecord: 0,
    chairJoinUri: joinUri,
    guestJoinUri: joinUri,
    recordType: 0,
    confConfigInfo: confConfigInfo(meeting, context.passwords),
    vmrFlag: 0,
    isHasRecordFile: false,
    ...(meeting.state === 'live' && meeting.conference !== null ? { confUUID: meeting.conference } : {}),
    role: 'chair',
    webinar: false,
    onlineAttendeeAmount: context.onlineCount,
    multiStreamFlag: 0,
    confMode: 'COMMON',
    scheduleVmr: false,
    concurrentParticipants: 0,
    supportSimultaneousInterpretation: false,
  };
}

/** The documented ParticipantInfo of somebody who is in the meeting. */
export function participantInfo(participant: LiveParticipant): ParticipantInfo {
  return {
    participantID: participant.participant,
    name: participant.name,
    subscriberID: participant.number,
    role: participant.role === 'host' ? 1 : 0,
    state: 'MEETTING',
    attendeeType: participant.kind === 'terminal' ? 'terminal' : 'normal',
  };
}

function confConfigInfo(
  { settings }: Meeting,
  passwords: PlainPasswords,
): components['schemas']['RestConfConfigDTO'] {
  return {
    isAutoMute: settings.guestsJoinMuted,
    isHardTerminalAutoMute: settings.terminalsJoinMuted,
    isGuestFreePwd: false,
    callInRestriction: callInNumber(settings.callIn),
    allowGuestStartConf: settings.guestsMayStart,
    guestPwd: passwords.guest,
    enableWaitingRoom: settings.waitingRoom ?? false,
    prolongLength: settings.prolongMinutes ?? 0,
  };
}
