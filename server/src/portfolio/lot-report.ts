import { type Decimal, ZERO } from '../platform/decimal.ts';
import { isLongTerm, type LotClosing, type LotLedger, type OpenLot } from '../trade/lots.ts';

/** An open lot with its value; the gain is after the fees of opening. */
export interface ValuedLot extends OpenLot {
  /** What it was opened for, fees included: paid for a long lot, received for a short one. */
  readonly costBasis: Decimal;
  readonly price: Decimal;
  readonly value: Decimal;
  readonly gain: Decimal;
  readonly isLongTerm: boolean;
}

/** Gains of lots, by whether they were closed and how long they were held. */
export interface LotTotals {
  readonly realisedShortTerm: Decimal;
  readonly realisedLongTerm: Decimal;
  readonly unrealisedShortTerm: Decimal;
  readonly unrealisedLongTerm: Decimal;
  /** Of both terms. */
  readonly realised: Decimal;
  readonly unrealised: Decimal;
}

/** Lots of an account, or of all accounts, with their values and sums. */
export interface LotReportData {
  readonly open: readonly ValuedLot[];
  readonly closed: readonly LotClosing[];
  readonly totals: LotTotals;
}

/** Values lots at prices per unit; short positions always count as short term. */
export function lotReport(
  { lots, closings }: LotLedger,
  priceOf: (instrumentId: string) => Decimal,
  atMs: number,
  accountId?: string | null,
): LotReportData {
  const isOwn = (one: { accountId: string }) => !accountId || one.accountId === accountId;
  const open = lots.filter(isOwn).map((lot) => valued(lot, priceOf(lot.instrumentId), atMs));
  const closed = closings.filter(isOwn);
  const sum = (items: readonly { gain: Decimal; isLongTerm: boolean }[], isLong: boolean) =>
    items.filter((one) => one.isLongTerm === isLong).reduce((total, { gain }) => total.plus(gain), ZERO);
  const byTerm = {
    realisedShortTerm: sum(closed, false),
    realisedLongTerm: sum(closed, true),
    unrealisedShortTerm: sum(open, false),
    unrealisedLongTerm: sum(open, true),
  };
  return {
    open,
    closed,
    totals: {
      ...byTerm,
      realised: byTerm.realisedShortTerm.plus(byTerm.realisedLongTerm),
      unrealised: byTerm.unrealisedShortTerm.plus(byTerm.unrealisedLongTerm),
    },
  };
}

function valued(lot: OpenLot, price: Decimal, atMs: number): ValuedLot {
  const isLong = lot.side === 'LONG';
  const costBasis = isLong ? lot.basis.plus(lot.fee) : lot.basis.minus(lot.fee);
  const value = lot.quantity.times(price);
  const gain = isLong ? value.minus(costBasis) : costBasis.minus(value);
  return { ...lot, costBasis, price, value, gain, isLongTerm: isLong && isLongTerm(lot.openedMs, atMs) };
}
