import { drawdownSeries } from '@ai-trading/compute';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { downsampleIndices, firstAtOrAfter, pick } from '../market-data/bars.ts';
import { DeletePayload, Instrument } from '../market-data/instrument.type.ts';
import { toInstrument, trimDecimal } from '../market-data/market-data.resolver.ts';
import { amountText, Decimal } from '../platform/decimal.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { Access } from '../platform/graphql/access.ts';
import { insufficientHistory, payload } from '../platform/graphql/errors.ts';
import { DecimalScalar } from '../platform/graphql/scalars.ts';
import { benchmarkColumn } from './benchmark.ts';
import { toCashBalance, toEffects, toExchangeRate, toMissingRate, toStaleRate } from './currency.type.ts';
import { endsOfDays, flowAdjustedLevels } from './growth-levels.ts';
import { KnownArgs, PastArgs } from './past.args.ts';
import { listPositions } from './position-list.ts';
import { PortfolioConnection, PortfoliosArgs } from './portfolios.args.ts';
import { PositionConnection, PositionsArgs } from './positions.args.ts';
import type { PortfolioRow } from './portfolio.entity.ts';
import type { ValuationBasis } from './portfolio.service.ts';
import {
  CreatePortfolioInput,
  DeletePortfolioInput,
  EquitySeries,
  EquitySeriesResult,
  Portfolio,
  PortfolioPayload,
  Position,
  RemoveSampleDataPayload,
  UpdatePortfolioInput,
  Valuation,
} from './portfolio.type.ts';
import type { PricedHolding } from './portfolio-state.ts';
import {
  allEffectsOf,
  fractionOf,
  marketValueOf,
  statementOf,
  unrealisedEffectsOf,
  unrealisedOf,
} from './statement.ts';

export function toPortfolio(row: PortfolioRow): Portfolio {
  return Object.assign(new Portfolio(), row);
}

function toPosition(
  holding: PricedHolding,
  equity: Decimal,
  basis: ValuationBasis,
): Omit<Position, 'instrument'> {
  const { quantity, price, isPriced, averageCost, exchangeRate } = holding;
  const [value, unrealised] = [marketValueOf(holding), unrealisedOf(holding)];
  return {
    quantity: amountText(quantity)!,
    averageCost: quantity.isZero() ? null : amountText(averageCost),
    costBasis: amountText(holding.cost),
    marketPrice: isPriced ? amountText(price) : null,
    marketPriceAt: holding.priceAt,
    marketValue: amountText(value),
    quoteValue: amountText(quantity.times(price)),
    exchangeRate: toExchangeRate(exchangeRate),
    weight: fractionOf(value, equity),
    unrealisedProfit: amountText(unrealised),
    unrealisedFraction: fractionOf(unrealised, holding.cost.abs()),
    unrealisedEffects: toEffects(unrealisedEffectsOf(holding)),
    realisedProfit: amountText(holding.realisedProfit),
    realisedEffects: toEffects(holding.realisedEffects),
    holding,
    basis,
  };
}

/** The base currency comes first. */
function orderOf({ currency }: { currency: string }, { baseCurrency }: Portfolio): number {
  return Number(currency !== baseCurrency);
}

@Resolver(() => Portfolio)
export class PortfolioResolver {
  @Query(() => PortfolioConnection, {
    description:
      'Portfolios that the viewer made or was let into, the oldest first where no order is asked for.',
  })
  async portfolios(
    @Ctx() { services }: Context,
    @Args(() => PortfoliosArgs) { first, after, filter, orderBy }: PortfoliosArgs,
  ): Promise<Connection<Portfolio>> {
    const { offset, limit } = pageOf(first, after);
    const [rows, total] = await services.portfolios.list(filter ?? {}, offset, limit, orderBy);
    return toConnection(rows.map(toPortfolio), offset, total);
  }

  @Query(() => Portfolio, { nullable: true, description: 'A portfolio by its id.' })
  async portfolio(
    @Ctx() { services }: Context,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<Portfolio | null> {
    const row = await services.portfolios.find(id);
    return row && toPortfolio(row);
  }

  @Access({ who: 'USER' })
  @Mutation(() => PortfolioPayload, { description: 'Makes a portfolio.' })
  createPortfolio(
    @Ctx() { services }: Context,
    @Arg('input', () => CreatePortfolioInput, { description: 'The portfolio.' }) input: CreatePortfolioInput,
  ): Promise<PortfolioPayload> {
    return payload(async () => ({ portfolio: toPortfolio(await services.portfolios.create(input)) }));
  }

  @Mutation(() => PortfolioPayload, { description: 'Changes a portfolio.' })
  updatePortfolio(
    @Ctx() { services }: Context,
    @Arg('input', () => UpdatePortfolioInput, { description: 'The changes.' }) input: UpdatePortfolioInput,
  ): Promise<PortfolioPayload> {
    return payload(async () => ({ portfolio: toPortfolio(await services.portfolios.update(input)) }));
  }

  @Access({ right: 'OWN', deletes: true })
  @Mutation(() => DeletePayload, {
    description: 'Deletes a portfolio with all that is in it; its audit log stays, see deletedPortfolios.',
  })
  deletePortfolio(
    @Ctx() { services }: Context,
    @Arg('input', () => DeletePortfolioInput, { description: 'The portfolio.' })
    input: DeletePortfolioInput,
  ): Promise<DeletePayload> {
    return payload(async () => ({
      deletedId: await services.portfolios.delete(input),
    }));
  }

  @Access({ who: 'USER' })
  @Mutation(() => RemoveSampleDataPayload, {
    description: 'Removes the sample portfolio for good; instruments stay.',
  })
  removeSampleData(@Ctx() { services }: Context): Promise<RemoveSampleDataPayload> {
    return payload(async () => ({ deletedPortfolioIds: await services.portfolios.removeSamples() }));
  }

  @FieldResolver(() => Instrument, { nullable: true, description: 'What it is compared with.' })
  async benchmark(@Ctx() { loaders }: Context, @Root() portfolio: Portfolio): Promise<Instrument | null> {
    const row = portfolio.benchmarkId && (await loaders.instruments.load(portfolio.benchmarkId));
    return row ? toInstrument(row) : null;
  }

  @FieldResolver(() => DecimalScalar, { description: 'Cash it began with.' })
  async initialCash(@Ctx() { services }: Context, @Root() portfolio: Portfolio): Promise<string> {
    return trimDecimal(await services.portfolios.openingCash(portfolio.id));
  }

  @FieldResolver(() => Valuation, { description: 'What it is worth at a time.' })
  async valuation(
    @Ctx() { services, loaders }: Context,
    @Root() portfolio: Portfolio,
    @Args(() => PastArgs) { at = null, knownAt = null }: PastArgs,
  ): Promise<Valuation> {
    const state = await services.portfolios.state(portfolio.id, at, knownAt);
    const totals = statementOf(state);
    const unpriced = state.holdings.filter(({ isPriced, quantity }) => !isPriced && !quantity.isZero());
    const names = await Promise.all(
      unpriced.map(({ instrumentId }) => loaders.instruments.load(instrumentId)),
    );
    const amounts = Object.fromEntries(
      Object.entries({
        ...totals,
        cash: state.cash,
        income: totals.dividends.plus(totals.interest).minus(totals.taxes),
      }).map(([name, amount]) => [name, amountText(amount)]),
    );
    const dayChangeFraction = fractionOf(totals.dayChange, totals.equity.minus(totals.dayChange));
    const missingPrices = names.flatMap((row) => row?.symbol ?? []);
    return Object.assign(new Valuation(), {
      ...amounts,
      at: state.at,
      currency: portfolio.baseCurrency,
      dayChangeFraction,
      leverage: fractionOf(totals.grossExposure, totals.equity),
      effects: toEffects(allEffectsOf(state)),
      cashBalances: state.balances
        .filter(({ amount, currency }) => !amount.isZero() || currency === portfolio.baseCurrency)
        .toSorted(
          (a, b) => orderOf(a, portfolio) - orderOf(b, portfolio) || (a.currency < b.currency ? -1 : 1),
        )
        .map(toCashBalance),
      missingRates: state.missing.map(toMissingRate),
      staleRates: state.stale.map(toStaleRate),
      missingPrices,
      basis: { at, state },
    });
  }

  @FieldResolver(() => PositionConnection, {
    description: 'What it holds at a time, one for each instrument, the largest first.',
  })
  async positions(
    @Ctx() { services, loaders }: Context,
    @Root() portfolio: Portfolio,
    @Args(() => PositionsArgs) args: PositionsArgs,
  ): Promise<Connection<Position>> {
    const { at = null, knownAt = null } = args;
    const state = await services.portfolios.state(portfolio.id, at, knownAt);
    const { equity } = statementOf(state);
    const basis = { at, state };
    const rows = await Promise.all(
      state.holdings.map(({ instrumentId }) => loaders.instruments.load(instrumentId)),
    );
    const named = state.holdings.map((holding, index) => ({ holding, instrument: rows[index]! }));
    const { page, offset, totalCount } = listPositions(named, args);
    const items = page.map(({ holding, instrument }) => ({
      instrument: toInstrument(instrument),
      ...toPosition(holding, equity, basis),
    }));
    return toConnection(items, offset, totalCount);
  }

  @FieldResolver(() => Position, {
    nullable: true,
    description: 'What it holds of one instrument at a time, or has held; null where it never did.',
  })
  async position(
    @Ctx() { services }: Context,
    @Root() portfolio: Portfolio,
    @Arg('symbol', () => String, { description: 'The symbol of the instrument, in any case.' })
    symbol: string,
    @Args(() => PastArgs) { at = null, knownAt = null }: PastArgs,
  ): Promise<Position | null> {
    const row = await services.marketData.findBySymbol(symbol);
    const state = await services.portfolios.state(portfolio.id, at, knownAt);
    const holding = state.holdings.find(({ instrumentId }) => instrumentId === row?.id);
    if (!row || !holding) return null;
    const basis = { at, state };
    return Object.assign(new Position(), toPosition(holding, statementOf(state).equity, basis), {
      instrument: toInstrument(row),
    });
  }

  @FieldResolver(() => EquitySeriesResult, {
    description:
      'Its value at every bar from the first event on, and after the last one at the end of each day (UTC) on which something moved.',
  })
  async equity(
    @Ctx() { services }: Context,
    @Root() portfolio: Portfolio,
    @Arg('maxPoints', () => Int, {
      nullable: true,
      description: 'At most so many points; extremes are kept.',
    })
    maxPoints: number | null,
    @Args(() => KnownArgs) { knownAt = null }: KnownArgs,
  ): Promise<typeof EquitySeriesResult> {
    const columns = await services.portfolios.equity(portfolio.id, knownAt);
    if (!columns) return insufficientHistory('transactions of cash or prices of what it holds', 1, 0);
    const levels = flowAdjustedLevels(columns);
    const days = endsOfDays(levels);
    const falls = drawdownSeries(days.levels);
    const drawdown = columns.timesMs.map((timeMs) =>
      timeMs < levels.timesMs[0] ? NaN : (falls[firstAtOrAfter(days.timesMs, timeMs)] ?? NaN),
    );
    const benchmark =
      portfolio.benchmarkId &&
      (await services.portfolios.closesInBase(portfolio.id, portfolio.benchmarkId, knownAt));
    const indices = downsampleIndices(columns.equity, Math.max(10, maxPoints ?? 100_000));
    const scaled = benchmark ? benchmarkColumn(columns, benchmark) : null;
    return Object.assign(new EquitySeries(), {
      currency: portfolio.baseCurrency,
      length: indices.length,
      sourceLength: columns.timesMs.length,
      times: pick(columns.timesMs, indices),
      equity: pick(columns.equity, indices),
      cash: pick(columns.cash, indices),
      marketValue: pick(columns.marketValue, indices),
      drawdown: pick(drawdown, indices),
      hasStaleRate: pick(columns.hasStaleRate, indices),
      benchmark: scaled && pick(scaled, indices),
    });
  }
}

@Resolver(() => Position)
export class PositionResolver {
  @FieldResolver(() => Boolean, {
    description:
      'Whether what is held has a price of more than 7 days before the time asked for, or of more than 2 where trade never stops; never of a synthetic instrument, or without a price.',
  })
  async isPriceStale(
    @Ctx() { services, loaders }: Context,
    @Root() { holding: { instrumentId, quantity, priceAt }, basis }: Position,
  ): Promise<boolean> {
    const instrument = await loaders.instruments.load(instrumentId);
    return (
      !quantity.isZero() && priceAt !== null && services.priceFeeds.isStale(instrument!, priceAt, basis.at)
    );
  }
}
