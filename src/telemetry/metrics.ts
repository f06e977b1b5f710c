import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Tally } from './tally.ts';

/** What is running now. */
export interface LiveCounts {
  readonly conferences: number;
  readonly participants: number;
  readonly endpoints: number;
}

export interface MetricsOptions {
  /** Figures of the process and of Node.js too. Default true. */
  readonly process?: boolean;
}

/** The server's figures. Each instance stands alone; the functions may be handed on without their object. */
export type Metrics = ReturnType<typeof createMetrics>;

export const createMetrics = ({ process: withProcess = true }: MetricsOptions = {}) => {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  const commands = new Tally({
    name: 'sightline_commands_total',
    help: 'Conference commands by name and result: ok or the error code.',
    labels: ['command', 'result'],
    registry,
  });
  const observeCommit = commitMetrics(registry);
  const switches = new Histogram({
    name: 'sightline_media_switch_seconds',
    help: 'The media process at a change of source: to the key-frame request, and from key frame to first packet.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1],
    registers: [registry],
  });
  let liveCounts = (): LiveCounts => ({ conferences: 0, participants: 0, endpoints: 0 });
  liveMetrics(registry, () => liveCounts());
  return {
    /** The media type of `text`. */
    contentType: registry.contentType,
    /** Everything in Prometheus text format. */
    text: (): Promise<string> => registry.metrics(),
    /** `result` is `ok` or an error code. */
    command: (name: string, result: string): void => commands.add(1, name, result),
    /** A durable batch of the store. */
    commit: observeCommit,
    /** A slot has changed its source. */
    mediaSwitch: (seconds: number): void => switches.observe(seconds),
    /** Where the live counts are read when the metrics are asked for. */
    watchLive: (read: () => LiveCounts): void => {
      liveCounts = read;
    },
  };
};

function commitMetrics(registry: Registry): (writes: number, seconds: number) => void {
  const batchSizes = new Histogram({
    name: 'sightline_store_commit_writes',
    help: 'Writes in one durable commit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'sightline_store_commit_duration_seconds',
    help: 'Seconds from the sending of a batch to its being durable.',
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5],
    registers: [registry],
  });
  return (writes, seconds) => {
    batchSizes.observe(writes);
    durations.observe(seconds);
  };
}

function liveMetrics(registry: Registry, read: () => LiveCounts): void {
  for (const key of ['conferences', 'participants', 'endpoints'] as const) {
    new Gauge({
      name: `sightline_live_${key}`,
      help: `Live ${key}.`,
      registers: [registry],
      collect() {
        this.set(read()[key]);
      },
    });
  }
}
