import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/create-test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const em = app.database.fork();
  for (const [id, symbol, name, currency, assetClass, isSynthetic] of [
    ['ins_a', 'AAA', 'zinc', 'USD', 'FUTURE', false],
    ['ins_b', 'BBB', 'Apples', 'EUR', 'EQUITY', false],
    ['ins_c', 'CCC', 'Made up', 'GBP', 'CRYPTO', true],
  ] as const)
    await em.execute(
      `insert into instrument values (?, 1, ?, ?, ?, null, ?, 0.01, 1, 'NONE', ?, 'test', now())`,
      [id, symbol, name, currency, assetClass, isSynthetic],
    );
  for (const [id, barCount, toMs] of [
    ['ins_a', 0, 0],
    ['ins_b', 2, 2_000],
    ['ins_c', 2, 3_000],
  ] as const)
    await em.execute(
      `insert into data_set (instrument_id, timeframe, bar_count, from_ms, to_ms) values (?, 'DAY_1', ?, 0, ?)`,
      [id, barCount, toMs],
    );
});
afterAll(() => app.stop());

const symbolsBy = async (orderBy: object | null, filter: object | null = null) => {
  const { instruments } = await app.query(
    `query($orderBy: InstrumentOrder, $filter: InstrumentFilter) {
       instruments(first: 2, orderBy: $orderBy, filter: $filter) { totalCount nodes { symbol } } }`,
    { orderBy, filter },
  );
  return [instruments.totalCount, ...instruments.nodes.map(({ symbol }: { symbol: string }) => symbol)];
};

describe('a list of instruments', () => {
  it('has real ones first, by symbol, where no order is asked for', async () => {
    expect(await symbolsBy(null)).toEqual([3, 'AAA', 'BBB']);
    expect(await symbolsBy(null, { isSynthetic: true })).toEqual([1, 'CCC']);
    expect(await symbolsBy(null, { search: 'aPPl' })).toEqual([1, 'BBB']);
    expect(await symbolsBy(null, { search: '_' })).toEqual([0]);
  });

  it.each([
    [true, [2, 'BBB', 'CCC']],
    [false, [1, 'AAA']],
    [null, [3, 'AAA', 'BBB']],
  ])('has those with bars where that is asked to be %s', async (hasBars, expected) => {
    expect(await symbolsBy(null, { hasBars })).toEqual(expected);
  });

  it.each([
    ['SYMBOL', 'DESCENDING', ['CCC', 'BBB']],
    ['NAME', 'ASCENDING', ['BBB', 'CCC']],
    ['CURRENCY', 'DESCENDING', ['AAA', 'CCC']],
    ['ASSET_CLASS', 'ASCENDING', ['CCC', 'BBB']],
    ['NEWEST_BAR', 'ASCENDING', ['BBB', 'CCC']],
    ['NEWEST_BAR', 'DESCENDING', ['CCC', 'BBB']],
  ])('is ordered by %s %s', async (field, direction, expected) => {
    expect(await symbolsBy({ field, direction })).toEqual([3, ...expected]);
  });
});
