import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOf } from '../../../../tools/testing/runs.ts';
import { figuresByReference, figuresByWasm } from '../../../../tools/testing/sweep-backends.ts';
import { SWEEP_BASE, walk } from '../../../../tools/testing/sweeps.ts';
import { compiledForSweep } from '../../backtest/validate.ts';
import type { SweepRequest } from '../../service/contract.ts';
import { takeMemory } from '../../service/memory.ts';
import { shareSeries } from '../cuda/shared-series.ts';
import { planCudaSweep } from '../cuda/sweep.ts';
import { evaluateNode } from '../reference/evaluate.ts';
import { distinctRows, rowOf, rowsOfRelation } from './distinct-rows.ts';
import { slotParameters } from './slot-items.ts';
import { planInputs } from './slots.ts';
import { planSweep } from './sweep.ts';

const CROSS = (fast: string, slow: string) => `strategy "T"
param a = 3 in -100..100
param b = 9 in -100..100
enter long when crosses_above(${fast}, ${slow})
exit long when crosses_below(${fast}, ${slow})`;

function requestOf(fast: string, slow: string, a: readonly number[], b: readonly number[]): SweepRequest {
  const axes = [
    { parameter: 'a', values: Float64Array.from(a) },
    { parameter: 'b', values: Float64Array.from(b) },
  ];
  const instruments = [{ symbol: 'X', bars: walk(300, 7) }];
  return { ...SWEEP_BASE, strategy: CROSS(fast, slow), axes, instruments };
}

/** The row of each item, by slot. */
const placesOf = (request: SweepRequest) =>
  planInputs(compiledForSweep(request), request).slots.map(({ rows, distinct }) =>
    Array.from({ length: distinct }, (_, item) => rowOf(rows!, item)),
  );

const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe('rows that slots have in common', () => {
  it('are one where both averages of a cross are over as many bars', () => {
    const request = requestOf('sma(close, a)', 'sma(close, b)', [2, 3, 5, 8, 9], [5, 6, 8, 3, 7]);
    expect(placesOf(request)).toEqual([
      [0, 1, 2, 3, 4],
      [2, 5, 3, 1, 6],
    ]);
    const { inputs } = planSweep(compiledForSweep(request), request, 1);
    expect(rowsOfRelation(inputs, inputs.relations[0])).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(distinctRows(inputs.slots).map(({ slot, item }) => [inputs.slots.indexOf(slot), item])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
      [1, 1],
      [1, 4],
    ]);
    expect(figuresByWasm(request).figures).toEqual(figuresByReference(request));
    expect(figuresByWasm(request, undefined, { threads: 3, tileSets: 4 })).toEqual(figuresByWasm(request));
  });

  it('take half of the memory where both have the same lengths', () => {
    const bytesOf = (b: readonly number[]) => {
      const request = requestOf('sma(close, a)', 'sma(close, b)', from(2, 60), b);
      const { layout } = planSweep(compiledForSweep(request), request, 1);
      // Rows, then ranks; the columns of prices come after both.
      return layout.open - layout.rows;
    };
    const [same, other] = [bytesOf(from(2, 60)), bytesOf(from(62, 60))];
    expect(other / same).toBeCloseTo(2, 3);
  });

  it.each([
    ['by the values of their numbers', 'sma(close, a)', 'sma(close, b * 2)', [2, 4, 6, 7], [1, 2, 3, 4], 5],
    [
      'in a series of several numbers',
      'macd(close, a, 9)',
      'macd(close, 5, b)',
      [3, 4, 5, 6],
      [7, 8, 9, 10],
      7,
    ],
    ['within one slot', 'sma(close, max(a, 4))', 'sma(open, b)', [2, 3, 4, 5], [2, 3, 4, 5], 6],
    ['only of one operation', 'sma(close, a)', 'ema(close, b)', [2, 3, 4, 5], [2, 3, 4, 5], 8],
    ['only of one series', 'sma(close, a)', 'sma(open, b)', [2, 3, 4, 5], [2, 3, 4, 5], 8],
    ['not of 0 and -0', 'max(sma(close, 3), a)', 'max(sma(close, 3), b)', [-1, -0, 1, 2], [0, 1, 2, 3], 6],
  ] as const)('are found %s', (_, fast, slow, a, b, count) => {
    const request = requestOf(fast, slow, a, b);
    expect(planInputs(compiledForSweep(request), request).rowsTotal).toBe(count);
    expect(figuresByWasm(request).figures).toEqual(figuresByReference(request));
  });

  it('hold what each of their slots would compute, bit for bit, and give the figures of the reference', () => {
    const kind = fc.constantFrom(
      (n: string) => `ema(close, abs(${n}) + 1)`,
      (n: string) => `sma(close, max(${n}, 2))`,
      (n: string) => `rsi(high, 3) * ${n} + low`,
      (n: string) => `choose(close > open, stdev(close, 4), max(close, ${n}))`,
      (n: string) => `macd(close, 4, abs(${n}) + 5)`,
    );
    const numbers = fc.array(fc.constantFrom(-3, -1, -0, 0, 1, 2, 5), { minLength: 4, maxLength: 6 });
    let sharedCount = 0;
    const property = fc.property(kind, kind, numbers, numbers, (fast, slow, a, b) => {
      const request = requestOf(fast('a'), slow('b'), a, b);
      const strategy = compiledForSweep(request);
      const { slots, rowsTotal } = planInputs(strategy, request);
      const rows = distinctRows(slots);
      expect(rows.length).toBe(rowsTotal);
      const seriesOf = ({ slot, item }: (typeof rows)[number]) => {
        const parameters = slotParameters(slot, request.axes, item);
        return evaluateNode(strategy, parameters, request.instruments, slot.node);
      };
      for (const slot of slots)
        for (let item = 0; slot.rows && item < slot.distinct; item += 1) {
          const row = rows[rowOf(slot.rows, item)];
          if (row.slot === slot && row.item === item) continue;
          sharedCount += 1;
          expect(seriesOf(row)).toEqual(seriesOf({ slot, item }));
        }
      expect(figuresByWasm(request).figures).toEqual(figuresByReference(request));
    });
    fc.assert(property, runsOf(60, 51));
    expect(sharedCount).toBeGreaterThan(40);
  });

  it('are prepared once for a GPU', () => {
    const request = requestOf('ema(close, a)', 'ema(close, b)', [2, 3, 5, 8, 9], [5, 6, 8, 3, 7]);
    const strategy = compiledForSweep(request);
    const plan = planCudaSweep(strategy, request);
    if (typeof plan === 'string') throw new Error(plan);
    expect(shareSeries(strategy, plan.inputs.slots, 300, takeMemory)!.items).toHaveLength(7);
  });
});
