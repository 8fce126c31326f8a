import { Decimal } from '../../platform/decimal.ts';
import { cashMovesOf } from '../../trade/ledger.ts';
import { shortfallsOf } from './below-zero.ts';
import { type CheckedLedger, dayOf, type Finding, finding, namesOf, textOf } from './finding.ts';

// Brokers round to the cent what quantity times price makes exactly.
const FLOOR = new Decimal('-0.005');

/** Accounts whose cash is below zero at the end of a day; one finding for each account and currency. */
export function negativeCash(ledger: CheckedLedger): Finding[] {
  const { accountOf } = namesOf(ledger);
  const moves = ledger.entries.flatMap((entry) =>
    cashMovesOf(entry).map((move) => ({ ...move, entryId: entry.id, timeMs: entry.timeMs })),
  );
  const groups = Map.groupBy(moves, (move) => `${move.accountId} ${move.currency}`);
  return [...groups.values()].flatMap((own) => {
    const { accountId, currency } = own[0];
    const shortfalls = shortfallsOf(own, FLOOR);
    if (shortfalls.length === 0) return [];
    const [first, last] = [shortfalls[0], shortfalls[shortfalls.length - 1]];
    const worst = shortfalls.reduce((a, b) => (b.lowest.lessThan(a.lowest) ? b : a));
    const lowest = `${textOf(worst.lowest)} ${currency}`;
    const times = shortfalls.length === 1 ? '' : `, ${shortfalls.length} times`;
    const missing = worst.lowest.negated().toDecimalPlaces(2, 'UP').toFixed();
    const key = currency === ledger.currency ? [] : [currency];
    return finding([first.entryIds[0], ...key], {
      kind: 'NEGATIVE_CASH',
      severity: 'ERROR',
      explanation: `Cash of ${accountOf(accountId)} is below zero since ${dayOf(first.sinceMs)}${times}, at worst ${lowest} on ${dayOf(worst.lowestMs)}. A deposit or an opening balance is probably missing; with a loan from the broker this is right.`,
      sinceMs: first.sinceMs,
      untilMs: last.untilMs,
      accountId,
      instrumentId: null,
      entryIds: shortfalls.flatMap(({ entryIds }) => entryIds),
      evidence: [
        { label: 'Lowest cash', value: lowest },
        { label: 'Lowest on', value: dayOf(worst.lowestMs) },
        { label: 'Stretches below zero', value: String(shortfalls.length) },
      ],
      fixes: [
        {
          kind: 'RECORD',
          label: `Add the missing deposit of ${missing} ${currency}`,
          draft: {
            kind: 'DEPOSIT',
            accountId,
            executedAt: new Date(first.sinceMs),
            amount: missing,
            currency,
          },
        },
        {
          kind: 'RECORD',
          label: `Add an opening balance of ${missing} ${currency}`,
          draft: {
            kind: 'OPENING_BALANCE',
            accountId,
            executedAt: new Date(first.sinceMs),
            amount: missing,
            currency,
          },
        },
      ],
    });
  });
}
