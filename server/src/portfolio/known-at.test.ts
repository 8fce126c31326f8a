import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { statementOf } from './statement.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const DAYS = 6;
const dayOf = (day: number) => `2024-01-0${day + 1}`;

// A test that is tried again needs other names.
let runs = 0;

type Bars = readonly { readonly day: number; readonly close: number }[];

async function importBars(
  symbol: string,
  bars: Bars,
  duplicateRule: 'SKIP' | 'REPLACE' = 'REPLACE',
  fields: Record<string, string> = {},
): Promise<void> {
  const lines = bars.map(({ day, close }) => `${dayOf(day)},${close},${close},${close},${close}`);
  const { importBars: started } = await app.query(
    'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
    {
      input: {
        idempotencyKey: newKey(),
        symbol,
        timeframe: 'DAY_1',
        content: `Date,Open,High,Low,Close\n${lines.join('\n')}\n`,
        duplicateRule,
        ...fields,
      },
    },
  );
  const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
  let last;
  for await (const { runEvents } of app.subscribe(events, { id: started.run.id })) last = runEvents.run;
  expect(last.status).toBe('SUCCEEDED');
}

async function portfolioOf(name: string): Promise<string> {
  const { createPortfolio } = await app.query(
    'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
    { input: { idempotencyKey: newKey(), name, baseCurrency: 'USD' } },
  );
  return createPortfolio.portfolio.id;
}

async function record(portfolioId: string, transaction: Record<string, string>): Promise<void> {
  const expectedVersion = (await app.services.portfolios.find(portfolioId))!.ledgerVersion;
  const { recordTransaction } = await app.query(
    'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
    { input: { idempotencyKey: newKey(), portfolioId, expectedVersion, transaction } },
  );
  expect(recordTransaction.errors).toEqual([]);
}

/** A time after all that was done until now, and before all that is done from now on. */
async function moment(): Promise<Date> {
  const now = new Date();
  while (Date.now() <= now.getTime()) await new Promise((resolve) => setTimeout(resolve, 1));
  return now;
}

const dayAndClose = fc.record({
  day: fc.integer({ min: 0, max: DAYS - 1 }),
  close: fc.integer({ min: 1, max: 50 }),
});
const anyBars = fc.uniqueArray(dayAndClose, { minLength: 1, maxLength: 4, selector: ({ day }) => day });
const anyStep = fc.oneof(
  fc.record({
    kind: fc.constant('BARS' as const),
    symbol: fc.constantFrom('A', 'B'),
    bars: anyBars,
    rule: fc.constantFrom('REPLACE' as const, 'REPLACE' as const, 'SKIP' as const),
  }),
  fc.record({ kind: fc.constant('RATES' as const), bars: anyBars }),
  fc.record({
    kind: fc.constant('BUY' as const),
    symbol: fc.constantFrom('A', 'B'),
    day: fc.integer({ min: 0, max: DAYS - 1 }),
  }),
);

describe('a portfolio as it was known', () => {
  it('is worth what it was found to be worth then, whatever was corrected since', async () => {
    await fc.assert(
      fc.asyncProperty(anyBars, fc.array(anyStep, { minLength: 2, maxLength: 7 }), async (bars, steps) => {
        runs += 1;
        const symbolOf = (symbol: string) => `${symbol}${runs}`;
        const currency = { currency: 'EUR', assetClass: 'EQUITY' };
        const id = await portfolioOf(`Known ${runs}`);
        await importBars(symbolOf('A'), bars);
        await importBars(symbolOf('B'), bars, 'REPLACE', currency);
        const found: { at: Date; state: unknown; columns: unknown }[] = [];
        const look = async (knownAt: Date | null) => {
          const state = await app.services.portfolios.state(id, null, knownAt);
          const { columns } = await app.services.portfolios.history(id, knownAt);
          // Where nothing is known yet, it is of the time of the question.
          const { rates: _, at: __, ledger: ___, ...rest } = state;
          return { state: JSON.stringify({ ...rest, totals: statementOf(state) }), columns };
        };
        for (const step of steps) {
          if (step.kind === 'BARS') await importBars(symbolOf(step.symbol), step.bars, step.rule);
          if (step.kind === 'RATES')
            await importBars('EURUSD', step.bars, 'REPLACE', { currency: 'USD', assetClass: 'FX' });
          if (step.kind === 'BUY')
            await record(id, {
              kind: 'BUY',
              executedAt: dayOf(step.day),
              symbol: symbolOf(step.symbol),
              quantity: '2',
              price: '3.5',
            });
          const now = await look(null);
          found.push({ at: await moment(), ...now });
        }
        for (const { at, state, columns } of found) expect(await look(at)).toEqual({ state, columns });
      }),
      { numRuns: 5 },
    );
  }, 240_000);

  it('is not moved by a split of a date, as of the midnight that it begins with', async () => {
    const id = await portfolioOf('Split');
    await importBars('HALVED', [
      { day: 0, close: 10 },
      { day: 1, close: 10 },
      { day: 2, close: 5 },
    ]);
    await record(id, { kind: 'DEPOSIT', executedAt: dayOf(0), amount: '100' });
    await record(id, { kind: 'BUY', executedAt: dayOf(0), symbol: 'HALVED', quantity: '10', price: '10' });
    await record(id, { kind: 'SPLIT', executedAt: dayOf(2), symbol: 'HALVED', units: '2', perUnits: '1' });
    const { columns } = await app.services.portfolios.history(id);
    expect([...columns.equity]).toEqual([100, 100, 100]);
    const unitsAt = async (at: string) =>
      (await app.services.portfolios.state(id, new Date(at))).holdings[0].quantity.toFixed();
    expect([await unitsAt('2024-01-03T00:00:00.000Z'), await unitsAt('2024-01-03T00:00:00.001Z')]).toEqual([
      '10',
      '20',
    ]);
  });

  it('keeps of a correction the closes alone that it changed', async () => {
    const versions = async () =>
      app.database.fork().execute(
        `select v.time_ms::float8 as time, v.close, v.revision, v.until_revision as until from bar_version v
           join data_set d on d.id = v.data_set_id join instrument i on i.id = d.instrument_id where i.symbol = 'KEPT' order by 1, 4`,
      );
    const bars = [0, 1, 2].map((day) => ({ day, close: 10 + day }));
    await importBars('KEPT', bars);
    await importBars('KEPT', bars);
    expect(await versions()).toEqual([]);
    await importBars('KEPT', [{ day: 1, close: 12 }], 'SKIP');
    await importBars('KEPT', [
      { day: 1, close: 20 },
      { day: 2, close: 12 },
      { day: 3, close: 13 },
    ]);
    await importBars('KEPT', [{ day: 1, close: 21 }]);
    const time = Date.UTC(2024, 0, 3);
    expect(await versions()).toEqual([
      { time, close: 11, revision: 1, until: 4 },
      { time, close: 20, revision: 4, until: 5 },
    ]);
  });

  it('answers in valuation, positions, accounts, performance, statistics, risk and the value over time', async () => {
    const id = await portfolioOf('Asked');
    await importBars(
      'ASKED',
      [0, 1, 2].map((day) => ({ day, close: 10 })),
    );
    await record(id, { kind: 'DEPOSIT', executedAt: dayOf(0), amount: '100' });
    await record(id, { kind: 'BUY', executedAt: dayOf(0), symbol: 'ASKED', quantity: '5', price: '10' });
    const before = await moment();
    await importBars('ASKED', [{ day: 2, close: 14 }]);
    const ask = async (knownAt: string | null) =>
      (
        await app.query(
          `query($id: ID!, $knownAt: DateTime) { portfolio(id: $id) { valuation(knownAt: $knownAt) { equity }
             positions(knownAt: $knownAt) { nodes { marketPrice } } equity(knownAt: $knownAt) { ... on EquitySeries { equity } }
             accounts { nodes { holdings(knownAt: $knownAt) { cashValue marketValue value }
               morning: holdings(at: "2024-01-02T12:00:00Z", knownAt: $knownAt) { value }
               early: holdings(at: "2023-01-01T00:00:00Z", knownAt: $knownAt) { value } } }
             statistics(knownAt: $knownAt) { name value reason }
             risk(knownAt: $knownAt) { ... on InsufficientHistoryError { message } }
             performance(knownAt: $knownAt) { ... on PerformanceReport { simple { value explain { prices { price } } }
               breakdown(by: INSTRUMENT) { timeWeighted parts { label gain endValue } }
               against(symbol: "ASKED") { portfolioLevels benchmarkLevels moneyMatched { endValue } } } } } }`,
          { id, knownAt },
        )
      ).portfolio;
    const equityOf = (text: string) =>
      new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer).at(-1);
    const partsOf = ({ performance: { breakdown, against } }: any) => [
      breakdown.timeWeighted,
      breakdown.parts.find(({ label }: { label: string }) => label === 'ASKED').gain,
      against.moneyMatched.endValue,
      equityOf(against.benchmarkLevels),
    ];
    const now = await ask(null);
    expect([now.valuation.equity, now.positions.nodes[0].marketPrice, equityOf(now.equity.equity)]).toEqual([
      '120',
      '14',
      120,
    ]);
    expect(now.performance.simple.value).toBeCloseTo(0.2, 12);
    const then = await ask(before.toISOString());
    expect([
      then.valuation.equity,
      then.positions.nodes[0].marketPrice,
      equityOf(then.equity.equity),
    ]).toEqual(['100', '10', 100]);
    expect(then.performance.simple.value).toBe(0);
    expect(then.performance.simple.explain.prices.at(-1).price).toBe('10');
    expect(partsOf(now).map((value) => Number(value.toFixed(12)))).toEqual([0.2, 20, 140, 1.4]);
    expect(partsOf(then)).toEqual([0, 0, 100, 1]);
    const accountOf = ({ accounts }: any) => accounts.nodes[0];
    const [morning, early] = [{ value: '100' }, { value: '0' }];
    expect(accountOf(now)).toEqual({
      holdings: { cashValue: '50', marketValue: '70', value: '120' },
      morning,
      early,
    });
    expect(accountOf(then)).toEqual({
      holdings: { cashValue: '50', marketValue: '50', value: '100' },
      morning,
      early,
    });
    const statisticOf = ({ statistics }: any, name: string) =>
      statistics.find((one: { name: string }) => one.name === name);
    expect(statisticOf(now, 'totalReturn').value).toBeCloseTo(0.2, 12);
    expect(statisticOf(then, 'totalReturn').value).toBe(0);
    for (const name of ['cagr', 'calmar'])
      expect(statisticOf(now, name)).toEqual({
        name,
        value: null,
        reason: 'expected a year or more, was 2 days',
      });
    const never = await ask('2020-01-01T00:00:00Z');
    expect(accountOf(never).holdings).toEqual({ cashValue: '0', marketValue: '0', value: '0' });
    expect([never.valuation.equity, never.positions.nodes, never.statistics]).toEqual(['0', [], []]);
    expect([now, then, never].map(({ risk }) => risk.message)).toEqual(
      [2, 2, 0].map((count) => `expected at least 30 returns, was ${count}`),
    );
  });
});
