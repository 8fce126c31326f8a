import { type CheckedLedger, dayOf, type Finding, finding } from './finding.ts';

/** Exchange rates that transactions need and that nothing tells; one finding for each pair. */
export function missingRates({ missingRates: missing }: CheckedLedger): Finding[] {
  return missing.map(({ from, to, fromMs, toMs, transactionIds }) => {
    const symbol = `${from}${to}`;
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
      ],
      fixes: [{ kind: 'IMPORT_PRICES', label: `Import rates as ${symbol}`, symbol }],
    });
  });
}
