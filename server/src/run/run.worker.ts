import type { Logger } from '../platform/logging/logger.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { Queue } from '../platform/queue/queue.ts';
import { asViewer, SYSTEM } from '../platform/viewer.ts';
import type { RunKind, RunRow } from './run.entity.ts';
import { type Artifacts, type Lease, LeaseLost, type RunStore } from './run.store.ts';

/**
 * What a run's work gives: its summary and its columns, stored together with whatever `alsoWrite` adds, or not
 * at all where the run has another worker by then. `afterwards` is told which, to tidy up.
 */
export interface RunOutcome {
  readonly result: Record<string, unknown>;
  readonly artifacts?: Artifacts;
  readonly alsoWrite?: (em: EntityManager) => Promise<void>;
  readonly afterwards?: (isStored: boolean) => Promise<void>;
}

/** What a handler may do while it works. */
export interface RunTask {
  readonly run: RunRow;
  readonly signal: AbortSignal;
  /** Stores progress between 0 and 1, and columns to go on from or to show meanwhile; at most a few times a second. */
  checkpoint(progress: number, artifacts?: Artifacts | null, result?: Record<string, unknown>): Promise<void>;
  /** What an earlier attempt stored under a name. */
  artifact(name: string): Promise<Buffer | null>;
}

export type RunHandler = (task: RunTask) => Promise<RunOutcome>;

/** A problem in a run that its user can mend: its message is shown as it is. */
export class RunProblem extends Error {}

/** A problem that may pass, such as a service that is away: the run waits for another attempt. */
export class RunPostponed extends Error {}

const HEARTBEAT_MS = 400;
const POLL_MS = 1_000;
/** How many results may wait for the database before no further run is begun. */
const STORING_MAXIMUM = 2;

class CancelRequested extends Error {}
class Stopping extends Error {}

/** Works on queued runs, a few at a time, until stopped; a stop gives unfinished runs back. */
export class RunWorker {
  private readonly store: RunStore;
  private readonly queue: Queue;
  private readonly handlers: Readonly<Record<RunKind, RunHandler>>;
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private readonly working = new Set<Promise<void>>();
  /** Ends of runs that are being stored while their place is another's already. */
  private readonly storing = new Set<Promise<void>>();
  private looking: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    store: RunStore,
    queue: Queue,
    handlers: Readonly<Record<RunKind, RunHandler>>,
    logger: Logger,
  ) {
    this.store = store;
    this.queue = queue;
    this.handlers = handlers;
    this.logger = logger;
  }

  start(concurrency: number): void {
    // An entry may come out of somebody's request, whose rights are not those of the work.
    this.queue.work(concurrency, () => asViewer(SYSTEM, () => this.turn(concurrency)));
    const look = async () => {
      await this.look(concurrency);
      if (!this.stopping.signal.aborted) this.timer = setTimeout(() => (this.looking = look()), POLL_MS);
    };
    this.looking = look();
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Stopping());
    clearTimeout(this.timer);
    await Promise.all([this.looking, ...this.working]);
    await Promise.all(this.storing);
    await this.store.relay().catch((problem) => this.logger.warn({ err: problem }, 'messages wait'));
  }

  /** Finds what nobody was told of: a worker that died, a message that was lost. */
  private async look(concurrency: number): Promise<void> {
    try {
      await this.store.recover(false);
    } catch (problem) {
      this.logger.error({ err: problem }, 'could not look after the runs');
    }
    if (this.working.size < concurrency) void this.turn(concurrency);
  }

  /** Waits for a place and works until there is no run left. */
  private async turn(concurrency: number): Promise<void> {
    while (this.working.size >= concurrency) await Promise.race(this.working);
    const working = this.workAll().finally(() => this.working.delete(working));
    this.working.add(working);
    await working;
  }

  private async workAll(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      while (this.storing.size >= STORING_MAXIMUM) await Promise.race(this.storing);
      const claimed = await this.store.claim().catch((problem) => {
        this.logger.error({ err: problem }, 'could not look for work');
        return null;
      });
      if (!claimed) return;
      await this.work(claimed.run, claimed.lease);
    }
  }

  /** Resolves once the run needs nothing but its end stored: the next can be worked on meanwhile. */
  private async work(run: RunRow, lease: Lease): Promise<void> {
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, this.stopping.signal]);
    const heartbeat = this.keepAlive(lease, ending);
    const log = this.logger.child({ runId: run.id, kind: run.kind, attempt: run.attempt });
    const checkpoint: RunTask['checkpoint'] = (progress, artifacts, result) =>
      this.store.change(lease, { progress, result }, artifacts);
    const artifact = (name: string) => this.store.artifact(run.id, name);
    log.info('run started');
    const working = this.handlers[run.kind]({ run, signal, checkpoint, artifact });
    const storing = working
      .then((outcome) => this.finish(lease, outcome, log))
      .then(
        () => log.info('run succeeded'),
        (problem) => this.ended(lease, signal.aborted ? signal.reason : problem, log),
      )
      .finally(() => {
        clearInterval(heartbeat);
        this.storing.delete(storing);
      });
    await working.catch(() => undefined);
    this.storing.add(storing);
  }

  private async finish(lease: Lease, outcome: RunOutcome, log: Logger): Promise<void> {
    const { result, artifacts, alsoWrite, afterwards } = outcome;
    let isStored = false;
    try {
      await this.store.change(lease, { status: 'SUCCEEDED', progress: 1, result }, artifacts, alsoWrite);
      isStored = true;
    } finally {
      await afterwards?.(isStored).catch((problem) =>
        log.warn({ err: problem }, 'the run left something behind'),
      );
    }
  }

  private keepAlive(lease: Lease, ending: AbortController): NodeJS.Timeout {
    let isAsking = false;
    return setInterval(() => {
      // While the end of a run is written its row is locked: one question waits, not one more at every beat.
      if (isAsking) return;
      isAsking = true;
      this.store
        .heartbeat(lease)
        .then(
          ({ isCancelRequested }) => isCancelRequested && ending.abort(new CancelRequested()),
          (problem) => problem instanceof LeaseLost && ending.abort(problem),
        )
        .finally(() => (isAsking = false));
    }, HEARTBEAT_MS);
  }

  private async ended(lease: Lease, problem: unknown, log: Logger): Promise<void> {
    try {
      if (problem instanceof Stopping) await this.store.giveBack(lease);
      else if (problem instanceof CancelRequested) await this.store.change(lease, { status: 'CANCELLED' });
      else if (problem instanceof RunPostponed) {
        log.warn(`the run waits for another attempt: ${problem.message}`);
        await this.store.postpone(lease, problem.message);
      } else if (problem instanceof LeaseLost) log.warn('the run went to another worker');
      else {
        const isUsers = problem instanceof RunProblem;
        if (!isUsers) log.error({ err: problem }, 'run failed');
        const errorMessage = isUsers
          ? problem.message
          : 'an error inside the product; the log has the details';
        await this.store.change(lease, { status: 'FAILED', errorMessage });
      }
    } catch (second) {
      log.error({ err: second }, 'the end of the run could not be stored');
    }
  }
}
