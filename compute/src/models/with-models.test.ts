import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { createModelFolder, type TestModelFolder } from '../../../tools/testing/model-folder.ts';
import { linearModel } from '../../train/onnx-file.ts';
import type { BacktestRequest, ComputeService, SweepTile } from '../service/contract.ts';
import { createComputeService } from '../service/local.ts';
import { createRemoteComputeService } from '../service/remote.ts';
import { ComputeServer } from '../service/server.ts';
import { ModelFolder } from './folder.ts';
import { Models } from './models.ts';
import { ModelThread } from './thread.ts';
import { withModels } from './with-models.ts';

const request: BacktestRequest = {
  strategy: strategyOver('model("trend")'),
  parameters: {},
  instruments: [
    { symbol: 'WAVE', bars: flatBars(Array.from({ length: 300 }, (_, t) => 100 + 20 * Math.sin(t / 9))) },
  ],
  initialCash: 10_000,
  costs: {
    commissionPerTrade: 1,
    commissionPerShare: 0,
    commissionBps: 0,
    commissionMinimum: 0,
    slippageBps: 0,
  },
  direction: 'LONG_AND_SHORT',
  lotSize: 1,
  endRule: 'CLOSE_AT_LAST_CLOSE',
  periodsPerYear: 252,
  riskFreeRate: 0,
  seed: 0,
};
const axes = [{ parameter: 'level', values: Float64Array.of(-3, -1, 0, 1, 2, 4) }];

function strategyOver(series: string): string {
  return `strategy "M"\nparam level = 1 in 0..5\nenter long when ${series} > level\nexit long when ${series} < -level`;
}

let folder: TestModelFolder;
let models: Models;
let service: ComputeService;
beforeAll(() => {
  folder = createModelFolder();
  folder.put('trend', linearModel([1, -1], 0), { inputs: ['close', 'close[4]'] });
  models = new Models(folder.path);
  service = withModels(createComputeService({ threads: 2 }), models);
});
afterAll(async () => {
  await service.close();
  folder.remove();
});

describe('a strategy that asks a model', () => {
  it('decides as one that writes its arithmetic out', async () => {
    const asked = await service.runBacktest(request);
    const written = await service.runBacktest({ ...request, strategy: strategyOver('(close - close[4])') });
    expect(asked.fills.barIndex.length).toBeGreaterThan(10);
    expect(asked.equity).toEqual(written.equity);
  });

  it('has results under another hash when the model changes, and the same when it does not', async () => {
    const first = await service.runBacktest(request);
    expect((await service.runBacktest(request)).contentHash).toBe(first.contentHash);
    const other = createModelFolder();
    other.put('trend', linearModel([1, -1], 2), { inputs: ['close', 'close[4]'] });
    const changed = withModels(createComputeService({ threads: 1 }), new Models(other.path));
    const second = await changed.runBacktest(request);
    expect(second.contentHash).not.toBe(first.contentHash);
    expect(second.equity).not.toEqual(first.equity);
    await changed.close();
    other.remove();
  });

  it('is swept by kernels with the results of single runs', async () => {
    const tiles: SweepTile[] = [];
    const sweep = { ...request, axes, keepBest: 3, objective: 'totalReturn' } as const;
    const result = await service.runSweep(sweep, { onProgress: ({ tile }) => tiles.push(tile) });
    expect(result.backend.backend).toMatch(/^wasm/);
    const returns = new Float64Array(axes[0].values.length);
    for (const tile of tiles) returns.set(tile.totalReturn, tile.fromIndex);
    for (const [index, level] of axes[0].values.entries()) {
      const { equity } = await service.runBacktest({ ...request, parameters: { level } });
      expect(returns[index]).toBeCloseTo(equity.at(-1)! / 10_000 - 1, 12);
    }
  });

  describe('over a universe that it holds', () => {
    const symbols = ['A', 'B', 'C'];
    const members = symbols.map((symbol, place) => ({
      symbol,
      bars: flatBars(Array.from({ length: 90 }, (_, t) => 100 + 20 * Math.sin((t + 25 * place) / 9))),
    }));
    const market = { symbol: 'SPY', bars: flatBars(Array.from({ length: 90 }, (_, t) => 50 + t)) };
    const over = (score: string): BacktestRequest => ({
      ...request,
      strategy: `strategy "U"\nparam n = 1 in 1..3\nhold top(n) by ${score} where close of "SPY" > 60\nrebalance daily`,
      instruments: [...members, market],
      universe: symbols,
    });

    it('ranks every member by what the model says of its own bars', async () => {
      const asked = await service.runBacktest(over('model("trend")'));
      const written = await service.runBacktest(over('(close - close[4])'));
      expect(new Set(asked.universe!.fillSymbols).size).toBe(3);
      expect(asked.equity).toEqual(written.equity);
      expect(asked.fills).toEqual(written.fills);
    });

    it('asks of all that can be chosen, and of no other instrument', async () => {
      const sent: BacktestRequest[] = [];
      const seen = { ...service, runBacktest: async (given: BacktestRequest) => void sent.push(given) };
      await withModels(seen as unknown as ComputeService, models).runBacktest(over('model("trend")'));
      expect(sent[0].instruments.map(({ symbol, modelOutputs }) => [symbol, modelOutputs?.length])).toEqual([
        ['A', 1],
        ['B', 1],
        ['C', 1],
        ['SPY', undefined],
      ]);
      const [{ bars, modelOutputs }] = sent[0].instruments.slice(1);
      expect(modelOutputs![0]).toMatchObject({ name: 'trend', warmUpBars: 4 });
      expect(modelOutputs![0].values[10]).toBeCloseTo(bars.close[10] - bars.close[6], 12);
    });

    it('asks one file of each model, about one instrument after the other', async () => {
      const read = vi.spyOn(ModelFolder.prototype, 'read');
      let [running, most] = [0, 0];
      const original = ModelThread.prototype.call;
      const call = vi.spyOn(ModelThread.prototype, 'call').mockImplementation(async function (
        this: ModelThread,
        ...task
      ) {
        running += 1;
        most = Math.max(most, running);
        return original.apply(this, task).finally(() => (running -= 1));
      });
      try {
        await service.runBacktest(over('model("trend") + model("trend")[1]'));
        expect([read.mock.calls.length, call.mock.calls.length, most]).toEqual([1, 3, 1]);
      } finally {
        read.mockRestore();
        call.mockRestore();
      }
    });

    it('is swept with the results of single runs', async () => {
      const tiles: SweepTile[] = [];
      const counts = [{ parameter: 'n', values: Float64Array.of(1, 2, 3) }];
      const sweep = { ...over('model("trend")'), axes: counts, keepBest: 1, objective: 'sharpe' } as const;
      await service.runSweep(sweep, { onProgress: ({ tile }) => tiles.push(tile) });
      const returns = new Float64Array(3);
      for (const tile of tiles) returns.set(tile.totalReturn, tile.fromIndex);
      for (const [index, n] of counts[0].values.entries()) {
        const { equity } = await service.runBacktest({ ...over('model("trend")'), parameters: { n } });
        expect(returns[index]).toBe(equity.at(-1)! / equity[0] - 1);
      }
    });
  });

  it('runs on other machines, which need no models', async () => {
    const there = createComputeService({ threads: 1 });
    const server = new ComputeServer(there, { token: null });
    const port = await server.listen(0, '127.0.0.1');
    const nearby = withModels(
      createRemoteComputeService({ urls: [`http://127.0.0.1:${port}`], token: null }),
      new Models(folder.path),
    );
    const [here, remote] = [await service.runBacktest(request), await nearby.runBacktest(request)];
    expect(remote.equity).toEqual(here.equity);
    expect(remote.contentHash).toBe(here.contentHash);
    await nearby.close();
    await server.close();
    await there.close();
  });

  it('is checked with the warm-up of the model', async () => {
    const check = await service.checkStrategy(request.strategy);
    expect(check).toMatchObject({ ok: true, strategy: { warmUpBars: 4, models: ['trend'] } });
  });

  it('is refused where there is no such model, at its place when checked', async () => {
    const strategy = 'strategy "M"\nenter long when model("trent") > 0';
    const message = 'expected the name of a model, was trent; did you mean trend?';
    expect(await service.checkStrategy(strategy)).toMatchObject({
      ok: false,
      diagnostics: [{ line: 2, column: 23, message }],
    });
    await expect(service.runBacktest({ ...request, strategy })).rejects.toMatchObject({
      code: 'INVALID_STRATEGY',
      message: 'expected a model that can be used, was trent: there is no model of this name',
    });
  });

  it('is refused for what is wrong with the request before any model is asked', async () => {
    await expect(service.runBacktest({ ...request, instruments: [] })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: 'expected the bars of at least one instrument, was none',
    });
    await expect(service.runBacktest({ ...request, strategy: 'nonsense' })).rejects.toMatchObject({
      code: 'INVALID_STRATEGY',
    });
  });
});
