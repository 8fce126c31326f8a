import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { amountText as amount, type Decimal } from '../platform/decimal.ts';
import { type Connection, toConnection } from '../platform/graphql/connection.ts';
import { insufficientHistory } from '../platform/graphql/errors.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { LOT_METHODS, type LotClosing, type LotMethod } from '../trade/lots.ts';
import { commonMethodOf } from './account.service.ts';
import { ClosedLot, ClosedLotConnection, Lot, LotConnection, LotMethodEnum, LotReport } from './lot.type.ts';
import { listLots } from './lot-list.ts';
import type { LotReportData, ValuedLot } from './lot-report.ts';
import { LotListArgs } from './lots.args.ts';
import type { PeriodPreset } from './presets.ts';
import { PeriodPresetEnum } from './breakdown.type.ts';
import { figuresOf, intervalsOf, type MeasuredPeriod } from './performance.ts';
import {
  Explanation,
  ExplanationFlow,
  ExplanationPrice,
  IntervalEnum,
  PerformanceFigure,
  PerformancePeriod,
  PerformanceReport,
  PerformanceResult,
} from './performance.type.ts';
import { toExchangeRate } from './currency.type.ts';
import { KnownArgs, PastArgs } from './past.args.ts';
import type { PricedHolding } from './portfolio-state.ts';
import { Portfolio } from './portfolio.type.ts';
import { marketValueOf } from './statement.ts';

/** A figure, null where it is not known. */
function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function toLot(lot: ValuedLot): Lot {
  const { id, openedMs, quantity, costBasis, price, value, gain } = lot;
  const [units, cost, unit, worth, open] = [quantity, costBasis, price, value, gain].map((one) =>
    amount(one),
  );
  const amounts = { quantity: units, costBasis: cost, price: unit, value: worth, gain: open };
  return Object.assign(new Lot(), { ...lot, ...amounts, transactionId: id, openedAt: new Date(openedMs) });
}

function toClosedLot(lot: LotClosing): ClosedLot {
  return Object.assign(new ClosedLot(), {
    ...lot,
    transactionId: lot.lotId,
    openedAt: new Date(lot.openedMs),
    closedAt: new Date(lot.closedMs),
    quantity: amount(lot.quantity),
    costBasis: amount(lot.costBasis),
    proceeds: amount(lot.proceeds),
    gain: amount(lot.gain),
  });
}

function toLotReport(data: LotReportData, method: LotMethod | null, currency: string): LotReport {
  const totals = Object.fromEntries(
    Object.entries(data.totals).map(([name, value]: [string, Decimal]) => [name, amount(value)]),
  );
  return Object.assign(new LotReport(), { ...totals, method, currency, data });
}

function toReport(period: MeasuredPeriod, { id, baseCurrency, benchmarkId }: Portfolio): PerformanceReport {
  const netFlow = period.flows.reduce((total, flow) => total + flow.amount, 0);
  const { startValue, endValue, currencyGain } = period;
  const gain = endValue - startValue - netFlow;
  const figures = Object.fromEntries(
    Object.entries(figuresOf(period)).map(([name, figure]) => [
      name,
      Object.assign(new PerformanceFigure(), { ...figure, figure, period, portfolioId: id }),
    ]),
  );
  return Object.assign(new PerformanceReport(), {
    ...figures,
    from: new Date(period.fromMs),
    to: new Date(period.toMs),
    currency: baseCurrency,
    startValue: known(startValue),
    endValue: known(endValue),
    netFlow: known(netFlow),
    gain: known(gain),
    currencyGain: known(currencyGain),
    priceGain: known(gain - currencyGain),
    period,
    portfolioId: id,
    benchmarkId,
  });
}

@ArgsType()
class LotArgs extends PastArgs {
  @Field(() => ID, { nullable: true, description: 'Of this account; of all when left out.' })
  accountId?: string | null;
}

@Resolver(() => Portfolio)
export class PortfolioReportResolver {
  @FieldResolver(() => LotReport, { description: 'Its lots by one method.' })
  async lots(
    @Ctx() { services }: Context,
    @Root() { id, baseCurrency }: Portfolio,
    @Arg('method', () => LotMethodEnum, {
      nullable: true,
      description: "Which lots a sale closed; by each account's own method when left out.",
    })
    method: LotMethod | null,
    @Args(() => LotArgs) { accountId, ...past }: LotArgs,
  ): Promise<LotReport> {
    if (method) {
      const [data] = await services.reports.lots(id, [method], accountId, past);
      return toLotReport(data, method, baseCurrency);
    }
    const accounts = await services.ledger.accounts(id);
    const data = await services.reports.lotsByAccounts(id, accounts, accountId, past);
    const own = accountId ? accounts.filter((account) => account.id === accountId) : accounts;
    return toLotReport(data, commonMethodOf(own), baseCurrency);
  }

  @FieldResolver(() => [LotReport], { description: 'Its lots by every method, to be compared.' })
  async lotsByMethod(
    @Ctx() { services }: Context,
    @Root() { id, baseCurrency }: Portfolio,
    @Args(() => LotArgs) { accountId, ...past }: LotArgs,
  ): Promise<LotReport[]> {
    const reports = await services.reports.lots(id, LOT_METHODS, accountId, past);
    return reports.map((data, index) => toLotReport(data, LOT_METHODS[index], baseCurrency));
  }

  @FieldResolver(() => PerformanceResult, { description: 'What it returned over a period.' })
  async performance(
    @Ctx() { services }: Context,
    @Root() portfolio: Portfolio,
    @Args(() => KnownArgs) { knownAt }: KnownArgs,
    @Arg('from', () => DateTimeScalar, {
      nullable: true,
      description: 'From the last price at or before this time; from its first event when left out.',
    })
    from?: Date,
    @Arg('to', () => DateTimeScalar, {
      nullable: true,
      description: 'To the last price at or before this time; to the newest when left out.',
    })
    to?: Date,
    @Arg('preset', () => PeriodPresetEnum, {
      nullable: true,
      description: 'A usual period that ends at `to`; in place of `from`.',
    })
    preset?: PeriodPreset,
  ): Promise<typeof PerformanceResult> {
    const period = await services.reports.period(portfolio.id, from, to, preset, knownAt);
    return period ? toReport(period, portfolio) : insufficientHistory('valuations in the period', 1, 0);
  }
}

@Resolver(() => LotReport)
export class LotReportResolver {
  @FieldResolver(() => LotConnection, { description: 'Open lots, by instrument and age.' })
  async open(
    @Ctx() context: Context,
    @Root() { data }: LotReport,
    @Args(() => LotListArgs) args: LotListArgs,
  ): Promise<Connection<Lot>> {
    const { page, offset, totalCount } = listLots(data.open, args, await instrumentIdOf(context, args));
    return toConnection(page.map(toLot), offset, totalCount);
  }

  @FieldResolver(() => ClosedLotConnection, {
    description: 'Closed parts of lots, the newest first where no order is asked for.',
  })
  async closed(
    @Ctx() context: Context,
    @Root() { data }: LotReport,
    @Args(() => LotListArgs) args: LotListArgs,
  ): Promise<Connection<ClosedLot>> {
    const newest = data.closed.toReversed();
    const { page, offset, totalCount } = listLots(newest, args, await instrumentIdOf(context, args));
    return toConnection(page.map(toClosedLot), offset, totalCount);
  }
}

/** Of which instrument lots are asked for; an empty id, which none has, for one that is not known. */
async function instrumentIdOf({ services }: Context, { symbol }: LotListArgs): Promise<string | undefined> {
  if (!symbol) return undefined;
  return (await services.marketData.findBySymbol(symbol.trim().toUpperCase()))?.id ?? '';
}

@Resolver(() => Lot)
export class LotResolver {
  @FieldResolver(() => Instrument, { description: 'What is held.' })
  async instrument(@Ctx() { loaders }: Context, @Root() { instrumentId }: Lot): Promise<Instrument> {
    return toInstrument((await loaders.instruments.load(instrumentId))!);
  }
}

@Resolver(() => ClosedLot)
export class ClosedLotResolver {
  @FieldResolver(() => Instrument, { description: 'What was held.' })
  async instrument(@Ctx() { loaders }: Context, @Root() { instrumentId }: ClosedLot): Promise<Instrument> {
    return toInstrument((await loaders.instruments.load(instrumentId))!);
  }
}

@Resolver(() => PerformanceReport)
export class PerformanceReportResolver {
  @FieldResolver(() => [PerformancePeriod], { description: 'The same by months or years, the oldest first.' })
  periods(
    @Root() { period }: PerformanceReport,
    @Arg('by', () => IntervalEnum, { description: 'What it is cut into.' }) by: keyof typeof IntervalEnum,
  ): PerformancePeriod[] {
    return intervalsOf(period, by).map((interval) =>
      Object.assign(new PerformancePeriod(), {
        label: interval.label,
        startValue: known(interval.startValue),
        endValue: known(interval.endValue),
        netFlow: known(interval.netFlow),
        timeWeighted: known(interval.timeWeighted),
        from: new Date(interval.fromMs),
        to: new Date(interval.toMs),
        stretch: interval,
        unknown: period.unknown,
      }),
    );
  }
}

@Resolver(() => PerformanceFigure)
export class PerformanceFigureResolver {
  @FieldResolver(() => Explanation, { description: 'How it came about.' })
  explain(@Root() { figure, period, portfolioId }: PerformanceFigure): Explanation {
    return Object.assign(new Explanation(), { ...figure, period, portfolioId });
  }
}

@Resolver(() => Explanation)
export class ExplanationResolver {
  @FieldResolver(() => [ExplanationFlow], { description: 'The flows of the period, the oldest first.' })
  flows(@Root() { period }: Explanation): ExplanationFlow[] {
    return period.flows.map(({ flow, timeMs, amount: worth }) =>
      Object.assign(new ExplanationFlow(), {
        transactionId: flow.entryId,
        kind: flow.kind,
        at: new Date(timeMs),
        amount: known(worth),
      }),
    );
  }

  @FieldResolver(() => [ExplanationPrice], {
    description: 'What was held at both ends of the period, with prices.',
  })
  async prices(
    @Ctx() { services, loaders }: Context,
    @Root() { period, portfolioId }: Explanation,
  ): Promise<ExplanationPrice[]> {
    const ends = period.startValue === 0 ? [period.toMs] : [period.fromMs, period.toMs];
    const held = await Promise.all(
      ends.map(async (atMs) =>
        (await services.reports.holdings(portfolioId, atMs, period.knownAt)).map((one) => ({ atMs, one })),
      ),
    );
    return Promise.all(
      held.flat().map(async ({ atMs, one }) => ({
        ...toPrice(one, atMs),
        instrument: toInstrument((await loaders.instruments.load(one.instrumentId))!),
      })),
    );
  }
}

function toPrice(holding: PricedHolding, atMs: number): Omit<ExplanationPrice, 'instrument'> {
  return {
    at: new Date(atMs),
    priceAt: holding.priceAt,
    quantity: amount(holding.quantity)!,
    price: amount(holding.price),
    exchangeRate: toExchangeRate(holding.exchangeRate),
    value: amount(marketValueOf(holding)),
  };
}
