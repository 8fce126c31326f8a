import type { PortfolioOverviewQuery } from '#lib/graphql/generated/graphql.ts';

/** A return as a fraction, or why there is none. */
export interface Growth {
  readonly value: number | null;
  readonly reason: string | null;
}

type Performance = NonNullable<PortfolioOverviewQuery['portfolio']>['performance'];

/** The time-weighted return since the first transaction, whole and per year, each with why there may be none. */
export function growthOf(performance: Performance): { readonly total: Growth; readonly perYear: Growth } {
  if (performance.__typename !== 'PerformanceReport') {
    const none = { value: null, reason: performance.message };
    return { total: none, perYear: none };
  }
  const {
    value = null,
    reason = null,
    annualised = null,
    annualisedReason = null,
  } = performance.timeWeighted;
  return { total: { value, reason }, perYear: { value: annualised, reason: annualisedReason } };
}

/** Whether cash or positions are in another currency than the one that all is valued in. */
export function isInSeveralCurrencies({
  baseCurrency,
  valuation,
  positions,
}: {
  readonly baseCurrency: string;
  readonly valuation: { readonly cashBalances: readonly { readonly currency: string }[] };
  readonly positions: { readonly nodes: readonly { readonly instrument: { readonly currency: string } }[] };
}): boolean {
  return (
    valuation.cashBalances.some(({ currency }) => currency !== baseCurrency) ||
    positions.nodes.some(({ instrument }) => instrument.currency !== baseCurrency)
  );
}

/** When all closes of a chosen day, UTC, are told, the last at the midnight after it, as a time to ask with; null where none is chosen. */
export function closeOfDay(day: string): string | null {
  return day === '' ? null : new Date(Date.parse(day) + 86_400_000).toISOString();
}

/** The end of a chosen day, UTC, until which something was recorded, as a time to ask with; null where none is chosen. */
export function endOfDay(day: string): string | null {
  return day === '' ? null : `${day}T23:59:59.999Z`;
}

/** How many of the times, in order, are at or before one; all where none is given. */
export function countUntil(times: Float64Array, until: string | null): number {
  const after = until === null ? -1 : times.findIndex((timeMs) => timeMs > Date.parse(until));
  return after < 0 ? times.length : after;
}

/** How many of the times are marked by a 1, and the first and last of them; null where none is. */
export function markedTimes(
  times: Float64Array,
  marks: Float64Array,
): { readonly count: number; readonly first: string; readonly last: string } | null {
  const marked = times.filter((_, index) => marks[index] === 1);
  if (marked.length === 0) return null;
  const textOf = (timeMs: number) => new Date(timeMs).toISOString();
  return { count: marked.length, first: textOf(marked[0]), last: textOf(marked[marked.length - 1]) };
}

/** What the exchange rate made of a gain, on what was paid and on the gain itself; null where it is not known. */
export function currencyPart({
  currency,
  cross,
}: {
  readonly currency?: string | null;
  readonly cross?: string | null;
}): string | null {
  return typeof currency === 'string' && typeof cross === 'string'
    ? String(Number(currency) + Number(cross))
    : null;
}

/** The class that colours a gain or a loss. */
export function toneOf(value: string | number | null | undefined): 'up' | 'down' | '' {
  return Number(value) > 0 ? 'up' : Number(value) < 0 ? 'down' : '';
}
