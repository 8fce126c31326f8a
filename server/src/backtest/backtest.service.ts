import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { invalid, notFound, UserProblem } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { together } from '../platform/together.ts';
import { decodeColumns } from '../run/columns.ts';
import type { Grouping, JournalTrade } from '../portfolio/journal-trade.ts';
import { meets, type TradeQuery } from '../portfolio/trade-query.ts';
import { isFinished, type RunKind, type RunRow } from '../run/run.entity.ts';
import type { RunStore } from '../run/run.store.ts';
import type { StartBacktestInput, StartSweepInput } from './backtest.input.ts';
import { simulatedTrades, type TradedBars } from './simulated-trades.ts';
import { axesOf, type SimulationBuilder, type StoredSimulation } from './simulation-request.ts';
import { SweepSurfaces } from './surface.ts';
import type { StoredSweep } from './sweep.runner.ts';
import { summaryOf } from './views.ts';

/** Which trades of a run; of its symbols those that have a text in them. */
type SimulatedTradeQuery = TradeQuery & { readonly search?: string };

/** Begins, ends and reads backtests and sweeps. */
export class BacktestService {
  private readonly database: Database;
  private readonly runs: RunStore;
  readonly builder: SimulationBuilder;
  readonly surfaces: SweepSurfaces;
  private readonly clock: Clock;
  /** The trades that were asked for last, of a run that has ended. */
  private newest: { readonly key: string; readonly trades: Promise<readonly JournalTrade[]> } | null = null;
  private readonly trials = together((hashes: readonly string[]) => this.readTrials(hashes));

  constructor(database: Database, runs: RunStore, builder: SimulationBuilder, clock: Clock) {
    this.database = database;
    this.runs = runs;
    this.builder = builder;
    this.surfaces = new SweepSurfaces(runs);
    this.clock = clock;
  }

  async startBacktest(input: StartBacktestInput): Promise<RunRow> {
    const { simulation } = await this.builder.build(input);
    return this.enqueue(
      'BACKTEST',
      input,
      `${simulation.strategyName} on ${tradedName(simulation)}`,
      simulation,
    );
  }

  async startSweep(input: StartSweepInput): Promise<RunRow> {
    const { simulation, strategy } = await this.builder.build(input);
    const axes = axesOf(strategy, input.axes).map(({ parameter, values }) => ({
      parameter,
      values: [...values],
    }));
    const sweep: StoredSweep = { ...simulation, axes, objective: input.objective };
    return this.enqueue(
      'SWEEP',
      input,
      `Sweep of ${simulation.strategyName} on ${tradedName(simulation)}`,
      sweep,
    );
  }

  /** Asks a run to end; the answer is the run as it stands. */
  async cancel(id: string, kind: RunKind): Promise<RunRow> {
    const run = await this.runs.find(id);
    if (run?.kind !== kind) throw notFound('run of this kind', id, 'input', 'id');
    if (isFinished(run.status))
      throw invalid(`expected a run that is queued or running, was ${run.status}`, 'input', 'id');
    await this.runs.requestCancel(id);
    return this.runs.get(id);
  }

  async delete(id: string): Promise<string> {
    const run = await this.runs.find(id);
    if (!run) throw notFound('run', id, 'input', 'id');
    if (!isFinished(run.status))
      throw invalid(`expected a run that has ended, was ${run.status}: cancel it first`, 'input', 'id');
    await this.runs.delete(id);
    return id;
  }

  /** One set of a run's columns; empty while there are none. */
  async columns(
    runId: string,
    name: 'course' | 'fills' | 'trades' | 'weights' | 'rebalances',
  ): Promise<Record<string, Float64Array>> {
    const bytes = await this.runs.artifact(runId, name);
    return bytes ? decodeColumns(bytes) : {};
  }

  /** The trades of a run that meet a query; in the order they were entered, per closing left. */
  async trades(run: RunRow, grouping: Grouping, query?: SimulatedTradeQuery | null): Promise<JournalTrade[]> {
    const all = await this.allTrades(run, grouping);
    const search = query?.search?.trim().toUpperCase();
    const instrumentIds = search
      ? [...new Set(all.map(({ symbol }) => symbol))].filter((symbol) => symbol.includes(search))
      : undefined;
    return all.filter((trade) => meets(trade, { ...query, instrumentIds }));
  }

  private async allTrades(run: RunRow, grouping: Grouping): Promise<readonly JournalTrade[]> {
    const work = async () => simulatedTrades(run, await this.columns(run.id, 'fills'), grouping);
    if (!isFinished(run.status)) return work();
    const key = `${run.id} ${grouping}`;
    if (this.newest?.key === key) return this.newest.trades;
    const own = { key, trades: work() };
    this.newest = own;
    own.trades.catch(() => {
      if (this.newest === own) this.newest = null;
    });
    return own.trades;
  }

  /** The bars that a run traded, by symbol; none where they have changed since, or are gone. */
  async bars(run: RunRow): Promise<ReadonlyMap<string, TradedBars>> {
    try {
      const { instruments, dataHash } = await this.builder.barsOf(run.request as StoredSimulation);
      const isSame = dataHash === summaryOf(run).dataHash;
      return new Map(isSame ? instruments.map(({ symbol, bars }) => [symbol, bars]) : []);
    } catch (problem) {
      if (problem instanceof UserProblem) return new Map();
      throw problem;
    }
  }

  /** How many parameter sets have been tried on a data set so far. */
  async trialCount(dataHash: string | undefined): Promise<number> {
    return dataHash ? this.trials.load(dataHash) : 0;
  }

  private async readTrials(dataHashes: readonly string[]): Promise<number[]> {
    const rows = await this.database
      .fork()
      .execute<{ data_hash: string; trial_count: string }[]>(
        `select data_hash, trial_count from trial where data_hash = any(string_to_array(?, ' '))`,
        [dataHashes.join(' ')],
      );
    const counts = new Map(rows.map((row) => [row.data_hash, Number(row.trial_count)]));
    return dataHashes.map((hash) => counts.get(hash) ?? 0);
  }

  private async enqueue(
    kind: RunKind,
    input: StartBacktestInput | StartSweepInput,
    label: string,
    request: Record<string, unknown>,
  ): Promise<RunRow> {
    const named = input.label?.trim() || label;
    if (named.length > 200)
      throw invalid(`expected a label of at most 200 characters, was ${named.length}`, 'input', 'label');
    const id = await this.database
      .fork()
      .transactional((em) =>
        once(em, this.clock, `start ${kind}`, input, () => this.runs.enqueue(em, kind, named, request)),
      );
    await this.runs.relay();
    return this.runs.get(id);
  }
}

/** What a run trades, in a word or two. */
function tradedName({ symbol, universe }: StoredSimulation): string {
  return universe && universe.length > 1 ? `${universe.length} instruments` : symbol;
}
