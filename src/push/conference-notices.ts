import { type Layout, type LayoutGrid, type ManualLayout, paneCountOf } from '../conference/layouts.ts';
import {
  type CallIn,
  type ConferenceState,
  hostOf,
  type InterpreterGroup,
  type Mode,
} from '../conference/state.ts';
import type { components } from '../http/contract-types.ts';
import { viewTypeOf } from './participant-notices.ts';

type MultiPicDisplay = components['schemas']['MultiPicDisplayDO'];
type InterpreterGroupInfo = components['schemas']['InterpreterGroupInfo'];

const digit = (on: boolean): 0 | 1 => (on ? 1 : 0);

/** The wire's callInRestriction of a running meeting. */
const callInNumbers = { everyone: 0, organisation: 2, invited: 3 } as const satisfies Record<CallIn, number>;

/**
 * ConfBasicInfoNotify by the names of page meeting_21_1512. The meeting's passwords are documented as well and left
 * out: they would go to guests.
 */
export const basicInfo = (state: ConferenceState): object => ({
  displayID: state.meeting,
  title: state.subject,
  startTime: String(state.startedAtMs),
  media: state.media === 'video' ? 2 : 1,
  recType: 0,
  supportWatermark: 0,
  callInRestriction: callInNumbers[state.settings.callIn],
  confMode: 'COMMON',
  realTimeSubtitle: 0,
});

/** ConfDynamicInfoNotify by the names and types of page meeting_21_1513. What Sightline has not is 0. */
export const dynamicInfo = (state: ConferenceState): object => ({
  state: state.ended ? 'Destroyed' : 'Created',
  endTime: state.endsAtMs === null ? '' : String(state.endsAtMs),
  ...showing(state),
  ...permissions(state),
  ...audience(state),
  ...recording(state),
  simultaneousInterpretation: digit(state.interpretation.on),
  lanChannels: languagesOf(state.interpretation.groups),
  waitingRoomState: digit(state.waitingRoom),
  pause: state.paused,
});

const modeNames = {
  FREE: 'FREE',
  FIXED: 'FIXED',
  ROLL_CALL: 'ROLLCALL',
  BROADCAST: 'BROADCAST',
} as const satisfies Record<Mode['kind'], string>;

/** As many as the vendor's sample shows; nothing keeps to it. */
const MAX_PART_VIEWS = 8;

const showing = (state: ConferenceState): object => {
  const host = hostOf(state);
  const participants = state.participants.values();
  return {
    mode: modeNames[state.mode.kind],
    vas: digit(state.voiceActivation !== 'off'),
    picNum: paneCountOf(state.layout.imageType) ?? 0,
    chairView: host === null ? 0 : Number(viewTypeOf(host)),
    partViewNum: participants.filter(({ explicit }) => explicit?.by === 'PART_VIEW').length,
    maxPartViewNum: MAX_PART_VIEWS,
    multiPic: multiPicture(state.layout),
  };
};

/** `mute` has no state of its own: everybody but the host is muted. */
const permissions = (state: ConferenceState): object => {
  const guests = state.participants.values().filter(({ role }) => role !== 'host');
  return {
    lock: digit(state.locked),
    mute: digit(guests.length > 0 && guests.every(({ muted }) => muted)),
    canUnmute: digit(state.selfUnmuteAllowed),
    lockSharing: digit(state.settings.sharingLocked),
    enableShareSetting: 1,
    callInRestriction: callInNumbers[state.settings.callIn],
    audienceCallInRestriction: callInNumbers[state.settings.audienceCallIn],
    forbiddenChat: digit(state.settings.chat === 'none'),
  };
};

const audience = (state: ConferenceState): object => {
  const count = state.participants.values().filter(({ role }) => role === 'audience').length;
  return {
    allowAudience: state.audienceAllowed,
    audienceTotalCount: count,
    audienceCountReal: count,
    audienceCountMultiple: 0,
    showAudienceMode: 0,
    audienceVideoLayout: 'speakerVideoLayout',
  };
};

const recording = (state: ConferenceState): object => ({
  recState: 0,
  aiRecState: 0,
  recOccurred: 0,
  clientRecState: 0,
  clientRecMode: state.settings.clientRecordingMode,
  realTimeSubtitle: 0,
});

const languagesOf = (groups: readonly InterpreterGroup[]): readonly string[] => [
  ...new Set(groups.flatMap(({ languages }) => languages)),
];

/** Only the newest is told. The wire sorts speakers by volume, which is not measured in its unit. */
const NOMINAL_VOLUME = 100;

/** SpeakerChangeNotify (page meeting_21_1516): without `data` nobody has spoken. */
export const speaker = (state: ConferenceState): object => {
  const [id] = state.speakers;
  const participant = id === undefined ? undefined : state.participants.get(id);
  if (!participant) return {};
  return { data: [{ pid: participant.id, name: participant.name, speakingVolume: NOMINAL_VOLUME }] };
};

/** CustomMultiPicNotify: its fields are not public; those of MultiPicDisplayDO. */
export const customMultiPicture = (state: ConferenceState): object => ({ data: multiPicture(state.layout) });

const multiPicture = (layout: Layout): MultiPicDisplay =>
  layout.kind === 'manual' ? manualPicture(layout) : { manualSet: 0, imageType: layout.imageType };

const manualPicture = ({ imageType, panes, switchSeconds, grid }: ManualLayout): MultiPicDisplay => ({
  manualSet: 1,
  imageType,
  subscriberInPics: panes.map(({ sites, content }, at) => ({
    index: at + 1,
    id: [...sites],
    share: digit(content),
  })),
  switchTime: switchSeconds,
  ...(grid && { picLayoutInfo: pictureGrid(grid) }),
});

const pictureGrid = ({ columns, rows, cells }: LayoutGrid): components['schemas']['PicLayoutInfo'] => ({
  x: columns,
  y: rows,
  subPicLayoutInfoList: cells.map(({ id, left, top, width, height }) => ({
    id,
    left,
    top,
    xSize: width,
    ySize: height,
  })),
});

/** InterpreterGroupNotify: its fields are not public; those that setInterpreterGroup takes. */
export const interpreterGroups = ({ interpretation }: ConferenceState): object => ({
  data: interpretation.groups.map(interpreterGroup),
});

const interpreterGroup = (group: InterpreterGroup): InterpreterGroupInfo => ({
  groupID: group.id,
  groupName: group.name,
  groupType: group.type,
  firstLanguage: group.languages[0],
  secondLanguage: group.languages[1],
  interpreters: group.interpreters.map((loginAccount) => ({ loginAccount })),
});
