import type { ParticipantId } from '../conference/ids.ts';
import type { View } from '../conference/views.ts';
import type { MediaEngine, SlotReport } from '../media/engine.ts';
import type { ConferenceHost } from './conference-host.ts';

/** What a viewer should see and why, and what each of his slots is really being sent. */
export interface ViewReport {
  readonly viewer: ParticipantId;
  readonly name: string;
  readonly view: View;
  readonly sent: readonly SlotReport[];
}

/** Sets the decided views beside the packets counted where they leave. */
export const reportViews = async (
  host: ConferenceHost,
  engine: MediaEngine,
): Promise<readonly ViewReport[]> => {
  const reports = await engine.slots(host.state.id);
  const sent = Map.groupBy(reports, (report) => report.viewer);
  return host.state.participants.values().flatMap((participant) => {
    const view = host.views.get(participant.id);
    if (!view) return [];
    return [{ viewer: participant.id, name: participant.name, view, sent: sent.get(participant.id) ?? [] }];
  });
};
