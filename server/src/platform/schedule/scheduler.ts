import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import type { Logger } from '../logging/logger.ts';

const LOOK_MS = 15_000;
const RETRY_MS = 10 * 60_000;
// A process that died at its task is given up after this long.
const LEASE = `interval '30 minutes'`;

/** Work that comes round. */
export interface ScheduledTask {
  /** Known by this name to every process. */
  readonly name: string;
  readonly intervalMs: number;
  /** Begin with the first turn at once; otherwise one interval after the first start. */
  readonly isDueAtFirst?: boolean;
  work(signal: AbortSignal): Promise<void>;
}

/**
 * Does tasks when they are due, each in one of however many processes share the database, by the database's clock. One
 * that fails is tried again after ten minutes, or after its interval where that is shorter.
 */
export class Scheduler {
  private readonly database: Database;
  private readonly logger: Logger;
  private readonly tasks: ScheduledTask[] = [];
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(database: Database, logger: Logger) {
    this.database = database;
    this.logger = logger;
  }

  /** Adds a task; before `start`. */
  add(task: ScheduledTask): void {
    this.tasks.push(task);
  }

  start(lookMs = LOOK_MS): void {
    this.loop = this.look(lookMs);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  /** Does what is due now; tells the names. */
  async turn(): Promise<string[]> {
    const done: string[] = [];
    for (const task of this.tasks) {
      if (this.stopping.signal.aborted) break;
      if (await this.claim(task)) {
        await this.perform(task);
        done.push(task.name);
      }
    }
    return done;
  }

  private async look(lookMs: number): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.turn().catch((problem) =>
        this.logger.warn({ err: problem }, 'scheduled tasks wait for the database'),
      );
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async claim({ name, intervalMs, isDueAtFirst }: ScheduledTask): Promise<boolean> {
    const em = this.database.fork();
    await em.execute(
      `insert into schedule (name, due_at) values (?, clock_timestamp() + ? * interval '1 millisecond')
        on conflict (name) do nothing`,
      [name, isDueAtFirst ? 0 : intervalMs],
    );
    const rows = await em.execute(
      `update schedule set lease_until = clock_timestamp() + ${LEASE} where name = ? and due_at <= clock_timestamp()
        and (lease_until is null or lease_until < clock_timestamp()) returning name`,
      [name],
    );
    return rows.length > 0;
  }

  private async perform({ name, intervalMs, work }: ScheduledTask): Promise<void> {
    let waitMs = intervalMs;
    let problemMessage: string | null = null;
    try {
      await work(this.stopping.signal);
    } catch (problem) {
      if (this.stopping.signal.aborted) waitMs = 0;
      else {
        waitMs = Math.min(intervalMs, RETRY_MS);
        problemMessage = (problem as Error).message;
        this.logger.error({ err: problem, task: name }, 'a scheduled task failed');
      }
    }
    await this.database.fork().execute(
      `update schedule set due_at = clock_timestamp() + ? * interval '1 millisecond', lease_until = null,
        last_at = clock_timestamp(), last_problem = ? where name = ?`,
      [waitMs, problemMessage, name],
    );
  }
}
