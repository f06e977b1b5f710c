import { meetingId } from '../../src/conference/ids.ts';
import type { OperationId } from '../../src/http/operations.ts';
import type { Scene } from './contract-scene.ts';

/** A request without its credentials, which follow from the contract. */
export interface ValidRequest {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The `error_code` of an operation that this server always refuses; absent: it answers 200. */
  readonly refusal?: string;
}

type Maker = (scene: Scene) => ValidRequest | Promise<ValidRequest>;

/** A control operation on the scene's meeting. */
const meeting = ({ conferenceID }: Scene, body?: ValidRequest['body']): ValidRequest => ({
  query: { conferenceID },
  ...(body && { body }),
});

/** A control operation on one of its participants. */
const participant = (
  { conferenceID }: Scene,
  { participantID }: { readonly participantID: string },
  body?: ValidRequest['body'],
): ValidRequest => ({ query: { conferenceID, participantID }, ...(body && { body }) });

const scheduled = async ({ client }: Scene) => {
  const startTime = '2026-11-24 09:00';
  const created = await client.createMeeting('Later', { startTime });
  return { conferenceID: created.conferenceID, password: created.hostPassword };
};

/** For every built operation a request that succeeds on a new scene. A maker may prepare the scene first. */
export const validRequests: Readonly<Partial<Record<OperationId, Maker>>> = {
  login: ({ account }) => ({ body: { account: account.name, clientType: 72, createTokenType: 0 } }),
  checkToken: ({ accessToken }) => ({
    body: { token: accessToken, needGenNewToken: false, needAccountInfo: true },
  }),
  updateToken: () => ({}),
  deleteToken: () => ({}),

  addDevice: () => ({ body: { name: 'Court 1', model: 'TE20', status: 0, description: 'By the door' } }),
  searchDevices: () => ({ query: { offset: '0', limit: '10', searchKey: 'Room', model: 'TE20' } }),
  showDeviceDetail: ({ terminals: [terminal] }) => ({ path: { sn: terminal.serialNumber } }),

  createMeeting: () => ({
    body: {
      subject: 'Hearing 7',
      mediaTypes: 'HDVideo',
      length: 60,
      language: 'en-US',
      startTime: '2026-11-24 09:00',
      confConfigInfo: { guestPwd: '24680', isAutoMute: true },
    },
  }),
  searchMeetings: () => ({
    query: {
      offset: '0',
      limit: '10',
      queryAll: 'false',
      searchKey: 'scene',
      queryConfMode: 'ADAY',
      sortType: 'DSC_StartTIME',
    },
  }),
  showMeetingDetail: ({ conferenceID }) => ({
    query: { conferenceID, offset: '0', limit: '10', searchKey: 'Ben' },
  }),
  startMeeting: async (scene) => ({ body: await scheduled(scene) }),
  cancelMeeting: ({ conferenceID }) => ({ query: { conferenceID, type: '1' } }),

  createConfToken: ({ conferenceID, hostPassword }) => ({
    query: { conferenceID },
    headers: { 'X-Password': hostPassword, 'X-Login-Type': '1' },
  }),
  showRealTimeInfoOfMeeting: (scene) => meeting(scene),
  lockMeeting: (scene) => meeting(scene, { isLock: 1 }),
  stopMeeting: (scene) => meeting(scene),

  lockView: (scene) =>
    participant(scene, scene.terminals[0], { status: 1, participantID: scene.guests[0].participantID }),
  setParticipantView: (scene) =>
    participant(scene, scene.terminals[0], { viewType: 2, participantID: scene.guests[0].participantID }),
  setHostView: async (scene) => {
    await hostOnTerminal(scene);
    return meeting(scene, { viewType: 0, status: 1, switchTime: 10 });
  },
  broadcastParticipant: (scene) => participant(scene, scene.guests[0]),
  rollcallParticipant: (scene) => participant(scene, scene.guests[0]),
  cancelBroadcast: async (scene) => {
    const { conferenceID, client, controlToken } = scene;
    const query = { conferenceID, participantID: scene.guests[0].participantID };
    await client.control(controlToken, 'PUT', 'participants/broadcast', query);
    return meeting(scene);
  },
  switchMode: (scene) => meeting(scene, { switchMode: 'VAS', imageType: 0 }),

  muteParticipant: (scene) => participant(scene, scene.guests[0], { isMute: 1 }),
  muteMeeting: (scene) => meeting(scene, { isMute: 1, allowUnmuteByOneself: 0 }),
  renameParticipant: (scene) =>
    meeting(scene, { participantID: scene.guests[0].participantID, number: '', newName: 'Benjamin' }),
  hangUp: (scene) => meeting(scene, { bulkHangUpParticipants: [scene.guests[0].participantID] }),
  setCohost: (scene) => participant(scene, scene.guests[0], { isCohost: 1 }),
  setRole: async (scene) => {
    await freeHost(scene);
    return participant(scene, scene.guests[0], { applyChair: 1, chairmanPwd: scene.hostPassword });
  },

  setCustomMultiPicture: (scene) =>
    meeting(scene, { manualSet: 1, multiPicSaveOnly: false, ...layoutOf(scene) }),
  setMultiPicture: (scene) => meeting(scene, { manualSet: 1, ...layoutOf(scene) }),
  saveLayout: (scene) => meeting(scene, { restPicLayout: savedLayoutOf(scene) }),
  showLayout: (scene) => meeting(scene),
  deleteLayout: async (scene) => {
    await prepare(scene, 'PUT', 'layOut', { restPicLayout: savedLayoutOf(scene) });
    return { query: { conferenceID: scene.conferenceID, uuID: 'layout-1' } };
  },

  setInterpreterGroup: (scene) => meeting(scene, interpreterGroupsOf(scene)),
  resumeSimultaneousInterpretation: async (scene) => {
    await prepare(scene, 'PUT', 'interpreterGroup', interpreterGroupsOf(scene));
    return meeting(scene, { simultaneousInterpretation: 1 });
  },
  setAttendeeLanChannel: async (scene) => {
    await prepare(scene, 'PUT', 'interpreterGroup', interpreterGroupsOf(scene));
    await prepare(scene, 'PUT', 'simultaneousInterpretation', { simultaneousInterpretation: 1 });
    const participantIDs = [scene.guests[0].participantID];
    return meeting(scene, {
      participantIDs,
      listenLanChannel: 'en-US',
      speakLanChannel: '',
      includeOriginalVoice: 1,
    });
  },

  allowWaitingParticipant: (scene) =>
    meeting(scene, { participantID: scene.guests[0].participantID, allowAll: false }),
  moveToWaitingRoom: async (scene) => {
    await prepare(scene, 'PUT', 'allowWaitingParticipant', { allowAll: true });
    return meeting(scene, { participantID: scene.guests[0].participantID });
  },
  batchMoveToWaitingRoom: async (scene) => {
    await prepare(scene, 'PUT', 'allowWaitingParticipant', { allowAll: true });
    return meeting(scene, { batchParticipants: [scene.guests[0].participantID] });
  },

  inviteParticipant: (scene) =>
    meeting(scene, { attendees: [{ name: 'Dora', phone: '+990000000001', type: 'normal' }] }),
  inviteWithPwd: ({ conferenceID, guestPassword }) => ({
    query: { conferenceID },
    body: { callNum: '+990000000001', confID: conferenceID, pwd: guestPassword },
  }),
  deleteAttendees: async (scene) => {
    await prepare(scene, 'POST', 'participants', {
      attendees: [{ name: 'Dora', phone: '+990000000001', type: 'normal' }],
    });
    return meeting(scene, { bulkDelAttendInfo: [{ number: '+990000000001' }] });
  },
  showMgmtSiteStatus: () => ({}),

  inviteOperateVideo: (scene) => participant(scene, scene.guests[0], { status: 0 }),
  inviteShare: (scene) => participant(scene, scene.guests[0], { share: 1 }),
  allowClientRecord: (scene) => participant(scene, scene.guests[0], { allowClientRecord: 1 }),
  hand: (scene) => participant(scene, scene.guests[0], { handsState: 0 }),
  batchHand: (scene) => meeting(scene, { handsState: 0, pids: [scene.guests[0].participantID] }),

  updateStartedConfConfig: (scene) =>
    meeting(scene, { lockSharing: 1, callInRestriction: 0, chatPermission: 2, allowRename: 0, isLock: 0 }),
  prolongMeeting: (scene) => meeting(scene, { auto: 0, duration: 15 }),
  pauseConference: (scene) => meeting(scene, { pause: 1 }),
  allowAudienceJoin: (scene) => meeting(scene, { allowAudience: 1 }),
  allowGuestUnmute: (scene) => meeting(scene, { allowUnmuteByOneself: 1 }),
  createWebSocketToken: (scene) => meeting(scene),

  record: (scene) => ({ ...meeting(scene, { isRecord: 1 }), refusal: 'MMC.111072020' }),
  setMmrRecord: (scene) => ({ ...meeting(scene, { recordType: 1 }), refusal: 'MMC.111072020' }),
  live: (scene) => ({ ...meeting(scene, { isLive: 1 }), refusal: 'MMC.111072068' }),
  setMmrLive: (scene) => ({ ...meeting(scene, { liveState: 1 }), refusal: 'MMC.111072068' }),

  searchOnlineMeetings: () => ({
    query: { offset: '0', limit: '10', queryAll: 'false', searchKey: 'scene' },
  }),
  showOnlineMeetingDetail: ({ conferenceID }) => ({ query: { conferenceID, offset: '0', limit: '10' } }),
  listOnlineConfAttendee: ({ conferenceID }) => ({
    query: { conf_id: conferenceID, offset: '0', limit: '10' },
  }),
  searchHisMeetings: async (scene) => {
    await endedRun(scene);
    const startDate = String(scene.stage.test.clock.now() - 3_600_000);
    const endDate = String(scene.stage.test.clock.now() + 3_600_000);
    return { query: { startDate, endDate, offset: '0', limit: '10', queryAll: 'false' } };
  },
  showHisMeetingDetail: async (scene) => ({
    query: { confUUID: await endedRun(scene), offset: '0', limit: '10' },
  }),
  searchAttendanceRecordsOfHisMeeting: async (scene) => ({
    query: { confUUID: await endedRun(scene), limit: '10' },
  }),
  searchCtlRecordsOfHisMeeting: async (scene) => ({
    query: { confUUID: await endedRun(scene), limit: '10' },
  }),
};

const withWaitingRoom = { confConfigInfo: { enableWaitingRoom: true } };

/** What the operation needs in the creation of the scene's meeting. */
export const meetingOptions: Readonly<Partial<Record<OperationId, object>>> = {
  allowWaitingParticipant: withWaitingRoom,
  moveToWaitingRoom: withWaitingRoom,
  batchMoveToWaitingRoom: withWaitingRoom,
};

/** The scene's host steps back, so that somebody else can become it. */
async function freeHost(scene: Scene): Promise<void> {
  await setRole(scene, scene.host.participantID, { applyChair: 0 });
}

async function hostOnTerminal(scene: Scene): Promise<void> {
  await freeHost(scene);
  const [{ participantID }] = scene.terminals;
  await setRole(scene, participantID, { applyChair: 1, chairmanPwd: scene.hostPassword });
}

function setRole({ client, controlToken, conferenceID }: Scene, participantID: string, body: object) {
  const query = { conferenceID, participantID };
  return client.control(controlToken, 'PUT', 'participants/role', query, body);
}

/** A control operation on the scene's meeting that has to come first. */
function prepare(
  { client, controlToken, conferenceID }: Scene,
  method: string,
  operation: string,
  body: object,
) {
  return client.control(controlToken, method, operation, { conferenceID }, body);
}

/** Another meeting of the account, which has been held and stopped: its confUUID. */
async function endedRun({ client, stage }: Scene): Promise<string> {
  const { conferenceID, hostPassword } = await client.createMeeting('Before');
  const run = stage.test.store.meetings.find(meetingId(conferenceID))?.conference ?? '';
  const token = await client.controlToken(conferenceID, hostPassword);
  await client.control(token, 'PUT', 'stop', { conferenceID });
  return run;
}

const layoutOf = ({ guests }: Scene) => ({
  imageType: 'Two',
  switchTime: 10,
  subscriberInPics: guests.map(({ participantID }, at) => ({ index: at + 1, subscriber: [participantID] })),
});

const savedLayoutOf = ({ guests }: Scene) => ({
  uuid: 'layout-1',
  layOutName: 'Both guests',
  imageType: 'Two',
  switchTime: 10,
  picNum: 2,
  subscriberInPics: guests.map(({ participantID }, at) => ({ index: at + 1, id: [participantID], share: 0 })),
});

const interpreterGroupsOf = ({ account }: Scene) => ({
  interpreterGroups: [
    {
      groupID: 'group-1',
      groupName: 'Chinese and English',
      firstLanguage: 'zh-CN',
      secondLanguage: 'en-US',
      interpreters: [{ loginAccount: account.name }],
    },
  ],
});
