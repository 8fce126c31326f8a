import type { ComputeService } from '@ai-trading/compute';
import { BacktestRunner } from './backtest/backtest.runner.ts';
import type { SimulationBuilder } from './backtest/simulation-request.ts';
import { SweepRunner } from './backtest/sweep.runner.ts';
import type { Services } from './context.ts';
import { BarImporter } from './market-data/import-bars.ts';
import type { Clock } from './platform/clock.ts';
import type { Database } from './platform/database/database.ts';
import type { Uploads } from './platform/http/uploads.ts';
import type { Logger } from './platform/logging/logger.ts';
import type { Queue } from './platform/queue/queue.ts';
import type { Tracing } from './platform/tracing/tracing.ts';
import type { RunKind } from './run/run.entity.ts';
import { type RunHandler, RunWorker } from './run/run.worker.ts';
import type { ImportStore } from './trade/imports/import.store.ts';
import { TransactionImporter } from './trade/imports/import-transactions.ts';
import type { TransactionStore } from './trade/transaction.store.ts';

/** What a worker stands on. */
interface WorkerParts {
  readonly database: Database;
  readonly compute: ComputeService;
  readonly queue: Queue;
  readonly uploads: Uploads;
  readonly tracing: Tracing | null;
}

/** Stores that no resolver needs. */
interface WorkerStores {
  readonly transactions: TransactionStore;
  readonly importStore: ImportStore;
  readonly builder: SimulationBuilder;
}

/** What works on runs: a handler for every kind of run, and of import. */
export function createWorker(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  { database, compute, queue, uploads, tracing }: WorkerParts,
  { marketData, runs }: Services,
  { transactions, importStore, builder }: WorkerStores,
): RunWorker {
  const backtests = new BacktestRunner(compute, builder);
  const sweeps = new SweepRunner(compute, builder);
  const imports = {
    BARS: new BarImporter(database, marketData, uploads),
    TRANSACTIONS: new TransactionImporter(marketData, importStore, transactions, uploads, clock),
  };
  const handlers: Readonly<Record<RunKind, RunHandler>> = {
    BACKTEST: (task) => backtests.run(task),
    SWEEP: (task) => sweeps.run(task),
    IMPORT: (task) => imports[task.run.request.kind as keyof typeof imports].run(task),
  };
  return new RunWorker(runs, queue, tracing ? traced(tracing, handlers) : handlers, logger);
}

function traced(
  tracing: Tracing,
  handlers: Readonly<Record<RunKind, RunHandler>>,
): Readonly<Record<RunKind, RunHandler>> {
  const within =
    (kind: RunKind): RunHandler =>
    (task) =>
      tracing.span(`run ${kind}`, { 'run.id': task.run.id, 'run.attempt': task.run.attempt }, () =>
        handlers[kind](task),
      );
  return { BACKTEST: within('BACKTEST'), SWEEP: within('SWEEP'), IMPORT: within('IMPORT') };
}
