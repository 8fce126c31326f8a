import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOf } from '../../../tools/testing/runs.ts';
import { barsOfFills, SecondAccount, SIGNED_RULES } from '../../../tools/testing/second-account.ts';
import { simulate } from '../../../tools/testing/simulations.ts';
import {
  figuresByCuda,
  figuresByReference,
  figuresByWasm,
  withinPromise,
} from '../../../tools/testing/sweep-backends.ts';
import { randomNearOrderRequest } from '../../../tools/testing/random-sweeps.ts';
import { compiledForSweep } from '../backtest/validate.ts';
import type { BarColumns, SweepRequest } from '../service/contract.ts';
import { evaluateSignals } from './reference/evaluate.ts';

/** One account of a sweep: how a set of it trades, by orders. */
function accountOf(request: SweepRequest) {
  const parameters = Object.fromEntries(request.axes.map(({ parameter, values }) => [parameter, values[0]]));
  const signals = evaluateSignals(compiledForSweep(request), parameters, request.instruments);
  const { bars } = request.instruments[0];
  const account = simulate(bars, signals, request);
  const second = new SecondAccount(bars, signals, request);
  return { bars, account, fills: second.fills };
}

/** The same fills, each decided on a bar of its own and at its open. */
function atOpens(request: SweepRequest, bars: BarColumns): SweepRequest {
  const size = request.strategy.split('\n').filter((line) => line.startsWith('size '));
  return {
    ...request,
    strategy: ['strategy "at opens"', 'param a = 1 in 1..2', SIGNED_RULES, ...size].join('\n'),
    axes: [{ parameter: 'a', values: Float64Array.of(1, 2) }],
    costs: { ...request.costs, slippageBps: 0, spreadBps: 0 },
    endRule: 'KEEP_OPEN',
    instruments: [{ symbol: 'X', bars }],
  };
}

describe('random strategies whose orders fill inside bars', () => {
  it('trade as a second account says, and as every backend says of the same fills at opens', () => {
    const seen = { inside: 0, twice: 0, plans: new Set<string>() };
    const property = fc.property(randomNearOrderRequest, (request) => {
      const { bars, account, fills } = accountOf(request);
      const told = account.fills.map(({ bar, side, price }) => [bar, side, price]);
      expect(told).toEqual(fills.map(({ bar, side, price }) => [bar, side, price]));
      seen.inside += fills.filter(
        ({ bar, price }) => price !== bars.open[bar] && price !== bars.close[bar],
      ).length;
      seen.twice += fills.filter(({ bar }, index) => index > 0 && fills[index - 1].bar === bar).length;

      const split = barsOfFills(bars, fills);
      const market = atOpens(request, split.bars);
      const signals = evaluateSignals(compiledForSweep(market), { a: 1 }, market.instruments);
      const { fills: marketFills, equity } = simulate(split.bars, signals, market);
      expect(marketFills.map(({ side, quantity, price, fee }) => [side, quantity, price, fee])).toEqual(
        account.fills.map(({ side, quantity, price, fee }) => [side, quantity, price, fee]),
      );
      expect(marketFills.map(({ bar }) => bar)).toEqual(split.fillBars);
      expect(split.ends.map((end) => equity[end])).toEqual([...account.equity]);

      const expected = figuresByReference(market);
      const { figures, plan } = figuresByWasm(market);
      expect(withinPromise(figures, expected, plan)).toEqual(expected);
      expect(figuresByCuda(market).figures).toEqual(plan === 'wasm-events' ? figures : expected);
      seen.plans.add(plan);
    });
    fc.assert(property, runsOf(40, 43));
    expect(seen.inside).toBeGreaterThan(200);
    expect(seen.twice).toBeGreaterThan(50);
    expect(seen.plans).toEqual(new Set(['wasm-bars', 'wasm-events']));
  }, 400_000);
});
