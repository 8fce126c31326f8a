import { majorOf } from '../../market-data/currency-pair.ts';
import type { OpenFeed } from '../../market-data/price-feed.service.ts';
import type { MissingRate } from '../portfolio-rates.ts';
import { type CheckedLedger, dayOf, type Finding, finding, type Fix, textOf } from './finding.ts';
import { problemOf, refreshOf } from './refresh.ts';

/** Exchange rates that transactions need and that nothing tells; one finding for each pair. */
export function missingRates({ missingRates: missing, feeds }: CheckedLedger): Finding[] {
  return missing.map((gap) => {
    const { from, to } = gap;
    const feed = feedOf(feeds, gap);
    return finding([from, to], {
      kind: 'MISSING_RATE',
      severity: 'ERROR',
      explanation: `No exchange rate from ${from} to ${to} is stored for ${daysOf(gap)}. Figures that need it are left empty: no rate is guessed.`,
      ...placeOf(gap, feed),
      evidence: [
        { label: 'Pair', value: `${from} to ${to}` },
        { label: 'Needed', value: daysOf(gap) },
        ...problemOf(feed),
      ],
    });
  });
}

/** Exchange rates that were old when transactions took them; one finding for each pair. */
export function staleRates({ staleRates: stale, feeds }: CheckedLedger): Finding[] {
  return stale.map((gap) => {
    const { from, to, rate, usedMs } = gap;
    const feed = feedOf(feeds, gap);
    return finding([from, to], {
      kind: 'STALE_RATE',
      severity: 'WARNING',
      explanation: `Transactions of ${daysOf(gap)} are booked at exchange rates from ${from} to ${to} that were more than 7 days old, on ${dayOf(usedMs)} at that of ${dayOf(rate.quotedMs)}. Figures that need them may be wrong.`,
      ...placeOf(gap, feed),
      evidence: [
        { label: 'Pair', value: `${from} to ${to}` },
        { label: 'Needed', value: daysOf(gap) },
        { label: 'Rate', value: `${textOf(rate.rate)} of ${dayOf(rate.quotedMs)}` },
        ...problemOf(feed),
      ],
    });
  });
}

function daysOf({ fromMs, toMs }: MissingRate): string {
  return fromMs === toMs ? dayOf(fromMs) : `${dayOf(fromMs)} to ${dayOf(toMs)}`;
}

/** Where a gap is, and what fills it. */
function placeOf({ from, to, fromMs, toMs, transactionIds }: MissingRate, feed: OpenFeed | undefined) {
  const symbol = `${from}${to}`;
  const fixes: Fix[] = [
    ...refreshOf(feed, fromMs),
    { kind: 'IMPORT_PRICES', label: `Import rates as ${symbol}`, symbol },
  ];
  return {
    sinceMs: fromMs,
    untilMs: toMs,
    accountId: null,
    instrumentId: null,
    entryIds: transactionIds,
    fixes,
  };
}

/** What can be asked for the rate between two currencies, either way. */
function feedOf(feeds: readonly OpenFeed[], { from, to }: MissingRate): OpenFeed | undefined {
  const [one, other] = [majorOf(from).currency, majorOf(to).currency];
  return feeds.find(
    ({ pair }) => pair && [`${one} ${other}`, `${other} ${one}`].includes(`${pair.from} ${pair.to}`),
  );
}
