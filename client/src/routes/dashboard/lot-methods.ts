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
  const base = realisedOf(own);
  const rows = byMethod.map((totals): MethodRow => {
    const realised = realisedOf(totals);
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

/** What was realised by a choice of lots, after fees, in doubles to show the cent; null where a rate is missing. */
export function realisedOf({ realisedShortTerm, realisedLongTerm }: LotTotalsFragment): number | null {
  if (realisedShortTerm === null || realisedLongTerm === null) return null;
  return Number(realisedShortTerm) + Number(realisedLongTerm);
}

/** The same of what is open. */
export function openOf({ unrealisedShortTerm, unrealisedLongTerm }: LotTotalsFragment): number | null {
  const open = Number(unrealisedShortTerm ?? NaN) + Number(unrealisedLongTerm ?? NaN);
  return Number.isNaN(open) ? null : open;
}

/** The method in use as part of a sentence. */
export function methodName({ method }: LotTotalsFragment): string {
  return method ? METHOD_NAMES[method].replace(/^./, (first) => first.toLowerCase()) : 'each account’s own';
}
