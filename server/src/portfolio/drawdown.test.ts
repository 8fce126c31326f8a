import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { importText, newPortfolio } from '../../test/transaction-imports.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

async function importCloses(symbol: string, calendar: string, ...closes: number[]): Promise<void> {
  const lines = closes.map((close, index) => [`2024-01-0${index + 2}`, close, close, close, close].join());
  const content = `Date,Open,High,Low,Close\n${lines.join('\n')}\n`;
  const input = { idempotencyKey: newKey(), symbol, calendar, timeframe: 'DAY_1', content };
  const { importBars } = await app.query(
    'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
    { input },
  );
  const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
  for await (const _event of app.subscribe(events, { id: importBars.run.id }));
}

const column = (text: string) => [...new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)];

it('tells one deepest drawdown wherever it is asked for, by what days end with', async () => {
  // given: one falls by 20 at its close in New York, and the other has risen by 25 when the same day ends
  await importCloses('WEST', 'XNYS', 100, 80, 100);
  await importCloses('EAST', 'NONE', 100, 125, 100);
  const id = await newPortfolio(app, 'Both');
  const rows = [
    'DEPOSIT,2024-01-02,Main account,,,,200',
    'BUY,2024-01-02,Main account,WEST,1,100,',
    'BUY,2024-01-02,Main account,EAST,1,100,',
  ];
  const text = `id,kind,time,account,symbol,quantity,price,amount\n${rows.map((row) => `,${row}`).join('\n')}\n`;
  expect(await importText(app, id, text)).toMatchObject({ status: 'SUCCEEDED' });
  // when
  const { portfolio } = await app.query(
    `query($id: ID!) { portfolio(id: $id) { equity { ... on EquitySeries { equity drawdown } } statistics { name value } } }`,
    { id },
  );
  // then: 180 at 21:00 on the second day is no fall, as it ended with 205
  expect(column(portfolio.equity.equity)).toEqual([200, 200, 180, 205, 225, 200]);
  const fall = 200 / 205 - 1;
  expect(column(portfolio.equity.drawdown)).toEqual([0, 0, 0, 0, fall, fall]);
  const deepest = portfolio.statistics.find(({ name }: { name: string }) => name === 'maxDrawdown');
  expect(deepest.value).toBe(-fall);
});
