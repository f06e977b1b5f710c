import type { ConferenceId, EndpointId, ParticipantId } from '../conference/ids.ts';
import type { ErrorCode } from '../errors.ts';
import type { HostCandidates } from './endpoint/answer.ts';
import type { VideoCodec } from './endpoint/selection.ts';
import type { EndpointAnswer, EndpointRequest, LanguageChannels, MediaEvent, SlotReport } from './engine.ts';

/** What the server process and its media process say to each other, in order, over Node's IPC channel. */

export interface WorkerSettings {
  readonly hosts: HostCandidates;
  readonly bindAddress: string | null;
  readonly codec: VideoCodec;
}

/** Calls that are answered, and their answers. */
export interface WorkerCalls {
  readonly publish: { readonly request: EndpointRequest; readonly result: EndpointAnswer };
  readonly view: { readonly request: EndpointRequest; readonly result: EndpointAnswer };
  readonly restartIce: {
    readonly request: { readonly endpoint: EndpointId; readonly fragment: string };
    readonly result: string;
  };
  /** Answered by a process that is not stuck. */
  readonly ping: { readonly request: null; readonly result: null };
  readonly slots: { readonly request: ConferenceId; readonly result: readonly SlotReport[] };
}

export type CallName = keyof WorkerCalls;

export type CallMessage = {
  [Name in CallName]: {
    readonly type: 'call';
    readonly id: number;
    readonly name: Name;
    readonly request: WorkerCalls[Name]['request'];
  };
}[CallName];

export type ToWorker =
  | { readonly type: 'start'; readonly settings: WorkerSettings }
  | CallMessage
  | {
      readonly type: 'route';
      readonly endpoint: EndpointId;
      readonly slots: readonly (ParticipantId | null)[];
      /** When `route` was called, on the media clock that both processes share. */
      readonly atMs: number;
    }
  | {
      readonly type: 'setAudible';
      readonly conference: ConferenceId;
      readonly participant: ParticipantId;
      readonly audible: boolean;
    }
  | {
      readonly type: 'setLanguageChannels';
      readonly conference: ConferenceId;
      readonly channels: LanguageChannels;
    }
  | { readonly type: 'closeEndpoint'; readonly endpoint: EndpointId }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'event'; readonly event: MediaEvent }
  | { readonly type: 'log'; readonly level: 'warn' | 'error'; readonly message: string };
