import { ZERO } from '../../platform/decimal.ts';
import type { LedgerEntry } from '../../trade/ledger.ts';
import { type Shortfall, shortfallsOf } from './below-zero.ts';
import {
  type CheckedLedger,
  DAY_MS,
  dayOf,
  dayStart,
  type Finding,
  finding,
  namesOf,
  textOf,
} from './finding.ts';

/** Positions that went below zero other than by a short sale; one finding for each stretch. */
export function negativePositions(ledger: CheckedLedger): Finding[] {
  const byId = new Map(ledger.entries.map((entry) => [entry.id, entry]));
  const moves = ledger.units.map(({ eventId, change, ...move }) => ({
    ...move,
    entryId: eventId,
    amount: change,
  }));
  return [
    ...Map.groupBy(moves, ({ accountId, instrumentId }) => `${accountId} ${instrumentId}`).values(),
  ].flatMap((own) =>
    shortfallsOf(own, ZERO)
      .filter(({ entryIds }) => !entryIds.some((id) => isMeantShort(byId.get(id)!)))
      .map((shortfall) =>
        toFinding(ledger, own[0], shortfall, byId.get(shortfall.entryIds[0])!, own[0].timeMs),
      ),
  );
}

function isMeantShort({ kind, quantity }: LedgerEntry): boolean {
  return kind === 'SHORT' || (kind === 'OPENING_BALANCE' && quantity !== null && quantity.isNegative());
}

function toFinding(
  ledger: CheckedLedger,
  { accountId, instrumentId }: { accountId: string; instrumentId: string },
  { sinceMs, untilMs, lowest, lowestMs, entryIds }: Shortfall,
  { price, currency }: LedgerEntry,
  firstMs: number,
): Finding {
  const { symbolOf, accountOf } = namesOf(ledger);
  const symbol = symbolOf(instrumentId);
  const missing = lowest.negated();
  const worth = price ?? ZERO;
  const dayBefore = new Date(dayStart(sinceMs) - DAY_MS);
  // An opening balance after other transactions of the same instrument would count them twice.
  const kind = firstMs < dayStart(sinceMs) ? 'TRANSFER_IN' : 'OPENING_BALANCE';
  const cost = missing.times(worth).toDecimalPlaces(18).toFixed();
  return finding([entryIds[0]], {
    kind: 'NEGATIVE_POSITION',
    severity: 'ERROR',
    explanation: `${accountOf(accountId)} holds ${textOf(lowest)} ${symbol} at worst, below zero since ${dayOf(sinceMs)}, without a short sale. A purchase, a transfer or an opening balance is probably missing; if it was sold short, correct the sale to a short sale.`,
    sinceMs,
    untilMs,
    accountId,
    instrumentId,
    entryIds,
    evidence: [
      { label: 'Units missing', value: textOf(missing) },
      { label: 'Lowest on', value: dayOf(lowestMs) },
    ],
    fixes: [
      {
        kind: 'RECORD',
        label: `${kind === 'TRANSFER_IN' ? 'Add a transfer in' : 'Add an opening balance'} of ${textOf(missing)} ${symbol} at ${textOf(worth)} ${currency} each`,
        draft: {
          kind,
          accountId,
          currency,
          executedAt: dayBefore,
          symbol,
          quantity: missing.toFixed(),
          price: worth.toFixed(),
          costBasis: cost,
        },
      },
    ],
  });
}
