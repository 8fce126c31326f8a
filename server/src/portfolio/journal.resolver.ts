import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { downsampleIndices, pick } from '../market-data/bars.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument, trimDecimal } from '../market-data/market-data.resolver.ts';
import { amountText as amount } from '../platform/decimal.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { InputError, payload } from '../platform/graphql/errors.ts';
import { actorName } from '../platform/viewer.ts';
import { legsOf } from '../trade/round-trips.ts';
import { type Breakdown, breakdownOf, dailyProfit } from '../trade/trade-breakdown.ts';
import {
  closedEquity,
  type FinishedTrade,
  rDistribution,
  tradeStatistics,
} from '../trade/trade-statistics.ts';
import { finishedTrades, type Grouping, type JournalTrade } from './journal.service.ts';
import { Portfolio } from './portfolio.type.ts';
import type { TradeNoteRow } from './trade-note.entity.ts';
import { tripKey } from './trade-notes.ts';
import { ordered } from './trade-query.ts';
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
  TradeFilter,
  TradeGrouping,
  TradeLeg,
  TradeNote,
  TradeOrder,
} from './trade.type.ts';

const DAY_MS = 86_400_000;

function toNote(row: TradeNoteRow): TradeNote {
  const [stopPrice, initialRisk] = [row.stopPrice, row.initialRisk].map((one) => one && trimDecimal(one));
  return Object.assign(new TradeNote(), { ...row, stopPrice, initialRisk });
}

function toTrade(trade: JournalTrade): Trade {
  const { trip, notes, initialRisk, rMultiple } = trade;
  const { openedMs, closedMs, exitPrice } = trip;
  return Object.assign(new Trade(), {
    ...trip,
    id: trade.id,
    positionId: tripKey(trip),
    transactionId: trip.id,
    openedAt: new Date(openedMs),
    closedAt: closedMs === null ? null : new Date(closedMs),
    quantity: amount(trip.quantity),
    openQuantity: amount(trip.openQuantity),
    entryPrice: amount(trip.entryPrice),
    exitPrice: exitPrice && amount(exitPrice),
    fees: amount(trip.fees),
    profit: amount(trip.profit),
    holdingDays: closedMs === null ? null : (closedMs - openedMs) / DAY_MS,
    note: notes.own && toNote(notes.own),
    absorbedNotes: notes.absorbed.map(toNote),
    initialRisk: initialRisk && amount(initialRisk),
    rMultiple,
    trade,
  });
}

/** Statistics of finished trades as the API tells them, or what is wrong with the time zone. */
export function toJournal(
  trades: readonly FinishedTrade[],
  currency: string,
  timeZone: string,
  tags: readonly string[] = [],
  setups: readonly string[] = [],
): typeof TradeJournalResult {
  if (!isTimeZone(timeZone))
    return Object.assign(new InputError(), {
      code: 'INVALID',
      message: `expected a time zone such as Europe/Berlin, was ${JSON.stringify(timeZone)}`,
      path: ['timeZone'],
    });
  const sorted = (names: readonly string[]) => [...new Set(names)].toSorted((a, b) => a.localeCompare(b));
  return Object.assign(new TradeJournalType(), {
    currency,
    timeZone,
    tags: sorted(tags),
    setups: sorted(setups),
    trades,
  });
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

async function tradesOf(
  { services }: Context,
  portfolioId: string,
  grouping: Grouping,
  filter: TradeFilter | undefined,
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
    @Arg('first', () => Int, { description: 'How many, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to go on from.' })
    after: string | undefined,
    @Arg('grouping', () => TradeGrouping, { defaultValue: 'FLAT_TO_FLAT', description: 'What one trade is.' })
    grouping: Grouping,
    @Arg('filter', () => TradeFilter, { nullable: true, description: 'Which ones.' })
    filter?: TradeFilter,
    @Arg('orderBy', () => TradeOrder, { nullable: true, description: 'How they are ordered.' })
    orderBy?: TradeOrder,
  ): Promise<Connection<Trade>> {
    const { offset, limit } = pageOf(first, after);
    const found = await tradesOf(context, id, grouping, filter);
    const all = orderBy ? ordered(found, orderBy) : found;
    return toConnection(all.slice(offset, offset + limit).map(toTrade), offset, all.length);
  }

  @FieldResolver(() => Trade, {
    nullable: true,
    description: 'One of its trades; null where there is none such.',
  })
  async trade(
    @Ctx() { services }: Context,
    @Root() portfolio: Portfolio,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Arg('grouping', () => TradeGrouping, { defaultValue: 'FLAT_TO_FLAT', description: 'What one trade is.' })
    grouping: Grouping,
  ): Promise<Trade | null> {
    const trade = await services.journal.trade(portfolio.id, grouping, id);
    return trade && toTrade(trade);
  }

  @FieldResolver(() => TradeJournalResult, { description: 'Statistics of its trades that are closed.' })
  async journal(
    @Ctx() context: Context,
    @Root() { id, baseCurrency }: Portfolio,
    @Arg('grouping', () => TradeGrouping, { defaultValue: 'FLAT_TO_FLAT', description: 'What one trade is.' })
    grouping: Grouping,
    @Arg('timeZone', () => String, {
      defaultValue: 'UTC',
      description: 'The time zone of days, weekdays and hours, e.g. "America/New_York".',
    })
    timeZone: string,
    @Arg('filter', () => TradeFilter, { nullable: true, description: 'Of which ones.' })
    filter?: TradeFilter,
  ): Promise<typeof TradeJournalResult> {
    const trades = await tradesOf(context, id, grouping, filter);
    const notes = trades.flatMap((one) => one.notes.own ?? []);
    return toJournal(
      finishedTrades(trades),
      baseCurrency,
      timeZone,
      notes.flatMap(({ tags }) => tags),
      notes.flatMap(({ setup }) => setup ?? []),
    );
  }

  @Mutation(() => AnnotateTradePayload, {
    description: 'Notes tags, setup, text, rating and risk of a trade, in place of what was noted before.',
  })
  annotateTrade(
    @Ctx() { services }: Context,
    @Arg('input', () => AnnotateTradeInput, { description: 'The trade and what is noted.' })
    input: AnnotateTradeInput,
  ): Promise<AnnotateTradePayload> {
    return payload(async () => ({ trade: toTrade(await services.journal.annotate(input, actorName())) }));
  }
}

@Resolver(() => Trade)
export class TradeResolver {
  @FieldResolver(() => Instrument, { description: 'What was traded.' })
  async instrument(@Ctx() { loaders }: Context, @Root() { trade }: Trade): Promise<Instrument> {
    return toInstrument((await loaders.instruments.load(trade.trip.instrumentId))!);
  }

  @FieldResolver(() => TradeExcursions, {
    nullable: true,
    description:
      'How far the price went, by the finest bars that cover it; null without bars or an entry price.',
  })
  async excursions(
    @Ctx() { services, loaders }: Context,
    @Root() { trade }: Trade,
  ): Promise<TradeExcursions | null> {
    const dataSets = await loaders.dataSets.load(trade.trip.instrumentId);
    const found = await services.journal.excursions(trade, dataSets);
    return (
      found && {
        ...found,
        maximumAdverse: found.mae,
        maximumFavourable: found.mfe,
        maximumAdverseR: found.maeR,
        maximumFavourableR: found.mfeR,
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
