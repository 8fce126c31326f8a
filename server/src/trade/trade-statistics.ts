/** A trade that is over, as its statistics need it; of an account or of a backtest. */
export interface FinishedTrade {
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  readonly openedMs: number;
  readonly closedMs: number;
  /** After fees. */
  readonly profit: number;
  readonly fees: number;
  readonly returnFraction: number | null;
  /** Profit over initial risk; null where no risk is known. */
  readonly rMultiple: number | null;
  readonly tags: readonly string[];
  readonly setup: string | null;
  readonly rating: number | null;
}

/** What a set of trades came to. A figure without trades to make it of is null. Losses are negative. */
export interface TradeStatistics {
  readonly tradeCount: number;
  readonly winCount: number;
  readonly lossCount: number;
  readonly breakEvenCount: number;
  readonly winRate: number | null;
  readonly netProfit: number;
  readonly grossProfit: number;
  readonly grossLoss: number;
  readonly averageWin: number | null;
  readonly averageLoss: number | null;
  /** Average win over average loss, as a positive ratio. */
  readonly payoffRatio: number | null;
  /** Gross profit over gross loss; null without a loss. */
  readonly profitFactor: number | null;
  /** Average profit per trade. */
  readonly expectancy: number | null;
  /** Average R-multiple of the trades that have one, and how many have. */
  readonly expectancyR: number | null;
  readonly rCount: number;
  readonly largestWin: number | null;
  readonly largestLoss: number | null;
  readonly totalFees: number;
  readonly averageReturn: number | null;
  readonly averageHoldingDays: number | null;
  readonly medianHoldingDays: number | null;
  readonly longestHoldingDays: number | null;
  /** Most wins and most losses in a row, by the time of closing; break-even ends both. */
  readonly longestWinningStreak: number;
  readonly longestLosingStreak: number;
}

const DAY_MS = 86_400_000;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]) => (values.length > 0 ? sum(values) / values.length : null);

/** Trades in the order of closing; those that close together, of opening. */
export function byClosing<Trade extends FinishedTrade>(trades: readonly Trade[]): Trade[] {
  return trades.toSorted((a, b) => a.closedMs - b.closedMs || a.openedMs - b.openedMs);
}

/** Adds trades up. */
export function tradeStatistics(trades: readonly FinishedTrade[]): TradeStatistics {
  const profits = trades.map(({ profit }) => profit);
  const wins = profits.filter((one) => one > 0);
  const losses = profits.filter((one) => one < 0);
  const [averageWin, averageLoss] = [average(wins), average(losses)];
  const multiples = trades.flatMap(({ rMultiple }) => rMultiple ?? []);
  const days = trades
    .map(({ openedMs, closedMs }) => (closedMs - openedMs) / DAY_MS)
    .toSorted((a, b) => a - b);
  const middle = days.length >> 1;
  const median = days.length % 2 === 1 ? days[middle] : (days[middle - 1] + days[middle]) / 2;
  const [grossProfit, grossLoss] = [sum(wins), sum(losses)];
  return {
    tradeCount: trades.length,
    winCount: wins.length,
    lossCount: losses.length,
    breakEvenCount: trades.length - wins.length - losses.length,
    winRate: trades.length > 0 ? wins.length / trades.length : null,
    netProfit: sum(profits),
    grossProfit,
    grossLoss,
    averageWin,
    averageLoss,
    payoffRatio: averageWin === null || averageLoss === null ? null : averageWin / -averageLoss,
    profitFactor: losses.length > 0 ? grossProfit / -grossLoss : null,
    expectancy: average(profits),
    expectancyR: average(multiples),
    rCount: multiples.length,
    largestWin: wins.length > 0 ? wins.reduce((a, b) => Math.max(a, b)) : null,
    largestLoss: losses.length > 0 ? losses.reduce((a, b) => Math.min(a, b)) : null,
    totalFees: sum(trades.map(({ fees }) => fees)),
    averageReturn: average(trades.flatMap(({ returnFraction }) => returnFraction ?? [])),
    averageHoldingDays: average(days),
    medianHoldingDays: days.length > 0 ? median : null,
    longestHoldingDays: days.at(-1) ?? null,
    ...streaksOf(trades),
  };
}

function streaksOf(
  trades: readonly FinishedTrade[],
): Pick<TradeStatistics, 'longestWinningStreak' | 'longestLosingStreak'> {
  const lengths = runningStreaks(byClosing(trades));
  return {
    longestWinningStreak: lengths.reduce((most, one) => Math.max(most, one), 0),
    longestLosingStreak: lengths.reduce((most, one) => Math.max(most, -one), 0),
  };
}

/** The streak after each of trades in the order of closing: wins in a row, or losses as a negative count. */
export function runningStreaks(trades: readonly FinishedTrade[]): number[] {
  let streak = 0;
  return trades.map(({ profit }) => {
    const way = Math.sign(profit);
    streak = way === 0 ? 0 : Math.sign(streak) === way ? streak + way : way;
    return streak;
  });
}

/** Columns of the profit of closed trades over time. */
export interface ClosedEquity {
  readonly timesMs: Float64Array;
  /** Running total of profit. */
  readonly equity: Float64Array;
  /** Fall of the total from its peak, 0 or below, in money. */
  readonly drawdown: Float64Array;
}

/** The running total of profit at each closing; those at one time count together. */
export function closedEquity(trades: readonly FinishedTrade[]): ClosedEquity {
  const totals = new Map<number, number>();
  let total = 0;
  for (const { closedMs, profit } of byClosing(trades)) totals.set(closedMs, (total += profit));
  const equity = Float64Array.from(totals.values());
  let peak = 0;
  const drawdown = equity.map((value) => {
    peak = Math.max(peak, value);
    return value - peak;
  });
  return { timesMs: Float64Array.from(totals.keys()), equity, drawdown };
}

/** R-multiples counted in bins of half an R; the outermost hold all beyond 10 R. */
export function rDistribution(trades: readonly FinishedTrade[]): {
  readonly edges: Float64Array;
  readonly counts: Float64Array;
} {
  const [width, bound] = [0.5, 10];
  const places = trades.flatMap(({ rMultiple }) =>
    rMultiple === null ? [] : [Math.floor(Math.max(-bound, Math.min(bound - width, rMultiple)) / width)],
  );
  if (places.length === 0) return { edges: new Float64Array(0), counts: new Float64Array(0) };
  const first = Math.min(-2, ...new Set(places));
  const last = Math.max(3, ...new Set(places));
  const counts = new Float64Array(last - first + 1);
  for (const place of places) counts[place - first] += 1;
  const edges = Float64Array.from({ length: counts.length + 1 }, (_, index) => (first + index) * width);
  return { edges, counts };
}
