import { describe, expect, it } from 'vitest';
import { type AskPage, readOn, readPages } from './pages.ts';

/** A list of numbers from 0, and what it was asked. */
function listOf(totalCount: number) {
  const asked: [number, string | null][] = [];
  const ask: AskPage<number> = async (first, after) => {
    asked.push([first, after]);
    const start = after === null ? 0 : Number(after) + 1;
    const end = Math.min(start + first, totalCount);
    const nodes = Array.from({ length: Math.max(0, end - start) }, (_, place) => start + place);
    const endCursor = nodes.length > 0 ? String(end - 1) : undefined;
    return { nodes, totalCount, pageInfo: { hasNextPage: end < totalCount, endCursor } };
  };
  return { ask, asked };
}

describe('pages of a list', () => {
  it('are one question where one page holds what is wanted', async () => {
    const { ask, asked } = listOf(7);
    const { nodes, totalCount, pageInfo } = await readPages(ask, 5);
    expect([nodes, totalCount, pageInfo.hasNextPage]).toEqual([[0, 1, 2, 3, 4], 7, true]);
    expect(asked).toEqual([[5, null]]);
  });

  it('follow each other to what is wanted, no page above what a page may hold', async () => {
    const { ask, asked } = listOf(1_000);
    const { nodes } = await readPages(ask, 250);
    expect(nodes).toEqual(Array.from({ length: 250 }, (_, place) => place));
    expect(asked).toEqual([
      [100, null],
      [100, '99'],
      [50, '199'],
    ]);
  });

  it('are as small as is asked', async () => {
    const { ask, asked } = listOf(50);
    expect((await readPages(ask, Infinity, 20)).nodes).toHaveLength(50);
    expect(asked).toEqual([
      [20, null],
      [20, '19'],
      [20, '39'],
    ]);
  });

  it('end with the list where it has fewer', async () => {
    const { ask, asked } = listOf(130);
    const { nodes, pageInfo } = await readPages(ask, Infinity);
    expect([nodes.length, pageInfo.hasNextPage, asked.length]).toEqual([130, false, 2]);
    expect((await readPages(listOf(0).ask, 50)).nodes).toEqual([]);
  });

  it('go on after what is there', async () => {
    const { ask, asked } = listOf(5);
    const page = await readOn(ask, await readPages(ask, 2), 2);
    expect([page.nodes, page.pageInfo.hasNextPage]).toEqual([[0, 1, 2, 3], true]);
    expect(asked[1]).toEqual([2, '1']);
  });

  it('end where the rest was deleted meanwhile', async () => {
    const page = await readPages(listOf(5).ask, 4);
    const ended = await readOn(listOf(3).ask, page, 4);
    expect([ended.nodes, ended.totalCount, ended.pageInfo.hasNextPage]).toEqual([[0, 1, 2, 3], 3, false]);
  });
});
