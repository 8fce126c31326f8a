import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/create-test-app.ts';

describe('a list of deleted portfolios', () => {
  let app: TestApp;
  const listed = async (variables: Record<string, unknown>): Promise<unknown[]> => {
    const document = `query ($filter: DeletedPortfolioFilter, $orderBy: DeletedPortfolioOrder) {
      deletedPortfolios(first: 2, filter: $filter, orderBy: $orderBy) { totalCount nodes { name } } }`;
    const { totalCount, nodes } = (await app.query(document, variables)).deletedPortfolios;
    return [totalCount, ...nodes.map(({ name }: { name: string }) => name)];
  };
  beforeAll(async () => {
    app = await createTestApp();
    for (const [id, actor, name, transactionCount, at] of [
      ['1', 'Bob', 'list zinc', 10, '2026-01-02'],
      ['2', 'ada', 'List Apples', 9, '2026-01-03'],
      ['3', 'Cyd', 'list 100%', 200, '2026-01-01'],
    ])
      await app.database
        .fork()
        .execute(
          `insert into audit_entry (id, action, subject_id, portfolio_id, actor, details, created_at) values (?, 'DELETE_PORTFOLIO', ?, ?, ?, ?::jsonb, ?)`,
          [
            `aud_list_${id}`,
            `prt_list_${id}`,
            `prt_list_${id}`,
            actor,
            JSON.stringify({ name, baseCurrency: 'USD', transactionCount }),
            at,
          ],
        );
  });

  afterAll(() => app.stop());

  it.each([
    [{ search: 'LIST ' }, [3, 'List Apples', 'list zinc']],
    [{ search: '0%' }, [1, 'list 100%']],
    [{ search: 'bob' }, [1, 'list zinc']],
    [{ search: 'list', from: '2026-01-02T00:00:00Z' }, [2, 'List Apples', 'list zinc']],
    [{ search: 'list', to: '2026-01-02T00:00:00Z', from: null }, [2, 'list zinc', 'list 100%']],
  ])('chosen by %j has %j, the newest first', async (filter, expected) => {
    expect(await listed({ filter })).toEqual(expected);
  });

  it.each([
    ['DELETED_AT', 'ASCENDING', ['list 100%', 'list zinc']],
    ['DELETED_BY', 'ASCENDING', ['List Apples', 'list zinc']],
    ['NAME', 'DESCENDING', ['list zinc', 'List Apples']],
    ['TRANSACTION_COUNT', 'DESCENDING', ['list 100%', 'list zinc']],
    ['TRANSACTION_COUNT', 'ASCENDING', ['List Apples', 'list zinc']],
  ])('is ordered by %s %s', async (field, direction, expected) => {
    const orderBy = { field, direction };
    expect(await listed({ filter: { search: 'list ' }, orderBy })).toEqual([3, ...expected]);
  });
});
