import type { ConferenceEvent } from './events.ts';
import type { ParticipantId } from './ids.ts';

/**
 * The viewers whose view or slots an event can change, so that nobody else's need be derived again.
 * `view-policy.property.test.ts` proves that the others' stay as they are.
 */
export const affectedViewers = (event: ConferenceEvent): 'all' | readonly ParticipantId[] => {
  switch (event.type) {
    case 'view.locked':
    case 'view.unlocked':
    case 'view.chosen':
    case 'poll.advanced':
      return [event.viewer];
    // With the role of host go chairView and polling.
    case 'participant.roleSet':
      return [event.participant];
    case 'conference.lockSet':
    case 'conference.configured':
    case 'conference.audienceSet':
    case 'conference.prolonged':
    case 'conference.endsSoon':
    case 'layout.stored':
    case 'layout.saved':
    case 'layout.deleted':
    case 'interpretation.groupsSet':
    case 'interpretation.set':
    case 'language.set':
    case 'waiting.entered':
    case 'waiting.left':
    case 'attendee.called':
    case 'attendee.callEnded':
    case 'attendee.removed':
    case 'hands.set':
    case 'camera.requested':
    case 'share.invited':
    case 'clientRecording.set':
    case 'participant.rejoined':
    case 'participant.renamed':
    case 'participant.cameraSet':
    case 'audio.set':
    case 'selfUnmute.set':
    case 'connection.changed':
      return [];
    case 'conference.started':
    case 'conference.ended':
    case 'participant.joined':
    case 'participant.left':
    case 'mode.set':
    case 'conference.pauseSet':
    case 'layout.set':
    case 'layout.turned':
    case 'speaker.changed':
      return 'all';
  }
};
