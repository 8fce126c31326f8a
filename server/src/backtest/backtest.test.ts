import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itWithShared, sharedRows, sharedText } from '../../../tools/testing/services.ts';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

const START = `mutation($input: StartBacktestInput!) { startBacktest(input: $input) { run { id status } errors { __typename code message path } } }`;
const SWEEP = `mutation($input: StartSweepInput!) { startSweep(input: $input) { run { id setsTotal } errors { message path } } }`;
const EVENTS = `subscription($id: ID!, $afterSeq: Int) { runEvents(id: $id, afterSeq: $afterSeq) { seq equityFromIndex equity run { id status progress errorMessage attempt } } }`;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const lines = Array.from({ length: 400 }, (_, t) => {
    const price = 100 + 20 * Math.sin(t / 15) + 8 * Math.sin(t / 3);
    const date = new Date(Date.UTC(2020, 0, 1 + t)).toISOString().slice(0, 10);
    return `${date},${price},${price + 1},${price - 1},${price},1000`;
  });
  await importBars('WAVE', ['Date,Open,High,Low,Close,Volume', ...lines].join('\n'));
});
afterAll(() => app.stop());

async function importBars(symbol: string, content: string): Promise<void> {
  const input = { idempotencyKey: newKey(), symbol, content };
  const { importBars: answer } = await app.query(
    'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
    { input },
  );
  expect(answer.errors).toEqual([]);
  expect((await finished(answer.run.id)).status).toBe('SUCCEEDED');
}

async function finished(
  id: string,
): Promise<{ status: string; errorMessage: string | null; attempt: number }> {
  let last;
  for await (const { runEvents } of app.subscribe(EVENTS, { id })) last = runEvents.run;
  return last;
}

const base = () => ({ idempotencyKey: newKey(), strategyId: 'sma-cross', symbol: 'WAVE' });

describe('startBacktest', () => {
  it('queues at once, reports every bar over the websocket, and stores the result', async () => {
    const { startBacktest } = await app.query(START, { input: { ...base(), initialCash: 5000 } });
    expect(startBacktest.errors).toEqual([]);
    const events = [];
    for await (const { runEvents } of app.subscribe(EVENTS, { id: startBacktest.run.id }))
      events.push(runEvents);
    expect(events.at(-1).run).toMatchObject({ status: 'SUCCEEDED', progress: 1, attempt: 1 });
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b));
    const bars = events.reduce(
      (total, { equity }) => total + (equity ? Buffer.from(equity, 'base64').length / 8 : 0),
      0,
    );
    expect(bars).toBe(400);
    const { backtest } = await app.query(
      `query($id: ID!) { backtest(id: $id) { barCount statistics { name value } equity { length } contentHash trialCount backend
         fills(first: 2) { totalCount nodes { side quantity reason } } trades(first: 100, orderBy: { field: PROFIT, direction: DESCENDING }) { totalCount nodes { profit } }
         whole: trades(first: 100) { nodes { __typename symbol instrument { symbol } accountId closedAt profit openProfit returnFraction barsHeld fees note { version } legs { transactionId isEntry } excursions { maximumAdverse maximumFavourable timeframe } } }
         losses: trades(first: 100, filter: { outcome: LOSS, isOpen: false }) { totalCount nodes { profit } }
         closings: trades(first: 100, grouping: PER_CLOSING) { nodes { excursions { maximumAdverse } } }
         lots: trades(first: 100, grouping: PER_LOT) { totalCount nodes { profit tags setup rMultiple closedAt excursions { maximumAdverse maximumFavourable } } }
         unfiltered: trades(first: 1, filter: null) { totalCount } reckoned: journal(filter: null) { __typename }
         journal(grouping: PER_CLOSING) { ... on TradeJournal { tags statistics { tradeCount netProfit } breakdown(by: TAG) { key } } }
         risk { __typename ... on RiskReport { observations measures { name value } } } } }`,
      { id: startBacktest.run.id },
    );
    // Whatever a list is ordered by, it is read as it is stored.
    const { __type } = await app.query('{ __type(name: "BacktestSortField") { enumValues { name } } }');
    for (const { name } of __type.enumValues) {
      const orderBy = { field: name, direction: 'DESCENDING' };
      const { backtests } = await app.query(
        'query($orderBy: BacktestOrder) { backtests(first: 100, orderBy: $orderBy) { nodes { id } } }',
        { orderBy },
      );
      expect(backtests.nodes, name).toContainEqual({ id: startBacktest.run.id });
    }
    expect(backtest.barCount).toBe(400);
    expect(backtest.statistics.length).toBeGreaterThanOrEqual(20);
    expect(backtest.equity.length).toBe(400);
    expect(backtest.fills.nodes[0].reason).toBe('entry');
    expect(backtest.unfiltered.totalCount).toBe(backtest.trades.totalCount);
    expect(backtest.reckoned.__typename).toBe('TradeJournal');
    const profits = backtest.trades.nodes.map(({ profit }: { profit: string }) => Number(profit));
    expect(profits).toEqual(profits.toSorted((a: number, b: number) => b - a));
    const sum = (list: readonly (string | number)[]) =>
      list.reduce<number>((total, one) => total + Number(one), 0);
    const whole: any[] = backtest.whole.nodes;
    expect(whole[0]).toMatchObject({
      __typename: 'Trade',
      symbol: 'WAVE',
      instrument: { symbol: 'WAVE' },
      accountId: null,
      note: null,
      legs: [
        { transactionId: '0', isEntry: true },
        { transactionId: '1', isEntry: false },
      ],
      excursions: { timeframe: 'DAY_1' },
    });
    // The engine's own columns of its trades are the independent check.
    const engine = await app.services.backtests.columns(startBacktest.run.id, 'trades');
    expect(whole.length).toBe(engine.profit.length);
    const told = (one: any) => [
      Number(one.profit) + Number(one.openProfit),
      Number(one.fees),
      one.excursions.maximumAdverse,
      one.excursions.maximumFavourable,
      one.closedAt ? one.returnFraction : NaN,
      one.closedAt ? one.barsHeld : NaN,
    ];
    const engineTold = ({ closedAt }: any, i: number) => [
      engine.profit[i],
      engine.fees[i],
      engine.mae[i],
      engine.mfe[i],
      closedAt ? engine.returns[i] : NaN,
      closedAt ? engine.exitIndex[i] - engine.entryIndex[i] : NaN,
    ];
    const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(8)));
    expect(whole.map((one) => rounded(told(one)))).toEqual(
      whole.map((one, i) => rounded(engineTold(one, i))),
    );
    const statistic = (name: string) => backtest.statistics.find((one: any) => one.name === name).value;
    const gains = sum(whole.flatMap(({ profit, openProfit }) => [profit, openProfit]));
    expect(gains).toBeCloseTo(5000 * statistic('totalReturn'), 6);
    // One entry and one exit a trade: lots and closings are the same trades.
    const closed = backtest.lots.nodes.filter((one: any) => one.closedAt);
    expect(backtest.losses.totalCount).toBe(closed.filter((one: any) => Number(one.profit) < 0).length);
    expect(backtest.lots.totalCount).toBe(backtest.trades.totalCount);
    expect(closed[0]).toMatchObject({ tags: ['reverse'], setup: null, rMultiple: null });
    expect(backtest.journal).toMatchObject({
      tags: expect.arrayContaining(['reverse']),
      statistics: { tradeCount: closed.length },
    });
    expect(backtest.lots.nodes.map((one: any) => one.excursions)).toMatchObject(
      whole.map(({ excursions: { maximumAdverse, maximumFavourable } }) => ({
        maximumAdverse,
        maximumFavourable,
      })),
    );
    expect(backtest.closings.nodes.map((one: any) => one.excursions.maximumAdverse)).toEqual(
      closed.map((one: any) => one.excursions.maximumAdverse),
    );
    expect(backtest.journal.statistics.netProfit).toBeCloseTo(sum(closed.map((one: any) => one.profit)), 6);
    expect(backtest.risk).toMatchObject({ __typename: 'RiskReport', observations: 399 });
    expect(backtest.trialCount).toBeGreaterThanOrEqual(1);
  });

  it('does the work once for one key, whatever the number of requests', async () => {
    const input = base();
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.query(START, { input })));
    expect(new Set(answers.map(({ startBacktest }) => startBacktest.run.id)).size).toBe(1);
    const { startBacktest } = await app.query(START, { input: { ...input, initialCash: 1 } });
    expect(startBacktest.errors[0]).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      path: ['input', 'idempotencyKey'],
    });
  });

  it.each([
    [{ symbol: 'NOPE' }, 'NOT_FOUND', 'expected an existing instrument, was NOPE', ['input', 'symbol']],
    [{ strategyId: 'nope' }, 'NOT_FOUND', 'expected an existing strategy, was nope', ['input', 'strategyId']],
    [
      { parameters: [{ name: 'quick', value: 1 }] },
      'INVALID',
      'expected a parameter of SMA cross (fast, slow), was quick',
      ['input', 'parameters', 'quick'],
    ],
    [
      { parameters: [{ name: 'fast', value: 2.5 }] },
      'INVALID',
      'expected a whole number for fast, was 2.5',
      ['input', 'parameters', 'fast'],
    ],
    [
      { initialCash: -1 },
      'INVALID',
      'expected initial cash above 0, at most 1000000000000000, was -1',
      ['input', 'initialCash'],
    ],
    [
      { initialCash: 1e308 },
      'INVALID',
      'expected initial cash above 0, at most 1000000000000000, was 1e+308',
      ['input', 'initialCash'],
    ],
    [
      { costs: { commissionPerTrade: 1e308 } },
      'INVALID',
      'expected commissionPerTrade from 0 to 1000000000000000, was 1e+308',
      ['input', 'costs', 'commissionPerTrade'],
    ],
    [
      { costs: { commissionBps: -5 } },
      'INVALID',
      'expected commissionBps from 0 to 1000000000000000, was -5',
      ['input', 'costs', 'commissionBps'],
    ],
    [{ leverage: 0 }, 'INVALID', 'expected a leverage of 1 to 100, was 0', ['input', 'leverage']],
    [
      { leverage: 2, maintenanceMargin: 0.5 },
      'INVALID',
      'expected a maintenance margin of 0 or more and below 1 / leverage, was 0.5',
      ['input', 'maintenanceMargin'],
    ],
    [
      { timeframe: 'HOUR_1' },
      'INVALID',
      'expected a timeframe that WAVE has bars of, was HOUR_1',
      ['input', 'timeframe'],
    ],
    [
      { from: '2021-01-01', to: '2020-01-01' },
      'INVALID',
      'expected a range that ends after it begins, was 2021-01-01T00:00:00.000Z to 2020-01-01T00:00:00.000Z',
      ['input', 'to'],
    ],
    [
      { from: '2020-01-01', to: '2020-01-10' },
      'INSUFFICIENT_HISTORY',
      'expected at least 21 bars of WAVE in the range, was 9',
      null,
    ],
    [
      { strategyId: undefined, strategySource: 'strategy "X"\nenter long when clos > 1' },
      'INVALID',
      'line 2, column 17: expected a known name, was clos; did you mean close?',
      ['input', 'strategySource'],
    ],
    [
      {
        strategyId: undefined,
        strategySource: 'strategy "X"\nenter long when close > close of "NOWHERE"',
      },
      'INVALID',
      'expected DAY_1 bars of NOWHERE, which the strategy reads, was none',
      ['input', 'strategySource'],
    ],
    [
      { strategySource: 'strategy "X"' },
      'INVALID',
      'expected either strategyId or strategySource, was both or neither',
      ['input', 'strategyId'],
    ],
  ])('refuses %o and stores nothing', async (change, code, message, path) => {
    const count = async () =>
      (await app.query('{ backtests(first: 1) { totalCount } }')).backtests.totalCount;
    const before = await count();
    const { startBacktest } = await app.query(START, { input: { ...base(), ...change } });
    expect(startBacktest.run).toBeNull();
    expect(startBacktest.errors).toMatchObject([{ code, message, path }]);
    expect(await count()).toBe(before);
  });

  it('reads the benchmark and the weeks that a strategy names', async () => {
    const lines = Array.from({ length: 400 }, (_, t) => {
      const date = new Date(Date.UTC(2020, 0, 1 + t)).toISOString().slice(0, 10);
      const price = t < 200 ? 50 : 500;
      return `${date},${price},${price},${price},${price},1000`;
    });
    await importBars('FLAT', ['Date,Open,High,Low,Close,Volume', ...lines].join('\n'));
    const strategySource = `strategy "Above"
benchmark "FLAT"
enter long when close > close of benchmark and weekly(close) > 0
exit long when close < close of benchmark`;
    const input = { ...base(), strategyId: undefined, strategySource };
    const { startBacktest } = await app.query(START, { input });
    expect(startBacktest.errors).toEqual([]);
    expect((await finished(startBacktest.run.id)).status).toBe('SUCCEEDED');
    const { backtest } = await app.query(
      'query($id: ID!) { backtest(id: $id) { fills(first: 9) { nodes { reason executedAt } } } }',
      { id: startBacktest.run.id },
    );
    // The first week ends on Sunday, 5 January 2020; the benchmark jumps on bar 200, 19 July.
    const fills = backtest.fills.nodes.map((one: { reason: string; executedAt: string }) => [
      one.reason,
      one.executedAt.slice(0, 10),
    ]);
    expect(fills).toEqual([
      ['entry', '2020-01-07'],
      ['exit', '2020-07-21'],
    ]);
    // The newest first, by pages.
    const newest = `query($id: ID!, $after: String) {
      backtest(id: $id) {
        fills(first: 1, after: $after, direction: DESCENDING) { nodes { reason index } pageInfo { hasNextPage endCursor } }
      }
    }`;
    const last = (await app.query(newest, { id: startBacktest.run.id })).backtest.fills;
    const after = last.pageInfo.endCursor;
    const first = (await app.query(newest, { id: startBacktest.run.id, after })).backtest.fills;
    expect([last.nodes, first.nodes, last.pageInfo.hasNextPage, first.pageInfo.hasNextPage]).toEqual([
      [{ reason: 'exit', index: 1 }],
      [{ reason: 'entry', index: 0 }],
      true,
      false,
    ]);
  });

  it('simulates and shows spread, interest, leverage and margin', async () => {
    const more = {
      costs: { spreadBps: 20, cashRate: 0.05, borrowRate: 0.1 },
      leverage: 2,
      maintenanceMargin: 0.3,
    };
    const own = {
      strategyId: undefined,
      strategySource: 'strategy "Twice"\nenter long when close > 0\nsize percent_of_equity(200)',
    };
    const ids = [];
    for (const input of [base(), { ...base(), ...own, ...more, parameters: [], label: 'Twice' }]) {
      const { startBacktest } = await app.query(START, { input });
      expect(startBacktest.errors).toEqual([]);
      await finished(startBacktest.run.id);
      ids.push(startBacktest.run.id);
    }
    const read = async (id: string) =>
      (
        await app.query(
          `query($id: ID!) { backtest(id: $id) { settings { leverage maintenanceMargin costs { slippageBps spreadBps cashRate borrowRate } } fills(first: 1) { nodes { quantity price } } } }`,
          { id },
        )
      ).backtest;
    const [plain, financed] = [await read(ids[0]), await read(ids[1])];
    expect(plain.settings).toEqual({
      leverage: 1,
      maintenanceMargin: 0,
      costs: { slippageBps: 0, spreadBps: 0, cashRate: 0, borrowRate: 0 },
    });
    expect(financed.settings).toEqual({
      leverage: 2,
      maintenanceMargin: 0.3,
      costs: { slippageBps: 0, spreadBps: 20, cashRate: 0.05, borrowRate: 0.1 },
    });
    const [{ quantity, price }] = financed.fills.nodes;
    expect(quantity * price).toBeGreaterThan(1.9 * 10_000);
  });

  it('goes on after the last seq that a subscriber saw', async () => {
    const { startBacktest } = await app.query(START, { input: base() });
    const { id } = startBacktest.run;
    await finished(id);
    const events = [];
    for await (const event of app.subscribe(EVENTS, { id, afterSeq: 1 })) events.push(event.runEvents);
    expect(events).toHaveLength(1);
    expect(events[0].run.status).toBe('SUCCEEDED');
  });

  itWithShared('gives what backtesting.py gives on GOOG, through the API', async () => {
    await importBars('GOOG', sharedText('data/backtesting_py/GOOG.csv'));
    const costs = { commissionBps: 20 };
    const input = {
      ...base(),
      symbol: 'GOOG',
      parameters: [
        { name: 'fast', value: 10 },
        { name: 'slow', value: 20 },
      ],
      costs,
      lotSize: 1,
      endRule: 'CLOSE_AT_LAST_OPEN',
    };
    const { startBacktest } = await app.query(START, { input });
    expect(startBacktest.errors).toEqual([]);
    await finished(startBacktest.run.id);
    const { backtest } = await app.query(
      `query($id: ID!) { backtest(id: $id) { statistics { name value } trades(first: 100) { totalCount nodes { side quantity entryPrice exitPrice openedAt } } } }`,
      { id: startBacktest.run.id },
    );
    const value = (name: string) =>
      backtest.statistics.find((one: { name: string }) => one.name === name).value;
    const { expected } = JSON.parse(sharedText('reference/backtesting_py/goog_sma10_20_commission.json'));
    expect(value('totalReturn') * 100).toBeCloseTo(expected['Return [%]'], 6);
    expect(value('tradeCount')).toBe(94);
    const rows = sharedRows('reference/backtesting_py/goog_sma10_20_commission.trades.csv');
    expect(backtest.trades.totalCount).toBe(rows.length);
    rows.forEach((row, i) => {
      const trade = backtest.trades.nodes[i];
      expect([
        trade.side === 'LONG' ? Number(trade.quantity) : -Number(trade.quantity),
        Number(trade.entryPrice),
        Number(trade.exitPrice),
      ]).toEqual([Number(row[0]), Number(row[3]), Number(row[4])]);
      expect(trade.openedAt.slice(0, 10)).toBe(
        new Date(Date.parse(row[10]) + 86_400_000).toISOString().slice(0, 10),
      );
    });
  });
});

describe('checkStrategy', () => {
  it('does not read a text that is too long, and says where it became so', async () => {
    const source = `${'# a line\n'.repeat(2_222)}${'x'.repeat(3)}`;
    const { checkStrategy } = await app.query(
      'query($source: String!) { checkStrategy(source: $source) { ok strategy { name } diagnostics { severity line column message } } }',
      { source },
    );
    expect(checkStrategy).toEqual({
      ok: false,
      strategy: null,
      diagnostics: [
        {
          severity: 'ERROR',
          line: 2223,
          column: 3,
          message: 'expected a strategy of at most 20000 characters, was 20001',
        },
      ],
    });
  });
});

describe('startSweep', () => {
  const axes = [
    { parameter: 'fast', from: 2, to: 11, step: 1 },
    { parameter: 'slow', from: 20, to: 60, step: 10 },
  ];

  it('streams its surface and lists the best', async () => {
    const { startSweep } = await app.query(SWEEP, { input: { ...base(), axes } });
    expect(startSweep.run.setsTotal).toBe(50);
    const document =
      'subscription($id: ID!) { sweepEvents(id: $id, metric: TOTAL_RETURN) { fromIndex values run { status setsDone best { index totalReturn parameters { name value } } } } }';
    let last;
    for await (const event of app.subscribe(document, { id: startSweep.run.id })) last = event.sweepEvents;
    expect(last.run).toMatchObject({ status: 'SUCCEEDED', setsDone: 50 });
    expect(last.fromIndex).toBe(0);
    const surface = new Float64Array(new Uint8Array(Buffer.from(last.values, 'base64')).buffer);
    expect(surface).toHaveLength(50);
    expect(surface.every(Number.isFinite)).toBe(true);
    const [best] = last.run.best;
    expect(best.totalReturn).toBe(surface[best.index]);
    expect(best.parameters).toEqual([
      { name: 'fast', value: 2 + Math.floor(best.index / 5) },
      { name: 'slow', value: 20 + 10 * (best.index % 5) },
    ]);
  });

  // Tried again where the machine itself was too busy for a second to mean anything.
  it('ends within a second when cancelled', { retry: 2 }, async () => {
    const big = [
      { parameter: 'fast', from: 2, to: 300, step: 1 },
      { parameter: 'slow', from: 20, to: 500, step: 1 },
    ];
    // Interest keeps the sweep off the kernels, which would be done too soon.
    const input = { ...base(), axes: big, costs: { cashRate: 0.01 } };
    const { startSweep } = await app.query(SWEEP, { input });
    const { id } = startSweep.run;
    await new Promise((resolve) => setTimeout(resolve, 700));
    const askedAtMs = performance.now();
    await app.query(
      'mutation($id: ID!) { cancelSweep(input: { id: $id }) { run { id } errors { message } } }',
      { id },
    );
    expect((await finished(id)).status).toBe('CANCELLED');
    expect(performance.now() - askedAtMs).toBeLessThan(1_000);
  });

  it.each([
    [[{ parameter: 'fast', from: 2, to: 1, step: 1 }], 'expected a last value of at least 2 for fast, was 1'],
    [[{ parameter: 'fast', from: 2, to: 10, step: 0 }], 'expected a step above 0 for fast, was 0'],
    [
      [
        { parameter: 'fast', from: 1, to: 1000, step: 1 },
        { parameter: 'slow', from: 1, to: 1001, step: 1 },
      ],
      'expected at most 1000000 parameter sets, was 1001000',
    ],
    [
      [{ parameter: 'fast', from: 1, to: 10_001, step: 1 }],
      'expected at most 10000 values for fast, was 10001',
    ],
    [[], 'expected 1 to 4 axes, was 0'],
  ])('refuses %o', async (bad, message) => {
    const { startSweep } = await app.query(SWEEP, { input: { ...base(), axes: bad } });
    expect(startSweep.errors).toMatchObject([{ message }]);
  });
});

describe('runs', () => {
  it('are deleted when they have ended, and only then cannot be cancelled', async () => {
    const { startBacktest } = await app.query(START, { input: base() });
    const { id } = startBacktest.run;
    await finished(id);
    const { cancelBacktest } = await app.query(
      'mutation($id: ID!) { cancelBacktest(input: { id: $id }) { errors { message } } }',
      { id },
    );
    expect(cancelBacktest.errors[0].message).toBe('expected a run that is queued or running, was SUCCEEDED');
    const { deleteRun } = await app.query(
      'mutation($id: ID!) { deleteRun(input: { id: $id }) { deletedId } }',
      { id },
    );
    expect(deleteRun.deletedId).toBe(id);
    expect((await app.query('query($id: ID!) { backtest(id: $id) { id } }', { id })).backtest).toBeNull();
  });
});
