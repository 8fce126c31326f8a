import fc from 'fast-check';
import type { OpDefinition } from '../../compute/src/ops/define.ts';
import type { BarColumns, SweepRequest } from '../../compute/src/service/contract.ts';
import { random } from './random.ts';
import {
  OTHER_SYMBOL,
  randomNearOrders,
  randomReachedOrders,
  randomStrategy,
  randomStrategyOf,
} from './random-strategies.ts';
import { NO_COSTS } from './simulations.ts';
import { SWEEP_BASE, walk } from './sweeps.ts';

/** How bars can be short of what a market shows: `none` are prices that stand still. */
interface RandomBars {
  readonly length: number;
  readonly seed: number;
  readonly step: number;
  readonly barMs: number;
  readonly hasGaps: boolean;
}

/** A random walk of bars of any length of time; with gaps, days are left out and volumes are missing or 0. */
function randomBars({ length, seed, step, barMs, hasGaps }: RandomBars): BarColumns {
  const bars = walk(length, seed, step);
  const next = random(seed + 1);
  let timeMs = 1_700_000_000_000;
  for (let t = 0; t < length; t += 1) {
    timeMs += barMs * (hasGaps && next() < 0.1 ? 2 + Math.floor(9 * next()) : 1);
    bars.timesMs[t] = timeMs;
    if (hasGaps && next() < 0.05) bars.volume[t] = next() < 0.5 ? NaN : 0;
  }
  return bars;
}

const HOUR_MS = 3_600_000;

/** Sweeps of strategies, with terms and data of every kind, among them no bars at all and constant prices. */
function requestOf(strategy: fc.Arbitrary<string>): fc.Arbitrary<SweepRequest> {
  return fc
    .record({
      strategy,
      bars: fc.record({
        length: fc.oneof(fc.constantFrom(0, 1, 2, 3, 63, 64, 65, 128, 129), fc.integer({ min: 4, max: 260 })),
        seed: fc.nat(),
        step: fc.constantFrom(0, 0.02, 0.02, 0.3),
        barMs: fc.constantFrom(24 * HOUR_MS, HOUR_MS, 7 * HOUR_MS),
        hasGaps: fc.boolean(),
      }),
      otherLength: fc.nat(260),
      lotSize: fc.constantFrom(0, 0, 1, 0.1),
      direction: fc.constantFrom('LONG_ONLY', 'LONG_ONLY', 'SHORT_ONLY', 'LONG_AND_SHORT'),
      endRule: fc.constantFrom('KEEP_OPEN', 'CLOSE_AT_LAST_OPEN', 'CLOSE_AT_LAST_CLOSE'),
      costs: fc.constantFrom(NO_COSTS, SWEEP_BASE.costs, { ...SWEEP_BASE.costs, spreadBps: 7 }),
      counts: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
    })
    .map(({ bars, otherLength, counts, ...rest }) => {
      const range = (from: number, count: number) =>
        Float64Array.from({ length: count }, (_, index) => from + 3 * index);
      const other = { ...bars, length: otherLength, seed: bars.seed + 9, hasGaps: true };
      return {
        ...SWEEP_BASE,
        ...rest,
        axes: [
          { parameter: 'a', values: range(2, counts[0]) },
          { parameter: 'b', values: range(4, counts[1]) },
        ],
        instruments: [
          { symbol: 'X', bars: randomBars(bars) },
          { symbol: OTHER_SYMBOL, bars: randomBars(other) },
        ],
      };
    });
}

/** Sweeps of random strategies. */
export const randomRequest: fc.Arbitrary<SweepRequest> = requestOf(randomStrategy);

/** So many of them, always the same. */
export const sampledRequests = (count: number): readonly SweepRequest[] =>
  fc.sample(randomRequest, { numRuns: count, seed: 12 });

/** Sweeps of random strategies that decide by one operation. */
export function randomRequestOf(op: OpDefinition): fc.Arbitrary<SweepRequest> {
  return requestOf(randomStrategyOf(op));
}

/**
 * Sweeps of random strategies whose orders fill at the next open; without slippage, which limits do not have, and not closed at the
 * last open, where an order that waits is not placed any more.
 */
export const randomOrderRequest: fc.Arbitrary<SweepRequest> = requestOf(randomReachedOrders).map(
  ({ costs, endRule, ...request }) => ({
    ...request,
    costs: { ...costs, slippageBps: 0, spreadBps: 0 },
    endRule: endRule === 'CLOSE_AT_LAST_OPEN' ? 'KEEP_OPEN' : endRule,
  }),
);

/** Sweeps of random strategies whose orders fill inside bars or are gapped through. */
export const randomNearOrderRequest: fc.Arbitrary<SweepRequest> = requestOf(randomNearOrders);
