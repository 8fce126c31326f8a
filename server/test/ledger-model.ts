import { Decimal, ZERO } from '../src/platform/decimal.ts';
import type { LedgerEntry } from '../src/trade/ledger.ts';

/** Cash by account and currency, and units by account and instrument. */
export interface Holdings {
  readonly cash: ReadonlyMap<string, Decimal>;
  readonly units: ReadonlyMap<string, Decimal>;
}

const UNIT_DECIMALS = 18;
/** Which way the stated amount of a kind moves cash. */
const AMOUNT_SIGNS: Partial<Record<LedgerEntry['kind'], 1 | -1>> = {
  DIVIDEND: 1,
  INTEREST: 1,
  FEE: -1,
  TAX: -1,
  DEPOSIT: 1,
  WITHDRAWAL: -1,
  CONVERSION: -1,
  TRANSFER_IN: 1,
  TRANSFER_OUT: -1,
  MERGER: 1,
  DELISTING: 1,
  RETURN_OF_CAPITAL: 1,
  OPENING_BALANCE: 1,
  ADJUSTMENT: 1,
};

/** What a transaction states before its sign and its costs are told. */
export type Stated = LedgerEntry & { readonly statedAmount: Decimal };

/** What is there after transactions in their order, kind by kind as a person would do it by hand: without lots. */
export function holdingsAfter(entries: readonly Stated[]): Holdings {
  const cash = new Map<string, Decimal>();
  const units = new Map<string, Decimal>();
  const add = (book: Map<string, Decimal>, account: string, what: string, amount: Decimal) => {
    const key = `${account} ${what}`;
    book.set(key, (book.get(key) ?? ZERO).plus(amount));
  };
  for (const entry of entries) {
    const { accountId: account, kind, instrumentId, otherInstrumentId, fee, tax, statedAmount } = entry;
    const quantity = entry.quantity ?? ZERO;
    const trade = quantity.times(entry.price ?? 0);
    const isBuying = kind === 'BUY' || kind === 'COVER';
    const isSelling = kind === 'SELL' || kind === 'SHORT';
    const gross = isBuying
      ? trade.negated()
      : isSelling
        ? trade
        : statedAmount.times(AMOUNT_SIGNS[kind] ?? 0);
    add(cash, account, entry.currency, gross.minus(fee).minus(tax));
    if (kind === 'CONVERSION') add(cash, account, entry.otherCurrency!, entry.otherAmount!);
    if (entry.counterAccountId) add(cash, entry.counterAccountId, entry.currency, gross.negated());
    if (instrumentId === null) continue;
    const held = units.get(`${account} ${instrumentId}`) ?? ZERO;
    const converted = held.times(entry.units ?? 1).div(entry.perUnits ?? 1);
    const turned = converted.toDecimalPlaces(UNIT_DECIMALS);
    const move = (change: Decimal, to = account, what = instrumentId) => add(units, to, what, change);
    if (isBuying || kind === 'TRANSFER_IN' || kind === 'OPENING_BALANCE' || kind === 'ADJUSTMENT')
      move(quantity);
    if (isSelling || kind === 'TRANSFER_OUT') move(quantity.negated());
    if (kind === 'TRANSFER_OUT' && entry.counterAccountId) move(quantity, entry.counterAccountId);
    if (kind === 'STOCK_DIVIDEND') move(held.isNegative() ? quantity.negated() : quantity);
    if (kind === 'SPLIT') move(turned.minus(held));
    if (kind === 'SPIN_OFF') move(turned, account, otherInstrumentId!);
    if (kind === 'DELISTING' || kind === 'MERGER' || kind === 'TICKER_CHANGE') move(held.negated());
    if ((kind === 'MERGER' || kind === 'TICKER_CHANGE') && otherInstrumentId)
      move(turned, account, otherInstrumentId);
  }
  return { cash, units };
}

/** Cash and units at a time's prices and rates. */
export function worthOf(
  { cash, units }: Holdings,
  priceOf: (instrumentId: string) => number,
  rateOf: (currency: string) => number,
): { readonly cash: number; readonly units: number } {
  const sum = (book: ReadonlyMap<string, Decimal>, of: (what: string) => number) =>
    [...book].reduce((total, [key, amount]) => total + amount.toNumber() * of(key.split(' ')[1]), 0);
  return { cash: sum(cash, rateOf), units: sum(units, priceOf) };
}
