import type { documentedOperations } from './documented-operations.ts';

/**
 * The documented operations that have a route: `done`, or in what their behaviour differs from the documented one.
 * Every other documented operation answers 501. `docs/compatibility.md` is generated from this table, and a conformance
 * test holds both to the real routes.
 */
export const builtOperations: Readonly<Partial<Record<keyof typeof documentedOperations, string>>> = {
  login: 'no refresh token is given; HA2 is ignored',
  checkToken: 'done',
  updateToken: 'done',
  deleteToken: 'done',
  addDevice: 'departments, notices and project codes are kept and shown, and have no effect',
  searchDevices: 'departments are not searched',
  showDeviceDetail: 'done',
  createMeeting:
    'attendees are not called or told; a meeting does not end by itself when its booked time is over; isGuestFreePwd, ' +
    'callInRestriction, enableWaitingRoom and recording fields have no effect; vmrFlag 1, cycleParams and webinars answer 501',
  searchMeetings: 'done',
  showMeetingDetail: 'the participants listed are those now in the meeting',
  startMeeting: 'done',
  cancelMeeting: 'done',
  createConfToken: 'wsURL and tmpWsToken are left out until the push WebSocket is built',
  showRealTimeInfoOfMeeting: 'done',
  lockView: 'done',
  setParticipantView: 'done',
  broadcastParticipant: 'done',
  cancelBroadcast: 'done',
  rollcallParticipant: 'done',
  switchMode: 'done',
  muteParticipant: 'done',
  muteMeeting: 'done',
  renameParticipant: 'done',
  hangUp: 'done',
  lockMeeting: 'done',
  stopMeeting: 'done',
  setCohost: 'done',
  setRole: 'done',
  setHostView: 'done',
};
