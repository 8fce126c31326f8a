import { compiledForSweep } from '../backtest/validate.ts';
import type { WorkerPool } from '../pool/pool.ts';
import type { SweepRequest } from './contract.ts';
import { runSweep, type ServiceDevices } from './sweep.ts';

const BARS = 64;
const STRATEGY = `strategy "Warm-up"
param n = 2 in 2..9
param level = 40 in 10..50
enter long when crosses_above(close, sma(close, n)) or rsi(close, n) < level
exit long when crosses_below(close, sma(close, n))
stop percent(3)
`;

/** Starts every thread and has each sweep a few bars, so that the first sweep that is asked for finds its code loaded. */
export async function warmUp(pool: WorkerPool, devices: ServiceDevices): Promise<void> {
  pool.warmUp();
  const column = Float64Array.from({ length: BARS }, (_, t) => 100 + 10 * Math.sin(t / 3));
  const times = column.map((_, t) => t * 86_400_000);
  const bars = { timesMs: times, open: column, high: column, low: column, close: column, volume: column };
  const request: SweepRequest = {
    strategy: STRATEGY,
    parameters: {},
    axes: [
      { parameter: 'n', values: Float64Array.of(2, 3, 4, 5, 6, 7, 8, 9) },
      { parameter: 'level', values: Float64Array.of(10, 20, 30, 40, 50) },
    ],
    instruments: [{ symbol: 'WARM-UP', bars }],
    initialCash: 10_000,
    costs: {
      commissionPerTrade: 0,
      commissionPerShare: 0,
      commissionBps: 0,
      commissionMinimum: 0,
      slippageBps: 0,
    },
    direction: 'LONG_ONLY',
    lotSize: 0,
    endRule: 'KEEP_OPEN',
    periodsPerYear: 252,
    riskFreeRate: 0,
    seed: 0,
    keepBest: 1,
    objective: 'totalReturn',
  };
  const sweep = { request, strategy: compiledForSweep(request), requestHash: () => 'warm-up' };
  await runSweep(pool, sweep, devices, {});
}
