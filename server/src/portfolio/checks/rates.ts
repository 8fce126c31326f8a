import { majorOf } from '../../market-data/currency-pair.ts';
import type { OpenFeed } from '../../market-data/price-feed.service.ts';
import { type CheckedLedger, dayOf, type Finding, finding } from './finding.ts';
import { problemOf, refreshOf } from './refresh.ts';

/** Exchange rates that transactions need and that nothing tells; one finding for each pair. */
export function missingRates({ missingRates: missing, feeds }: CheckedLedger): Finding[] {
  return missing.map(({ from, to, fromMs, toMs, transactionIds }) => {
    const symbol = `${from}${to}`;
    const feed = feeds.find(({ pair }) => pair && tells(pair, from, to));
    const days = fromMs === toMs ? dayOf(fromMs) : `${dayOf(fromMs)} to ${dayOf(toMs)}`;
    return finding([from, to], {
      kind: 'MISSING_RATE',
      severity: 'ERROR',
      explanation: `No exchange rate from ${from} to ${to} is stored for ${days}. Figures that need it are left empty: no rate is guessed.`,
      sinceMs: fromMs,
      untilMs: toMs,
      accountId: null,
      instrumentId: null,
      entryIds: transactionIds,
      evidence: [
        { label: 'Pair', value: `${from} to ${to}` },
        { label: 'Needed', value: days },
        ...problemOf(feed),
      ],
      fixes: [
        ...refreshOf(feed, fromMs),
        { kind: 'IMPORT_PRICES', label: `Import rates as ${symbol}`, symbol },
      ],
    });
  });
}

/** Whether a pair tells the rate between two currencies, either way. */
function tells(pair: NonNullable<OpenFeed['pair']>, from: string, to: string): boolean {
  const [one, other] = [majorOf(from).currency, majorOf(to).currency];
  return (pair.from === one && pair.to === other) || (pair.from === other && pair.to === one);
}
