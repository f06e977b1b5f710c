import type { FastifyInstance } from 'fastify';
import { requireControl } from '../conference/permissions.ts';
import type { ControlGuard } from '../http/control/control-guard.ts';
import { registerOperation } from '../http/operations.ts';
import type { MediaEngine } from '../media/engine.ts';
import { reportViews } from '../runtime/view-report.ts';
import { pathMeeting } from './join-routes.ts';

export interface ViewsRoutesOptions {
  readonly guard: ControlGuard;
  readonly engine: MediaEngine;
}

/** For every viewer: what he should see and why, and what each of his slots is really being sent. */
export const registerViewsRoutes = (server: FastifyInstance, { guard, engine }: ViewsRoutesOptions): void => {
  registerOperation(
    server,
    'showViews',
    'GET /sightline/v1/conferences/{conferenceID}/views',
    async (request) => {
      const { host, actor } = guard.authorise(request, pathMeeting(request));
      requireControl(host.state, actor);
      const reports = await reportViews(host, engine);
      return {
        conferenceID: host.state.meeting,
        viewers: reports.map(({ viewer, name, view, sent }) => ({
          participantID: viewer,
          name,
          reason: view.reason,
          picture: view.picture,
          slots: sent.map(({ slot, source, packets, sinceMs }) => ({ slot, source, packets, sinceMs })),
        })),
      };
    },
  );
};
