import type { LotMethod, LotTotalsFragment } from '#lib/graphql/generated/graphql.ts';

/** What a sale closes by each method. */
export const METHOD_NAMES: Readonly<Record<LotMethod, string>> = {
  FIFO: 'Oldest first (FIFO)',
  LIFO: 'Newest first (LIFO)',
  HIFO: 'Smallest gain first (HIFO)',
  LOFO: 'Largest gain first (LOFO)',
  AVERAGE: 'Average cost',
  SPECIFIC: 'As named by each sale',
};

/** The methods in the order in which they are offered. */
export const METHODS = Object.entries(METHOD_NAMES) as readonly [LotMethod, string][];

/** The gains by one method, beside what it would change. */
export interface MethodRow {
  readonly totals: LotTotalsFragment;
  readonly title: string;
  /** Whether it is the method in use. */
  readonly isOwn: boolean;
  /** Realised gains, short and long term; null where a rate is missing. */
  readonly realised: number | null;
  /** How much more gain it realises than the method in use. */
  readonly difference: number | null;
}

/** Every method against the one in use, which stands on a row of its own where accounts have different ones. */
export function methodRows(
  byMethod: readonly LotTotalsFragment[],
  own: LotTotalsFragment,
): readonly MethodRow[] {
  const base = known(own.realised);
  const rows = byMethod.map((totals): MethodRow => {
    const realised = known(totals.realised);
    return {
      totals,
      title: METHOD_NAMES[totals.method!],
      isOwn: totals.method === own.method,
      realised,
      difference: realised === null || base === null ? null : realised - base,
    };
  });
  if (own.method) return rows;
  return [
    { totals: own, title: 'Each account by its own', isOwn: true, realised: base, difference: 0 },
    ...rows,
  ];
}

/** An amount as a double, to show the cent. */
function known(amount: string | null | undefined): number | null {
  return typeof amount === 'string' ? Number(amount) : null;
}

/** The method in use as part of a sentence. */
export function methodName({ method }: Pick<LotTotalsFragment, 'method'>): string {
  return method ? METHOD_NAMES[method].replace(/^./, (first) => first.toLowerCase()) : 'each account’s own';
}
