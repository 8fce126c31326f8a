import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeOnEveryBackend, type TestedBackend } from '../../../../tools/testing/every-backend.ts';
import { runsOf } from '../../../../tools/testing/runs.ts';
import { NO_COSTS } from '../../../../tools/testing/simulations.ts';
import { openClose, universeRequest } from '../../../../tools/testing/universes.ts';
import type { BacktestRequest, BarColumns, CostModel } from '../../service/contract.ts';

type Row = readonly [open: number, close: number];
interface Market {
  readonly rows: Readonly<Record<string, readonly (Row | null)[]>>;
  readonly days: number;
}

const price = fc.integer({ min: 200, max: 4000 }).map((cents) => cents / 100);
const row = fc.option(fc.tuple(price, price), { freq: 8, nil: null });

/** Some instruments over some days, with gaps, late starts and early ends. */
const markets: fc.Arbitrary<Market> = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 25 }))
  .chain(([count, days]) =>
    fc.array(fc.array(row, { minLength: days, maxLength: days }), { minLength: count, maxLength: count }),
  )
  .map((instruments) => {
    const full = instruments.map((rows) => (rows.some(Boolean) ? rows : rows.with(0, [10, 10])));
    return {
      rows: Object.fromEntries(full.map((rows, i) => ['ABCDE'[i], rows])),
      days: full[0].length,
    };
  });

const barsOf = ({ rows }: Market): Record<string, BarColumns> =>
  Object.fromEntries(Object.entries(rows).map(([symbol, own]) => [symbol, openClose(own)]));

const LONG = `strategy "T"
let rise = close / close[1]
hold top(2) by rise where close > 3
weights by close
max weight 70
cash 10
rebalance every 2 bars`;
const BOTH = `strategy "T"
hold top(2) by close / close[1]
short bottom(1) by close / close[1]
rebalance daily`;
const COSTS: CostModel = {
  ...NO_COSTS,
  commissionPerTrade: 1,
  commissionBps: 10,
  commissionMinimum: 2,
  slippageBps: 5,
};

/** Runs strategies on a backend. */
const runner =
  ({ backtest }: TestedBackend) =>
  (strategy: string, market: Market, settings: Partial<BacktestRequest> = {}) =>
    backtest(universeRequest(strategy, barsOf(market), settings));

describeOnEveryBackend('a universe in one account', (backend) => {
  const run = runner(backend);

  it.each([
    [LONG, 0, 1],
    [LONG, 1, 1],
    [BOTH, 0, 1],
    [BOTH, 0.1, 2],
  ])(
    'accounts for every unit of cash and every unit held: %s with lots of %d and a leverage of %d',
    (strategy, lotSize, leverage) => {
      fc.assert(
        fc.property(markets, (market) => {
          const { fills, equity, universe, timesMs } = run(strategy, market, {
            lotSize,
            leverage,
            costs: COSTS,
          });
          const { symbols, weights, profit } = universe!;
          const bars = barsOf(market);
          const known = symbols.map(
            (symbol) => new Map(Array.from(bars[symbol].timesMs, (timeMs, t) => [timeMs, t])),
          );
          const closes = symbols.map(() => NaN);
          const units = symbols.map(() => 0);
          let [cash, next, isBroke] = [1000, 0, false];
          // An account that has grown is rounded to as many digits, so to larger amounts.
          let peak = 1000;
          // A sale can cost more than it brings.
          let owed = 0;
          timesMs.forEach((timeMs, t) => {
            while (next < fills.barIndex.length && fills.barIndex[next] === t) {
              const member = universe!.fillSymbols[next];
              const [side, quantity] = [fills.side[next], fills.quantity[next]];
              expect(quantity).toBeGreaterThan(0);
              const lots = lotSize > 0 ? quantity / lotSize : 0;
              expect(Math.abs(lots - Math.round(lots))).toBeLessThan(1e-6 + 1e-12 * lots);
              const value = quantity * fills.price[next];
              cash -= side * value + fills.fee[next];
              if (side < 0) owed += Math.max(0, fills.fee[next] - value);
              peak = Math.max(peak, value, Math.abs(cash));
              // Sums of decimal lots in doubles are not whole ones.
              const held = units[member] + side * quantity;
              units[member] = lotSize > 0 ? Math.round(held / lotSize) * lotSize : held;
              next += 1;
            }
            symbols.forEach((symbol, i) => {
              const own = known[i].get(timeMs);
              if (own !== undefined) closes[i] = bars[symbol].close[own];
            });
            const values = units.map((held, i) => (held === 0 ? 0 : held * closes[i]));
            const total = values.reduce((sum, value) => sum + value, cash);
            peak = Math.max(peak, ...values.map(Math.abs), Math.abs(cash));
            expect(Math.abs(equity[t] - total)).toBeLessThan(1e-10 * peak);
            expect(leverage === 1 && strategy === LONG ? cash : 0).toBeGreaterThan(-owed - 1e-10 * peak);
            values.forEach((value, i) => {
              const weight = equity[t] > 0 ? value / equity[t] : 0;
              expect(Math.abs(weights[i][t] - weight)).toBeLessThan(1e-7);
            });
            expect(isBroke && units.some((held) => held !== 0)).toBe(false);
            isBroke ||= equity[t] <= 0;
          });
          expect(next).toBe(fills.barIndex.length);
          const gained = profit.reduce((sum, one) => sum + one, 0) + universe!.interest;
          expect(Math.abs(gained - (equity[equity.length - 1] - 1000))).toBeLessThan(1e-9 * peak);
          const { trades } = run(strategy, market, { lotSize, leverage, costs: COSTS });
          const byTrades = trades.profit.reduce((sum, one) => sum + one, 0);
          const byInstrument = profit.reduce((sum, one) => sum + one, 0);
          expect(Math.abs(byTrades - byInstrument)).toBeLessThan(1e-9 * peak);
        }),
        runsOf(20, 31),
      );
    },
  );

  it('does nothing differently when what comes later is other', () => {
    fc.assert(
      fc.property(markets, fc.nat(), fc.integer({ min: 2, max: 9 }), (market, cut, factor) => {
        const known = 1 + (cut % market.days);
        const other: Market = {
          ...market,
          rows: Object.fromEntries(
            Object.entries(market.rows).map(([symbol, rows]) => [
              symbol,
              rows.map((one, day): Row | null =>
                one && day >= known ? [one[0], (one[1] * factor) / 5] : one,
              ),
            ]),
          ),
        };
        const [one, two] = [run(BOTH, market), run(BOTH, other)];
        // The open of the first changed bar is the same, so its fills are too.
        const firstMs = (known + 1) * 86_400_000;
        const before = ({ fills }: ReturnType<typeof run>) =>
          fills.reason.flatMap((reason, i) =>
            fills.timesMs[i] <= firstMs && !['ruin', 'end'].includes(reason)
              ? [[fills.timesMs[i], fills.side[i], fills.quantity[i], fills.price[i], reason]]
              : [],
          );
        expect(before(one)).toEqual(before(two));
      }),
      runsOf(35, 32),
    );
  });

  it('has the same bits in whatever order the instruments come', () => {
    fc.assert(
      fc.property(markets, fc.nat(), (market, turn) => {
        const entries = Object.entries(market.rows);
        const by = turn % entries.length;
        const rows = Object.fromEntries([...entries.slice(by), ...entries.slice(0, by)].toReversed());
        const [one, two] = [
          run(LONG, market, { costs: COSTS }),
          run(LONG, { ...market, rows }, { costs: COSTS }),
        ];
        expect({ ...two, contentHash: '' }).toEqual({ ...one, contentHash: '' });
      }),
      runsOf(20, 33),
    );
  });
});

/**
 * The same rules written once more, day by day over dictionaries: the two of the best rises of the day get
 * equal parts every day, commission in basis points alone.
 */
function slowly(market: Market, commission: number): number[] {
  const symbols = Object.keys(market.rows).toSorted();
  const lastDay = (symbol: string) => market.rows[symbol].findLastIndex(Boolean);
  const days = Array.from({ length: market.days }, (_, day) => day).filter((day) =>
    symbols.some((symbol) => market.rows[symbol][day]),
  );
  const history: Record<string, number[]> = Object.fromEntries(symbols.map((symbol) => [symbol, []]));
  const held: Record<string, number> = {};
  const worths: Record<string, number> = {};
  let wanted: Record<string, number> | null = null;
  let cash = 1000;
  const total = () =>
    Object.entries(held).reduce((sum, [symbol, units]) => sum + units * worths[symbol], cash);
  return days.map((day, index) => {
    const today = symbols.filter((symbol) => market.rows[symbol][day]);
    for (const symbol of Object.keys(held)) {
      if (lastDay(symbol) >= day) continue;
      cash += held[symbol] * worths[symbol] * (1 - commission);
      delete held[symbol];
    }
    for (const symbol of today) worths[symbol] = market.rows[symbol][day]![0];
    if (wanted) {
      const equity = total();
      for (const symbol of today) {
        const surplus = (held[symbol] ?? 0) * worths[symbol] - (wanted[symbol] ?? 0) * equity;
        if (!(surplus > 1e-7)) continue;
        cash += surplus * (1 - commission);
        held[symbol] -= surplus / worths[symbol];
        if (!(symbol in wanted)) delete held[symbol];
      }
      const lacking = today
        .map(
          (symbol) =>
            [symbol, (wanted![symbol] ?? 0) * equity - (held[symbol] ?? 0) * worths[symbol]] as const,
        )
        .filter(([, value]) => value > 1e-7);
      const cost = lacking.reduce((sum, [, value]) => sum + value * (1 + commission), 0);
      const share = Math.min(1, cash / cost);
      for (const [symbol, value] of lacking) {
        held[symbol] = (held[symbol] ?? 0) + (value * share) / worths[symbol];
        cash -= value * share * (1 + commission);
      }
    }
    for (const symbol of today) {
      worths[symbol] = market.rows[symbol][day]![1];
      history[symbol].push(worths[symbol]);
    }
    const tomorrow = days[index + 1];
    const rises = symbols
      .filter((symbol) => history[symbol].length > 1 && lastDay(symbol) >= tomorrow)
      .map((symbol) => [symbol, history[symbol].at(-1)! / history[symbol].at(-2)!] as const)
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, 2);
    const hasBegun: boolean = wanted !== null || rises.length > 0;
    wanted = hasBegun ? Object.fromEntries(rises.map(([symbol]) => [symbol, 1 / rises.length])) : null;
    return total();
  });
}

describeOnEveryBackend('an independent second implementation', (backend) => {
  const run = runner(backend);

  it('agrees at every bar', () => {
    const daily = 'strategy "T"\nhold top(2) by close / close[1]\nrebalance every 1 bars';
    // Without gaps, in which the first keeps orders waiting; starts and ends are ragged.
    const whole = markets.map((market): Market => ({
      ...market,
      rows: Object.fromEntries(
        Object.entries(market.rows).map(([symbol, rows]) => {
          const [first, last] = [rows.findIndex(Boolean), rows.findLastIndex(Boolean)];
          return [symbol, rows.map((one, day) => one ?? (day > first && day < last ? [7, 8] : null))];
        }),
      ),
    }));
    fc.assert(
      fc.property(whole, fc.constantFrom(0, 0.001, 0.02), (market, commission) => {
        const costs = { ...NO_COSTS, commissionBps: commission * 10_000 };
        const { equity } = run(daily, market, { costs });
        const expected = slowly(market, commission);
        expect(equity.length).toBe(expected.length);
        expected.forEach((worth, t) => expect(Math.abs(equity[t] / worth - 1)).toBeLessThan(1e-7));
      }),
      runsOf(70, 34),
    );
  });
});
