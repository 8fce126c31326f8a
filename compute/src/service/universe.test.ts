import { afterAll, describe, expect, it } from 'vitest';
import { openClose, resultOf, universeRequest } from '../../../tools/testing/universes.ts';
import { gridParameters } from '../backtest/sweep-grid.ts';
import type { BarColumns, SweepRequest, SweepTile } from './contract.ts';
import { createComputeService } from './local.ts';

const service = createComputeService({ threads: 2 });
afterAll(() => service.close());

/** Instruments that take turns in rising; the last begins late. */
const bars: Record<string, BarColumns> = Object.fromEntries(
  ['A', 'B', 'C', 'D'].map((symbol, i) => {
    const closes = Array.from({ length: 200 }, (_, t) => 50 + 20 * Math.sin(t / (9 + 4 * i) + i) + t / 10);
    const rows = closes.map((close, t) => [closes[Math.max(0, t - 1)], close] as const);
    return [symbol, openClose(rows.map((row, t) => (i === 3 && t < 80 ? null : row)))];
  }),
);
const STRATEGY = `strategy "T"
param length = 10 in 5..40 step 5
param count = 2 in 1..3 step 1
hold top(count) by roc(close, length) where close > sma(close, length)
weights inverse_volatility(length)
rebalance weekly`;

describe('a universe in the compute service', () => {
  it('gives on a thread what it gives here, and the same again from what is kept', async () => {
    const request = universeRequest(STRATEGY, bars);
    const equities: number[] = [];
    const result = await service.runBacktest(request, {
      onProgress: ({ equity }) => equities.push(...equity),
    });
    expect(result).toEqual(resultOf(request));
    expect(equities).toEqual([...result.equity]);
    const again = await service.runBacktest(request);
    expect(again.backend.reason).toBe(`${result.backend.reason}; the same run had been computed before`);
    expect(again.universe).toEqual(result.universe);
  });

  it('is swept with the figures of single runs, on a kernel where nothing changes cash between choices', async () => {
    const axes = [
      { parameter: 'length', values: Float64Array.of(5, 10, 20, 30) },
      { parameter: 'count', values: Float64Array.of(1, 2, 3) },
    ];
    const request: SweepRequest = {
      ...universeRequest(STRATEGY, bars),
      axes,
      keepBest: 3,
      objective: 'totalReturn',
    };
    const tiles: SweepTile[] = [];
    const result = await service.runSweep(request, { onProgress: ({ tile }) => tiles.push(tile) });
    expect(result.backend).toEqual({
      backend: 'wasm-stretches',
      reason:
        'a kernel values what is held from one choice to the next; no GPU took it: the choices and trades of a universe are those of the reference',
    });
    const paid = { ...request, costs: { ...request.costs, cashRate: 0.02 } };
    expect((await service.runSweep(paid)).backend.backend).toBe('reference');
    expect(result.barEvaluations).toBe(12 * (3 * 200 + 120));
    const totals = tiles.flatMap(({ fromIndex, totalReturn, tradeCount }) =>
      Array.from(totalReturn, (value, i) => ({ index: fromIndex + i, value, trades: tradeCount[i] })),
    );
    expect(totals.length).toBe(12);
    for (const { index, value, trades } of totals) {
      const single = resultOf({ ...request, parameters: gridParameters(axes, index) });
      expect(value).toBe(single.statistics.totalReturn.value);
      expect(trades).toBe(single.trades.direction.length);
    }
    const best = totals.toSorted((a, b) => b.value - a.value || a.index - b.index);
    expect(result.best.map(({ index }) => index)).toEqual(best.slice(0, 3).map(({ index }) => index));
  });

  it('refuses a universe without members before it takes a thread', async () => {
    const request = universeRequest(STRATEGY, bars, { universe: [] });
    await expect(service.runBacktest(request)).rejects.toThrow(
      'expected at least one instrument to choose from, was none',
    );
  });
});
