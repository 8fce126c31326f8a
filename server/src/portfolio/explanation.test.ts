import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { ledgerEntry } from '../../test/ledger-entry.ts';
import { ExchangeRates } from '../market-data/exchange-rates.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { type LedgerEntry, lotEventOf } from '../trade/ledger.ts';
import { partLedger } from '../trade/ledger-parts.ts';
import { runLots } from '../trade/lots.ts';
import {
  explainLots,
  explainPosition,
  explainValuation,
  POSITION_FIGURES,
  type PositionFigure,
  type Trail,
  VALUATION_FIGURES,
  type ValuationFigure,
} from './explanation.ts';
import { averageLotsOf, sumsOf } from './ledger-sums.ts';
import { lotReport } from './lot-report.ts';
import { explainPeriod } from './period-explanation.ts';
import { measuredPeriod } from './performance.ts';
import { PortfolioRates } from './portfolio-rates.ts';
import { stateOf } from './portfolio-state.ts';
import { marketValueOf, statementOf, unrealisedOf } from './statement.ts';

const DAY_MS = 86_400_000;
const RUNS = process.env.RUN_SLOW_TESTS ? 500 : 40;
const rates = new PortfolioRates(
  new ExchangeRates([
    {
      instrumentId: 'fx',
      symbol: 'EURUSD',
      from: 'EUR',
      to: 'USD',
      timesMs: Float64Array.from({ length: 60 }, (_, day) => day * DAY_MS),
      close: Float64Array.from({ length: 60 }, (_, day) => 1 + (day % 7) / 16),
    } as never,
  ]),
  'USD',
);
const SERIES: Record<string, { timesMs: Float64Array; close: Float64Array }> = {
  a: { timesMs: Float64Array.of(10 * DAY_MS, 50 * DAY_MS), close: Float64Array.of(11.5, 12.25) },
  b: { timesMs: Float64Array.of(50 * DAY_MS), close: Float64Array.of(30.125) },
};

/** What the terms of a trail come to. */
function evaluated({ combination, terms }: Trail): Decimal {
  if (combination === 'SUM') return terms.reduce((total, { amount }) => total.plus(amount), ZERO);
  return terms[0].amount.div(terms[1].amount);
}

const cents = (least: number, most: number) =>
  fc.integer({ min: least * 100, max: most * 100 }).map((value) => String(value / 100));
const entry = fc
  .record({
    kind: fc.constantFrom(
      'BUY',
      'SELL',
      'DEPOSIT',
      'WITHDRAWAL',
      'DIVIDEND',
      'INTEREST',
      'FEE',
      'TAX',
      'TRANSFER_OUT',
      'SPLIT',
      'RETURN_OF_CAPITAL',
    ),
    day: fc.integer({ min: 0, max: 40 }),
    instrumentId: fc.constantFrom('a', 'b'),
    accountId: fc.constantFrom('main', 'other'),
    quantity: cents(0.01, 50),
    price: cents(1, 40),
    amount: cents(0.01, 500),
    fee: cents(0, 5),
    tax: cents(0, 3),
  })
  .map(({ kind, day, instrumentId, accountId, quantity, price, amount, fee, tax }): LedgerEntry => {
    const currency = instrumentId === 'b' ? 'EUR' : 'USD';
    const place = { accountId, instrumentId, currency, quoteCurrency: currency };
    const cash = { accountId, instrumentId: null, currency, amount, fee };
    const timeMs = day * DAY_MS;
    switch (kind) {
      case 'BUY':
      case 'SELL':
        return ledgerEntry(kind, timeMs, { ...place, quantity, price, fee, tax });
      case 'DIVIDEND':
        return ledgerEntry(kind, timeMs, { ...place, amount, tax });
      case 'RETURN_OF_CAPITAL':
        return ledgerEntry(kind, timeMs, { ...place, amount });
      case 'TRANSFER_OUT':
        return ledgerEntry(kind, timeMs, { ...place, quantity });
      case 'SPLIT':
        return ledgerEntry(kind, timeMs, { ...place, units: '3', perUnits: '2' });
      default:
        return ledgerEntry(kind as 'DEPOSIT', timeMs, cash);
    }
  });

async function ledgerOf(unordered: readonly LedgerEntry[]) {
  const { entries, parts } = partLedger(unordered);
  const sums = await sumsOf(parts, rates);
  const state = stateOf({
    ...sums,
    series: sums.held.map(({ instrumentId }) => SERIES[instrumentId]),
    rates,
    lastEventMs: 0,
    atMs: null,
    nowMs: 60 * DAY_MS,
  });
  return { ...(await averageLotsOf(parts, rates)), state, entries };
}

describe('the trail of an amount', () => {
  it('of any ledger comes to the figure exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 30 }), async (list) => {
        const ledger = await ledgerOf(list);
        const totals = statementOf(ledger.state);
        const { dividends, interest, taxes, equity, grossExposure } = totals;
        const figures: Record<ValuationFigure, Decimal> = {
          EQUITY: equity,
          CASH: ledger.state.cash,
          MARKET_VALUE: totals.marketValue,
          GROSS_EXPOSURE: grossExposure,
          LEVERAGE: equity.greaterThan(0) ? grossExposure.div(equity) : new Decimal(NaN),
          UNREALISED_PROFIT: totals.unrealisedProfit,
          REALISED_PROFIT: totals.realisedProfit,
          CASH_PROFIT: totals.cashProfit,
          DAY_CHANGE: totals.dayChange,
          DIVIDENDS: dividends,
          INTEREST: interest,
          TAXES: taxes,
          INCOME: dividends.plus(interest).minus(taxes),
          FEES: totals.fees,
        };
        for (const figure of Object.keys(VALUATION_FIGURES) as ValuationFigure[]) {
          const trail = explainValuation(figure, ledger);
          const told = trail.value.isNaN() ? trail.value : evaluated(trail);
          expect([figure, told.toFixed()]).toEqual([figure, figures[figure].toFixed()]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it.each(['FIFO', 'LIFO', 'AVERAGE'] as const)(
    'of the gains of any lots by %s comes to them exactly',
    (method) => {
      fc.assert(
        fc.property(fc.array(entry, { maxLength: 30 }), (list) => {
          const { parts } = partLedger(list);
          const events = parts.flat().flatMap((one) => lotEventOf(one, rates) ?? []);
          const price = new Decimal('12.25');
          const report = lotReport(runLots(events, method), () => price, 60 * DAY_MS);
          const realised = report.closed.reduce((total, { gain }) => total.plus(gain), ZERO);
          const unrealised = report.open.reduce((total, { gain }) => total.plus(gain), ZERO);
          for (const [figure, gain] of [
            ['REALISED', realised],
            ['UNREALISED', unrealised],
          ] as const) {
            const trail = explainLots(figure, report);
            expect(trail.value.toFixed()).toBe(gain.toFixed());
            expect(evaluated(trail).toFixed()).toBe(gain.toFixed());
            for (const { amount, worth, against } of trail.terms)
              expect(worth!.minus(against!).toFixed()).toBe(amount.toFixed());
          }
        }),
        { numRuns: RUNS },
      );
    },
  );

  it('of any position comes to the figure exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 30 }), async (list) => {
        const ledger = await ledgerOf(list);
        for (const holding of ledger.state.holdings) {
          const figures: Record<PositionFigure, Decimal> = {
            MARKET_VALUE: marketValueOf(holding),
            AVERAGE_COST: holding.quantity.isZero() ? new Decimal(NaN) : holding.averageCost,
            COST_BASIS: holding.cost,
            UNREALISED_PROFIT: unrealisedOf(holding),
            REALISED_PROFIT: holding.realisedProfit,
          };
          for (const figure of Object.keys(POSITION_FIGURES) as PositionFigure[]) {
            const told = evaluated(explainPosition(figure, holding, ledger)).toFixed();
            expect([figure, told]).toEqual([figure, figures[figure].toFixed()]);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('of a period has its values and flows', () => {
    const columns = {
      timesMs: Float64Array.of(1, 2, 3),
      equity: Float64Array.of(100, 160, 150),
      inflow: Float64Array.of(100, 50, 0),
      outflow: Float64Array.of(0, 0, 20),
      flowAmounts: [100, 50, -20],
      currencyEffect: Float64Array.of(0, 4, -1),
    };
    const flows = [1, 2, 3].map((timeMs) => ({
      entryId: `txn_${timeMs}`,
      kind: 'DEPOSIT',
      timeMs,
      instrumentId: null,
      quantity: ZERO,
    }));
    const period = measuredPeriod(columns as never, flows as never, 1, 1, null)!;
    const told = (figure: Parameters<typeof explainPeriod>[0]) => {
      const { value, terms } = explainPeriod(figure, period);
      return [value.toNumber(), terms.map(({ amount }) => amount.toNumber())];
    };
    expect(told('NET_FLOW')).toEqual([30, [-20, 50]]);
    expect(told('GAIN')).toEqual([20, [150, -100, 20, -50]]);
    expect(told('CURRENCY_GAIN')).toEqual([3, [-1, 4]]);
    expect(told('PRICE_GAIN')).toEqual([17, [20, -3]]);
  });
});

describe('explanations in the API', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await createTestApp();
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
      {
        input: {
          idempotencyKey: newKey(),
          symbol: 'AAA',
          timeframe: 'DAY_1',
          content: 'Date,Open,High,Low,Close\n2024-01-02,10,10,10,10\n2024-01-03,12,12,12,12',
        },
      },
    );
    for await (const _event of app.subscribe('subscription($id: ID!) { runEvents(id: $id) { seq } }', {
      id: importBars.run.id,
    }));
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD', initialCash: '0' } },
    );
    id = createPortfolio.portfolio.id;
    const rows = [
      { kind: 'DEPOSIT', executedAt: '2024-01-01', amount: '100' },
      { kind: 'BUY', executedAt: '2024-01-02', symbol: 'AAA', quantity: '4', price: '10', fee: '1' },
      { kind: 'DIVIDEND', executedAt: '2024-01-02', symbol: 'AAA', amount: '2', tax: '0.5' },
      { kind: 'SELL', executedAt: '2024-01-03', symbol: 'AAA', quantity: '1', price: '12', fee: '1' },
    ];
    for (const row of rows) await record(row);
  });
  afterAll(() => app.stop());

  async function record(transaction: object): Promise<void> {
    const expectedVersion = (await app.services.portfolios.find(id))!.ledgerVersion;
    await app.query(
      'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
      { input: { idempotencyKey: newKey(), portfolioId: id, expectedVersion, transaction } },
    );
  }

  const ask = async (fields: string) =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { ${fields} } }`, { id })).portfolio;

  it('come in pages whose terms and rest make the figure', async () => {
    const cash = (after: string) =>
      ask(`valuation { cash explain(figure: CASH) { value combination formula terms(first: 3${after}) {
        totalCount restCount restAmount pageInfo { endCursor hasNextPage }
        nodes { label amount kind at quantity currency instrument { symbol } } } } }`);
    const { valuation } = await cash('');
    expect(valuation.explain).toMatchObject({ value: '71.5', combination: 'SUM' });
    expect(valuation.cash).toBe('71.5');
    const { nodes, pageInfo, ...rest } = valuation.explain.terms;
    expect(rest).toEqual({ totalCount: 4, restCount: 1, restAmount: '100' });
    expect(nodes.map((one: any) => [one.kind, one.amount])).toEqual([
      ['SELL', '11'],
      ['DIVIDEND', '1.5'],
      ['BUY', '-41'],
    ]);
    expect(nodes[0]).toMatchObject({ at: '2024-01-03T00:00:00.000Z', instrument: { symbol: 'AAA' } });
    const last = (await cash(`, after: "${pageInfo.endCursor}"`)).valuation.explain.terms;
    expect(last).toMatchObject({
      restCount: 3,
      restAmount: '-28.5',
      nodes: [{ kind: 'DEPOSIT', amount: '100' }],
    });
  });

  it('are there for the gains by the lots that accounts choose, of what was known at a time', async () => {
    const past = await ask(`now: lots { realised unrealised
        realisedTrail: explain(figure: REALISED) { value terms(first: 5) { nodes { label amount worth against } } }
        unrealisedTrail: explain(figure: UNREALISED) { value terms(first: 5) { nodes { label amount worth against } } } }
      before: lots(at: "2024-01-02T12:00:00Z") { realised unrealised }
      unknown: lots(knownAt: "2001-01-01T00:00:00Z") { realised unrealised }`);
    // 4 units cost 41 with the fee; one of them brought 12 - 1.
    expect(past.now).toEqual({
      realised: '0.75',
      unrealised: '5.25',
      realisedTrail: {
        value: '0.75',
        terms: { nodes: [{ label: 'Closed', amount: '0.75', worth: '11', against: '10.25' }] },
      },
      unrealisedTrail: {
        value: '5.25',
        terms: { nodes: [{ label: 'Open lot', amount: '5.25', worth: '36', against: '30.75' }] },
      },
    });
    expect(past.before).toEqual({ realised: '0', unrealised: '-1' });
    expect(past.unknown).toEqual({ realised: '0', unrealised: '0' });
  });

  it('are there for positions, periods and the steps of a return', async () => {
    const { position, performance } = await ask(`
      position(symbol: "aaa") { explain(figure: UNREALISED_PROFIT) { value terms(first: 10) { nodes { label amount price quantity } } } }
      performance { ... on PerformanceReport { gain
        explain(figure: GAIN) { value terms(first: 10) { nodes { label amount } } }
        timeWeighted { value explain { steps(first: 10) { totalCount nodes { startValue inflow outflow endValue factor } } } } } }`);
    expect(position.explain).toEqual({
      value: '6',
      terms: {
        nodes: [
          { label: 'Position', amount: '36', price: '12', quantity: '3' },
          { label: 'Open lot', amount: '-30', price: null, quantity: '3' },
        ],
      },
    });
    expect(Number(performance.explain.value)).toBe(performance.gain);
    const { totalCount, nodes } = performance.timeWeighted.explain.steps;
    expect(totalCount).toBe(nodes.length);
    const product = nodes.reduce((total: number, { factor }: { factor: number }) => total * factor, 1);
    expect(product - 1).toBeCloseTo(performance.timeWeighted.value, 12);
    for (const { startValue, inflow, outflow, endValue, factor } of nodes)
      expect((endValue + outflow) / (startValue + inflow)).toBeCloseTo(factor, 12);
  });

  it('have the terms of the ledger that was valued, whatever is recorded meanwhile', async () => {
    const { portfolios, ledger } = app.services;
    const value = portfolios.state.bind(portfolios);
    vi.spyOn(portfolios, 'state').mockImplementationOnce(async (...asked) => {
      const state = await value(...asked);
      const transaction = { kind: 'DEPOSIT', executedAt: new Date('2024-01-03'), amount: '1000' } as const;
      const { ledgerVersion: expectedVersion } = (await portfolios.find(id))!;
      await ledger.record({ idempotencyKey: newKey(), portfolioId: id, expectedVersion, transaction }, 'me');
      return state;
    });
    const explained = () =>
      ask(`valuation { explain(figure: CASH) { value terms(first: 10) { restAmount nodes { amount } } } }`);
    const { value: before, terms } = (await explained()).valuation.explain;
    expect([before, terms.restAmount, terms.nodes.length]).toEqual(['71.5', '0', 4]);
    const { value: after, terms: afterTerms } = (await explained()).valuation.explain;
    expect([after, afterTerms.restAmount, afterTerms.nodes.length]).toEqual(['1071.5', '0', 5]);
  });

  it('tell what a position made that is closed', async () => {
    await record({ kind: 'SELL', executedAt: '2024-01-03', symbol: 'AAA', quantity: '3', price: '12' });
    const { position, never } = await ask(`
      position(symbol: "AAA") { quantity averageCost marketValue realisedProfit
        explain(figure: REALISED_PROFIT) { value terms(first: 10) { nodes { label amount } } } }
      never: position(symbol: "BBB") { quantity }`);
    expect(position).toMatchObject({
      quantity: '0',
      averageCost: null,
      marketValue: '0',
      realisedProfit: '8',
      explain: { value: '8' },
    });
    const amounts = position.explain.terms.nodes.map(({ amount }: { amount: string }) => Number(amount));
    expect(amounts.reduce((sum: number, amount: number) => sum + amount, 0)).toBe(8);
    expect(never).toBeNull();
  });
});
