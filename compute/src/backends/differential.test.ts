import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  figuresByCuda,
  figuresByReference,
  figuresByWasm,
  withinPromise,
} from '../../../tools/testing/sweep-backends.ts';
import { runsOf } from '../../../tools/testing/runs.ts';
import { atTheMarket } from '../../../tools/testing/random-strategies.ts';
import { randomOrderRequest, randomRequest, randomRequestOf } from '../../../tools/testing/random-sweeps.ts';
import { compiledForSweep } from '../backtest/validate.ts';
import { ops } from '../ops/registry.ts';
import { kernelObstacle } from './wasm/terms.ts';

describe('the backends agree on a random strategy', () => {
  let traded = 0;

  const each = [...ops.values()].map((op, index) => [op.name, op, 17 + index] as const);

  it.each(each)('that decides by %s', (_name, op, seed) => {
    const property = fc.property(randomRequestOf(op), (request) => {
      const expected = figuresByReference(request);
      const { figures, plan } = figuresByWasm(request);
      expect(withinPromise(figures, expected, plan)).toEqual(expected);
      expect(figuresByCuda(request).figures).toEqual(plan === 'wasm-events' ? figures : expected);
      if (expected.tradeCount.some((count) => count > 0)) traded += 1;
    });
    // One run of a property is biased towards the least there is.
    fc.assert(property, { ...runsOf(1, seed), unbiased: true });
  });

  it('of which many trade', () => expect(traded / ops.size).toBeGreaterThan(0.3));
});

describe('orders that wait for a price', () => {
  it('give what the kernels give for orders at the market where the next open is beyond the price', () => {
    let traded = 0;
    const property = fc.property(randomOrderRequest, (request) => {
      const obstacle = kernelObstacle(compiledForSweep(request), request);
      expect(obstacle).toBe('limit and stop orders wait inside bars, which no kernel follows');
      const found = figuresByReference(request);
      const market = { ...request, strategy: atTheMarket(request.strategy) };
      const { figures, plan } = figuresByWasm(market);
      expect(withinPromise(figures, found, plan)).toEqual(found);
      expect(figuresByCuda(market).figures).toEqual(plan === 'wasm-events' ? figures : found);
      if (found.tradeCount.some((count) => count > 0)) traded += 1;
    });
    fc.assert(property, runsOf(25, 41));
    expect(traded).toBeGreaterThan(8);
  });
});

describe('the kernels of WebAssembly', () => {
  it('give the same bits whatever the number of threads and the size of tiles', () => {
    const pieces = fc.record({
      threads: fc.integer({ min: 1, max: 5 }),
      tileSets: fc.integer({ min: 1, max: 9 }),
    });
    const property = fc.property(randomRequest, pieces, (request, cut) => {
      expect(figuresByWasm(request, undefined, cut)).toEqual(figuresByWasm(request));
    });
    fc.assert(property, runsOf(40, 18));
  });
});
