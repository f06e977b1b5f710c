import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as it } from 'node:test';
import type { Command, Newcomer } from '../../src/conference/commands.ts';
import { decide } from '../../src/conference/decide.ts';
import { evolveAll, startedState } from '../../src/conference/evolve.ts';
import { conferenceId, meetingId, type ParticipantId, participantId } from '../../src/conference/ids.ts';
import { type Actor, SYSTEM } from '../../src/conference/permissions.ts';
import type { ConferenceState } from '../../src/conference/state.ts';
import { viewsOf } from '../../src/conference/views.ts';
import type { JoinResponse } from '../../src/signalling/protocol.ts';
import { ApiError, type CreatedMeeting, SightlineClient } from '../../src/virtual/sightline-client.ts';
import { EventsSocket, type FoldedState } from '../support/events-socket.ts';
import { LIGHT_SERVER, Program, SIGHTLINE } from '../support/program.ts';

const ADMINISTRATOR = { account: 'admin', password: 'correct-horse-9' };
const HOST_TOKEN: Actor = { kind: 'token', role: 'host' };
const CONFERENCES = 4;

/** The commands that are tried. */
type Tried = Extract<
  Command,
  {
    type:
      | 'lockView'
      | 'unlockView'
      | 'partView'
      | 'broadcast'
      | 'rollCall'
      | 'cancelBroadcast'
      | 'switchMode'
      | 'muteParticipant'
      | 'muteAll'
      | 'rename'
      | 'setConferenceLock'
      | 'hangUp'
      | 'join';
  }
>;

/** A meeting on the server, and what the server has acknowledged of it. */
interface Tracked {
  readonly meeting: CreatedMeeting;
  readonly token: string;
  /** With every acknowledged command, and nothing else. */
  state: ConferenceState;
  /** The command that was under way when the server died. */
  open: Command | null;
  joined: number;
}

const random = (below: number): number => Math.floor(Math.random() * below);

const oneOf = <Item>(items: readonly Item[]): Item => {
  const item = items[random(items.length)];
  assert.ok(item !== undefined);
  return item;
};

/** What a command makes of a state; null where it is refused. */
const outcome = (state: ConferenceState, command: Command): ConferenceState | null => {
  const actor = command.type === 'join' ? SYSTEM : HOST_TOKEN;
  try {
    return evolveAll(state, decide(state, actor, command, 0));
  } catch {
    return null;
  }
};

const newcomer = (id: ParticipantId, name: string, serialNumber: string | null = null): Newcomer => ({
  id,
  name,
  kind: serialNumber === null ? 'browser' : 'terminal',
  serialNumber,
  number: '',
  account: null,
  tokenDigest: '',
  video: true,
  entitledTo: 'guest',
});

const randomCommand = (tracked: Tracked): Tried => {
  const { state } = tracked;
  const everybody = [...state.participants.keys()];
  const [viewer, source, participant] = [oneOf(everybody.slice(0, 2)), oneOf(everybody), oneOf(everybody)];
  const yes = random(2) === 1;
  const commands: readonly (() => Tried)[] = [
    () => ({ type: 'lockView', viewer, source }),
    () => ({ type: 'lockView', viewer, source }),
    () => ({ type: 'unlockView', viewer }),
    () => ({ type: 'partView', viewer, source }),
    () => ({ type: 'broadcast', participant }),
    () => ({ type: 'rollCall', participant }),
    () => ({ type: 'rollCall', participant }),
    () => ({ type: 'cancelBroadcast' }),
    () => ({ type: 'switchMode', to: oneOf(['fixed', 'voiceSingle', 'voiceMultiple'] as const) }),
    () => ({ type: 'muteParticipant', participant, muted: yes }),
    () => ({ type: 'muteAll', muted: yes, selfUnmuteAllowed: yes ? true : null }),
    () => ({ type: 'rename', participant, name: `Name ${random(1e6)}` }),
    () => ({ type: 'setConferenceLock', locked: false }),
    () => {
      // The first four stay.
      const leaving = everybody.slice(4);
      if (leaving.length > 0 && yes) return { type: 'hangUp', participants: leaving.slice(0, 1 + random(3)) };
      tracked.joined += 1;
      return { type: 'join', participant: newcomer(participantId(''), `Guest ${tracked.joined}`) };
    },
  ];
  return oneOf(commands)();
};

type Send = (operation: string, query?: Record<string, string>, body?: object) => Promise<unknown>;

const flag = (on: boolean) => (on ? 1 : 0);

/** The request of each command, as an integrator sends it. */
const request = (send: Send, command: Exclude<Tried, { type: 'join' }>): Promise<unknown> => {
  switch (command.type) {
    case 'lockView':
      return send(
        'lockView',
        { participantID: command.viewer },
        { status: 1, participantID: command.source },
      );
    case 'unlockView':
      return send('lockView', { participantID: command.viewer }, { status: 0, participantID: 'any' });
    case 'partView':
      return send(
        'partView',
        { participantID: command.viewer },
        { viewType: 2, participantID: command.source },
      );
    case 'broadcast':
    case 'rollCall':
      return send(`participants/${command.type}`, { participantID: command.participant });
    case 'cancelBroadcast':
      return send('cancelBroadcast');
    case 'switchMode': {
      const fixed = command.to === 'fixed';
      const imageType = command.to === 'voiceSingle' ? 0 : 1;
      return send('display/mode', {}, { switchMode: fixed ? 'Fixed' : 'VAS', imageType });
    }
    case 'muteParticipant':
      return send(
        'participants/mute',
        { participantID: command.participant },
        { isMute: flag(command.muted) },
      );
    case 'muteAll':
      return send('mute', {}, { isMute: flag(command.muted) });
    case 'rename':
      return send('participants/name', {}, { participantID: command.participant, newName: command.name });
    case 'setConferenceLock':
      return send('lock', {}, { isLock: flag(command.locked) });
    case 'hangUp':
      return send('participants/delete', {}, { bulkHangUpParticipants: command.participants });
  }
};

/** Sends one command and takes it into the state when it is acknowledged. Throws when the server is gone. */
const perform = async (client: SightlineClient, tracked: Tracked): Promise<void> => {
  const command = randomCommand(tracked);
  tracked.open = command;
  const after = outcome(tracked.state, command);
  const { conferenceID, guestPassword } = tracked.meeting;
  try {
    if (command.type === 'join') {
      const who = { name: command.participant.name, password: guestPassword };
      const { participantID } = await client.join(conferenceID, who);
      const participant = { ...command.participant, id: participantId(participantID) };
      tracked.state = outcome(tracked.state, { type: 'join', participant }) ?? tracked.state;
    } else {
      const method = command.type === 'hangUp' ? 'POST' : 'PUT';
      const send: Send = (operation, query = {}, body) =>
        client.control(tracked.token, method, operation, { conferenceID, ...query }, body);
      await request(send, command);
      assert.ok(after, `${command.type} was to be refused`);
      tracked.state = after;
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    assert.equal(after, null, `${command.type} was to be taken: ${error.message}`);
  }
  tracked.open = null;
};

/** What an observer can see of a conference. */
const visible = (state: ConferenceState) => ({
  mode: { FREE: 'FREE', FIXED: 'FIXED', ROLL_CALL: 'ROLLCALL', BROADCAST: 'BROADCAST' }[state.mode.kind],
  locked: state.locked,
  roster: [...state.participants.values()].map(({ id, name, kind, role, muted, lock }) => {
    return { id, name, kind, role, muted, viewLocked: lock !== null };
  }),
  views: Object.fromEntries(viewsOf(state)),
});

const seen = ({ conference, roster, views }: FoldedState) => ({
  mode: conference.mode,
  locked: conference.locked,
  roster: [...roster.values()].map(({ participantID, name, kind, role, muted, viewLocked }) => {
    return { id: participantId(participantID), name, kind, role, muted, viewLocked };
  }),
  views,
});

const equal = (a: unknown, b: unknown): boolean => {
  try {
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
};

/** The command that was under way, with the ID that the server gave a newcomer. */
const withRealId = (command: Command | null, { roster }: ReturnType<typeof seen>): Command | null => {
  if (command?.type !== 'join') return command;
  const found = roster.find(({ name }) => name === command.participant.name);
  return found ? { type: 'join', participant: { ...command.participant, id: found.id } } : null;
};

/** After a restart: all that was acknowledged is there, and what was under way wholly or not at all. */
const check = async (url: string, tracked: Tracked): Promise<void> => {
  const events = await observe(url, tracked);
  const now = seen(events.state);
  events.close();
  const command = withRealId(tracked.open, now);
  tracked.open = null;
  if (equal(now, visible(tracked.state))) return;
  const after = command && outcome(tracked.state, command);
  assert.deepEqual(now, visible(after ?? tracked.state), `under way was ${JSON.stringify(command)}`);
  if (after) tracked.state = after;
};

const observe = (url: string, { meeting, token }: Tracked): Promise<EventsSocket> =>
  EventsSocket.open(
    `${url.replace('http', 'ws')}/sightline/v1/conferences/${meeting.conferenceID}/events`,
    token,
  );

const setUp = async (client: SightlineClient, index: number): Promise<Tracked> => {
  const meeting = await client.createMeeting(`Meeting ${index}`);
  const token = await client.controlToken(meeting.conferenceID, meeting.hostPassword);
  const started = {
    type: 'conference.started',
    id: conferenceId(''),
    meeting: meetingId(meeting.conferenceID),
    subject: '',
    media: 'video',
    atMs: 0,
    guestsJoinMuted: false,
    terminalsJoinMuted: false,
  } as const;
  const tracked: Tracked = { meeting, token, state: startedState(started), open: null, joined: 0 };
  const add = ({ participantID }: JoinResponse, name: string, serialNumber: string | null) => {
    const participant = newcomer(participantId(participantID), name, serialNumber);
    tracked.state = outcome(tracked.state, { type: 'join', participant }) ?? tracked.state;
  };
  for (const serialNumber of [`SK-${index}-1`, `SK-${index}-2`]) {
    const activationCode = await client.registerTerminal(serialNumber, serialNumber);
    add(
      await client.join(meeting.conferenceID, { serialNumber, activationCode }),
      serialNumber,
      serialNumber,
    );
  }
  for (const name of ['Ann', 'Ben']) {
    add(await client.join(meeting.conferenceID, { name, password: meeting.guestPassword }), name, null);
  }
  return tracked;
};

/** Kills the server while every conference has commands under way, at a moment that differs from round to round. */
const loadUntilKilled = async (program: Program, url: string, all: readonly Tracked[]): Promise<number> => {
  const client = new SightlineClient(url);
  const killAt = random(80);
  let acknowledged = 0;
  const work = async (tracked: Tracked): Promise<void> => {
    for (;;) {
      await perform(client, tracked);
      acknowledged += 1;
      if (acknowledged >= killAt) setTimeout(() => program.child.kill('SIGKILL'), Math.random() * 2);
    }
  };
  const results = await Promise.allSettled(all.map(work));
  assert.equal(await program.ended, 'SIGKILL', program.stderr);
  for (const result of results) {
    // Who is cut off by the death of the server sees a broken connection; everything else is a finding.
    const reason: unknown = result.status === 'rejected' ? result.reason : null;
    if (!(reason instanceof TypeError)) throw reason;
  }
  return acknowledged;
};

const killRounds = async (file: string, args: readonly string[], rounds: number): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-'));
  const start = async (more: Record<string, string> = {}) => {
    const settings = {
      SIGHTLINE_DATA_DIR: dataDir,
      SIGHTLINE_HTTP_PORT: '0',
      SIGHTLINE_MEDIA_PORT: '0',
      SIGHTLINE_LOG_LEVEL: 'error',
      SIGHTLINE_CONFERENCE_RECONNECT_GRACE_SECONDS: '3600',
      SIGHTLINE_CONFERENCE_SNAPSHOT_EVERY: '10',
      ...more,
    };
    const program = new Program({ file, args, settings });
    return { program, url: await program.listening() };
  };
  let { program, url } = await start({ SIGHTLINE_ADMIN_PASSWORD: ADMINISTRATOR.password });
  try {
    const client = new SightlineClient(url);
    await client.login(ADMINISTRATOR.account, ADMINISTRATOR.password);
    const all = await Promise.all(Array.from({ length: CONFERENCES }, (_, index) => setUp(client, index)));
    let acknowledged = 0;
    for (let round = 0; round < rounds; round += 1) {
      acknowledged += await loadUntilKilled(program, url, all);
      ({ program, url } = await start());
      await Promise.all(all.map((tracked) => check(url, tracked)));
    }
    assert.ok(acknowledged > rounds, 'there was load');
    assert.equal(program.stderr, '');
  } finally {
    await program.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  }
};

it('SIGKILL at 100 random moments under load: every acknowledged command is there afterwards, none half', () =>
  killRounds(LIGHT_SERVER, [], 100));

it('SIGKILL of the program that users run, three times: the same', () => killRounds(SIGHTLINE, ['serve'], 3));
