import { AppError } from '../errors.ts';
import type { RequestCommand } from './commands.ts';
import type { DurableEvent } from './events.ts';
import { requireParticipant, requireVideo } from './participants.ts';
import { type Actor, forbidCoHostOnHost, requireControl } from './permissions.ts';
import type { ConferenceState } from './state.ts';

/** What the host asks one participant to do, or lets him do. */
export const decideRequest = (
  state: ConferenceState,
  actor: Actor,
  command: RequestCommand,
): readonly DurableEvent[] => {
  requireControl(state, actor);
  const target = requireParticipant(state, command.participant);
  forbidCoHostOnHost(state, actor, target);
  const { id } = target;
  switch (command.type) {
    case 'requestCamera': {
      requireVideo(target);
      const takesBack = !command.on && target.cameraRequested;
      if (target.cameraOn === command.on && !takesBack) return [];
      const request: DurableEvent = { type: 'camera.requested', participant: id, on: command.on };
      // To open his camera is his choice; to close it is the host's.
      return command.on
        ? [request]
        : [request, { type: 'participant.cameraSet', participant: id, on: false }];
    }
    case 'inviteToShare': {
      if (target.kind === 'terminal' || target.role === 'audience') {
        throw new AppError('CANNOT_SHARE', `participant ${id} cannot share`);
      }
      const { invited } = command;
      return target.invitedToShare === invited ? [] : [{ type: 'share.invited', participant: id, invited }];
    }
    case 'allowClientRecording': {
      const { allowed } = command;
      if (target.clientRecordingAllowed === allowed) return [];
      return [{ type: 'clientRecording.set', participant: id, allowed }];
    }
  }
};
