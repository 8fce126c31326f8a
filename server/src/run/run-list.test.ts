import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/create-test-app.ts';

const RUNS = [
  {
    id: 'run_1',
    label: 'beta',
    status: 'SUCCEEDED',
    symbol: 'MSFT',
    strategyName: 'Cross',
    sharpe: 2,
    setsDone: 1,
  },
  { id: 'run_2', label: 'Alpha', status: 'FAILED', symbol: 'AAPL', strategyName: 'Band', setsDone: 9 },
  { id: 'run_3', label: 'gamma', status: 'SUCCEEDED', symbol: 'NVDA', strategyName: 'Drift', sharpe: 1 },
];

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  for (const [place, { id, label, status, symbol, strategyName, sharpe, setsDone }] of RUNS.entries())
    for (const kind of ['BACKTEST', 'SWEEP']) {
      const request = {
        symbol,
        strategyName,
        parameters: {},
        from: null,
        to: null,
        axes: [],
        objective: 'sharpe',
      };
      const result = { setsDone, ...(sharpe ? { statistics: { sharpe: { value: sharpe } } } : {}) };
      await app.database
        .fork()
        .execute(
          `insert into run (id, kind, status, label, request, result, created_at) values (?, ?, ?, ?, ?::jsonb, ?::jsonb, ?)`,
          [
            `${id}_${kind}`,
            kind,
            status,
            label,
            JSON.stringify(request),
            JSON.stringify(result),
            new Date(Date.UTC(2024, 0, 1 + place)),
          ],
        );
    }
});
afterAll(() => app.stop());

const labelsOf = async (
  list: 'backtests' | 'sweeps',
  orderBy: object | null,
  filter: object | null = null,
) => {
  const order = list === 'backtests' ? 'BacktestOrder' : 'SweepOrder';
  const { [list]: found } = await app.query(
    `query($orderBy: ${order}, $filter: RunFilter) { ${list}(first: 10, orderBy: $orderBy, filter: $filter) {
       totalCount nodes { label } } }`,
    { orderBy, filter },
  );
  expect(found.totalCount).toBe(found.nodes.length);
  return found.nodes.map(({ label }: { label: string }) => label);
};

describe.each(['backtests', 'sweeps'] as const)('a list of %s', (list) => {
  it('has the newest first where no order is asked for', async () => {
    expect(await labelsOf(list, null)).toEqual(['gamma', 'Alpha', 'beta']);
  });

  it('is filtered by status and by symbol', async () => {
    expect(await labelsOf(list, null, { status: 'SUCCEEDED' })).toEqual(['gamma', 'beta']);
    expect(await labelsOf(list, null, { symbol: 'aapl' })).toEqual(['Alpha']);
    expect(await labelsOf(list, null, { status: 'SUCCEEDED', symbol: 'AAPL' })).toEqual([]);
  });

  it.each([
    ['CREATED_AT', 'ASCENDING', ['beta', 'Alpha', 'gamma']],
    ['LABEL', 'ASCENDING', ['Alpha', 'beta', 'gamma']],
    ['SYMBOL', 'DESCENDING', ['gamma', 'beta', 'Alpha']],
    ['STRATEGY', 'ASCENDING', ['Alpha', 'beta', 'gamma']],
    ['STATUS', 'ASCENDING', ['Alpha', 'beta', 'gamma']],
  ])('is ordered by %s %s', async (field, direction, expected) => {
    expect(await labelsOf(list, { field, direction })).toEqual(expected);
  });
});

it('orders backtests and sweeps by figures, those without the figure last', async () => {
  const descending = (field: string) => ({ field, direction: 'DESCENDING' });
  expect(await labelsOf('backtests', descending('SHARPE'))).toEqual(['beta', 'gamma', 'Alpha']);
  expect(await labelsOf('backtests', { field: 'SHARPE', direction: 'ASCENDING' })).toEqual([
    'gamma',
    'beta',
    'Alpha',
  ]);
  expect(await labelsOf('sweeps', descending('SETS_DONE'))).toEqual(['Alpha', 'beta', 'gamma']);
});
