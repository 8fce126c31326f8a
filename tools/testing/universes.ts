import { runBacktest } from '../../compute/src/backtest/run.ts';
import type { BacktestRequest, BacktestResult, BarColumns } from '../../compute/src/service/contract.ts';
import { NO_COSTS } from './simulations.ts';

/** A request for a strategy that holds the instruments named: 1000 of cash, any fraction, no costs, positions stay open. */
export function universeRequest(
  strategy: string,
  bars: Readonly<Record<string, BarColumns>>,
  settings: Partial<BacktestRequest> = {},
): BacktestRequest {
  return {
    strategy,
    parameters: {},
    instruments: Object.entries(bars).map(([symbol, columns]) => ({ symbol, bars: columns })),
    universe: Object.keys(bars),
    initialCash: 1000,
    costs: NO_COSTS,
    direction: 'LONG_AND_SHORT',
    lotSize: 0,
    endRule: 'KEEP_OPEN',
    periodsPerYear: 252,
    riskFreeRate: 0,
    seed: 1,
    ...settings,
  };
}

/** Runs a request to its end. */
export function resultOf(request: BacktestRequest): BacktestResult {
  return runBacktest(request, { check: () => undefined, report: () => undefined });
}

/** The fills of a run as text, such as `2 B +10 @ 5 entry`: bar, symbol, units, price, reason. */
export function fillTexts({ fills, universe }: BacktestResult): string[] {
  return fills.reason.map((reason, i) => {
    const symbol = universe!.symbols[universe!.fillSymbols[i]];
    const units = fills.side[i] * fills.quantity[i];
    return `${fills.barIndex[i]} ${symbol} ${units > 0 ? '+' : ''}${units} @ ${fills.price[i]} ${reason}`;
  });
}

const DAY_MS = 86_400_000;

/**
 * Daily bars from rows of open and close; those left out have no bar. Each closes at midnight after its
 * day, the first of which is a Thursday, 1970-01-01, plus `firstDay`.
 */
export function openClose(
  rows: readonly (readonly [open: number, close: number] | null)[],
  firstDay = 0,
): BarColumns {
  const kept = rows.flatMap((row, day) => (row ? [{ row, day }] : []));
  const column = (value: (row: readonly [number, number]) => number) =>
    Float64Array.from(kept, ({ row }) => value(row));
  return {
    timesMs: Float64Array.from(kept, ({ day }) => (firstDay + day + 1) * DAY_MS),
    open: column(([open]) => open),
    high: column((row) => Math.max(...row)),
    low: column((row) => Math.min(...row)),
    close: column(([, close]) => close),
    volume: new Float64Array(kept.length).fill(1),
  };
}
