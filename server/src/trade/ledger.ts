import { Decimal, ZERO } from '../platform/decimal.ts';
import type { LotEvent } from './lots.ts';
import { FILL_SIDES, FLOW_KINDS, type TransactionKind } from './transaction-kinds.ts';

/** A transaction as the arithmetic needs it, in the order they happened. */
export interface LedgerEntry {
  readonly id: string;
  readonly accountId: string;
  readonly counterAccountId: string | null;
  readonly kind: TransactionKind;
  readonly timeMs: number;
  readonly instrumentId: string | null;
  readonly otherInstrumentId: string | null;
  readonly quantity: Decimal | null;
  readonly price: Decimal | null;
  /** Net: what it moves in the cash of its account. */
  readonly amount: Decimal;
  readonly fee: Decimal;
  readonly tax: Decimal;
  readonly units: Decimal | null;
  readonly perUnits: Decimal | null;
  readonly basisFraction: Decimal | null;
  readonly costBasis: Decimal | null;
  readonly acquiredMs: number | null;
  readonly lotIds: readonly string[];
}

const ONE = new Decimal(1);

/** What a transaction does to lots; null where it moves cash alone. Taxes of a trade count as its fees. */
export function lotEventOf(entry: LedgerEntry): LotEvent | null {
  const { id, accountId, instrumentId, timeMs, kind, lotIds } = entry;
  if (instrumentId === null) return null;
  const place = { id, accountId, instrumentId, timeMs };
  const quantity = entry.quantity ?? ZERO;
  const side = FILL_SIDES[kind];
  if (side)
    return {
      ...place,
      kind: 'TRADE',
      quantity: side === 'BUY' ? quantity : quantity.negated(),
      price: entry.price ?? ZERO,
      fee: entry.fee.plus(entry.tax),
      lotIds,
    };
  const [units, per] = [entry.units ?? ONE, entry.perUnits ?? ONE];
  const other = entry.otherInstrumentId;
  const gross = grossOf(entry);
  switch (kind) {
    case 'TRANSFER_IN':
    case 'OPENING_BALANCE':
    case 'ADJUSTMENT':
    case 'TRANSFER_OUT':
      return holdingEventOf(entry, place, quantity);
    case 'SPLIT':
      return { ...place, kind, units, per };
    case 'STOCK_DIVIDEND':
      return { ...place, kind, quantity };
    case 'RETURN_OF_CAPITAL':
      return { ...place, kind, cash: gross };
    case 'SPIN_OFF':
      return {
        ...place,
        kind,
        otherInstrumentId: other!,
        units,
        per,
        basisFraction: entry.basisFraction ?? ZERO,
      };
    case 'MERGER':
    case 'TICKER_CHANGE':
    case 'DELISTING':
      return other === null
        ? { ...place, kind: 'CLOSE', cash: gross }
        : { ...place, kind: 'EXCHANGE', otherInstrumentId: other, units, per, cash: gross };
    default:
      return null;
  }
}

function holdingEventOf(
  { kind, counterAccountId, lotIds, costBasis, price, acquiredMs }: LedgerEntry,
  place: { id: string; accountId: string; instrumentId: string; timeMs: number },
  quantity: Decimal,
): LotEvent {
  const isOut = kind === 'TRANSFER_OUT' || (kind === 'ADJUSTMENT' && quantity.isNegative());
  if (isOut)
    return { ...place, kind: 'DELIVER', quantity: quantity.abs(), toAccountId: counterAccountId, lotIds };
  const basis = costBasis ?? (price ? price.times(quantity.abs()) : ZERO);
  return { ...place, kind: 'RECEIVE', quantity, basis, openedMs: acquiredMs ?? place.timeMs };
}

/** The cash of a transaction before its fee and tax. */
export function grossOf({ amount, fee, tax }: Pick<LedgerEntry, 'amount' | 'fee' | 'tax'>): Decimal {
  return amount.plus(fee).plus(tax);
}

/** What a transaction moves in the cash of each account it touches. */
export function cashMovesOf(entry: LedgerEntry): { accountId: string; amount: Decimal }[] {
  const { accountId, counterAccountId, amount } = entry;
  const own = { accountId, amount };
  if (counterAccountId === null) return [own];
  return [own, { accountId: counterAccountId, amount: grossOf(entry).negated() }];
}

/** Money or units that an investor brought (negative: took); units at the price that is given, or at the market's. */
export interface ExternalFlow {
  readonly entryId: string;
  readonly kind: TransactionKind;
  readonly timeMs: number;
  readonly cash: Decimal;
  readonly instrumentId: string | null;
  readonly quantity: Decimal;
  readonly price: Decimal | null;
}

/** The flow that a transaction is; null for a gain, a cost, or a move within the portfolio. A fee is a cost, not a flow. */
export function externalFlowOf(entry: LedgerEntry): ExternalFlow | null {
  if (!FLOW_KINDS.includes(entry.kind) || entry.counterAccountId !== null) return null;
  const isOut = entry.kind === 'TRANSFER_OUT';
  const quantity = entry.quantity ?? ZERO;
  return {
    entryId: entry.id,
    kind: entry.kind,
    timeMs: entry.timeMs,
    cash: grossOf(entry),
    instrumentId: entry.instrumentId,
    quantity: isOut ? quantity.negated() : quantity,
    price: entry.price,
  };
}
