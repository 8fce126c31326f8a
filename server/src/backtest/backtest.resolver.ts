import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { downsampleIndices, pick } from '../market-data/bars.ts';
import { DeletePayload, Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { toImportRun } from '../market-data/import-run.type.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { TradeJournalResult } from '../portfolio/trade-statistics.type.ts';
import { type Trade, TradeConnection } from '../portfolio/trade.type.ts';
import { toJournal, toTradePage } from '../portfolio/trade-view.ts';
import { JournalArgs, TradesArgs } from '../portfolio/trades.args.ts';
import { RiskInput, RiskReportResult, StatisticValue } from '../risk/risk.type.ts';
import { describeStatistics } from '../risk/risk.service.ts';
import { RunIdInput, StartBacktestInput } from './backtest.input.ts';
import {
  BacktestRun,
  BacktestRunConnection,
  BacktestSeries,
  CancelRunPayload,
  StartBacktestPayload,
  StrategyCheckType,
  StrategyType,
} from './backtest.type.ts';
import { BacktestsArgs } from './runs.args.ts';
import { SimulatedFill, SimulatedFillConnection } from './simulated-fill.type.ts';
import { simulatedMarket } from './simulated-trades.ts';
import type { StoredSimulation } from './simulation-request.ts';
import { fillAt, summaryOf, toBacktestRun, toSweep } from './views.ts';

@Resolver(() => BacktestRun)
export class BacktestResolver {
  @Query(() => [StrategyType], { description: 'The strategies that come with the product, by name.' })
  strategies(@Ctx() { services }: Context): StrategyType[] {
    return services.backtests.builder.library.map((strategy) => ({
      ...strategy,
      parameters: [...strategy.parameters],
    }));
  }

  @Query(() => StrategyCheckType, { description: 'Checks the text of a strategy.' })
  async checkStrategy(
    @Ctx() { services }: Context,
    @Arg('source', () => String, { description: 'The text.' }) source: string,
  ): Promise<StrategyCheckType> {
    const check = await services.backtests.builder.checkStrategy(source);
    if (check.ok)
      return {
        ok: true,
        strategy: { ...check.strategy, parameters: [...check.strategy.parameters], id: 'custom', source },
        diagnostics: [],
      };
    return {
      ok: false,
      strategy: null,
      diagnostics: check.diagnostics.map((one) => ({
        ...one,
        severity: one.severity === 'error' ? 'ERROR' : 'WARNING',
      })),
    };
  }

  @Query(() => BacktestRun, { nullable: true, description: 'A backtest by its id.' })
  async backtest(
    @Ctx() { services }: Context,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<BacktestRun | null> {
    const row = await services.runs.find(id);
    return row?.kind === 'BACKTEST' ? toBacktestRun(row) : null;
  }

  @Query(() => BacktestRunConnection, { description: 'Backtests.' })
  async backtests(
    @Ctx() { services }: Context,
    @Args(() => BacktestsArgs) { first, after, filter, orderBy }: BacktestsArgs,
  ): Promise<Connection<BacktestRun>> {
    const { offset, limit } = pageOf(first, after);
    const choice = { ...filter, kind: 'BACKTEST', symbol: filter?.symbol?.toUpperCase() } as const;
    const [rows, total] = await services.runs.list(choice, offset, limit, orderBy);
    return toConnection(rows.map(toBacktestRun), offset, total);
  }

  @Access({ who: 'USER', scope: 'BACKTEST_RUN' })
  @Mutation(() => StartBacktestPayload, { description: 'Stores a backtest and queues it; returns at once.' })
  startBacktest(
    @Ctx() { services }: Context,
    @Arg('input', () => StartBacktestInput, { description: 'What to simulate.' }) input: StartBacktestInput,
  ): Promise<StartBacktestPayload> {
    return payload(async () => ({ run: toBacktestRun(await services.backtests.startBacktest(input)) }));
  }

  @Access({ who: 'USER', scope: 'BACKTEST_RUN' })
  @Mutation(() => CancelRunPayload, { description: 'Ends a backtest within a second.' })
  cancelBacktest(
    @Ctx() { services }: Context,
    @Arg('input', () => RunIdInput, { description: 'The run.' }) input: RunIdInput,
  ): Promise<CancelRunPayload> {
    return payload(async () => ({
      run: toBacktestRun(await services.backtests.cancel(input.id, 'BACKTEST')),
    }));
  }

  @Access({ who: 'USER', scope: 'BACKTEST_RUN' })
  @Mutation(() => CancelRunPayload, { description: 'Ends a sweep within a second.' })
  cancelSweep(
    @Ctx() { services }: Context,
    @Arg('input', () => RunIdInput, { description: 'The run.' }) input: RunIdInput,
  ): Promise<CancelRunPayload> {
    return payload(async () => ({ run: toSweep(await services.backtests.cancel(input.id, 'SWEEP')) }));
  }

  @Mutation(() => CancelRunPayload, { description: 'Ends an import; nothing of it is stored.' })
  cancelImport(
    @Ctx() { services }: Context,
    @Arg('input', () => RunIdInput, { description: 'The run.' }) input: RunIdInput,
  ): Promise<CancelRunPayload> {
    return payload(async () => ({ run: toImportRun(await services.backtests.cancel(input.id, 'IMPORT')) }));
  }

  @Access({ who: 'USER', scope: 'BACKTEST_RUN' })
  @Mutation(() => DeletePayload, { description: 'Deletes a run that has ended, with its results.' })
  deleteRun(
    @Ctx() { services }: Context,
    @Arg('input', () => RunIdInput, { description: 'The run.' }) input: RunIdInput,
  ): Promise<DeletePayload> {
    return payload(async () => ({ deletedId: await services.backtests.delete(input.id) }));
  }

  @FieldResolver(() => Instrument, {
    nullable: true,
    description: 'The traded instrument; null when it was deleted since.',
  })
  async instrument(
    @Ctx() { services }: Context,
    @Root() { settings }: BacktestRun,
  ): Promise<Instrument | null> {
    const row = await services.marketData.findBySymbol(settings.symbol);
    return row && toInstrument(row);
  }

  @FieldResolver(() => [StatisticValue], { description: 'All statistics; empty until it has succeeded.' })
  statistics(@Root() { row }: BacktestRun): StatisticValue[] {
    return describeStatistics(summaryOf(row).statistics ?? {});
  }

  @FieldResolver(() => BacktestSeries, {
    nullable: true,
    description: 'Its course; while it runs, what is done so far, without benchmark and position.',
  })
  async equity(
    @Ctx() { services }: Context,
    @Root() { id }: BacktestRun,
    @Arg('maxPoints', () => Int, {
      nullable: true,
      description: 'At most so many points; extremes are kept.',
    })
    maxPoints: number | null,
  ): Promise<BacktestSeries | null> {
    const course = await services.backtests.columns(id, 'course');
    if (!course.equity) return null;
    const indices = downsampleIndices(course.equity, Math.max(10, maxPoints ?? 100_000));
    const at = (name: string) =>
      pick(course[name] ?? new Float64Array(course.equity.length).fill(NaN), indices);
    return {
      length: indices.length,
      sourceLength: course.equity.length,
      times: at('timesMs'),
      equity: at('equity'),
      drawdown: at('drawdown'),
      position: at('position'),
      benchmark: at('benchmark'),
    };
  }

  @FieldResolver(() => SimulatedFillConnection, {
    description: 'Its fills, in the order they happened when nothing else is asked.',
  })
  async fills(
    @Ctx() { services }: Context,
    @Root() { row }: BacktestRun,
    @Arg('first', () => Int, { description: 'How many, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to go on from.' }) after?: string,
    @Arg('direction', () => SortDirection, {
      nullable: true,
      description: 'Which end first; the oldest when left out.',
    })
    direction?: keyof typeof SortDirection | null,
  ): Promise<Connection<SimulatedFill>> {
    const { offset, limit } = pageOf(first, after);
    const columns = await services.backtests.columns(row.id, 'fills');
    const total = columns.side?.length ?? 0;
    const count = Math.max(0, Math.min(limit, total - offset));
    return toConnection(
      Array.from({ length: count }, (_, place) => {
        const index = offset + place;
        return fillAt(row, columns, direction === 'DESCENDING' ? total - 1 - index : index);
      }),
      offset,
      total,
    );
  }

  @FieldResolver(() => TradeConnection, {
    description:
      'Its trades, of the same kind as those of a portfolio; in the order they were entered, per closing left, when nothing else is asked.',
  })
  async trades(
    @Ctx() { services }: Context,
    @Root() { row }: BacktestRun,
    @Args(() => TradesArgs) choice: TradesArgs,
  ): Promise<Connection<Trade>> {
    const market = simulatedMarket(
      (row.request as StoredSimulation).timeframe,
      () => services.backtests.bars(row),
      (symbol) => services.marketData.findBySymbol(symbol),
    );
    return toTradePage(await services.backtests.trades(row, choice.grouping, choice.filter), choice, market);
  }

  @FieldResolver(() => TradeJournalResult, {
    description: 'Statistics of its trades that are closed, by the same rules as for a portfolio.',
  })
  async journal(
    @Ctx() { services }: Context,
    @Root() { row, settings }: BacktestRun,
    @Args(() => JournalArgs) { grouping, filter, timeZone }: JournalArgs,
  ): Promise<typeof TradeJournalResult> {
    return toJournal(await services.backtests.trades(row, grouping, filter), settings.currency, timeZone);
  }

  @FieldResolver(() => RiskReportResult, {
    description: 'Its risk, by the same measures as for a portfolio.',
  })
  async risk(
    @Ctx() { services }: Context,
    @Root() { id, row }: BacktestRun,
    @Arg('input', () => RiskInput, { nullable: true, description: 'How risk is measured.' })
    input: RiskInput | null,
  ): Promise<typeof RiskReportResult> {
    const { timesMs = new Float64Array(0), equity = timesMs } = await services.backtests.columns(
      id,
      'course',
    );
    const { periodsPerYear } = row.request as StoredSimulation;
    const series = { timesMs, levels: equity, periodsPerYear, equity: equity[equity.length - 1] };
    return services.risk.report(series, input ?? { confidence: 0.95, horizonBars: 1, window: 0 });
  }

  @FieldResolver(() => Int, {
    description: 'How many parameter sets have been tried on this data so far, sweeps included.',
  })
  async trialCount(@Ctx() { services }: Context, @Root() { row }: BacktestRun): Promise<number> {
    return services.backtests.trialCount(summaryOf(row).dataHash);
  }
}
