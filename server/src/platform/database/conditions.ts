import type { Order } from '../graphql/sort-direction.ts';

/** A condition of a query with the values of its question marks. */
export type Condition = readonly [text: string, ...values: unknown[]];

/** One condition that holds where all of these do; a null asks nothing. */
export function allOf(conditions: readonly (Condition | null)[]): { text: string; values: unknown[] } {
  const asked = conditions.filter((one) => one !== null);
  return {
    text: asked.map(([text]) => text).join(' and '),
    values: asked.flatMap(([, ...values]) => values),
  };
}

/**
 * What rows are ordered by, every column the same way; where some may be missing (`isNullable`), those come last
 * whichever way that is. No index serves the largest first then.
 */
export function orderOf(
  columns: readonly string[],
  direction: Order<string>['direction'],
  { isNullable = false } = {},
): string {
  const way = direction === 'DESCENDING' ? 'desc' : 'asc';
  return columns.map((column) => `${column} ${way}${isNullable ? ' nulls last' : ''}`).join(', ');
}
