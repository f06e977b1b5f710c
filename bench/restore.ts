import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  accountId,
  type ConferenceId,
  meetingId,
  type ParticipantId,
  participantId,
} from '../src/conference/ids.ts';
import { SYSTEM } from '../src/conference/permissions.ts';
import type { Meeting } from '../src/meetings/meeting.ts';
import { Conferences } from '../src/runtime/conferences.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import type { BenchOptions } from './run.ts';
import { figure, machine, median } from './support/figures.ts';

const PARTICIPANTS = 20;
const TERMINALS = 4;
/** Commands after the joins: each terminal is locked on one source after another. */
const SWITCHES = 40;

/** Live conferences, each with locks, rebuilt from the journal as a start does it. */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const conferences = quick ? 50 : 1000;
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-bench-'));
  try {
    await fill(dataDir, conferences);
    const results = [];
    for (let round = 0; round < (quick ? 1 : 5); round += 1) results.push(await restore(dataDir));
    const more = { ...machine(), conferences, participants: PARTICIPANTS, locks: results[0]?.locks };
    if (results.some(({ count, locks }) => count !== conferences || locks !== conferences * TERMINALS)) {
      throw new Error('not everything was rebuilt');
    }
    figure('restore', 'live conferences rebuilt', median(results.map(({ seconds }) => seconds)), 's', more);
    figure('restore', 'resident memory of it', median(results.map(({ megabytes }) => megabytes)), 'MB', more);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};

const fill = async (dataDir: string, count: number): Promise<void> => {
  const store = await openSqliteStore(dataDir);
  const conferences = new Conferences({
    journal: store.journal,
    now: Date.now,
    commandsPerSecond: 1_000_000,
    snapshotEvery: 200,
  });
  for (let done = 0; done < count; done += 100) {
    const wave = Array.from({ length: Math.min(100, count - done) }, (_, index) =>
      fillOne(conferences, String(900_000_000 + done + index)),
    );
    await Promise.all(wave);
  }
  await store.close();
};

const fillOne = async (conferences: Conferences, id: string): Promise<void> => {
  const conference = await conferences.start(meetingOf(id));
  const ids = Array.from({ length: PARTICIPANTS }, (_, n) =>
    participantId(`${id}${String(n).padStart(23, '0')}`),
  );
  for (const [n, participant] of ids.entries()) await joinOne(conferences, conference, participant, n);
  const terminals = ids.slice(0, TERMINALS);
  const sources = ids.slice(TERMINALS);
  for (let n = 0; n < SWITCHES; n += 1) {
    const viewer = terminals[n % TERMINALS];
    const source = sources[n % sources.length];
    if (viewer && source) {
      await conferences.get(conference)?.execute(SYSTEM, { type: 'lockView', viewer, source });
    }
  }
};

const joinOne = async (
  conferences: Conferences,
  conference: ConferenceId,
  id: ParticipantId,
  n: number,
): Promise<void> => {
  const isTerminal = n < TERMINALS;
  await conferences.get(conference)?.execute(SYSTEM, {
    type: 'join',
    participant: {
      id,
      name: `Participant ${n}`,
      kind: isTerminal ? 'terminal' : 'browser',
      serialNumber: isTerminal ? id : null,
      number: '',
      account: null,
      tokenDigest: `digest-of-${id}-of-the-length-of-one`,
      video: true,
      entitledTo: 'guest',
    },
  });
};

const meetingOf = (id: string): Meeting => ({
  id: meetingId(id),
  subject: 'bench',
  media: 'video',
  mediaTypes: 'HDVideo',
  startsAtMs: Date.now(),
  lengthMinutes: 60,
  immediate: true,
  scheduler: accountId('bench'),
  hostPassword: '',
  guestPassword: '',
  state: 'live',
  conference: null,
  language: 'en-US',
  timeZoneId: '1',
  settings: { guestsMayStart: false, guestsJoinMuted: false, terminalsJoinMuted: false },
  createdAtMs: Date.now(),
});

interface Restored {
  readonly count: number;
  readonly locks: number;
  readonly seconds: number;
  readonly megabytes: number;
}

const restore = async (dataDir: string): Promise<Restored> => {
  const program = fileURLToPath(new URL('./support/restore-child.ts', import.meta.url));
  const child = fork(program, [dataDir], { execArgv: ['--expose-gc'] });
  const [result] = (await once(child, 'message')) as [Restored];
  await once(child, 'exit');
  return result;
};
