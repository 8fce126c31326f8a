import { money, percent, plain } from '#lib/format/format.ts';
import type { TradeBreakdown, TradeStatisticsFieldsFragment } from '#lib/graphql/generated/graphql.ts';

/** What trades can be compared by, for people. */
export const BREAKDOWNS: Readonly<Record<TradeBreakdown, string>> = {
  SYMBOL: 'Symbol',
  TAG: 'Tag',
  SETUP: 'Setup',
  SIDE: 'Side',
  MONTH: 'Month',
  WEEKDAY: 'Weekday',
  HOUR: 'Hour',
  HOLDING_TIME: 'Holding time',
  RATING: 'Rating',
  STREAK: 'Streak before',
};

const { RATING: _rating, ...simulated } = BREAKDOWNS;
/** The same of simulated trades, which nobody rates. */
export const SIMULATED_BREAKDOWNS: Readonly<Partial<Record<TradeBreakdown, string>>> = {
  ...simulated,
  TAG: 'Reason of exit',
  SETUP: 'Rule of entry',
};

/** A figure as it is shown; `sign` colours it. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly hint: string;
  readonly sign?: number | null;
}

/** The headline figures of trades; those of R where a risk is known. */
export function figuresOf(one: TradeStatisticsFieldsFragment, currency: string): Figure[] {
  const signed = (value: number | null | undefined) => money(value, currency, { isSigned: true });
  return [
    {
      label: 'Net profit',
      value: signed(one.netProfit),
      hint: 'Profits and losses after fees.',
      sign: one.netProfit,
    },
    {
      label: 'Closed trades',
      value: plain(one.tradeCount),
      hint: `${one.winCount} won, ${one.lossCount} lost, ${one.breakEvenCount} broke even.`,
    },
    {
      label: 'Win rate',
      value: percent(one.winRate, { digits: 1 }),
      hint: 'Winners over all closed trades.',
    },
    {
      label: 'Profit factor',
      value: plain(one.profitFactor, 2),
      hint: one.lossCount > 0 ? 'Sum of profits over sum of losses.' : 'Not defined without a loss.',
    },
    {
      label: 'Expectancy',
      value: signed(one.expectancy),
      hint: 'Average profit of a trade.',
      sign: one.expectancy,
    },
    ...(one.rCount > 0
      ? [
          {
            label: 'Expectancy in R',
            value: `${plain(one.expectancyR, 2)} R`,
            hint: `Average profit over initial risk, of the ${one.rCount} trades whose risk is known.`,
            sign: one.expectancyR,
          },
        ]
      : []),
    { label: 'Average win', value: money(one.averageWin, currency), hint: 'Average profit of winners.' },
    { label: 'Average loss', value: money(one.averageLoss, currency), hint: 'Average loss of losers.' },
    { label: 'Win over loss', value: plain(one.payoffRatio, 2), hint: 'Average win over average loss.' },
    { label: 'Largest win', value: money(one.largestWin, currency), hint: 'The best trade.' },
    { label: 'Largest loss', value: money(one.largestLoss, currency), hint: 'The worst trade.' },
    {
      label: 'Longest streaks',
      value: `${one.longestWinningStreak} won, ${one.longestLosingStreak} lost`,
      hint: 'Most winners and most losers in a row, by the time of closing.',
    },
    {
      label: 'Days held',
      value: `${plain(one.averageHoldingDays, 1)} on average`,
      hint: `Half of the trades were held for up to ${plain(one.medianHoldingDays, 1)} days.`,
    },
    { label: 'Fees', value: money(one.totalFees, currency), hint: 'All fees of these trades.' },
  ];
}
