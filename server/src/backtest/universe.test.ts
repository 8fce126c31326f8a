import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { evenIndices, largestWeights } from './universe.ts';

const START = `mutation($input: StartBacktestInput!) { startBacktest(input: $input) { run { id label } errors { code message path } } }`;
const STATUS = `subscription($id: ID!) { runEvents(id: $id) { run { status errorMessage } } }`;
const HOLDINGS = `query($id: ID!) { backtest(id: $id) { barCount settings { symbol universe lotSize } statistics { name value }
  equity { length equity benchmark }
  fills(first: 100) { totalCount nodes { symbol side quantity price reason executedAt } } trades(first: 100) { nodes { symbol profit openProfit } }
  holdings { interest contributions { symbol profit contribution fees tradeCount meanWeight }
    weights(first: 2, maxPoints: 50) { times instruments { symbol values } others cash }
    rebalances(first: 2) { totalCount pageInfo { hasNextPage } nodes { index executedAt equity traded turnover fees heldCount } } } } }`;

let app: TestApp;
const SYMBOLS = ['UA', 'UB', 'UC'];
beforeAll(async () => {
  app = await createTestApp();
  for (const [i, symbol] of SYMBOLS.entries()) await importWave(symbol, i);
}, 240_000);
afterAll(() => app.stop());

/** Ninety daily bars that rise and fall, each instrument in its own time. */
async function importWave(symbol: string, i: number, currency = 'USD'): Promise<void> {
  const lines = Array.from({ length: 90 }, (_, t) => {
    const price = 40 + 10 * i + 8 * Math.sin(t / 8 + 2 * i);
    const date = new Date(Date.UTC(2021, 0, 1 + t)).toISOString().slice(0, 10);
    return `${date},${price},${price + 1},${price - 1},${price},1000`;
  });
  const content = ['Date,Open,High,Low,Close,Volume', ...lines].join('\n');
  const input = { idempotencyKey: newKey(), symbol, currency, content };
  const { importBars } = await app.query(
    'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
    { input },
  );
  expect(importBars.errors).toEqual([]);
  await finished(importBars.run.id);
}

async function finished(id: string): Promise<void> {
  let last;
  for await (const { runEvents } of app.subscribe(STATUS, { id })) last = runEvents.run;
  expect(last).toEqual({ status: 'SUCCEEDED', errorMessage: null });
}

const column = (text: string) => [...new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)];
const own = (lines: string) => ({ strategySource: `strategy "Mine"\n${lines}` });

describe('a backtest over a universe', () => {
  it('holds what it chose, and says what came of it', async () => {
    const input = {
      idempotencyKey: newKey(),
      ...own('hold top(2) by roc(close, 5)\nrebalance monthly'),
      symbols: ['UC', 'ua', 'UB', 'UA'],
      costs: { commissionBps: 10, cashRate: 0.02 },
      lotSize: 0,
    };
    const { startBacktest } = await app.query(START, { input });
    expect(startBacktest.errors).toEqual([]);
    expect(startBacktest.run.label).toBe('Mine on 3 instruments');
    await finished(startBacktest.run.id);
    const { backtest } = await app.query(HOLDINGS, { id: startBacktest.run.id });
    expect(backtest.settings).toEqual({ symbol: 'UA', universe: SYMBOLS, lotSize: 0 });
    expect(backtest.barCount).toBe(90);
    const { contributions, interest, weights, rebalances } = backtest.holdings;
    const equity = column(backtest.equity.equity);
    const gained = contributions.reduce((sum: number, one: { profit: number }) => sum + one.profit, interest);
    expect(gained).toBeCloseTo(equity.at(-1)! - 10_000, 6);
    expect(contributions.map((one: { profit: number }) => one.profit)).toEqual(
      contributions.map((one: { profit: number }) => one.profit).toSorted((a: number, b: number) => b - a),
    );
    expect(new Set(contributions.map((one: { symbol: string }) => one.symbol))).toEqual(new Set(SYMBOLS));
    // The first fill is on the seventh bar; then the first of February and of March.
    expect(rebalances).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(rebalances.nodes[1]).toMatchObject({
      index: 1,
      executedAt: '2021-02-02T00:00:00.000Z',
      heldCount: 2,
    });
    expect(rebalances.nodes[0].turnover).toBeCloseTo(0.5, 2);
    expect(backtest.fills.nodes[0]).toMatchObject({ side: 'BUY', reason: 'entry' });
    const bySymbol = (symbol: string) =>
      backtest.trades.nodes
        .filter((one: { symbol: string }) => one.symbol === symbol)
        .reduce((sum: number, one: any) => sum + Number(one.profit) + Number(one.openProfit), 0);
    for (const { symbol, profit, contribution, tradeCount } of contributions) {
      expect(bySymbol(symbol)).toBeCloseTo(profit, 6);
      expect(contribution).toBeCloseTo(profit / 10_000, 12);
      expect(tradeCount).toBe(
        backtest.trades.nodes.filter((one: { symbol: string }) => one.symbol === symbol).length,
      );
    }
    const parts = [
      ...weights.instruments.map((one: { values: string }) => column(one.values)),
      column(weights.cash),
    ];
    if (weights.others) parts.push(column(weights.others));
    expect(column(weights.times)).toHaveLength(50);
    for (let t = 0; t < 50; t += 1) {
      expect(parts.reduce((sum, values) => sum + values[t], 0)).toBeCloseTo(1, 9);
    }
    const { backtests } = await app.query(
      '{ backtests(first: 9, filter: { symbol: "UB" }) { nodes { id } } }',
    );
    expect(backtests.nodes).toEqual([{ id: startBacktest.run.id }]);
  });

  it('takes a strategy of the library and each instrument in its own lots', async () => {
    const input = { idempotencyKey: newKey(), strategyId: 'equal-weight', symbols: SYMBOLS };
    const { startBacktest } = await app.query(START, { input });
    await finished(startBacktest.run.id);
    const { backtest } = await app.query(HOLDINGS, { id: startBacktest.run.id });
    expect(backtest.settings).toEqual({ symbol: 'UA', universe: SYMBOLS, lotSize: null });
    const quantities = backtest.fills.nodes.map((one: { quantity: number }) => one.quantity);
    expect(quantities.every(Number.isInteger)).toBe(true);
    const { strategies } = await app.query('{ strategies { id universe } }');
    const universeOf = (id: string) => strategies.find((one: { id: string }) => one.id === id).universe;
    expect([universeOf('equal-weight'), universeOf('sma-cross')]).toEqual([[], null]);
  });

  it('holds nothing where one instrument is traded', async () => {
    const input = { idempotencyKey: newKey(), strategyId: 'buy-and-hold', symbol: 'UA' };
    const { startBacktest } = await app.query(START, { input });
    await finished(startBacktest.run.id);
    const { backtest } = await app.query(HOLDINGS, { id: startBacktest.run.id });
    expect(backtest.holdings).toBeNull();
    expect(backtest.settings).toMatchObject({ symbol: 'UA', universe: null, lotSize: 1 });
    expect(backtest.fills.nodes[0].symbol).toBe('UA');
  });

  it('is swept, and says why no kernel took it', async () => {
    const input = {
      idempotencyKey: newKey(),
      strategyId: 'sector-rotation',
      symbols: SYMBOLS,
      parameters: [{ name: 'average', value: 20 }],
      axes: [
        { parameter: 'lookback', from: 5, to: 20, step: 5 },
        { parameter: 'slots', from: 1, to: 3, step: 1 },
      ],
      objective: 'TOTAL_RETURN',
    };
    const { startSweep } = await app.query(
      'mutation($input: StartSweepInput!) { startSweep(input: $input) { run { id setsTotal } errors { message } } }',
      { input: { ...input, from: '2021-01-01' } },
    );
    // The default average has more bars than there are.
    expect(startSweep.errors).toMatchObject([
      { message: 'expected at least 210 bars of any of the universe in the range, was 90' },
    ]);
    const again = await app.query(
      'mutation($input: StartSweepInput!) { startSweep(input: $input) { run { id setsTotal } errors { message } } }',
      {
        input: {
          ...input,
          strategyId: undefined,
          parameters: [],
          ...own(
            'param lookback = 5 in 5..20\nparam slots = 1 in 1..3\nhold top(slots) by roc(close, lookback)',
          ),
        },
      },
    );
    expect(again.startSweep.run.setsTotal).toBe(12);
    await finished(again.startSweep.run.id);
    const { sweep } = await app.query(
      'query($id: ID!) { sweep(id: $id) { backend backendReason barEvaluations best { totalReturn } settings { universe } } }',
      { id: again.startSweep.run.id },
    );
    expect(sweep).toMatchObject({
      backend: 'wasm-stretches',
      backendReason:
        'a kernel values what is held from one choice to the next; no GPU took it: the choices and trades of a universe are those of the reference',
      barEvaluations: 12 * 270,
      settings: { universe: SYMBOLS },
    });
    expect(sweep.best).toHaveLength(12);
  });

  it.each([
    [{ strategyId: 'equal-weight' }, 'expected 1 to 500 symbols to choose from, was 0', ['input', 'symbols']],
    [
      { strategyId: 'equal-weight', symbol: 'UA' },
      'expected symbols to choose from for Equal weight, was one symbol',
      ['input', 'symbol'],
    ],
    [
      { strategyId: 'sma-cross', symbols: ['UA'] },
      'expected one symbol for SMA cross, which trades one instrument, was 1 symbols',
      ['input', 'symbols'],
    ],
    [{ strategyId: 'sma-cross' }, 'expected the symbol of an instrument, was none', ['input', 'symbol']],
    [
      { strategyId: 'equal-weight', symbols: ['UA', 'NOPE'] },
      'expected an existing instrument, was NOPE',
      ['input', 'symbols'],
    ],
    [
      { ...own('universe "UA", "UB"\nhold all'), symbols: ['UC'] },
      'expected the universe that Mine names (UA, UB), was another',
      ['input', 'symbols'],
    ],
    [
      { ...own('hold all\nrest "NOPE"'), symbols: ['UA'] },
      'expected an existing instrument, was NOPE',
      ['input', 'symbols'],
    ],
    [
      { strategyId: 'equal-weight', symbols: SYMBOLS, timeframe: 'HOUR_1' },
      'expected a timeframe that UA has bars of, was HOUR_1',
      ['input', 'timeframe'],
    ],
  ])('refuses %o', async (change, message, path) => {
    const { startBacktest } = await app.query(START, { input: { idempotencyKey: newKey(), ...change } });
    expect(startBacktest.run).toBeNull();
    expect(startBacktest.errors).toMatchObject([{ message, path }]);
  });

  it('refuses instruments in several currencies', async () => {
    await importWave('UEUR', 0, 'EUR');
    const input = { idempotencyKey: newKey(), strategyId: 'equal-weight', symbols: ['UA', 'UEUR'] };
    const { startBacktest } = await app.query(START, { input });
    expect(startBacktest.errors).toMatchObject([
      {
        message: 'expected instruments in one currency, was EUR (UEUR) beside USD (UA)',
        path: ['input', 'symbols'],
      },
    ]);
  });
});

describe('weights as columns', () => {
  const weights = {
    A: Float64Array.of(0, 0.2, 0.1),
    B: Float64Array.of(0.9, 0.5, 0.4),
    C: Float64Array.of(0, -0.1, -0.3),
  };

  it('are of the instruments held most, and of the others together', () => {
    expect(largestWeights(weights, 1, Int32Array.of(0, 2))).toEqual({
      symbols: ['B'],
      columns: [Float64Array.of(0.9, 0.4)],
      others: Float64Array.of(0, 0.1 - 0.3),
    });
    expect(largestWeights(weights, 3, Int32Array.of(1)).symbols).toEqual(['B', 'C', 'A']);
    expect(largestWeights(weights, 3, Int32Array.of(1)).others).toBeNull();
  });

  it('are taken at even distances, with both ends', () => {
    expect([...evenIndices(10, 4)]).toEqual([0, 3, 6, 9]);
    expect([...evenIndices(3, 100)]).toEqual([0, 1, 2]);
    expect([...evenIndices(1, 2)]).toEqual([0]);
    expect([...evenIndices(0, 2)]).toEqual([]);
  });
});
