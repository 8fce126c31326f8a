import { ComputeError, type ComputeService } from '@ai-trading/compute';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importCsv } from '../../test/transaction-imports.ts';
import { LocalCache } from '../platform/cache/cache.ts';
import { MonteCarloService } from './monte-carlo.service.ts';
import { MonteCarloInput } from './monte-carlo.type.ts';

const DAYS = 200;
const csvOf = (closeAt: (day: number) => number) =>
  `Date,Open,High,Low,Close\n${Array.from({ length: DAYS }, (_, day) => `${new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)},100,1000,1,${closeAt(day).toFixed(4)}`).join('\n')}`;

describe('the simulated risk of a portfolio', () => {
  let app: TestApp;
  let [id, emptyId] = ['', ''];

  beforeAll(async () => {
    app = await createTestApp();
    const content = {
      AAA: csvOf((day) => 100 + 8 * Math.sin(day / 3) + (day % 7)),
      BBB: csvOf((day) => 50 + 4 * Math.cos(day / 5) - (day % 5)),
    };
    await importing('importBars', 'ImportBarsInput', { symbol: 'AAA', content: content.AAA });
    await importing('importBars', 'ImportBarsInput', { symbol: 'BBB', content: content.BBB });
    [id, emptyId] = [await portfolio('Mine'), await portfolio('Empty')];
    const fills =
      'date,symbol,side,quantity,price,fee,currency\n2024-01-02,AAA,buy,30,100,0,USD\n2024-01-03,BBB,sell,20,50,0,USD\n';
    await importCsv(app, id, fills);
  });
  afterAll(() => app.stop());

  async function portfolio(name: string): Promise<string> {
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name, baseCurrency: 'USD', initialCash: '5000' } },
    );
    return createPortfolio.portfolio.id;
  }

  async function importing(mutation: string, type: string, input: Record<string, unknown>): Promise<void> {
    const data = await app.query(
      `mutation($input: ${type}!) { ${mutation}(input: $input) { run { id } errors { message } } }`,
      { input: { idempotencyKey: newKey(), ...input } },
    );
    const document = 'subscription($id: ID!) { runEvents(id: $id) { run { id } } }';
    for await (const _ of app.subscribe(document, { id: data[mutation].run.id }));
  }

  const simulated = async (input: Record<string, unknown>, of = id, knownAt?: Date) => {
    const { portfolio } = await app.query(
      `query($id: ID!, $input: MonteCarloInput!, $knownAt: DateTime) { portfolio(id: $id) { monteCarlo(input: $input, knownAt: $knownAt) {
         __typename
         ... on MonteCarloReport { scenarios observations positions positionsLeftOut equity valueAtRisk expectedShortfall
           valueAtRiskAmount expectedShortfallAmount meanReturn standardDeviation histogramEdges histogramCounts backend }
         ... on InsufficientHistoryError { message required available }
         ... on InputError { message path } } } }`,
      { id: of, input, knownAt },
    );
    return portfolio.monteCarlo;
  };

  it('is what the positions held at present may lose, in fractions and in money', async () => {
    const report = await simulated({ scenarios: 20_000 });
    expect(report).toMatchObject({
      __typename: 'MonteCarloReport',
      scenarios: 20_000,
      observations: DAYS - 1,
      positions: 2,
      positionsLeftOut: 0,
      backend: 'wasm-paths',
    });
    expect(report.valueAtRisk).toBeGreaterThan(0);
    expect(report.expectedShortfall).toBeGreaterThan(report.valueAtRisk);
    expect(report.valueAtRiskAmount).toBeCloseTo(report.valueAtRisk * report.equity, 8);
    expect(await simulated({ scenarios: 20_000 })).toEqual(report);
    expect((await simulated({ scenarios: 20_000, seed: 2 })).valueAtRisk).not.toBe(report.valueAtRisk);
  });

  it('is by what the schema says where nothing else is asked for', async () => {
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { monteCarlo { ... on MonteCarloReport { scenarios valueAtRisk } } } }',
      { id },
    );
    const { scenarios, valueAtRisk } = await simulated({});
    expect(portfolio.monteCarlo).toEqual({ scenarios, valueAtRisk });
    expect(scenarios).toBe(100_000);
  });

  it.each(['STUDENT_T', 'BOOTSTRAP'])('comes about by %s as well', async (method) => {
    const report = await simulated({ scenarios: 5_000, method, revaluation: 'LINEAR', window: 100 });
    expect(report).toMatchObject({ scenarios: 5_000, observations: 100 });
    expect(report.standardDeviation).toBeGreaterThan(0);
  });

  it.each([
    [{ scenarios: 1_000_001 }, 'expected at most 1000000 scenarios, was 1000001', ['input', 'scenarios']],
    [{ scenarios: 99 }, 'expected a number of 100 to 5000000 scenarios, was 99', ['input']],
    [{ window: -1 }, 'expected a window of 0 or more returns, was -1', ['input', 'window']],
    [{ confidence: 1 }, 'expected a confidence above 0.5 and below 1, was 1', ['input']],
  ])('refuses %o', async (input, message, path) => {
    expect(await simulated(input)).toEqual({ __typename: 'InputError', message, path });
  });

  it('is by the ledger and the prices that were known at a time, with dividends as they are known now', async () => {
    const known = await portfolio('Known');
    const closeAt = (day: number) => 100 + 8 * Math.sin(day / 3) + (day % 7);
    await importing('importBars', 'ImportBarsInput', { symbol: 'KKK', content: csvOf(closeAt) });
    await importCsv(
      app,
      known,
      'date,symbol,side,quantity,price,fee,currency\n2024-01-02,KKK,buy,30,100,0,USD\n',
    );
    const before = await simulated({ scenarios: 1_000 }, known);
    const then = new Date();
    while (Date.now() <= then.getTime()) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await simulated({ scenarios: 1_000 }, known, then)).toEqual(before);
    // The last half is corrected, and a dividend of a half is told for what comes before the fifth day.
    const lines = csvOf((day) => closeAt(day) * (day < DAYS / 2 ? 1 : 1 + (day % 2))).split('\n');
    const withAdjusted = lines.map((line, row) => {
      const close = Number(line.split(',')[4]);
      return `${line},${row === 0 ? 'Adj Close' : row < 5 ? close / 2 : close}`;
    });
    const content = withAdjusted.join('\n');
    const input = { symbol: 'KKK', content, duplicateRule: 'REPLACE' };
    await importing('importBars', 'ImportBarsInput', input);
    await importCsv(
      app,
      known,
      'date,symbol,side,quantity,price,fee,currency\n2024-01-03,KKK,buy,10,100,0,USD\n',
    );
    const now = await simulated({ scenarios: 1_000 }, known);
    const past = await simulated({ scenarios: 1_000 }, known, then);
    expect([past.equity, past.observations]).toEqual([before.equity, DAYS - 1]);
    expect(now.equity).not.toBe(before.equity);
    expect(past.valueAtRisk).toBeLessThan(now.valueAtRisk / 3);
    // Its one jump, which the dividend makes of the closes of then.
    expect(past.meanReturn).toBeGreaterThan(before.meanReturn + 0.02);
    expect(await simulated({ scenarios: 1_000 }, known, new Date('2020-01-01'))).toMatchObject({
      message: 'expected at least 1 positions with prices, was 0',
    });
  });

  it('says where it takes longer than anybody waits', async () => {
    const { portfolios, marketData } = app.services;
    const late = new ComputeError('DEADLINE', 'expected a result within 60000 ms, was none');
    const simulateRisk: ComputeService['simulateRisk'] = (_request, options) =>
      Promise.reject(options?.deadlineMs === 60_000 ? late : new Error('without a deadline'));
    const compute = { simulateRisk } as ComputeService;
    const service = new MonteCarloService(portfolios, marketData, compute, new LocalCache());
    expect(await service.report(id, new MonteCarloInput(), null)).toMatchObject({
      message: 'expected a result within 60000 ms, was none: fewer scenarios take less',
      path: ['input', 'scenarios'],
    });
  });

  it('says where there is too little', async () => {
    expect(await simulated({ window: 10 })).toMatchObject({
      message: 'expected at least 30 returns that all positions have, was 10',
    });
    expect(await simulated({}, emptyId)).toMatchObject({
      message: 'expected at least 1 positions with prices, was 0',
    });
  });
});
