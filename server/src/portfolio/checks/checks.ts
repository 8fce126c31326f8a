import { missingDividends, orphanDividends } from './dividends.ts';
import { type CheckedLedger, type Finding, type Severity } from './finding.ts';
import { negativeCash } from './negative-cash.ts';
import { negativePositions } from './negative-position.ts';
import { missingPrices, stalePrices } from './prices.ts';
import { missingRates, staleRates } from './rates.ts';
import { beforeOpening, duplicates, fillsAfterEnd } from './rows.ts';
import { unrecordedSplits } from './splits.ts';

const CHECKS: readonly ((ledger: CheckedLedger) => Finding[])[] = [
  negativeCash,
  negativePositions,
  missingPrices,
  missingRates,
  staleRates,
  unrecordedSplits,
  duplicates,
  orphanDividends,
  missingDividends,
  fillsAfterEnd,
  beforeOpening,
  stalePrices,
];

/** How much each severity matters, the most first. */
export const SEVERITIES: readonly Severity[] = ['ERROR', 'WARNING', 'NOTICE'];

/** Everything that the checks find in a ledger, what matters most first. */
export function findingsOf(ledger: CheckedLedger): Finding[] {
  const found = CHECKS.flatMap((check) => check(ledger));
  return found.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}
