import type { TradeFilter, TradeOutcome, TradeSide } from '#lib/graphql/generated/graphql.ts';

/** What a person has chosen; empty text means any. */
export interface FilterDraft {
  search: string;
  side: string;
  outcome: string;
  tag: string;
  setup: string;
  from: string;
  to: string;
}

/** Everything. */
export function emptyFilter(): FilterDraft {
  return { search: '', side: '', outcome: '', tag: '', setup: '', from: '', to: '' };
}

/** The filter as it is sent; a day counts to its end. */
export function filterOf(draft: FilterDraft): TradeFilter {
  const { search, side, outcome, tag, setup, from, to } = draft;
  return {
    search: search.trim() || null,
    side: (side as TradeSide) || null,
    isOpen: outcome === 'OPEN' ? true : outcome === 'CLOSED' ? false : null,
    outcome: outcome === '' || outcome === 'OPEN' || outcome === 'CLOSED' ? null : (outcome as TradeOutcome),
    tags: tag ? [tag] : null,
    setup: setup || null,
    from: from || null,
    to: to ? `${to}T23:59:59.999Z` : null,
  };
}

/** Whether a draft leaves anything out. */
export function isFiltering(draft: FilterDraft): boolean {
  return Object.values(draft).some((value) => value.trim() !== '');
}
