import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeOnEveryBackend } from '../../../tools/testing/every-backend.ts';
import { NO_COSTS, ohlc } from '../../../tools/testing/simulations.ts';
import { evaluateSignals } from '../backends/reference/evaluate.ts';
import { compileStrategy } from '../strategy/compile.ts';
import { interestOf } from './costs.ts';

const LEVERAGE = 3;
const ENTRIES_MAXIMUM = 3;

/** Rules that fire on what the generated prices do, with every kind of order. */
function signalsFor(bars: ReturnType<typeof ohlc>, fillAt: string) {
  const result = compileStrategy(`strategy "T"
enter long "dip" when close < close[1] at limit close * 0.97 good for 3 bars
enter long "turn" when close > close[1] and close[1] < close[2] at stop close * 1.01 limit close * 1.02
enter long when close > close[2] and close < 50
enter short "break" when close >= 50 and close > close[1] and close[1] > close[2] at stop close * 0.98 good for 2 bars
enter short when close >= 70 at limit close * 1.01 good till cancelled
exit long "high" when close > 60
exit long "take" when close > close[1] at limit close * 1.03 good for the day
exit long "give" when close < close[1] at stop close * 0.97 limit close * 0.96 good for 4 bars
exit short "give" when close > 30 at stop close * 1.02 good until "1970-01-30"
exit short when close < 20
exit after 6 bars
stop close * 0.8
target close * 1.5
trail close * 0.9
pyramid ${ENTRIES_MAXIMUM}
size percent_of_equity(150)
fill at ${fillAt}`);
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  return evaluateSignals(result.strategy, {}, [{ symbol: 'A', bars }]);
}

const row = fc.array(fc.double({ min: 10, max: 80, noNaN: true }), { minLength: 4, maxLength: 4 });
const rows = fc.array(row, { minLength: 5, maxLength: 60 }).map((all) =>
  all.map((prices): [number, number, number, number] => {
    const [low, open, close, high] = prices.toSorted((a, b) => a - b);
    return prices[0] < prices[1] ? [open, high, low, close] : [close, high, low, open];
  }),
);

describeOnEveryBackend('a simulation with every kind of order, leverage and interest', ({ simulate }) => {
  it.each(['next open', 'close'])('that fills at %s accounts for every unit of cash', (fillAt) => {
    fc.assert(
      fc.property(rows, (all) => {
        const bars = ohlc(all);
        const costs = { ...NO_COSTS, commissionBps: 5, borrowRate: 0.3, cashRate: 0.1 };
        const settings = { costs, lotSize: 0, leverage: LEVERAGE, maintenanceMargin: 0.2 };
        const run = simulate(bars, signalsFor(bars, fillAt), settings);
        let [cash, units, next, entries, isBroke] = [1000, 0, 0, 0, false];
        bars.close.forEach((close, t) => {
          const held = { cash, shortValue: Math.max(0, -units * bars.close[t - 1]) };
          if (t > 0 && !isBroke) cash += interestOf(costs, held, bars.timesMs[t] - bars.timesMs[t - 1]);
          while (next < run.fills.length && run.fills[next].bar === t) {
            const { side, quantity, price, fee, reason } = run.fills[next];
            expect(price >= bars.low[t] && price <= bars.high[t]).toBe(true);
            const opens = reason.startsWith('entry') || reason.startsWith('add');
            entries = opens ? entries + 1 : 0;
            expect(entries).toBeLessThanOrEqual(ENTRIES_MAXIMUM);
            const equity = cash + units * price;
            cash -= side * quantity * price + fee;
            units += side * quantity;
            const isWithin = Math.abs(units) * price <= LEVERAGE * equity * (1 + 1e-9);
            expect(opens ? isWithin : units === 0).toBe(true);
            next += 1;
          }
          expect(Math.abs(run.equity[t] - (cash + units * close))).toBeLessThan(1e-6);
          isBroke ||= run.equity[t] <= 0;
        });
        expect(next).toBe(run.fills.length);
      }),
    );
  });
});
