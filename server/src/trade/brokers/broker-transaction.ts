import { Decimal } from '../../platform/decimal.ts';
import type { ImportProblem } from '../../market-data/csv.ts';

/** What a row of a broker's file did to the account. */
export const BROKER_TRANSACTION_KINDS = [
  'BUY',
  'SELL',
  'DIVIDEND',
  /** A dividend and the units that all of it bought, in one row. */
  'REINVESTED_DIVIDEND',
  'INTEREST',
  /** Given by the broker: a bonus, a cashback, a free share, a staking reward. */
  'REWARD',
  'FEE',
  'TAX',
  'DEPOSIT',
  'WITHDRAWAL',
  'TRANSFER_IN',
  'TRANSFER_OUT',
  /** One leg of an exchange between currencies; the legs have the same group. */
  'CURRENCY_EXCHANGE',
  'SPLIT',
  'SPIN_OFF',
  'MERGER',
  'TICKER_CHANGE',
  'STOCK_DIVIDEND',
  'RETURN_OF_CAPITAL',
  'CASH_IN_LIEU',
  'ADJUSTMENT',
] as const;

/** What a row of a broker's file did to the account. */
export type BrokerTransactionKind = (typeof BROKER_TRANSACTION_KINDS)[number];

/** Kinds whose quantity is a signed change of the holding; of the others, the kind gives the sign. */
export const SIGNED_KINDS: readonly BrokerTransactionKind[] = [
  'SPLIT',
  'SPIN_OFF',
  'MERGER',
  'TICKER_CHANGE',
  'STOCK_DIVIDEND',
  'ADJUSTMENT',
];

/** An exchange rate as the file states it: one unit of `from` is `rate` units of `to`. */
export interface StatedRate {
  readonly from: string;
  readonly to: string;
  readonly rate: string;
}

/** A payment before it was converted into the account's currency. */
export interface OriginalPayment {
  readonly currency: string;
  readonly gross: string | null;
  readonly withholding: string;
}

/**
 * One row of a broker's file in the words of this project. Amounts are exact decimals in plain notation.
 * `amount` is the change of cash in `currency` after `fee`, `tax` and `withholding`, which are costs where
 * positive and refunds where negative.
 */
export interface BrokerTransaction {
  /** Where the row begins in the file; the first line is 1. */
  readonly line: number;
  readonly kind: BrokerTransactionKind;
  /** UTC epoch milliseconds; midnight UTC of the day where the file has a date alone. */
  readonly occurredAtMs: number;
  readonly hasTime: boolean;
  readonly symbol: string | null;
  readonly isin: string | null;
  readonly name: string | null;
  /** Units bought, sold or moved; units held for a dividend; signed for other changes of a holding. */
  readonly quantity: string | null;
  /** Of one unit, in `priceCurrency`. */
  readonly price: string | null;
  readonly priceCurrency: string | null;
  readonly amount: string;
  readonly currency: string | null;
  readonly fee: string;
  readonly tax: string;
  /** Tax that was withheld at source. */
  readonly withholding: string;
  readonly fxRate: StatedRate | null;
  readonly original: OriginalPayment | null;
  readonly account: string | null;
  readonly externalId: string | null;
  /** The same for rows that belong together, such as an order and its fee. */
  readonly group: string | null;
  readonly description: string | null;
}

/** A row that is read and has no effect on the ledger, with the reason. */
export interface SkippedRow {
  readonly line: number;
  readonly reason: string;
}

/** A running balance as a line of the file states it, of a currency or a coin, after what the line tells of. */
export interface StatedBalance {
  readonly line: number;
  readonly occurredAtMs: number;
  readonly asset: string;
  readonly amount: string;
}

/** What was read of a file: every row of it is a transaction, skipped with a reason, or a problem. */
export interface BrokerRows {
  readonly rows: BrokerTransaction[];
  readonly skipped: SkippedRow[];
  readonly errors: ImportProblem[];
  /** In the order of the file; absent where it has none. */
  readonly balances?: readonly StatedBalance[];
}

/** The parts of a transaction that a row states; what it does not state is null, and amounts are 0. */
export type StatedParts = Pick<BrokerTransaction, 'line' | 'kind' | 'occurredAtMs' | 'hasTime'> &
  Partial<Omit<BrokerTransaction, 'amount' | 'quantity' | 'price' | 'fee' | 'tax' | 'withholding'>> & {
    readonly [field in 'amount' | 'quantity' | 'price' | 'fee' | 'tax' | 'withholding']?: Decimal | null;
  };

/** A whole transaction out of the parts that a row states. */
export function transaction(parts: StatedParts): BrokerTransaction {
  const plain = (value: Decimal | null | undefined) => (value ? value.plus(0).toFixed() : '0');
  const { quantity, price } = parts;
  return {
    line: parts.line,
    kind: parts.kind,
    occurredAtMs: parts.occurredAtMs,
    hasTime: parts.hasTime,
    symbol: parts.symbol || null,
    isin: parts.isin || null,
    name: parts.name || null,
    quantity: quantity ? (SIGNED_KINDS.includes(parts.kind) ? quantity : quantity.abs()).toFixed() : null,
    price: price ? price.toFixed() : null,
    priceCurrency: priceCurrencyOf(parts),
    amount: plain(parts.amount),
    currency: parts.currency || null,
    fee: plain(parts.fee),
    tax: plain(parts.tax),
    withholding: plain(parts.withholding),
    fxRate: parts.fxRate ?? null,
    original: parts.original ?? null,
    account: parts.account || null,
    externalId: parts.externalId || null,
    group: parts.group || null,
    description: parts.description || null,
  };
}

/** Prices are in the row's currency unless it states another, or states none. */
function priceCurrencyOf({ price, priceCurrency, currency }: StatedParts): string | null {
  if (!price) return null;
  return priceCurrency === undefined || priceCurrency === '' ? (currency ?? null) : priceCurrency;
}

/** What came in or went out before costs: the amount with fee, tax and withholding added back. */
export function grossOf(row: BrokerTransaction): Decimal {
  return new Decimal(row.amount).plus(row.fee).plus(row.tax).plus(row.withholding);
}

/** How the holding of the row's instrument changes. */
export function holdingChange(row: BrokerTransaction): Decimal {
  const quantity = new Decimal(row.quantity ?? 0);
  if (
    SIGNED_KINDS.includes(row.kind) ||
    ['BUY', 'REINVESTED_DIVIDEND', 'REWARD', 'TRANSFER_IN'].includes(row.kind)
  )
    return quantity;
  return ['SELL', 'TRANSFER_OUT'].includes(row.kind) ? quantity.negated() : new Decimal(0);
}
