import { createUnionType, Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { InputError } from '../platform/graphql/errors.ts';
import { CurrencyScalar, Float64ArrayScalar } from '../platform/graphql/scalars.ts';
import { type Breakdown, BREAKDOWNS } from '../trade/trade-breakdown.ts';
import type { FinishedTrade } from '../trade/trade-statistics.ts';

export const TradeBreakdown = Object.fromEntries(BREAKDOWNS.map((name) => [name, name])) as {
  [Name in Breakdown]: Name;
};
registerEnumType(TradeBreakdown, {
  name: 'TradeBreakdown',
  description: 'What trades are told apart by.',
  valuesConfig: {
    TAG: { description: 'Tag; one with several counts in each.' },
    SETUP: { description: 'Setup.' },
    SYMBOL: { description: 'Symbol.' },
    SIDE: { description: 'Long or short.' },
    WEEKDAY: { description: 'Weekday of the opening in the time zone.' },
    HOUR: { description: 'Hour of the opening in the time zone.' },
    HOLDING_TIME: { description: 'Time from opening to closing, in classes.' },
    RATING: { description: 'Rating, the best first.' },
    MONTH: { description: 'Month of the closing in the time zone.' },
    STREAK: {
      description: 'The wins or losses in a row, among trades closed by then, that it was opened after.',
    },
  },
});

@ObjectType('TradeStatistics', {
  description:
    'What closed trades came to, after fees. Losses are negative; a figure without trades to make it of is null.',
})
export class TradeStatisticsType {
  @Field(() => Int, { description: 'How many trades.' })
  tradeCount!: number;

  @Field(() => Int, { description: 'How many with a profit.' })
  winCount!: number;

  @Field(() => Int, { description: 'How many with a loss.' })
  lossCount!: number;

  @Field(() => Int, { description: 'How many with neither.' })
  breakEvenCount!: number;

  @Field(() => Float, { nullable: true, description: 'Winners over all, as a fraction.' })
  winRate!: number | null;

  @Field(() => Float, { description: 'Sum of all profits and losses.' })
  netProfit!: number;

  @Field(() => Float, { description: 'Sum of profits.' })
  grossProfit!: number;

  @Field(() => Float, { description: 'Sum of losses, 0 or below.' })
  grossLoss!: number;

  @Field(() => Float, { nullable: true, description: 'Average profit of winners.' })
  averageWin!: number | null;

  @Field(() => Float, { nullable: true, description: 'Average loss of losers, below 0.' })
  averageLoss!: number | null;

  @Field(() => Float, { nullable: true, description: 'Average win over average loss.' })
  payoffRatio!: number | null;

  @Field(() => Float, { nullable: true, description: 'Gross profit over gross loss; null without a loss.' })
  profitFactor!: number | null;

  @Field(() => Float, { nullable: true, description: 'Average profit of a trade.' })
  expectancy!: number | null;

  @Field(() => Float, { nullable: true, description: 'Average R-multiple of the trades that have one.' })
  expectancyR!: number | null;

  @Field(() => Int, { description: 'How many trades have an R-multiple.' })
  rCount!: number;

  @Field(() => Float, { nullable: true, description: 'The largest profit.' })
  largestWin!: number | null;

  @Field(() => Float, { nullable: true, description: 'The largest loss, below 0.' })
  largestLoss!: number | null;

  @Field(() => Float, { description: 'All fees.' })
  totalFees!: number;

  @Field(() => Float, { nullable: true, description: 'Average return of a trade, as a fraction.' })
  averageReturn!: number | null;

  @Field(() => Float, { nullable: true, description: 'Average days from opening to closing.' })
  averageHoldingDays!: number | null;

  @Field(() => Float, { nullable: true, description: 'Median days from opening to closing.' })
  medianHoldingDays!: number | null;

  @Field(() => Float, { nullable: true, description: 'Most days from opening to closing.' })
  longestHoldingDays!: number | null;

  @Field(() => Int, { description: 'Most winners in a row, by the time of closing.' })
  longestWinningStreak!: number;

  @Field(() => Int, { description: 'Most losers in a row, by the time of closing.' })
  longestLosingStreak!: number;
}

@ObjectType('TradeGroup', { description: 'Trades that share something, with what they came to.' })
export class TradeGroupType {
  @Field(() => String, {
    description: 'What they share, for programs; empty where it is that nothing is noted.',
  })
  key!: string;

  @Field(() => String, { description: 'What they share, for people.' })
  label!: string;

  @Field(() => TradeStatisticsType, { description: 'What they came to.' })
  statistics!: TradeStatisticsType;
}

@ObjectType('ClosedProfit', { description: 'The running total of closed trades as columns of one length.' })
export class ClosedProfit {
  @Field(() => Int, { description: 'How many points are here.' })
  length!: number;

  @Field(() => Int, { description: 'How many closings they were chosen from.' })
  sourceLength!: number;

  @Field(() => Float64ArrayScalar, { description: 'Closing times in UTC epoch milliseconds.' })
  times!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Profit of all trades closed up to then.' })
  equity!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Fall from the peak of the total in money, 0 or below.' })
  drawdown!: Float64Array;
}

@ObjectType('ProfitCalendar', {
  description: 'Profit by the day of closing as columns of one length; days without a closing are left out.',
})
export class ProfitCalendar {
  @Field(() => Float64ArrayScalar, { description: 'Midnight UTC of the dates, in epoch milliseconds.' })
  days!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Profit of the day.' })
  profit!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Trades closed on the day.' })
  tradeCount!: Float64Array;
}

@ObjectType('RDistribution', { description: 'How many trades made how many R, in bins of half an R.' })
export class RDistribution {
  @Field(() => Float64ArrayScalar, {
    description: 'Where bins begin and the last ends; the outermost hold all beyond 10 R. Empty without R.',
  })
  edges!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Trades in each bin; one fewer than edges.' })
  counts!: Float64Array;
}

@ObjectType('TradeJournal', { description: 'Statistics of trades that are closed.' })
export class TradeJournalType {
  @Field(() => CurrencyScalar, { description: 'The currency of all amounts.' })
  currency!: string;

  @Field(() => String, { description: 'The time zone of days, weekdays, hours and months.' })
  timeZone!: string;

  @Field(() => [String], { description: 'The tags of these trades, open ones included, in order.' })
  tags!: string[];

  @Field(() => [String], { description: 'The setups of these trades, open ones included, in order.' })
  setups!: string[];

  trades!: readonly FinishedTrade[];
}

export const TradeJournalResult = createUnionType({
  name: 'TradeJournalResult',
  description: 'Statistics of trades, or why there are none.',
  types: () => [TradeJournalType, InputError] as const,
});
