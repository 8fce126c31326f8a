import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  for (const [name, baseCurrency] of [
    ['savings', 'EUR'],
    ['Broker 100%', 'USD'],
    ['Abroad', 'GBP'],
    ['zinc', 'EUR'],
  ])
    await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { name, baseCurrency, initialCash: '0', idempotencyKey: newKey() } },
    );
  await app.database.fork().execute(`update portfolio set is_sample = true where name = 'zinc'`);
});
afterAll(() => app.stop());

const QUERY = `query($first: Int!, $after: String, $filter: PortfolioFilter, $orderBy: PortfolioOrder) {
  portfolios(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount pageInfo { hasNextPage endCursor } nodes { name } } }`;
const pageOf = async (variables: object) => (await app.query(QUERY, { first: 100, ...variables })).portfolios;
const namesOf = async (variables: object): Promise<string[]> =>
  (await pageOf(variables)).nodes.map(({ name }: { name: string }) => name);

describe('a list of portfolios', () => {
  it('has the oldest first where no order is asked for, page by page', async () => {
    const first = await pageOf({ first: 3 });
    expect(first.nodes).toEqual([{ name: 'savings' }, { name: 'Broker 100%' }, { name: 'Abroad' }]);
    expect([first.totalCount, first.pageInfo.hasNextPage]).toEqual([4, true]);
    const last = await pageOf({ first: 3, after: first.pageInfo.endCursor });
    expect(last).toMatchObject({
      totalCount: 4,
      pageInfo: { hasNextPage: false },
      nodes: [{ name: 'zinc' }],
    });
  });

  it.each([
    [{ search: 'BRO' }, ['Broker 100%', 'Abroad']],
    [{ search: ' 0% ' }, ['Broker 100%']],
    [{ search: '_' }, []],
    [{ search: '' }, ['savings', 'Broker 100%', 'Abroad', 'zinc']],
    [{ search: null }, ['savings', 'Broker 100%', 'Abroad', 'zinc']],
    [{ baseCurrency: 'EUR' }, ['savings', 'zinc']],
    [{ isSample: true }, ['zinc']],
    [{ baseCurrency: 'EUR', isSample: false }, ['savings']],
  ])('chosen by %j has %j', async (filter, expected) => {
    expect(await namesOf({ filter })).toEqual(expected);
  });

  it.each([
    ['NAME', 'ASCENDING', ['Abroad', 'Broker 100%', 'savings', 'zinc']],
    ['NAME', 'DESCENDING', ['zinc', 'savings', 'Broker 100%', 'Abroad']],
    ['CREATED_AT', 'DESCENDING', ['zinc', 'Abroad', 'Broker 100%', 'savings']],
    ['BASE_CURRENCY', 'ASCENDING', ['savings', 'zinc', 'Abroad', 'Broker 100%']],
  ])('is ordered by %s %s', async (field, direction, expected) => {
    expect(await namesOf({ orderBy: { field, direction } })).toEqual(expected);
  });
});
