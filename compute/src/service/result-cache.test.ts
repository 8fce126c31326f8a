import { afterAll, describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { libraryStrategies } from '../strategy/library.ts';
import type {
  BacktestProgress,
  BacktestRequest,
  BacktestResult,
  SweepProgress,
  SweepRequest,
} from './contract.ts';
import { createComputeService } from './local.ts';
import { ResultCache } from './result-cache.ts';

const request: BacktestRequest = {
  strategy: libraryStrategies().find(({ id }) => id === 'sma-cross')!.source,
  parameters: {},
  instruments: [
    { symbol: 'WAVE', bars: flatBars(Array.from({ length: 500 }, (_, t) => 100 + 20 * Math.sin(t / 15))) },
  ],
  initialCash: 10_000,
  costs: {
    commissionPerTrade: 1,
    commissionPerShare: 0,
    commissionBps: 5,
    commissionMinimum: 0,
    slippageBps: 1,
  },
  direction: 'LONG_AND_SHORT',
  lotSize: 1,
  endRule: 'CLOSE_AT_LAST_CLOSE',
  periodsPerYear: 252,
  riskFreeRate: 0,
  seed: 0,
};
const sweep: SweepRequest = {
  ...request,
  axes: [
    { parameter: 'fast', values: Float64Array.from({ length: 20 }, (_, index) => 2 + index) },
    { parameter: 'slow', values: Float64Array.from({ length: 30 }, (_, index) => 30 + index) },
  ],
  keepBest: 3,
  objective: 'sharpe',
};
const REASON = 'the same run had been computed before';
const service = createComputeService({ threads: 2 });
afterAll(() => service.close());

describe('the result cache', () => {
  it('answers an equal backtest with the same result and its progress', async () => {
    const first = await service.runBacktest(request);
    const progress: BacktestProgress[] = [];
    const second = await service.runBacktest({ ...request }, { onProgress: (each) => progress.push(each) });
    expect(first.backend.reason).toBe('one run needs no vector kernel');
    const reason = `one run needs no vector kernel; ${REASON}`;
    expect(second).toEqual({ ...first, backend: { backend: 'reference', reason } });
    expect(progress).toEqual([{ barsDone: 500, barsTotal: 500, fromIndex: 0, equity: first.equity }]);
  });

  it.each<[string, Partial<BacktestRequest>]>([
    ['a parameter', { parameters: { fast: 11 } }],
    ['the cash', { initialCash: 10_001 }],
    [
      'a price',
      { instruments: [{ symbol: 'WAVE', bars: flatBars(Array.from({ length: 500 }, () => 100)) }] },
    ],
    ['a comment in the strategy', { strategy: `${request.strategy}\n# changed\n` }],
  ])('computes again where %s differs', async (_, change) => {
    await service.runBacktest(request);
    const { reason } = (await service.runBacktest({ ...request, ...change })).backend;
    expect(reason).toBe('one run needs no vector kernel');
  });

  it('reports the surface of an equal sweep again', async () => {
    const surface = async () => {
      const sharpe = new Float64Array(600);
      const onProgress = ({ tile }: SweepProgress) => sharpe.set(tile.sharpe, tile.fromIndex);
      const result = await service.runSweep(sweep, { onProgress });
      return { sharpe, best: result.best, reason: result.backend.reason };
    };
    const [first, second] = [await surface(), await surface()];
    expect(first.reason).not.toContain(REASON);
    expect(second).toEqual({ ...first, reason: `${first.reason}; ${REASON}` });
  });

  it('tells sweeps on the same terms apart by their bars', async () => {
    const falling = flatBars(Array.from({ length: 500 }, (_, t) => 100 - t / 10 + 5 * Math.sin(t / 7)));
    const others = { ...sweep, instruments: [{ symbol: 'WAVE', bars: falling }] };
    const runs = [];
    for (const each of [sweep, others, sweep, others]) runs.push(await service.runSweep(each));
    expect(runs[2]).toMatchObject({ best: runs[0].best, contentHash: runs[0].contentHash });
    expect(runs[3]).toMatchObject({ best: runs[1].best, contentHash: runs[1].contentHash });
    expect(runs[1].contentHash).not.toBe(runs[0].contentHash);
    expect(runs.map(({ backend }) => backend.reason.includes(REASON)).slice(1)).toEqual([false, true, true]);
  });

  it('refuses an equal run that is cancelled already', async () => {
    await service.runBacktest(request);
    const signal = AbortSignal.abort(new Error('cancelled by the test'));
    await expect(service.runBacktest(request, { signal })).rejects.toThrow('cancelled by the test');
  });

  it('forgets the result unused for longest when its bytes run out', async () => {
    const runs: number[] = [];
    const cache = new ResultCache(60_000);
    const run = (initialCash: number) =>
      cache.backtest({ ...request, initialCash }, {}, async () => {
        runs.push(initialCash);
        const result: BacktestResult = await service.runBacktest({ ...request, initialCash });
        return result;
      });
    for (const cash of [1_000, 2_000, 1_000, 3_000, 1_000, 2_000]) await run(cash);
    expect(runs).toEqual([1_000, 2_000, 3_000, 2_000]);
  });
});
