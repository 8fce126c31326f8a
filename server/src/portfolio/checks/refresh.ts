import type { OpenFeed } from '../../market-data/price-feed.service.ts';
import { DAY_MS, dayOf, type Evidence, type Fix } from './finding.ts';

/** What holds on a day off was told on a day before it. */
const DAYS_BEFORE = 7;

/** Asks the sources of a feed for prices since a time, for the newest where it is null; nothing without a feed. */
export function refreshOf(feed: OpenFeed | undefined, fromMs: number | null): Fix[] {
  if (!feed) return [];
  const { instrumentId, symbol } = feed;
  const from = fromMs === null ? null : dayOf(fromMs - DAYS_BEFORE * DAY_MS);
  const label = `Ask for prices of ${symbol}${from ? ` since ${from}` : ''}`;
  return [{ kind: 'REFRESH_PRICES', label, symbol, instrumentId, from }];
}

/** Why the sources of a feed gave nothing when they were asked last. */
export function problemOf(feed: OpenFeed | undefined): Evidence[] {
  return feed?.problem ? [{ label: 'When its sources were asked last', value: feed.problem }] : [];
}
