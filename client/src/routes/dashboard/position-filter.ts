import type { AssetClass, PositionFilter, PositionState, TradeSide } from '#lib/graphql/generated/graphql.ts';

/** What a person has chosen; empty text means any. */
export interface PositionDraft {
  search: string;
  assetClass: string;
  side: string;
  state: PositionState;
}

/** What is held. */
export function everyPosition(): PositionDraft {
  return { search: '', assetClass: '', side: '', state: 'OPEN' };
}

/** The filter as it is sent. */
export function positionFilterOf({ search, assetClass, side, state }: PositionDraft): PositionFilter {
  return {
    search: search.trim() || null,
    assetClass: (assetClass as AssetClass) || null,
    side: (side as TradeSide) || null,
    state,
  };
}

/** What a table without a row says. */
export function nothingFound({ search, assetClass, side, state }: PositionDraft): string {
  if (search.trim() || assetClass || side) return 'No position meets these conditions.';
  return state === 'OPEN' ? 'Nothing is held.' : 'No position has been closed.';
}
