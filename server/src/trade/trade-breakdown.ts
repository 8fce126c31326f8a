import { isOfDate } from './ledger.ts';
import {
  byClosing,
  type FinishedTrade,
  runningStreaks,
  type TradeStatistics,
  tradeStatistics,
} from './trade-statistics.ts';

/** What trades can be told apart by. */
export const BREAKDOWNS = [
  'TAG',
  'SETUP',
  'SYMBOL',
  'SIDE',
  'WEEKDAY',
  'HOUR',
  'HOLDING_TIME',
  'RATING',
  'MONTH',
  'STREAK',
] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

/** The trades that share a key, with what they came to. */
export interface TradeGroup {
  readonly key: string;
  readonly label: string;
  readonly statistics: TradeStatistics;
}

interface Key {
  readonly key: string;
  readonly label: string;
  /** Where the group stands; groups of equal order stand by net profit, the largest first. */
  readonly order: number;
}

type KeysOf = (trade: FinishedTrade) => readonly Key[];

/**
 * Trades by what they share; one with several tags counts in each. Weekday and hour are those of the
 * opening in a time zone, the month is that of the closing there. The streak is the one a trade was
 * opened in: wins or losses in a row among the trades that had closed by then.
 */
export function breakdownOf(trades: readonly FinishedTrade[], by: Breakdown, timeZone: string): TradeGroup[] {
  const keysOf = KEYS[by](trades, timeZone);
  const groups = new Map<string, { key: Key; trades: FinishedTrade[] }>();
  for (const trade of trades)
    for (const key of keysOf(trade)) {
      const group = groups.get(key.key);
      if (group) group.trades.push(trade);
      else groups.set(key.key, { key, trades: [trade] });
    }
  return [...groups.values()]
    .map((group) => ({ ...group, statistics: tradeStatistics(group.trades) }))
    .toSorted((a, b) => a.key.order - b.key.order || b.statistics.netProfit - a.statistics.netProfit)
    .map(({ key: { key, label }, statistics }) => ({ key, label, statistics }));
}

const named = (key: string | null | undefined, absent: string): Key =>
  key ? { key, label: key, order: 0 } : { key: '', label: absent, order: 1 };

const KEYS: Record<Breakdown, (trades: readonly FinishedTrade[], timeZone: string) => KeysOf> = {
  TAG: () => (trade) =>
    trade.tags.length > 0 ? trade.tags.map((tag) => named(tag, '')) : [named(null, 'no tag')],
  SETUP: () => (trade) => [named(trade.setup, 'no setup')],
  SYMBOL: () => (trade) => [named(trade.symbol, '')],
  SIDE: () => (trade) => [named(trade.side.toLowerCase(), '')],
  RATING: () => (trade) => [
    trade.rating === null
      ? { key: '', label: 'not rated', order: 0 }
      : { key: String(trade.rating), label: '★'.repeat(trade.rating), order: -trade.rating },
  ],
  WEEKDAY: (_, timeZone) => {
    const clock = zonedClock(timeZone);
    return (trade) => {
      const { weekday } = clock(trade.openedMs);
      return [{ key: weekday, label: weekday, order: WEEKDAYS.indexOf(weekday) }];
    };
  },
  HOUR: (_, timeZone) => {
    const clock = zonedClock(timeZone);
    return (trade) => {
      if (isOfDate(trade.openedMs)) return [{ key: '', label: 'a date alone, or midnight UTC', order: -1 }];
      const { hour } = clock(trade.openedMs);
      return [{ key: hour, label: `${hour}:00 to ${hour}:59`, order: Number(hour) }];
    };
  },
  MONTH: (_, timeZone) => {
    const clock = zonedClock(timeZone);
    return (trade) => {
      const month = clock(trade.closedMs).date.slice(0, 7);
      return [{ key: month, label: month, order: Number(month.replace('-', '')) }];
    };
  },
  HOLDING_TIME: () => (trade) => {
    const heldMs = trade.closedMs - trade.openedMs;
    const place = HOLDING_TIMES.findIndex(([belowMs]) => heldMs < belowMs);
    const label = HOLDING_TIMES[place][1];
    return [{ key: label, label, order: place }];
  },
  STREAK: (trades) => {
    const closed = byClosing(trades);
    const streaks = runningStreaks(closed);
    const timesMs = closed.map(({ closedMs }) => closedMs);
    return (trade) => {
      const before = countUpTo(timesMs, trade.openedMs);
      return [streakKey(before === 0 ? null : streaks[before - 1])];
    };
  },
};

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
const HOLDING_TIMES: readonly (readonly [number, string])[] = [
  [5 * MINUTE_MS, 'under 5 minutes'],
  [HOUR_MS, '5 minutes to 1 hour'],
  [4 * HOUR_MS, '1 to 4 hours'],
  [DAY_MS, '4 to 24 hours'],
  [7 * DAY_MS, '1 to 7 days'],
  [30 * DAY_MS, '7 to 30 days'],
  [180 * DAY_MS, '30 to 180 days'],
  [Infinity, '180 days or more'],
];
const STREAK_SHOWN_MAXIMUM = 5;

function streakKey(streak: number | null): Key {
  if (streak === null) return { key: 'none', label: 'no trade closed before', order: -10 };
  if (streak === 0) return { key: '0', label: 'after break-even', order: 0 };
  const length = Math.min(STREAK_SHOWN_MAXIMUM, Math.abs(streak));
  const what = `${streak > 0 ? 'win' : 'loss'}${length === 1 ? '' : streak > 0 ? 's' : 'es'}`;
  const or = length === STREAK_SHOWN_MAXIMUM ? ' or more' : '';
  const order = Math.sign(streak) * length;
  return { key: String(order), label: `after ${length}${or} ${what}`, order };
}

/** How many of ascending times are at or before a time. */
function countUpTo(timesMs: readonly number[], timeMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Date, weekday and hour of times in a time zone; throws a RangeError where there is no such zone. What is told by its
 * date alone, as its midnight UTC, is of that date in every zone.
 */
export function zonedClock(
  timeZone: string,
): (timeMs: number) => { readonly date: string; readonly weekday: string; readonly hour: string } {
  const formatIn = (zone: string) =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
    });
  const [zoned, dated] = [formatIn(timeZone), formatIn('UTC')];
  return (timeMs) => {
    const format = isOfDate(timeMs) ? dated : zoned;
    const parts = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, value]));
    const { year, month, day, weekday, hour } = parts;
    return { date: `${year}-${month}-${day}`, weekday, hour };
  };
}

/** Profit by the day of closing in a time zone, as columns; days are their midnight UTC. */
export function dailyProfit(
  trades: readonly FinishedTrade[],
  timeZone: string,
): { readonly daysMs: Float64Array; readonly profit: Float64Array; readonly tradeCount: Float64Array } {
  const clock = zonedClock(timeZone);
  const days = new Map<number, { profit: number; count: number }>();
  for (const { closedMs, profit } of byClosing(trades)) {
    const dayMs = Date.parse(clock(closedMs).date);
    const day = days.get(dayMs) ?? { profit: 0, count: 0 };
    days.set(dayMs, { profit: day.profit + profit, count: day.count + 1 });
  }
  return {
    daysMs: Float64Array.from(days.keys()),
    profit: Float64Array.from(days.values(), ({ profit }) => profit),
    tradeCount: Float64Array.from(days.values(), ({ count }) => count),
  };
}
