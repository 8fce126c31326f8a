import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

const [FEW, MANY] = [2_000, 20_000];
const INSTRUMENTS = 50;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

/** Instruments with daily bars, which portfolios of every size share. */
async function fillPrices(): Promise<void> {
  const em = app.database.fork();
  await em.execute(`insert into instrument
    select 'ins_' || n, 1, 'L' || n, 'Instrument ' || n, 'USD', null, 'EQUITY', 0.01, 1, 'NONE', false, 'test', now()
    from generate_series(1, ${INSTRUMENTS}) n`);
  await em.execute(`insert into data_set (instrument_id, timeframe, bar_count, from_ms, to_ms, content_hash)
    select 'ins_' || n, 'DAY_1', 500, 0, 0, 'changing' from generate_series(1, ${INSTRUMENTS}) n`);
  await em.execute(`insert into bar (data_set_id, time_ms, open, high, low, close, volume)
    select d.id, day * 86400000::bigint, 100, 100, 100, 100, 1 from data_set d, generate_series(19000, 19499) day`);
  // Bars are read once, whatever the ledger.
  await app.services.marketData.closesKnown(
    Array.from({ length: INSTRUMENTS }, (_, index) => `ins_${index + 1}`),
    null,
  );
}

/** A portfolio with so many trades. */
async function portfolioOf(rows: number): Promise<string> {
  const { portfolios } = app.services;
  const { id } = await portfolios.create({
    idempotencyKey: newKey(),
    name: `Of ${rows}`,
    baseCurrency: 'USD',
    initialCash: '1000000000',
  });
  const accountId = await portfolios.accountId(id);
  await app.database.fork().execute(`insert into transaction
    (id, account_id, kind, amount, currency, executed_at, created_at, instrument_id, quantity, price)
    select 'txn_${rows}_' || lpad(n::text, 9, '0'), '${accountId}', 'BUY', -100.25, 'USD',
      to_timestamp(19000 * 86400 + n * ${40_000_000 / rows}), now(), 'ins_' || (1 + n % ${INSTRUMENTS}), 1, 100.25
    from generate_series(1, ${rows}) n`);
  return id;
}

/** The processor time of some work in all, and the most of it that nobody else had the thread meanwhile, in milliseconds. */
async function slicesOf(work: () => Promise<unknown>): Promise<{ totalMs: number; longestMs: number }> {
  const usedMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  const startMs = usedMs();
  const state = { isOver: false, lastMs: startMs, longestMs: 0 };
  const look = () => {
    const nowMs = usedMs();
    state.longestMs = Math.max(state.longestMs, nowMs - state.lastMs);
    state.lastMs = nowMs;
    if (!state.isOver) setImmediate(look);
  };
  setImmediate(look);
  await work();
  state.isOver = true;
  look();
  return { totalMs: usedMs() - startMs, longestMs: state.longestMs };
}

/** How often a server says that it is well during some work. */
async function answersDuring(work: Promise<unknown>): Promise<number> {
  const state = { isOver: false, count: 0 };
  const over = work.finally(() => (state.isOver = true));
  while (!state.isOver) {
    expect((await fetch(`${app.urls.api}/health`)).status).toBe(200);
    state.count += state.isOver ? 0 : 1;
  }
  await over;
  return state.count;
}

it('reads and values a large ledger in short slices, in time that grows as its rows, while others are answered', async () => {
  await fillPrices();
  const { portfolios } = app.services;
  const [warmUp, few, many] = [await portfolioOf(1_000), await portfolioOf(FEW), await portfolioOf(MANY)];
  await portfolios.history(warmUp);
  const small = await slicesOf(() => portfolios.history(few));
  const large = await slicesOf(async () => {
    const { entries, columns } = await portfolios.history(many);
    expect([entries.length, columns.timesMs.length]).toEqual([MANY + 1, 499]);
  });
  // In processor time, which others on the machine do not make longer than all of the work.
  expect(large.longestMs).toBeLessThan(large.totalMs / 4);
  expect(large.totalMs).toBeLessThan((small.totalMs * 1.4 * MANY) / FEW);
  // What was known until now is read anew.
  expect(await answersDuring(portfolios.history(many, new Date()))).toBeGreaterThan(2);
});
