import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

const ROWS = 8_000;
const INSTRUMENTS = 100;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

/** A portfolio with so many trades, and daily bars of what they are of. */
async function largePortfolio(): Promise<string> {
  const { portfolios } = app.services;
  const { id } = await portfolios.create({
    idempotencyKey: newKey(),
    name: 'Large',
    baseCurrency: 'USD',
    initialCash: '1000000000',
  });
  const accountId = await portfolios.accountId(id);
  const em = app.database.fork();
  await em.execute(`insert into instrument
    select 'ins_' || n, 1, 'L' || n, 'Instrument ' || n, 'USD', null, 'EQUITY', 0.01, 1, 'NONE', false, 'test', now()
    from generate_series(1, ${INSTRUMENTS}) n`);
  await em.execute(`insert into data_set (instrument_id, timeframe, bar_count, from_ms, to_ms, content_hash)
    select 'ins_' || n, 'DAY_1', 500, 0, 0, 'changing' from generate_series(1, ${INSTRUMENTS}) n`);
  await em.execute(`insert into bar (data_set_id, time_ms, open, high, low, close, volume)
    select d.id, day * 86400000::bigint, 100, 100, 100, 100, 1 from data_set d, generate_series(19000, 19499) day`);
  await em.execute(`insert into transaction (id, account_id, kind, amount, currency, executed_at, created_at, instrument_id, quantity, price)
    select 'txn_large_' || lpad(n::text, 9, '0'), '${accountId}', 'BUY', -100.25, 'USD', to_timestamp(19000 * 86400 + n * 5000), now(),
      'ins_' || (1 + n % ${INSTRUMENTS}), 1, 100.25 from generate_series(1, ${ROWS}) n`);
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

it('has the thread for short slices alone while a large ledger is read and valued', async () => {
  const id = await largePortfolio();
  // Bars are read once, whatever the ledger.
  await app.services.marketData.closesOf(
    Array.from({ length: INSTRUMENTS }, (_, index) => `ins_${index + 1}`),
  );
  const { totalMs, longestMs } = await slicesOf(async () => {
    const { entries, columns } = await app.services.portfolios.history(id);
    expect([entries.length, columns.timesMs.length]).toEqual([ROWS + 1, 499]);
    await app.services.portfolios.state(id);
  });
  // In processor time, which others on the machine do not make longer than all of the work.
  expect(longestMs).toBeLessThan(totalMs / 4);
});
