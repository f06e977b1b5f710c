import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../test/support/server-process.ts';
import type { BenchOptions } from './run.ts';
import { EventsListener } from './support/events-listener.ts';
import { figure, machine, median, quantile } from './support/figures.ts';
import { type LoadResult, load } from './support/http-load.ts';
import { type BenchMeeting, fillMeetings, lockViewRequest } from './support/meetings.ts';

const CONNECTIONS = 50;
const PARTICIPANTS = 20;
const LISTENERS = 5;

/**
 * lockView switches, durable, beside a bare node:http handler that parses the same request. The two take turns, each
 * alone on the machine with the load, so that what the machine does meanwhile meets both.
 */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const conferences = quick ? 10 : 100;
  const rounds = quick ? 2 : 7;
  const durationMs = quick ? 500 : 3000;

  const bare = await startBareServer();
  const server = await ServerProcess.start({
    SIGHTLINE_CONFERENCE_RECONNECT_GRACE_SECONDS: '3600',
    SIGHTLINE_CONFERENCE_COMMANDS_PER_SECOND: '100000',
  });
  try {
    const meetings = await fillMeetings(await server.client(), conferences, PARTICIPANTS);
    const requests = switchingRequests(meetings);
    const measure = (port: number) => load({ port, connections: CONNECTIONS, durationMs, requests });
    const more = { ...machine(), connections: CONNECTIONS, conferences, participants: PARTICIPANTS, rounds };

    await measure(bare.port);
    await measure(server.port);
    report(
      'lockView',
      await takeTurns(
        rounds,
        () => measure(bare.port),
        () => measure(server.port),
      ),
      more,
    );

    const listeners = await listen(server.port, meetings);
    const listened = await takeTurns(
      rounds,
      () => measure(bare.port),
      () => measure(server.port),
    );
    const bytes = listeners.reduce((sum, listener) => sum + listener.bytes, 0);
    report('lockView with listeners', listened, {
      ...more,
      listeners: listeners.length,
      listenerMegabytes: bytes / 1e6,
    });
    for (const listener of listeners) listener.close();
  } finally {
    bare.close();
    await server.close();
  }
};

const startBareServer = async () => {
  const child = fork(fileURLToPath(new URL('./support/bare-server.ts', import.meta.url)));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { port, close: () => child.kill() };
};

/** Each meeting's terminal is locked on one source after another, so that every request changes something. */
const switchingRequests = (meetings: readonly BenchMeeting[]): readonly Buffer[] =>
  Array.from({ length: PARTICIPANTS - 1 }, (_, turn) =>
    meetings.map((meeting) => lockViewRequest(meeting, meeting.sources[turn] ?? '')),
  ).flat();

const listen = (port: number, meetings: readonly BenchMeeting[]): Promise<readonly EventsListener[]> =>
  Promise.all(
    meetings.flatMap(({ conferenceID, controlToken }) =>
      Array.from({ length: LISTENERS }, () => EventsListener.open(port, conferenceID, controlToken)),
    ),
  );

interface Turn {
  readonly bare: LoadResult;
  readonly ours: LoadResult;
}

const takeTurns = async (
  rounds: number,
  bare: () => Promise<LoadResult>,
  ours: () => Promise<LoadResult>,
): Promise<readonly Turn[]> => {
  const turns: Turn[] = [];
  for (let round = 0; round < rounds; round += 1) turns.push({ bare: await bare(), ours: await ours() });
  return turns;
};

const report = (name: string, turns: readonly Turn[], more: object): void => {
  const p99 = (results: readonly LoadResult[]) =>
    median(results.map((result) => quantile(result.latenciesMs, 0.99)));
  const rate = (results: readonly LoadResult[]) => median(results.map((result) => result.requestsPerSecond));
  const [bare, ours] = [turns.map((turn) => turn.bare), turns.map((turn) => turn.ours)];
  const ratios = turns.map((turn) => turn.ours.requestsPerSecond / turn.bare.requestsPerSecond);
  figure('control', `${name}: requests/s`, rate(ours), '1/s', more);
  figure('control', `${name}: bare handler requests/s`, rate(bare), '1/s', more);
  figure('control', `${name}: share of the bare handler`, median(ratios), 'ratio', { ...more, ratios });
  figure('control', `${name}: p99`, p99(ours), 'ms', more);
  figure('control', `${name}: bare handler p99`, p99(bare), 'ms', more);
  figure('control', `${name}: p99 over bare p99`, p99(ours) / p99(bare), 'ratio', more);
};
