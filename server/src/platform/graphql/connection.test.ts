import 'reflect-metadata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageOf, toConnection } from './connection.ts';
import { UserProblem } from './errors.ts';

describe('pages', () => {
  it('that follow each other give every item once, whatever their size', () => {
    const law = fc.property(
      fc.integer({ min: 0, max: 250 }),
      fc.integer({ min: 1, max: 100 }),
      (total, first) => {
        const all = Array.from({ length: total }, (_, index) => index);
        const seen: number[] = [];
        let after: string | undefined;
        for (;;) {
          const { offset, limit } = pageOf(first, after);
          const { nodes, pageInfo, totalCount, edges } = toConnection(
            all.slice(offset, offset + limit),
            offset,
            total,
          );
          expect([totalCount, edges.map(({ node }) => node)]).toEqual([total, nodes]);
          expect(pageInfo.hasPreviousPage).toBe(after !== undefined);
          seen.push(...nodes);
          if (!pageInfo.hasNextPage) break;
          after = pageInfo.endCursor;
        }
        expect(seen).toEqual(all);
      },
    );
    fc.assert(law, { numRuns: 50 });
  });

  it.each([0, -1, 101, NaN])('are not of size %s', (first) => {
    expect(() => pageOf(first, null)).toThrow(UserProblem);
  });

  it.each(['x', '!!!', Buffer.from('-5').toString('base64url'), Buffer.from('1.5').toString('base64url')])(
    'do not start at %s',
    (after) => {
      expect(() => pageOf(10, after)).toThrow(/expected a cursor from endCursor/);
    },
  );
});
