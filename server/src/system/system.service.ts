import { type ComputeDescription, type ComputeService, ENGINE_VERSION } from '@ai-trading/compute';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { PubSub } from '../platform/pub-sub/pub-sub.ts';
import type { Queue } from '../platform/queue/queue.ts';
import type { ComponentState, ComponentStatus, SystemStatus } from './system.type.ts';

const LIBRARIES = [
  '@apollo/server',
  'graphql',
  'type-graphql',
  '@mikro-orm/core',
  '@electric-sql/pglite',
  'pg',
  'fastify',
  'graphql-ws',
  'ioredis',
  'bullmq',
  'onnxruntime-node',
];
const ANSWER_MAXIMUM_MS = 3_000;
const NO_COMPUTE: ComputeDescription = {
  engineVersion: ENGINE_VERSION,
  threads: 0,
  device: 'no compute service answers',
  backends: [],
  busyThreads: 0,
  queuedTasks: 0,
};

/** What the service needs to know of how the installation was started. */
export interface SystemSettings {
  readonly version: string;
  readonly dataDirectory: string;
  readonly notices: readonly string[];
  readonly startedAtMs: number;
  /** What computes, for people. */
  readonly computeKind: string;
}

interface Counts {
  readonly instrumentCount: number;
  readonly barCount: number;
  readonly portfolioCount: number;
  readonly runCount: number;
  readonly runsQueued: number;
  readonly runsRunning: number;
}

type State = keyof typeof ComponentState;

interface Health {
  readonly state: State;
  readonly components: ComponentStatus[];
}

/** Looks at every part of the installation; a part that is away is told as such and never hinders the rest. */
export class SystemService {
  private readonly database: Database;
  private readonly compute: ComputeService;
  private readonly pubSub: PubSub;
  private readonly queue: Queue;
  private readonly clock: Clock;
  private readonly settings: SystemSettings;
  private looking: Promise<Health> | null = null;
  private counts: Counts = {
    instrumentCount: 0,
    barCount: 0,
    portfolioCount: 0,
    runCount: 0,
    runsQueued: 0,
    runsRunning: 0,
  };

  constructor(
    database: Database,
    compute: ComputeService,
    pubSub: PubSub,
    queue: Queue,
    clock: Clock,
    settings: SystemSettings,
  ) {
    this.database = database;
    this.compute = compute;
    this.pubSub = pubSub;
    this.queue = queue;
    this.clock = clock;
    this.settings = settings;
  }

  /** Every part and the verdict: DOWN without the database, DEGRADED without another part. Who asks during a look shares it: strangers may ask, as often as they like. */
  health(): Promise<Health> {
    this.looking ??= this.look().finally(() => (this.looking = null));
    return this.looking;
  }

  private async look(): Promise<Health> {
    const isEmbedded = this.database.kind === 'embedded';
    const components = await Promise.all([
      probe(
        'database',
        isEmbedded ? 'PGlite (embedded PostgreSQL)' : 'PostgreSQL server',
        'DOWN',
        async () => {
          await this.database.ping(this.clock);
          return isEmbedded ? 'in this process, in the data folder' : 'by DATABASE_URL or POSTGRES_HOST';
        },
      ),
      probe('compute', this.settings.computeKind, 'DEGRADED', async () => {
        const { threads, busyThreads } = await this.compute.describe();
        return `${busyThreads} of ${threads} threads at work`;
      }),
      probe('queue', `run table, told ${this.queue.kind}`, 'DEGRADED', async () => {
        const { runsQueued, runsRunning } = await this.count();
        await this.queue.ping();
        return `${runsQueued} waiting, ${runsRunning} at work`;
      }),
      probe('events', this.pubSub.kind, 'DEGRADED', async () => {
        await this.pubSub.ping();
        return 'outbox in the database, delivered over websockets';
      }),
    ]);
    const states = components.map(({ state }) => state);
    return {
      state: states.includes('DOWN') ? 'DOWN' : states.includes('DEGRADED') ? 'DEGRADED' : 'UP',
      components,
    };
  }

  async status(): Promise<SystemStatus> {
    const { state, components } = await this.health();
    const { version, dataDirectory, notices, startedAtMs } = this.settings;
    const compute = await this.compute.describe().catch(() => NO_COMPUTE);
    const processors = cpus();
    return {
      state,
      version,
      profile: this.database.kind,
      startedAt: new Date(startedAtMs),
      uptimeSeconds: (this.clock() - startedAtMs) / 1000,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      memoryBytes: process.memoryUsage().rss,
      cpuModel: processors[0]?.model.trim() ?? 'unknown',
      cpuCount: processors.length,
      dataDirectory,
      components,
      compute: { ...compute, backends: [...compute.backends] },
      versions: libraryVersions(),
      ...this.counts,
      notices: [...notices],
    };
  }

  /** Counts what is stored; the last counts stay known while the database is away. */
  async count(): Promise<Counts> {
    const [row] = await this.database.fork().execute<Record<keyof Counts, string>[]>(
      `select (select count(*) from instrument) as "instrumentCount", (select coalesce(sum(bar_count), 0) from data_set) as "barCount",
         (select count(*) from portfolio) as "portfolioCount", count(*) as "runCount",
         count(*) filter (where status = 'QUEUED') as "runsQueued", count(*) filter (where status = 'RUNNING') as "runsRunning" from run`,
    );
    const counts = Object.fromEntries(Object.entries(row).map(([name, count]) => [name, Number(count)]));
    this.counts = counts as unknown as Counts;
    return this.counts;
  }
}

async function probe(
  name: string,
  kind: string,
  stateWithout: State,
  look: () => Promise<string>,
): Promise<ComponentStatus> {
  const startedAtMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${ANSWER_MAXIMUM_MS / 1000} s`)),
      ANSWER_MAXIMUM_MS,
    );
  });
  try {
    const detail = await Promise.race([look(), silence]);
    return { name, kind, state: 'UP', latencyMs: performance.now() - startedAtMs, detail };
  } catch (problem) {
    const detail = problem instanceof Error ? problem.message : String(problem);
    return { name, kind, state: stateWithout, latencyMs: null, detail };
  } finally {
    clearTimeout(timer);
  }
}

let versions: { name: string; version: string }[] | undefined;

function libraryVersions(): { name: string; version: string }[] {
  const require = createRequire(import.meta.url);
  versions ??= LIBRARIES.flatMap((name) => {
    for (const folder of require.resolve.paths(name) ?? []) {
      try {
        const { version } = require(`${folder}/${name}/package.json`) as { version: string };
        return [{ name, version }];
      } catch {
        // Not in this folder: the next one up may have it.
      }
    }
    return [];
  });
  return versions;
}
