import { type Decimal, ZERO } from '../../platform/decimal.ts';
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
    shortfallsOf(own, ZERO).flatMap((shortfall) => {
      const entries = shortfall.entryIds.map((id) => byId.get(id)!);
      const delivered = entries.filter(({ kind, quantity }) => kind === 'TRANSFER_OUT' && !isBelow(quantity));
      if (!entries.some(isMeantShort))
        return [toFinding(ledger, own[0], shortfall, entries[0], own[0].timeMs)];
      return delivered.length > 0 ? [shortDelivery(ledger, own[0], shortfall, delivered)] : [];
    }),
  );
}

/** What may take a position below zero as it is meant to. */
const SHORT_KINDS: readonly LedgerEntry['kind'][] = ['OPENING_BALANCE', 'TRANSFER_IN', 'TRANSFER_OUT'];

function isMeantShort({ kind, quantity }: LedgerEntry): boolean {
  return kind === 'SHORT' || (SHORT_KINDS.includes(kind) && isBelow(quantity));
}

function isBelow(quantity: Decimal | null): boolean {
  return quantity !== null && quantity.isNegative();
}

/** Units that left an account while it was short: it owes them twice. */
function shortDelivery(
  ledger: CheckedLedger,
  { accountId, instrumentId }: { accountId: string; instrumentId: string },
  { sinceMs, untilMs, lowest, lowestMs }: Shortfall,
  delivered: readonly LedgerEntry[],
): Finding {
  const { symbolOf, accountOf } = namesOf(ledger);
  const [symbol, ids] = [symbolOf(instrumentId), delivered.map(({ id }) => id)];
  const units = textOf(delivered.reduce((total, { quantity }) => total.plus(quantity!), ZERO));
  return finding([ids[0]], {
    kind: 'NEGATIVE_POSITION',
    severity: 'ERROR',
    explanation: `${units} ${symbol} were transferred out of ${accountOf(accountId)}, which was short of it since ${dayOf(sinceMs)}, so that it owes them too. If the short position was moved, its units are to be stated below zero.`,
    sinceMs,
    untilMs,
    accountId,
    instrumentId,
    entryIds: ids,
    evidence: [
      { label: 'Units transferred', value: units },
      { label: 'Lowest', value: `${textOf(lowest)} on ${dayOf(lowestMs)}` },
    ],
    fixes: [{ kind: 'VOID', label: `Void the transfer of ${units} ${symbol}`, transactionIds: ids }],
  });
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
