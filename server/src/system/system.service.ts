import type { ComputeService } from '@ai-trading/compute';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { ComponentStatus, SystemStatus } from './system.type.ts';

const LIBRARIES = [
  '@apollo/server',
  'graphql',
  'type-graphql',
  '@mikro-orm/core',
  '@electric-sql/pglite',
  'pg',
  'fastify',
  'graphql-ws',
];

/** What the service needs to know of how the installation was started. */
export interface SystemSettings {
  readonly version: string;
  readonly dataDirectory: string;
  readonly notices: readonly string[];
  readonly startedAtMs: number;
}

/** Looks at every part of the installation. */
export class SystemService {
  private readonly database: Database;
  private readonly compute: ComputeService;
  private readonly clock: Clock;
  private readonly settings: SystemSettings;

  constructor(database: Database, compute: ComputeService, clock: Clock, settings: SystemSettings) {
    this.database = database;
    this.compute = compute;
    this.clock = clock;
    this.settings = settings;
  }

  /** Whether the parts without which nothing works do. */
  async components(): Promise<ComponentStatus[]> {
    const database = await this.probe(
      'database',
      this.database.kind === 'embedded' ? 'PGlite (embedded PostgreSQL)' : 'PostgreSQL server',
      async () => {
        await this.database.ping(this.clock);
        return this.database.kind === 'embedded'
          ? 'in this process, in the data folder'
          : 'by DATABASE_URL or POSTGRES_HOST';
      },
    );
    const compute = await this.probe('compute', 'worker threads in this process', async () => {
      const { threads, busyThreads } = await this.compute.describe();
      return `${busyThreads} of ${threads} threads at work`;
    });
    const queue = await this.probe('queue', 'run table, in this process', async () => {
      const { queued, running } = await this.runCounts();
      return `${queued} waiting, ${running} at work`;
    });
    const events: ComponentStatus = {
      name: 'events',
      kind: 'in this process',
      state: 'UP',
      latencyMs: null,
      detail: 'outbox in the database, delivered over websockets',
    };
    return [database, compute, queue, events];
  }

  async status(): Promise<SystemStatus> {
    const components = await this.components();
    const { version, dataDirectory, notices, startedAtMs } = this.settings;
    const counts = await this.counts();
    const { queued, running, total } = await this.runCounts();
    const processors = cpus();
    return {
      state: components.every(({ state }) => state === 'UP') ? 'UP' : 'DOWN',
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
      compute: await this.computeStatus(),
      versions: libraryVersions(),
      runsQueued: queued,
      runsRunning: running,
      runCount: total,
      ...counts,
      notices: [...notices],
    };
  }

  private async computeStatus(): Promise<SystemStatus['compute']> {
    const description = await this.compute.describe();
    return { ...description, backends: [...description.backends] };
  }

  private async counts(): Promise<{ instrumentCount: number; barCount: number; portfolioCount: number }> {
    const [row] = await this.database
      .fork()
      .execute(
        `select (select count(*) from instrument) as instruments, (select coalesce(sum(bar_count), 0) from data_set) as bars, (select count(*) from portfolio) as portfolios`,
      );
    return {
      instrumentCount: Number(row.instruments),
      barCount: Number(row.bars),
      portfolioCount: Number(row.portfolios),
    };
  }

  private async runCounts(): Promise<{ queued: number; running: number; total: number }> {
    const [row] = await this.database
      .fork()
      .execute(
        `select count(*) filter (where status = 'QUEUED') as queued, count(*) filter (where status = 'RUNNING') as running, count(*) as total from run`,
      );
    return { queued: Number(row.queued), running: Number(row.running), total: Number(row.total) };
  }

  private async probe(name: string, kind: string, look: () => Promise<string>): Promise<ComponentStatus> {
    const startedAtMs = performance.now();
    try {
      const detail = await look();
      return { name, kind, state: 'UP', latencyMs: performance.now() - startedAtMs, detail };
    } catch (problem) {
      return {
        name,
        kind,
        state: 'DOWN',
        latencyMs: null,
        detail: problem instanceof Error ? problem.message : String(problem),
      };
    }
  }
}

let versions: { name: string; version: string }[] | undefined;

function libraryVersions(): { name: string; version: string }[] {
  const require = createRequire(import.meta.url);
  versions ??= LIBRARIES.flatMap((name) => {
    for (const folder of require.resolve.paths(name) ?? []) {
      try {
        return [
          { name, version: (require(`${folder}/${name}/package.json`) as { version: string }).version },
        ];
      } catch {
        // Not in this folder: the next one up may have it.
      }
    }
    return [];
  });
  return versions;
}
