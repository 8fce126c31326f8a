import { expect, it } from 'vitest';
import { firstRows } from './pages.ts';

const ROWS = [1, 2, 3, 4, 5];

/** A list of five rows, two to a page, that keeps what was asked. */
function list() {
  const asked: (string | null)[] = [];
  const ask = (after: string | null) => {
    asked.push(after);
    const from = Number(after ?? 0);
    return Promise.resolve({
      totalCount: ROWS.length,
      nodes: ROWS.slice(from, from + 2),
      pageInfo: { hasNextPage: from + 2 < ROWS.length, endCursor: String(from + 2) },
    });
  };
  return { ask, asked };
}

it('reads as many pages as the rows need, each after the last', async () => {
  const { ask, asked } = list();
  const read = await firstRows(3, ask);
  expect(asked).toEqual([null, '2']);
  expect(read).toEqual({
    totalCount: 5,
    nodes: [1, 2, 3, 4],
    pageInfo: { hasNextPage: true, endCursor: '4' },
  });
});

it('ends with the list, telling what is there on the way', async () => {
  const { ask, asked } = list();
  const told: (readonly number[])[] = [];
  expect((await firstRows(50, ask, (rows) => told.push(rows))).nodes).toEqual(ROWS);
  expect(asked).toEqual([null, '2', '4']);
  expect(told).toEqual([[1, 2], [1, 2, 3, 4], ROWS]);
});
