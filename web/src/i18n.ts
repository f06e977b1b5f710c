import type { ViewReason } from '../../src/signalling/protocol.ts';
import type { SessionStatus } from './session.ts';

const english = {
  title: 'Sightline',
  tagline: 'Video meetings on your own server',
  joinMeeting: 'Join a meeting',
  conference: 'Conference number',
  name: 'Your name',
  password: 'Meeting password',
  serialNumber: 'Serial number',
  activationCode: 'Activation code',
  join: 'Join',
  rejoin: 'Rejoin',
  startPage: 'Start page',
  participants: 'Participants',
  pictures: 'Pictures',
  ownPicture: 'Your picture',
  controls: 'Controls',
  mute: 'Mute',
  unmute: 'Unmute',
  cameraOff: 'Camera off',
  cameraOn: 'Camera on',
  tone: 'Test tone',
  leave: 'Leave',
  sound: 'Turn sound on',
  host: 'Host',
  coHost: 'Co-host',
  guest: 'Guest',
  audience: 'Audience',
  you: 'you',
  terminal: 'Terminal',
  muted: 'Muted',
  mutedByHost: 'The host has muted you',
  inAudience: 'You are in the audience: muted, without a camera',
  paused: 'The host has paused the meeting',
  endsSoon: 'The meeting ends at {time}',
  shareInvited: 'The host invites you to share your screen',
  notDone: 'That did not work. Try again.',
  raiseHand: 'Raise hand',
  lowerHand: 'Lower hand',
  handRaised: 'Hand raised',
  cameraForbidden: 'The host does not let you open the camera',
  cameraAsked: 'The host asks you to open your camera.',
  openCamera: 'Open the camera',
  declineCamera: 'Not now',
  waitingRoom: 'Waiting room',
  letInSoon: 'The host will let you in soon.',
  peopleWait: 'Waiting to be let in: {count}',
  admit: 'Admit',
  admitAll: 'Admit all',
  away: 'Not connected',
  noVideo: 'No video',
  cameraIsOff: 'Camera is off',
  empty: 'Nobody to see',
  waiting: 'Waiting for the picture',
  viewLocked: 'View locked',
  meetingLocked: 'Meeting locked',
  errorRefused: 'Not accepted. Check the conference number and what you entered.',
  errorRefusedTerminal: 'Not accepted yet. This terminal tries again by itself.',
  errorThrottled: 'Too many wrong tries. Wait a minute.',
  ended: 'The meeting has ended.',
  endedTerminal: 'The meeting has ended. This terminal joins again by itself.',
  removed:
    'You are no longer in this meeting: the host ended your call, you were away too long, or you joined elsewhere.',
  left: 'You have left the meeting.',
  incomplete: 'This terminal needs a conference number, its serial number and its activation code.',
} as const;

export type TextKey = keyof typeof english;

const chinese: Record<TextKey, string> = {
  title: 'Sightline',
  tagline: '自己服务器上的视频会议',
  joinMeeting: '加入会议',
  conference: '会议号',
  name: '您的名称',
  password: '会议密码',
  serialNumber: '序列号',
  activationCode: '激活码',
  join: '加入',
  rejoin: '重新加入',
  startPage: '首页',
  participants: '与会者',
  pictures: '画面',
  ownPicture: '本地画面',
  controls: '操作',
  mute: '静音',
  unmute: '解除静音',
  cameraOff: '关闭摄像头',
  cameraOn: '打开摄像头',
  tone: '测试音',
  leave: '离开',
  sound: '打开声音',
  host: '主持人',
  coHost: '联席主持人',
  guest: '来宾',
  audience: '观众',
  you: '我',
  terminal: '终端',
  muted: '已静音',
  mutedByHost: '主持人已将您静音',
  inAudience: '您是观众：已静音，且不开启摄像头',
  paused: '主持人已暂停会议',
  endsSoon: '会议将于 {time} 结束',
  shareInvited: '主持人邀请您共享屏幕',
  notDone: '操作未成功，请重试。',
  raiseHand: '举手',
  lowerHand: '手放下',
  handRaised: '已举手',
  cameraForbidden: '主持人不允许您打开摄像头',
  cameraAsked: '主持人请您打开摄像头。',
  openCamera: '打开摄像头',
  declineCamera: '暂不打开',
  waitingRoom: '等候室',
  letInSoon: '主持人很快会让您入会。',
  peopleWait: '等候入会人数：{count}',
  admit: '准入',
  admitAll: '全部准入',
  away: '未连接',
  noVideo: '无视频',
  cameraIsOff: '摄像头已关闭',
  empty: '暂无画面',
  waiting: '正在等待画面',
  viewLocked: '画面已锁定',
  meetingLocked: '会议已锁定',
  errorRefused: '未能加入。请检查会议号和所填内容。',
  errorRefusedTerminal: '暂未能加入，终端将自动重试。',
  errorThrottled: '错误次数过多，请一分钟后再试。',
  ended: '会议已结束。',
  endedTerminal: '会议已结束，终端将自动重新加入。',
  removed: '您已不在会议中：主持人已挂断、离开时间过长，或已在别处加入。',
  left: '您已离开会议。',
  incomplete: '终端需要会议号、序列号和激活码。',
};

const englishReasons: Record<ViewReason, string> = {
  LOCK: 'Locked view',
  PART_VIEW: 'Chosen view',
  CHAIR_VIEW: 'Host’s view',
  POLL: 'Polling',
  ROLL_CALL: 'Roll call',
  BROADCAST: 'Broadcast',
  FIXED: 'Fixed view',
  VOICE: 'Speaker',
  AUTO: 'Automatic',
};

const chineseReasons: Record<ViewReason, string> = {
  LOCK: '已锁定画面',
  PART_VIEW: '选看',
  CHAIR_VIEW: '主持人选看',
  POLL: '轮询',
  ROLL_CALL: '点名',
  BROADCAST: '广播',
  FIXED: '固定画面',
  VOICE: '声控切换',
  AUTO: '自动',
};

const englishStatus: Record<SessionStatus, string> = {
  joining: 'Joining…',
  waiting: 'Waiting',
  connected: 'Connected',
  reconnecting: 'Reconnecting…',
  removed: 'Removed',
  ended: 'Ended',
  left: 'Left',
  failed: 'Not joined',
};

const chineseStatus: Record<SessionStatus, string> = {
  joining: '正在加入…',
  waiting: '等候中',
  connected: '已连接',
  reconnecting: '正在重新连接…',
  removed: '已移出',
  ended: '已结束',
  left: '已离开',
  failed: '未加入',
};

const inChinese = navigator.language.toLowerCase().startsWith('zh');

export const text: Readonly<Record<TextKey, string>> = inChinese ? chinese : english;
export const reasonText: Readonly<Record<ViewReason, string>> = inChinese ? chineseReasons : englishReasons;
export const statusText: Readonly<Record<SessionStatus, string>> = inChinese ? chineseStatus : englishStatus;

/** A moment (Unix ms) as a clock here shows it. */
export function clockTime(atMs: number): string {
  return new Intl.DateTimeFormat(navigator.language, { hour: '2-digit', minute: '2-digit' }).format(atMs);
}

/** Puts the page into the reader's language: every element with `data-text` gets that text. */
export function localisePage(): void {
  document.documentElement.lang = inChinese ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    const key = element.dataset.text;
    if (key !== undefined && isTextKey(key)) element.textContent = text[key];
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
    const key = element.dataset.label;
    if (key !== undefined && isTextKey(key)) element.setAttribute('aria-label', text[key]);
  }
}

function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(english, key);
}
