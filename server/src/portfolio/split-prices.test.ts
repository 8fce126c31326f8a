import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importText, newPortfolio } from '../../test/transaction-imports.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

async function importBars(symbol: string, bars: Readonly<Record<string, number>>): Promise<void> {
  const lines = Object.entries(bars).map(([day, close]) => [day, close, close, close, close].join(','));
  const content = `Date,Open,High,Low,Close\n${lines.join('\n')}\n`;
  const input = { idempotencyKey: newKey(), symbol, timeframe: 'DAY_1', content };
  const { importBars: started } = await app.query(
    'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
    { input },
  );
  const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
  for await (const _event of app.subscribe(events, { id: started.run.id }));
}

const column = (text: string) => [...new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)];

it('values what is held after a split at the close before it, for as many units', async () => {
  // given: 10 units at 10 and 12, split 2 for 1 before their next close; another instrument has one between
  await importBars('SPLITTING', { '2024-01-02': 10, '2024-01-03': 12 });
  await importBars('STEADY', { '2024-01-02': 1, '2024-01-03': 1, '2024-01-04': 1, '2024-01-05': 1 });
  const id = await newPortfolio(app, 'Splitting');
  const rows = [
    'DEPOSIT,2024-01-02T00:00:00Z,Main account,,,,101,,',
    'BUY,2024-01-02T01:00:00Z,Main account,SPLITTING,10,10,,,',
    'BUY,2024-01-02T01:00:00Z,Main account,STEADY,1,1,,,',
    'SPLIT,2024-01-05T00:00:00Z,Main account,SPLITTING,,,,2,1',
  ];
  const header = 'id,kind,time,account,symbol,quantity,price,amount,units,perUnits';
  const text = `${header}\n${rows.map((row) => `,${row}`).join('\n')}\n`;
  expect(await importText(app, id, text)).toMatchObject({ status: 'SUCCEEDED', verdicts: { NEW: 4 } });
  // when
  const { portfolio } = await app.query(
    `query($id: ID!) { portfolio(id: $id) {
       valuation { equity dayChange unrealisedProfit }
       before: valuation(at: "2024-01-05T00:00:00Z") { equity dayChange }
       position(symbol: "SPLITTING") { quantity marketPrice marketPriceAt marketValue }
       lots { open(first: 1, symbol: "SPLITTING") { nodes { quantity value } } }
       equity { ... on EquitySeries { equity drawdown } }
       performance { ... on PerformanceReport { endValue timeWeighted { value }
         breakdown(by: INSTRUMENT) { parts { label gain endValue } } } } } }`,
    { id },
  );
  // then: 20 units at 6, the close of a day before in units of today, and no day on which they fell
  expect(portfolio.position).toEqual({
    quantity: '20',
    marketPrice: '6',
    marketPriceAt: '2024-01-04T00:00:00.000Z',
    marketValue: '120',
  });
  expect(portfolio.valuation).toEqual({ equity: '121', dayChange: '20', unrealisedProfit: '20' });
  expect(portfolio.before).toEqual({ equity: '121', dayChange: '20' });
  expect(portfolio.lots.open.nodes).toEqual([{ quantity: '20', value: '120' }]);
  expect(column(portfolio.equity.equity)).toEqual([101, 121, 121, 121]);
  expect(column(portfolio.equity.drawdown)).toEqual([0, 0, 0, 0]);
  const { performance } = portfolio;
  expect(performance.endValue).toBe(121);
  expect(performance.timeWeighted.value).toBeCloseTo(20 / 101, 12);
  expect(performance.breakdown.parts).toContainEqual({ label: 'SPLITTING', gain: 20, endValue: 120 });
});
