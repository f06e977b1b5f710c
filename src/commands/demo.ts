import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, startApp } from '../app.ts';
import { type Config, loadConfig } from '../config.ts';
import { newPassword } from '../secrets.ts';
import type { JoinResponse } from '../signalling/protocol.ts';
import type { ClipName } from '../virtual/clip.ts';
import { LastingParticipant } from '../virtual/lasting-participant.ts';
import { type CreatedMeeting, SightlineClient } from '../virtual/sightline-client.ts';
import { stopRequested } from './stop-signals.ts';

const PEOPLE: readonly { readonly name: string; readonly clip: ClipName }[] = [
  { name: 'Alice', clip: 'red' },
  { name: 'Bob', clip: 'green' },
  { name: 'Carol', clip: 'blue' },
];
const TERMINAL = { serialNumber: 'DEMO-TE20', name: 'Room 101', clip: 'yellow' } as const;
const BROWSER_TERMINAL = { serialNumber: 'DEMO-SCREEN', name: 'Your screen' } as const;

/** Runs a server with a meeting of virtual participants, and says what the virtual terminal sees. Ends with Ctrl-C. */
export const demo = async (args: readonly string[]): Promise<number> => {
  const stopped = stopRequested();
  await using cleanUp = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sightline-demo-'));
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const defaults = { SIGHTLINE_DATA_DIR: folder, SIGHTLINE_ADMIN_PASSWORD: newPassword() };
  const config = loadConfig({ args, env: { ...defaults, ...process.env } });
  const app = await startApp(config);
  cleanUp.defer(() => app.close());
  const stage = await setUp(app, config);
  for (const participant of stage.participants) cleanUp.defer(() => participant.close());
  printStage(app, stage);
  watchTerminal(stage);
  await stopped;
  return 0;
};

interface Stage {
  readonly client: SightlineClient;
  readonly meeting: CreatedMeeting;
  readonly controlToken: string;
  /** Name of each participant, by its clip and by its ID. */
  readonly names: ReadonlyMap<string, string>;
  readonly ids: ReadonlyMap<string, string>;
  readonly terminal: LastingParticipant;
  readonly participants: readonly LastingParticipant[];
  readonly screenCode: string;
}

const setUp = async (app: App, config: Config): Promise<Stage> => {
  const client = new SightlineClient(app.url);
  await client.login(config.admin.account, config.admin.password ?? '');
  const meeting = await client.createMeeting('Sightline demo', { length: 1440 });
  const { conferenceID, guestPassword, hostPassword } = meeting;
  const codec = config.media.videoCodec;
  const enter = (joined: JoinResponse, clip: ClipName, slots: number) =>
    LastingParticipant.open({ ...joined, token: joined.participantToken, clip, slots, codec });

  const names = new Map<string, string>();
  const ids = new Map<string, string>();
  const participants: LastingParticipant[] = [];
  for (const { name, clip } of PEOPLE) {
    const joined = await client.join(conferenceID, { name, password: guestPassword });
    participants.push(await enter(joined, clip, 0));
    names.set(clip, name);
    ids.set(name, joined.participantID);
  }
  const activationCode = await client.registerTerminal(TERMINAL.serialNumber, TERMINAL.name);
  const joined = await client.join(conferenceID, { serialNumber: TERMINAL.serialNumber, activationCode });
  const terminal = await enter(joined, TERMINAL.clip, 1);
  names.set(TERMINAL.clip, TERMINAL.name);
  ids.set(TERMINAL.name, joined.participantID);
  return {
    client,
    meeting,
    controlToken: await client.controlToken(conferenceID, hostPassword),
    names,
    ids,
    terminal,
    participants: [...participants, terminal],
    screenCode: await client.registerTerminal(BROWSER_TERMINAL.serialNumber, BROWSER_TERMINAL.name),
  };
};

const printStage = (app: App, stage: Stage): void => {
  const { conferenceID, hostPassword, guestPassword } = stage.meeting;
  const url = (page: string, query: Record<string, string>, secret: Record<string, string>) =>
    `${app.url}/${page}?${new URLSearchParams({ conference: conferenceID, ...query })}#${new URLSearchParams(secret)}`;
  const { serialNumber } = BROWSER_TERMINAL;
  const people = PEOPLE.map(({ name, clip }) => `${name} (${clip})`).join(', ');
  console.log(`
Sightline demo on ${app.url}
Meeting ${conferenceID}, host password ${hostPassword}, guest password ${guestPassword}
In it: ${people} and the terminal ${TERMINAL.name} (${TERMINAL.clip}), all of them virtual.

Join in a browser:
  ${url('room', { name: 'You', camera: 'test:magenta' }, { password: guestPassword })}
A terminal's screen in a browser:
  ${url('terminal', { sn: serialNumber, camera: 'off' }, { code: stage.screenCode })}

Lock what ${TERMINAL.name} sees on Bob ("status":0 unlocks; Carol is ${stage.ids.get('Carol')}):
  ${lockLine(app, stage)}

What ${TERMINAL.name} sees now, told from the pictures it receives (Ctrl-C ends the demo):`);
};

const lockLine = (app: App, { meeting, controlToken, ids }: Stage): string => {
  const query = new URLSearchParams({
    conferenceID: meeting.conferenceID,
    participantID: ids.get(TERMINAL.name) ?? '',
  });
  const body = JSON.stringify({ status: 1, participantID: ids.get('Bob') });
  return (
    `curl -X PUT '${app.url}/v1/mmc/control/conferences/lockView?${query}' ` +
    `-H 'X-Conference-Authorization: ${controlToken}' -H 'Content-Type: application/json' -d '${body}'`
  );
};

/** Prints a line whenever the pictures that arrive are somebody else's. */
const watchTerminal = ({ terminal, names }: Stage): void => {
  let seen: ClipName | null = null;
  terminal.on('frame', ({ clip }) => {
    if (clip === seen || clip === null) return;
    seen = clip;
    console.log(`  ${new Date().toLocaleTimeString()}  ${names.get(clip)} (${clip})`);
  });
};
