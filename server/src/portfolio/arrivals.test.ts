import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { importText, newPortfolio } from '../../test/transaction-imports.ts';
import { ExchangeRates } from '../market-data/exchange-rates.ts';
import { incomeOf } from './income.ts';
import { portfolioRates } from './portfolio-rates.ts';
import { stateOf } from './portfolio-state.ts';
import { statementOf } from './statement.ts';
import { balancesOf, equityColumns, holdingsOf, journalOf, type PriceSeries } from './valuation.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const DAYS = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];

async function importBars(symbol: string, closes: readonly (number | null)[]): Promise<void> {
  const lines = closes.flatMap((close, day) => (close === null ? [] : [`${DAYS[day]},${close}`]));
  const input = { idempotencyKey: newKey(), symbol, content: `Date,Close\n${lines.join('\n')}\n` };
  const { importBars: started } = await app.query(
    'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
    { input },
  );
  const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
  for await (const _event of app.subscribe(events, { id: started.run.id }));
}

async function ledgerOf(name: string, rows: readonly string[]): Promise<string> {
  const id = await newPortfolio(app, name);
  const header = 'id,kind,time,account,symbol,quantity,price,amount,units,perUnits,basisFraction,otherSymbol';
  const text = `${header}\n${rows.map((row) => `,${row}`).join('\n')}\n`;
  const verdicts = { NEW: rows.length };
  expect(await importText(app, id, text)).toMatchObject({ status: 'SUCCEEDED', verdicts });
  return id;
}

async function look(id: string, symbol: string) {
  const { portfolio } = await app.query(
    `query($id: ID!, $symbol: String!) { portfolio(id: $id) {
       valuation { equity } morning: valuation(at: "2024-01-04T12:00:00Z") { equity }
       position(symbol: $symbol) { quantity marketPrice marketPriceAt marketValue }
       equity { ... on EquitySeries { equity } }
       performance { ... on PerformanceReport { timeWeighted { value }
         breakdown(by: INSTRUMENT) { parts { label gain endValue } } } } } }`,
    { id, symbol },
  );
  const bytes = new Uint8Array(Buffer.from(portfolio.equity.equity, 'base64'));
  const { performance } = portfolio;
  return {
    position: portfolio.position,
    equity: portfolio.valuation.equity,
    morning: portfolio.morning.equity,
    columns: [...new Float64Array(bytes.buffer)],
    timeWeighted: performance.timeWeighted.value,
    parts: performance.breakdown.parts,
  };
}

describe('what arrived for units of another instrument, and has no price of its own yet', () => {
  it('is worth the last close of what it came from, after a merger', async () => {
    // given: 10 units bought at 10, which closed at 20 before each became two of another
    await importBars('STEADY', [1, 1, 1, 1]);
    await importBars('OLD', [10, 20, null, null]);
    await importBars('LATE', [null, null, null, 9]);
    const rows = (other: string) => [
      'DEPOSIT,2024-01-02T00:00:00Z,Main account,,,,101,,,,',
      'BUY,2024-01-02T01:00:00Z,Main account,OLD,10,10,,,,,',
      'BUY,2024-01-02T01:00:00Z,Main account,STEADY,1,1,,,,,',
      `MERGER,2024-01-04T00:00:00Z,Main account,OLD,,,,2,1,,${other}`,
    ];
    // then: two of them are worth 20, not the 10 that was paid, until they have a close
    await app.services.marketData.create({
      idempotencyKey: newKey(),
      symbol: 'NEVER',
      name: 'Never priced',
      currency: 'USD',
      assetClass: 'EQUITY',
    });
    const never = await look(await ledgerOf('Merged', rows('NEVER')), 'NEVER');
    expect(never.position).toEqual({
      quantity: '20',
      marketPrice: null,
      marketPriceAt: null,
      marketValue: '200',
    });
    expect([never.equity, never.morning, never.columns]).toEqual(['201', '201', [101, 201, 201, 201]]);
    expect(never.timeWeighted).toBeCloseTo(100 / 101, 12);
    const late = await look(await ledgerOf('Merged later', rows('LATE')), 'LATE');
    expect([late.equity, late.morning, late.columns]).toEqual(['181', '201', [101, 201, 201, 181]]);
  });

  it('is worth its part of it after a spin-off, as soon as the close of that is without it', async () => {
    // given: 10 units at 100, of which a fifth is spun off, so that they close at 80
    await importBars('PARENT', [100, 100, 80, 80]);
    await app.services.marketData.create({
      idempotencyKey: newKey(),
      symbol: 'CHILD',
      name: 'Child',
      currency: 'USD',
      assetClass: 'EQUITY',
    });
    const id = await ledgerOf('Spun off', [
      'DEPOSIT,2024-01-02T00:00:00Z,Main account,,,,1001,,,,',
      'BUY,2024-01-02T01:00:00Z,Main account,PARENT,10,100,,,,,',
      'BUY,2024-01-02T01:00:00Z,Main account,STEADY,1,1,,,,,',
      'SPIN_OFF,2024-01-04T00:00:00Z,Main account,PARENT,,,,1,2,0.2,CHILD',
    ]);
    const spun = await look(id, 'CHILD');
    expect(spun.position).toMatchObject({ quantity: '5', marketPrice: null, marketValue: '200' });
    expect([spun.equity, spun.morning, spun.columns]).toEqual(['1001', '1001', [1001, 1001, 1001, 1001]]);
    expect(spun.timeWeighted).toBeCloseTo(0, 12);
    for (const [label, endValue] of [
      ['PARENT', 800],
      ['CHILD', 200],
    ])
      expect(spun.parts).toContainEqual({ label, gain: 0, endValue });
    // when it has a close of its own
    await importBars('CHILD', [null, null, null, 44]);
    const priced = await look(id, 'CHILD');
    expect([priced.equity, priced.columns]).toEqual(['1021', [1001, 1001, 1001, 1021]]);
  });

  it('is worth what transactions told of those where none of them has a close', () => {
    const entries = [
      ledgerEntry('DEPOSIT', 1, { instrumentId: null, amount: '100' }),
      ledgerEntry('BUY', 1, { quantity: '10', price: '10' }),
      ledgerEntry('SPIN_OFF', 3, { otherInstrumentId: 'b', units: '1', basisFraction: '0.3' }),
      ledgerEntry('MERGER', 5, { instrumentId: 'b', otherInstrumentId: 'c', units: '2' }),
    ];
    const other: PriceSeries = {
      timesMs: Float64Array.of(1, 2, 3, 4, 5, 6),
      close: Float64Array.of(1, 1, 1, 1, 1, 1),
    };
    const { equity } = equityColumns(journalOf(entries), new Map([['other', other]]));
    for (const value of equity) expect(value).toBeCloseTo(100, 10);
  });

  it('takes a close along through what never had one', () => {
    const entries = [
      ledgerEntry('DEPOSIT', 1, { instrumentId: null, amount: '100' }),
      ledgerEntry('BUY', 1, { quantity: '10', price: '10' }),
      ledgerEntry('MERGER', 3, { otherInstrumentId: 'b', units: '2' }),
      ledgerEntry('TICKER_CHANGE', 5, { instrumentId: 'b', otherInstrumentId: 'c' }),
    ];
    const prices = new Map([
      ['a', { timesMs: Float64Array.of(1, 2), close: Float64Array.of(10, 30) }],
      ['other', { timesMs: Float64Array.of(3, 4, 5, 6), close: Float64Array.of(1, 1, 1, 1) }],
    ]);
    expect([...equityColumns(journalOf(entries), prices).equity]).toEqual([100, 300, 300, 300, 300, 300]);
  });

  it('is worth the same at a time and over time', () => {
    const rates = portfolioRates(new ExchangeRates([]), 'USD');
    const symbol = fc.constantFrom('a', 'b', 'c', 'd');
    const number = fc.integer({ min: 1, max: 9 }).map(String);
    const anyEntry = fc.record({
      kind: fc.constantFrom('BUY', 'SELL', 'SPIN_OFF', 'SPIN_OFF', 'MERGER', 'TICKER_CHANGE', 'SPLIT'),
      instrumentId: symbol,
      otherInstrumentId: symbol,
      quantity: number,
      price: number,
      units: number,
      perUnits: number,
      basisFraction: fc.constantFrom('0', '0.25', '0.5'),
    });
    const anySeries = fc.record({
      first: fc.integer({ min: 0, max: 12 }),
      count: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(
        fc.array(anyEntry, { minLength: 3, maxLength: 12 }),
        fc.record({ a: anySeries, b: anySeries, c: anySeries, d: anySeries }),
        (stated, market) => {
          const entries = stated
            .filter((one) => one.instrumentId !== one.otherInstrumentId)
            .map(({ kind, otherInstrumentId, ...fields }, day) =>
              ledgerEntry(kind, day * 1_000 + 500, {
                ...fields,
                ...(['SPIN_OFF', 'MERGER', 'TICKER_CHANGE'].includes(kind) && { otherInstrumentId }),
              }),
            );
          const prices = new Map(
            Object.entries(market).map(([id, { first, count }]) => [
              id,
              {
                timesMs: Float64Array.from({ length: count }, (_, day) => (first + day) * 1_000),
                close: Float64Array.from({ length: count }, (_, day) => 1 + ((first * 7 + day * 3) % 11)),
              },
            ]),
          );
          const columns = equityColumns(journalOf(entries, rates), prices, rates);
          columns.timesMs.forEach((atMs, t) => {
            const past = entries.filter((one) => one.timeMs <= atMs);
            const held = holdingsOf(past, rates);
            const series = held.map(({ instrumentId }) => prices.get(instrumentId) ?? null);
            const sums = { held, balances: balancesOf(past, rates), income: incomeOf(past, rates) };
            const times = { lastEventMs: 0, atMs, nowMs: 0 };
            const state = stateOf({ ...sums, series, rates, missing: [], stale: [], ...times });
            expect(columns.equity[t]).toBeCloseTo(statementOf(state).equity.toNumber(), 6);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
