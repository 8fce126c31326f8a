import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { downsampleIndices, pick } from '../market-data/bars.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { amountText as amount, type Decimal } from '../platform/decimal.ts';
import type { Connection } from '../platform/graphql/connection.ts';
import { payload } from '../platform/graphql/errors.ts';
import { DecimalScalar } from '../platform/graphql/scalars.ts';
import { actorName } from '../platform/viewer.ts';
import { legsOf } from '../trade/round-trips.ts';
import { type Breakdown, breakdownOf, dailyProfit } from '../trade/trade-breakdown.ts';
import { closedEquity, rDistribution, tradeStatistics } from '../trade/trade-statistics.ts';
import {
  type Grouping,
  inRisks,
  type JournalTrade,
  openProfitOf,
  type TradeMarket,
} from './journal-trade.ts';
import { Portfolio } from './portfolio.type.ts';
import {
  ClosedProfit,
  ProfitCalendar,
  RDistribution,
  TradeBreakdown,
  TradeGroupType,
  TradeJournalResult,
  TradeJournalType,
  TradeStatisticsType,
} from './trade-statistics.type.ts';
import {
  AnnotateTradeInput,
  AnnotateTradePayload,
  Trade,
  TradeConnection,
  TradeExcursions,
  TradeLeg,
} from './trade.type.ts';
import { toJournal, toTrade, toTradePage } from './trade-view.ts';
import { JournalArgs, TradeGrouping, TradesArgs } from './trades.args.ts';

/** The market of what a ledger trades; prices are read once for all of its trades. */
function ledgerMarket({ services, loaders }: Context, portfolioId: string): TradeMarket {
  let prices: Promise<ReadonlyMap<string, Decimal>> | null = null;
  return {
    instrument: ({ trip }) => loaders.instruments.load(trip.instrumentId),
    excursions: async (trade) =>
      services.journal.excursions(trade, await loaders.dataSets.load(trade.trip.instrumentId)),
    price: async (instrumentId) =>
      (await (prices ??= services.reports.prices(portfolioId))).get(instrumentId) ?? null,
  };
}

async function tradesOf(
  { services }: Context,
  portfolioId: string,
  { grouping, filter }: JournalArgs | TradesArgs,
): Promise<JournalTrade[]> {
  const search = filter?.search?.trim();
  const instrumentIds = search
    ? (await services.marketData.list({ search }, 0, 1_000))[0].map(({ id }) => id)
    : undefined;
  return services.journal.trades(portfolioId, grouping, { ...filter, instrumentIds });
}

@Resolver(() => Portfolio)
export class PortfolioJournalResolver {
  @FieldResolver(() => TradeConnection, {
    description:
      "Its round trips, the newest first where nothing else is asked; lots close by each account's own method.",
  })
  async trades(
    @Ctx() context: Context,
    @Root() { id }: Portfolio,
    @Args(() => TradesArgs) choice: TradesArgs,
  ): Promise<Connection<Trade>> {
    return toTradePage(await tradesOf(context, id, choice), choice, ledgerMarket(context, id));
  }

  @FieldResolver(() => Trade, {
    nullable: true,
    description: 'One of its trades; null where there is none such.',
  })
  async trade(
    @Ctx() context: Context,
    @Root() portfolio: Portfolio,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Arg('grouping', () => TradeGrouping, { defaultValue: 'FLAT_TO_FLAT', description: 'What one trade is.' })
    grouping: Grouping,
  ): Promise<Trade | null> {
    const trade = await context.services.journal.trade(portfolio.id, grouping, id);
    return trade && toTrade(trade, ledgerMarket(context, portfolio.id));
  }

  @FieldResolver(() => TradeJournalResult, { description: 'Statistics of its trades that are closed.' })
  async journal(
    @Ctx() context: Context,
    @Root() { id, baseCurrency }: Portfolio,
    @Args(() => JournalArgs) choice: JournalArgs,
  ): Promise<typeof TradeJournalResult> {
    return toJournal(await tradesOf(context, id, choice), baseCurrency, choice.timeZone);
  }

  @Mutation(() => AnnotateTradePayload, {
    description: 'Notes tags, setup, text, rating and risk of a trade, in place of what was noted before.',
  })
  annotateTrade(
    @Ctx() context: Context,
    @Arg('input', () => AnnotateTradeInput, { description: 'The trade and what is noted.' })
    input: AnnotateTradeInput,
  ): Promise<AnnotateTradePayload> {
    return payload(async () => {
      const trade = await context.services.journal.annotate(input, actorName());
      return { trade: toTrade(trade, ledgerMarket(context, input.portfolioId)) };
    });
  }
}

@Resolver(() => Trade)
export class TradeResolver {
  @FieldResolver(() => Instrument, {
    nullable: true,
    description: 'What was traded; null where a backtest traded what was deleted since.',
  })
  async instrument(@Root() { trade, market }: Trade): Promise<Instrument | null> {
    const row = await market.instrument(trade);
    return row && toInstrument(row);
  }

  @FieldResolver(() => DecimalScalar, {
    nullable: true,
    description:
      'Gain or loss of what is open at the newest price, of a backtest at the last close, after the fees of its opening; 0 where all is closed, null without a price or rate, or once the bars of a backtest have changed.',
  })
  async openProfit(@Root() { trade: { trip }, market }: Trade): Promise<string | null> {
    if (trip.openQuantity.isZero()) return '0';
    const price = await market.price(trip.instrumentId);
    return price && amount(openProfitOf(trip, price));
  }

  @FieldResolver(() => TradeExcursions, {
    nullable: true,
    description:
      'How far the price went, by the finest bars that cover it, of a backtest by its own; null without bars or an entry price, or once the bars of a backtest have changed.',
  })
  async excursions(@Root() { trade, market }: Trade): Promise<TradeExcursions | null> {
    const found = await market.excursions(trade);
    return (
      found && {
        ...found,
        maximumAdverse: found.mae,
        maximumFavourable: found.mfe,
        maximumAdverseR: inRisks(trade, found.mae),
        maximumFavourableR: inRisks(trade, found.mfe),
      }
    );
  }

  @FieldResolver(() => [TradeLeg], { description: 'Its openings and closings, the oldest first.' })
  legs(@Root() { trade }: Trade): TradeLeg[] {
    return legsOf(trade.trip).map((leg) => ({
      ...leg,
      at: new Date(leg.timeMs),
      quantity: amount(leg.quantity)!,
      price: amount(leg.price)!,
    }));
  }
}

@Resolver(() => TradeJournalType)
export class TradeJournalResolver {
  @FieldResolver(() => TradeStatisticsType, { description: 'What they came to.' })
  statistics(@Root() { trades }: TradeJournalType): TradeStatisticsType {
    return tradeStatistics(trades);
  }

  @FieldResolver(() => [TradeGroupType], { description: 'What groups of them came to.' })
  breakdown(
    @Root() { trades, timeZone }: TradeJournalType,
    @Arg('by', () => TradeBreakdown, { description: 'What they are told apart by.' }) by: Breakdown,
  ): TradeGroupType[] {
    return breakdownOf(trades, by, timeZone);
  }

  @FieldResolver(() => ClosedProfit, { description: 'The running total of their profit.' })
  closedProfit(
    @Root() { trades }: TradeJournalType,
    @Arg('maxPoints', () => Int, {
      nullable: true,
      description: 'At most so many points; extremes are kept.',
    })
    maxPoints: number | null,
  ): ClosedProfit {
    const { timesMs, equity, drawdown } = closedEquity(trades);
    const indices = downsampleIndices(equity, Math.max(10, maxPoints ?? 100_000));
    return {
      length: indices.length,
      sourceLength: equity.length,
      times: pick(timesMs, indices),
      equity: pick(equity, indices),
      drawdown: pick(drawdown, indices),
    };
  }

  @FieldResolver(() => ProfitCalendar, { description: 'Their profit by the day of closing.' })
  calendar(@Root() { trades, timeZone }: TradeJournalType): ProfitCalendar {
    const { daysMs, profit, tradeCount } = dailyProfit(trades, timeZone);
    return { days: daysMs, profit, tradeCount };
  }

  @FieldResolver(() => RDistribution, { description: 'How many made how many R.' })
  rDistribution(@Root() { trades }: TradeJournalType): RDistribution {
    return rDistribution(trades);
  }
}
