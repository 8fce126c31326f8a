import type { MissingRate } from '../portfolio-rates.ts';
import { type CheckedLedger, dayOf, type Finding, finding, textOf } from './finding.ts';

/** Exchange rates that transactions need and that nothing tells; one finding for each pair. */
export function missingRates({ missingRates: missing }: CheckedLedger): Finding[] {
  return missing.map((gap) => {
    const { from, to } = gap;
    return finding([from, to], {
      kind: 'MISSING_RATE',
      severity: 'ERROR',
      explanation: `No exchange rate from ${from} to ${to} is stored for ${daysOf(gap)}. Figures that need it are left empty: no rate is guessed.`,
      ...placeOf(gap),
      evidence: [
        { label: 'Pair', value: `${from} to ${to}` },
        { label: 'Needed', value: daysOf(gap) },
      ],
    });
  });
}

/** Exchange rates that were old when transactions took them; one finding for each pair. */
export function staleRates({ staleRates: stale }: CheckedLedger): Finding[] {
  return stale.map((gap) => {
    const { from, to, rate, usedMs } = gap;
    return finding([from, to], {
      kind: 'STALE_RATE',
      severity: 'WARNING',
      explanation: `Transactions of ${daysOf(gap)} are booked at exchange rates from ${from} to ${to} that were more than 7 days old, on ${dayOf(usedMs)} at that of ${dayOf(rate.quotedMs)}. Figures that need them may be wrong.`,
      ...placeOf(gap),
      evidence: [
        { label: 'Pair', value: `${from} to ${to}` },
        { label: 'Needed', value: daysOf(gap) },
        { label: 'Rate', value: `${textOf(rate.rate)} of ${dayOf(rate.quotedMs)}` },
      ],
    });
  });
}

function daysOf({ fromMs, toMs }: MissingRate): string {
  return fromMs === toMs ? dayOf(fromMs) : `${dayOf(fromMs)} to ${dayOf(toMs)}`;
}

/** Where a gap is, and what fills it. */
function placeOf({ from, to, fromMs, toMs, transactionIds }: MissingRate) {
  const symbol = `${from}${to}`;
  return {
    sinceMs: fromMs,
    untilMs: toMs,
    accountId: null,
    instrumentId: null,
    entryIds: transactionIds,
    fixes: [{ kind: 'IMPORT_PRICES' as const, label: `Import rates as ${symbol}`, symbol }],
  };
}
