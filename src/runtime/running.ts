import type { MeetingId } from '../conference/ids.ts';
import { AppError } from '../errors.ts';
import type { MeetingService } from '../meetings/meeting-service.ts';
import type { ConferenceHost } from './conference-host.ts';
import type { Conferences } from './conferences.ts';

/**
 * The live conference of a meeting.
 *
 * @throws CONFERENCE_ENDING, CONFERENCE_NOT_STARTED, CONFERENCE_ENDED, MEETING_NOT_FOUND_OR_REFUSED
 */
export const requireRunning = (
  conferences: Conferences,
  meetings: MeetingService,
  id: MeetingId,
): ConferenceHost => {
  const host = conferences.ofMeeting(id);
  if (host?.ending) throw new AppError('CONFERENCE_ENDING', `meeting ${id} is ending`);
  if (host) return host;
  const meeting = meetings.find(id);
  if (!meeting) throw new AppError('MEETING_NOT_FOUND_OR_REFUSED', `there is no meeting ${id}`);
  if (meeting.state === 'scheduled') {
    throw new AppError('CONFERENCE_NOT_STARTED', `meeting ${id} has not started`);
  }
  throw new AppError('CONFERENCE_ENDED', `meeting ${id} has ended`);
};
