import { createComputeService, libraryStrategies } from '@ai-trading/compute';
import { flatBars } from '../../tools/testing/bars.ts';
import { CASH_RATE, closes, FAST, SLOW } from './workers-data.ts';

/** Does the sweeps of the measurement of workers and nothing else: no database, no queue, no API. */
const compute = createComputeService({ threads: 1 });
const { source } = libraryStrategies().find(({ id }) => id === 'sma-cross')!;
const bars = flatBars(closes());

process.on('message', async ({ count, initialCash }: { count: number; initialCash: number }) => {
  // What was computed before is remembered, so every sweep has cash of its own.
  await Promise.all(Array.from({ length: count }, (_, place) => sweep(initialCash - place)));
  process.send!({});
});
process.send!({});

function sweep(initialCash: number): Promise<unknown> {
  const axis = (parameter: string, { from, to }: typeof FAST) => ({
    parameter,
    values: Float64Array.from({ length: to - from + 1 }, (_, place) => from + place),
  });
  return compute.runSweep({
    strategy: source,
    parameters: {},
    instruments: [{ symbol: 'LOAD', bars }],
    axes: [axis('fast', FAST), axis('slow', SLOW)],
    initialCash,
    costs: {
      commissionPerTrade: 0,
      commissionPerShare: 0,
      commissionBps: 0,
      commissionMinimum: 0,
      slippageBps: 0,
      cashRate: CASH_RATE,
    },
    direction: 'LONG_ONLY',
    lotSize: 0,
    endRule: 'KEEP_OPEN',
    periodsPerYear: 252,
    riskFreeRate: 0,
    seed: 0,
    keepBest: 20,
    objective: 'sharpe',
  });
}
