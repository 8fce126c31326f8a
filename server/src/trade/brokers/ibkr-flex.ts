import { Decimal } from '../../platform/decimal.ts';
import { CellError, isinOf, type Occurrence, occurrenceOf } from './broker-table.ts';
import {
  type BrokerTransaction,
  type BrokerTransactionKind,
  type StatedParts,
  transaction,
} from './broker-transaction.ts';
import { decimalOf } from './decimal-text.ts';

/** A record of a Flex query, whether of its XML or of its CSV form, by the names of the XML form. */
export interface FlexRecord {
  readonly line: number;
  /** Empty where the query left the field out. */
  field(name: string): string;
}

/** Flex queries write New York's time unless the account says otherwise. */
export const FLEX_TIME_ZONE = 'America/New_York';

const CANCEL = 'TradeCancel';
const PER_SHARE =
  /DIVIDEND (?:(?<currency>[A-Z]{3}) (?<amount>[\d.]+)|(?<amount>[\d.]+) (?<currency>[A-Z]{3})) PER SHARE/i;
const CASH_KINDS: readonly (readonly [RegExp, BrokerTransactionKind])[] = [
  [/return of capital/i, 'RETURN_OF_CAPITAL'],
  [/^withholding tax|^871\(m\)/i, 'TAX'],
  [/dividend/i, 'DIVIDEND'],
  [/interest/i, 'INTEREST'],
  [/fee|commission adjustment/i, 'FEE'],
];
const ACTION_KINDS: readonly (readonly [RegExp, BrokerTransactionKind])[] = [
  [/\bSPLIT\b/i, 'SPLIT'],
  [/\bSPIN-?OFF\b/i, 'SPIN_OFF'],
  [/\bSTOCK DIVIDEND\b/i, 'STOCK_DIVIDEND'],
  [/\b(MERGED|ACQUISITION|MERGER)\b/i, 'MERGER'],
  [/\b(TENDERED|CHANGE)\b/i, 'TICKER_CHANGE'],
];

/**
 * A trade as transactions: one, or the two legs of a currency exchange, and a fee that has a third currency.
 */
export function readTrade(record: FlexRecord, timeZone: string): BrokerTransaction[] {
  if (record.field('transactionType') === CANCEL)
    throw new CellError('TransactionType', CANCEL, 'a cancellation of a trade in the same file');
  const symbol = record.field('symbol');
  const isin = isinOf(record.field('isin'));
  if (symbol === '' && !isin) throw new CellError('ISIN', record.field('isin'), 'an ISIN or a symbol');
  const shared = {
    line: record.line,
    ...tradeTime(record, timeZone),
    account: record.field('accountId'),
    externalId: record.field('transactionID') || record.field('tradeID'),
    group: record.field('tradeID'),
  };
  const commission = optional(record, 'ibCommission');
  const commissionCurrency = record.field('ibCommissionCurrency') || record.field('currency');
  const legs = isExchange(record)
    ? exchangeLegs(record, shared)
    : [tradeLeg(record, { ...shared, symbol, isin, name: record.field('description') })];
  let isCharged = commission.isZero();
  const charged = legs.map((leg) => {
    if (isCharged || leg.currency !== commissionCurrency) return transaction(leg);
    isCharged = true;
    return transaction({ ...leg, amount: leg.amount?.plus(commission), fee: commission.negated() });
  });
  if (isCharged) return charged;
  const fee: StatedParts = { ...shared, kind: 'FEE', symbol, isin, currency: commissionCurrency };
  return [...charged, transaction({ ...fee, amount: commission, fee: commission.negated() })];
}

/** Why the two records of each cancelled trade are left out. */
export function cancellations<Row extends FlexRecord>(records: readonly Row[]): Map<Row, string> {
  const reasons = new Map<Row, string>();
  const isCancel = (record: Row) => record.field('transactionType') === CANCEL;
  for (const cancel of records.filter(isCancel)) {
    const refersTo = (one: Row, own: string, original: string) =>
      cancel.field(original) !== '' && one.field(own) === cancel.field(original);
    const trade = records.find(
      (one) =>
        !isCancel(one) &&
        !reasons.has(one) &&
        (refersTo(one, 'transactionID', 'origTransactionID') || refersTo(one, 'tradeID', 'origTradeID')),
    );
    if (!trade) continue;
    reasons.set(trade, `cancelled by line ${cancel.line}`);
    reasons.set(cancel, `cancels line ${trade.line}`);
  }
  return reasons;
}

function isExchange(record: FlexRecord): boolean {
  return record.field('assetCategory') === 'CASH' || /^[A-Z]{3}\.[A-Z]{3}$/.test(record.field('symbol'));
}

function exchangeLegs(record: FlexRecord, shared: Omit<StatedParts, 'kind'>): StatedParts[] {
  const [base, quote] = record.field('symbol').split('.');
  const fxRate = { from: base, to: quote, rate: required(record, 'tradePrice').toFixed() };
  const leg = { ...shared, kind: 'CURRENCY_EXCHANGE', fxRate } as const;
  return [
    { ...leg, currency: base, amount: required(record, 'quantity') },
    { ...leg, currency: quote, amount: proceeds(record) },
  ];
}

function tradeLeg(record: FlexRecord, shared: Omit<StatedParts, 'kind'>): StatedParts {
  const side = record.field('buySell').split(' ')[0];
  if (side !== 'BUY' && side !== 'SELL') throw new CellError('Buy/Sell', side, 'BUY or SELL');
  const tax = optional(record, 'taxes');
  return {
    ...shared,
    kind: side,
    quantity: required(record, 'quantity'),
    // A contract is one unit, so that quantity times price is the amount.
    price: required(record, 'tradePrice').times(record.field('multiplier') || 1),
    currency: record.field('currency'),
    amount: proceeds(record).plus(tax),
    tax: tax.negated(),
  };
}

function proceeds(record: FlexRecord): Decimal {
  return record.field('proceeds') === ''
    ? required(record, 'tradeMoney').negated()
    : required(record, 'proceeds');
}

function tradeTime(record: FlexRecord, timeZone: string): Occurrence {
  const text =
    record.field('dateTime') || [record.field('tradeDate'), record.field('tradeTime')].join(' ').trim();
  const occurrence = occurrenceOf(text.replace(/[;,]\s*/, ' '), false, timeZone);
  if (!occurrence) throw new CellError('TradeDate', text, 'a date or a time');
  return occurrence;
}

/** A dividend, tax, fee, interest payment or deposit. */
export function readCash(record: FlexRecord): BrokerTransaction | string {
  if (record.field('levelOfDetail') === 'SUMMARY') return 'a sum of other rows';
  const amount = required(record, 'amount');
  const kind = cashKind(record, amount.isNegative());
  const description = record.field('description');
  const perShare = kind === 'TAX' ? undefined : PER_SHARE.exec(description)?.groups;
  const price = perShare ? new Decimal(perShare.amount) : null;
  return transaction({
    line: record.line,
    kind,
    ...day(record, ['settleDate', 'reportDate', 'dateTime']),
    symbol: record.field('symbol'),
    isin: isinOf(record.field('isin')) ?? isinOf(/\(([A-Z0-9]{12})\)/.exec(description)?.[1] ?? ''),
    quantity: price && perShare?.currency === record.field('currency') ? wholeUnits(amount, price) : null,
    price,
    priceCurrency: perShare?.currency,
    amount,
    currency: record.field('currency'),
    fee: kind === 'FEE' ? amount.negated() : null,
    withholding: kind === 'TAX' ? amount.negated() : null,
    account: record.field('accountId'),
    externalId: record.field('transactionID'),
    description,
  });
}

function cashKind(record: FlexRecord, isOutgoing: boolean): BrokerTransactionKind {
  const type = record.field('type');
  if (/^deposits/i.test(type)) return isOutgoing ? 'WITHDRAWAL' : 'DEPOSIT';
  const text = /dividend/i.test(type) ? `${record.field('description')} ${type}` : type;
  const kind = CASH_KINDS.find(([pattern]) => pattern.test(text))?.[1];
  if (!kind) throw new CellError('Type', type, 'a type of cash transaction such as Dividends');
  return kind;
}

/** The units that a payment is for, where it is exactly that many times the payment per share. */
function wholeUnits(amount: Decimal, perShare: Decimal): Decimal | null {
  if (perShare.isZero()) return null;
  const units = amount.div(perShare).toDecimalPlaces(6);
  return units.times(perShare).equals(amount) ? units : null;
}

/** A split, a merger and other changes of a holding. */
export function readCorporateAction(record: FlexRecord): BrokerTransaction {
  const description = record.field('actionDescription') || record.field('description');
  const kind = ACTION_KINDS.find(([pattern]) => pattern.test(description))?.[1];
  if (!kind) throw new CellError('Description', description, 'a known corporate action such as a split');
  return transaction({
    line: record.line,
    kind,
    ...day(record, ['dateTime', 'reportDate']),
    symbol: record.field('symbol'),
    isin: isinOf(record.field('isin')),
    quantity: required(record, 'quantity'),
    amount: optional(record, 'proceeds'),
    currency: record.field('currency'),
    account: record.field('accountId'),
    externalId: record.field('transactionID'),
    description,
  });
}

/** Times of day of bookings are those of nightly runs, so that only the day is taken. */
function day(record: FlexRecord, names: readonly string[]): Occurrence {
  const text = names.map((name) => record.field(name)).find((value) => value !== '') ?? '';
  const occurrence = occurrenceOf(text.split(/[;, ]/)[0], false, 'UTC');
  if (!occurrence) throw new CellError('Date', text, 'a date');
  return occurrence;
}

function required(record: FlexRecord, name: string): Decimal {
  const text = record.field(name);
  const value = decimalOf(text, '.');
  if (!value) throw new CellError(name, text, 'a number');
  return value;
}

function optional(record: FlexRecord, name: string): Decimal {
  return record.field(name) === '' ? new Decimal(0) : required(record, name);
}
