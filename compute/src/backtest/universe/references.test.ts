import { expect } from 'vitest';
import { describeOnEveryBackend } from '../../../../tools/testing/every-backend.ts';
import { itWithShared, sharedRows, sharedText } from '../../../../tools/testing/services.ts';
import { universeRequest } from '../../../../tools/testing/universes.ts';
import { simpleReturns } from '../../risk/columns.ts';
import type { BarColumns } from '../../service/contract.ts';

interface Case {
  readonly name: string;
  readonly data: string;
  readonly columns: readonly string[];
  readonly weights: readonly number[];
  readonly rebalance: 'months' | 'quarters' | 'none';
  readonly start: string;
  readonly end: string;
  readonly rows: number;
  readonly total_return: number;
  readonly end_weights: readonly number[];
  readonly daily_file: string;
}

const DAY_MS = 86_400_000;
const REBALANCES = { months: 'monthly', quarters: 'quarterly', none: 'every 100000 bars' };

/** A return per date and column, between the dates of the case. */
function returnsOf({ data, columns, start, end }: Case): { date: string; returns: number[] }[] {
  const [path, change] = data.replace('files/', 'data/').split(' ');
  const header = sharedText(path).split(/\r?\n/, 1)[0].split(',');
  const places = columns.map((name) => header.findIndex((one) => one.replaceAll('"', '') === name));
  const rows = sharedRows(path).map((row) => ({
    date: row[0].replaceAll('"', '').slice(0, 10),
    values: places.map((place) => Number(row[place])),
  }));
  return rows.flatMap(({ date, values }, t) => {
    if (date < start || date > end) return [];
    return [{ date, returns: change ? values.map((value, i) => value / rows[t - 1].values[i] - 1) : values }];
  });
}

/** Bars that open where the one before closed, after one that closes at 100; the volume is the weight. */
function barsOf(rows: ReturnType<typeof returnsOf>, column: number, weight: number): BarColumns {
  const close = new Float64Array(rows.length + 1).fill(100);
  rows.forEach(({ returns }, t) => (close[t + 1] = close[t] * (1 + returns[column])));
  const open = Float64Array.from(close, (value, t) => (t === 0 ? value : close[t - 1]));
  const times = rows.map(({ date }) => Date.parse(date) + DAY_MS);
  return {
    timesMs: Float64Array.of(times[0] - DAY_MS, ...times),
    open,
    high: close.map((value, t) => Math.max(value, open[t])),
    low: close.map((value, t) => Math.min(value, open[t])),
    close,
    volume: close.map(() => weight),
  };
}

describeOnEveryBackend('a universe that is put back to fixed weights', ({ backtest }) => {
  itWithShared('returns on every date what PerformanceAnalytics has', () => {
    const { cases } = JSON.parse(sharedText('reference/rebalancing/SHARE.json')) as { cases: Case[] };
    expect(cases.map(({ name }) => name)).toEqual(['edhec5_quarterly', 'edhec5_none', 'stocks4_monthly']);
    for (const one of cases) {
      const rows = returnsOf(one);
      expect(rows.length, one.name).toBe(one.rows);
      const bars = Object.fromEntries(
        one.columns.map((name, i) => [name, barsOf(rows, i, one.weights[i])] as const),
      );
      const strategy = `strategy "T"\nhold all\nweights by volume\nrebalance ${REBALANCES[one.rebalance]}`;
      const { equity, universe } = backtest(universeRequest(strategy, bars));
      const expected = sharedRows(`reference/rebalancing/${one.daily_file}`);
      const returns = simpleReturns(equity);
      expected.forEach(([date, value], t) => {
        expect(date).toBe(rows[t].date);
        expect(Math.abs(returns[t] - Number(value)), `${one.name} ${date}`).toBeLessThan(1e-10);
      });
      expect(equity[equity.length - 1] / 1000 - 1).toBeCloseTo(one.total_return, 9);
      one.columns.forEach((name, i) => {
        const weight = universe!.weights[universe!.symbols.indexOf(name)].at(-1);
        expect(weight, `${one.name} ${name}`).toBeCloseTo(one.end_weights[i], 9);
      });
    }
  });
});
