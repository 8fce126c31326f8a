import { dateTime } from '#lib/format/format.ts';
import type {
  TransactionFieldsFragment,
  TransactionInput,
  TransactionKind,
} from '#lib/graphql/generated/graphql.ts';

/** A field of the form that not every kind has. */
export type Field =
  | 'symbol'
  | 'otherSymbol'
  | 'quantity'
  | 'price'
  | 'amount'
  | 'otherAmount'
  | 'otherCurrency'
  | 'fee'
  | 'tax'
  | 'units'
  | 'perUnits'
  | 'basisFraction'
  | 'costBasis'
  | 'acquiredAt'
  | 'counterAccountId'
  | 'reinvestedUnits'
  | 'reinvestedPrice';

/** What a person has filled in. Times are as the browser's own fields have them, in UTC. */
export type Draft = Record<Field, string> & {
  executedAt: string;
  accountId: string;
  note: string;
  /** The broker's own identifier: not shown, but a correction keeps it. */
  externalId: string;
  /** The lots to close first, by the transactions that opened them. */
  lotIds: readonly string[];
  /** Empty for the one that goes without saying. */
  currency: string;
  exchangeRate: string;
};

/** The labels of the fields. */
export const FIELD_LABELS: Readonly<Record<Field, string>> = {
  symbol: 'Symbol',
  otherSymbol: 'New symbol',
  quantity: 'Units',
  price: 'Price per unit',
  amount: 'Cash before fee and tax',
  otherAmount: 'Cash received for it',
  otherCurrency: 'Currency received',
  fee: 'Fee',
  tax: 'Tax',
  units: 'New units',
  perUnits: 'for held units',
  basisFraction: 'Part of the cost, 0 to 1',
  costBasis: 'Cost in all',
  acquiredAt: 'Bought on',
  counterAccountId: 'To the account',
  reinvestedUnits: 'Units it was put back into, if any',
  reinvestedPrice: 'Price of each',
};

interface KindInfo {
  readonly label: string;
  readonly fields: readonly Field[];
}

const trade = (label: string): KindInfo => ({ label, fields: ['symbol', 'quantity', 'price', 'fee', 'tax'] });

/** Every kind with its name and the fields it has. */
export const KINDS: Readonly<Record<TransactionKind, KindInfo>> = {
  BUY: trade('Buy'),
  SELL: trade('Sell'),
  SHORT: trade('Sell short'),
  COVER: trade('Cover a short'),
  DIVIDEND: {
    label: 'Dividend',
    fields: ['symbol', 'amount', 'tax', 'fee', 'reinvestedUnits', 'reinvestedPrice'],
  },
  INTEREST: { label: 'Interest', fields: ['amount', 'tax', 'fee', 'symbol'] },
  FEE: { label: 'Fee', fields: ['amount', 'symbol'] },
  TAX: { label: 'Tax', fields: ['amount', 'symbol'] },
  DEPOSIT: { label: 'Deposit', fields: ['amount', 'fee'] },
  WITHDRAWAL: { label: 'Withdrawal', fields: ['amount', 'fee'] },
  CONVERSION: { label: 'Currency exchange', fields: ['amount', 'otherAmount', 'otherCurrency', 'fee'] },
  TRANSFER_IN: {
    label: 'Transfer in',
    fields: ['symbol', 'quantity', 'costBasis', 'acquiredAt', 'price', 'amount', 'fee'],
  },
  TRANSFER_OUT: {
    label: 'Transfer out',
    fields: ['symbol', 'quantity', 'price', 'amount', 'fee', 'counterAccountId'],
  },
  SPLIT: { label: 'Split', fields: ['symbol', 'units', 'perUnits'] },
  SPIN_OFF: { label: 'Spin-off', fields: ['symbol', 'otherSymbol', 'units', 'perUnits', 'basisFraction'] },
  MERGER: { label: 'Merger', fields: ['symbol', 'otherSymbol', 'units', 'perUnits', 'amount', 'fee', 'tax'] },
  TICKER_CHANGE: { label: 'Ticker change', fields: ['symbol', 'otherSymbol'] },
  DELISTING: { label: 'Delisting', fields: ['symbol', 'amount', 'fee', 'tax'] },
  RETURN_OF_CAPITAL: { label: 'Return of capital', fields: ['symbol', 'amount', 'tax', 'fee'] },
  STOCK_DIVIDEND: { label: 'Stock dividend', fields: ['symbol', 'quantity', 'tax'] },
  OPENING_BALANCE: {
    label: 'Opening balance',
    fields: ['symbol', 'quantity', 'costBasis', 'acquiredAt', 'price', 'amount'],
  },
  ADJUSTMENT: { label: 'Adjustment', fields: ['symbol', 'quantity', 'costBasis', 'price', 'amount'] },
};

/** The kinds that can name the lots they close. */
const LOT_KINDS: readonly TransactionKind[] = ['BUY', 'SELL', 'SHORT', 'COVER', 'TRANSFER_OUT'];

/** Which way the lots go that a kind usually closes, of which units below zero are short; null where it closes none. */
export function lotSideOf(kind: TransactionKind, isShort = false): 'LONG' | 'SHORT' | null {
  if (kind === 'SELL') return 'LONG';
  if (kind === 'TRANSFER_OUT') return isShort ? 'SHORT' : 'LONG';
  return kind === 'COVER' ? 'SHORT' : null;
}

/** A form with nothing in it but the time. */
export function emptyDraft(executedAt: string): Draft {
  const fields = Object.fromEntries(Object.keys(FIELD_LABELS).map((field) => [field, ''])) as Record<
    Field,
    string
  >;
  const rest = { accountId: '', note: '', currency: '', exchangeRate: '', externalId: '', lotIds: [] };
  return { ...fields, ...rest, executedAt };
}

/** Who recorded a transaction, and who voided it, when and why. */
export function historyOf({
  recordedBy,
  recordedAt,
  voided,
}: Pick<TransactionFieldsFragment, 'recordedBy' | 'recordedAt' | 'voided'>): string {
  const recorded = `Recorded by ${recordedBy} on ${dateTime(recordedAt)}`;
  return voided
    ? `${recorded}; voided by ${voided.by} on ${dateTime(voided.at)}: ${voided.reason}`
    : recorded;
}

/** A form filled with a transaction, to correct it. */
export function draftOf(row: TransactionFieldsFragment): Draft {
  const positive = (text: string) => (Number(text) === 0 ? '' : text);
  return {
    executedAt: fieldTime(row.executedAt),
    accountId: row.account.id,
    note: row.note ?? '',
    externalId: row.externalId ?? '',
    lotIds: row.lotIds,
    currency: row.currency,
    exchangeRate: row.exchangeRate ?? '',
    symbol: row.instrument?.symbol ?? '',
    otherSymbol: row.otherInstrument?.symbol ?? '',
    quantity: row.quantity ?? '',
    price: row.price ?? '',
    amount: row.statedAmount ?? '',
    otherAmount: row.otherAmount ?? '',
    otherCurrency: row.otherCurrency ?? '',
    fee: positive(row.fee),
    tax: positive(row.tax),
    units: row.units ?? '',
    perUnits: row.perUnits ?? '',
    basisFraction: row.basisFraction ?? '',
    costBasis: row.costBasis ?? '',
    acquiredAt: row.acquiredAt ? fieldTime(row.acquiredAt) : '',
    counterAccountId: row.counterAccount?.id ?? '',
    // The purchase is a row of its own.
    reinvestedUnits: '',
    reinvestedPrice: '',
  };
}

/** What is sent: the fields of the kind that are filled in; a time is UTC. */
export function inputOf(kind: TransactionKind, draft: Draft): TransactionInput {
  const given = KINDS[kind].fields
    .map((field) => [field, valueOf(field, draft[field])] as const)
    .filter(([, text]) => text !== '');
  const { accountId, note, executedAt, externalId } = draft;
  const [currency, exchangeRate] = [draft.currency.trim().toUpperCase(), draft.exchangeRate.trim()];
  const hasLots = LOT_KINDS.includes(kind) && draft.symbol.trim() !== '' && draft.lotIds.length > 0;
  return {
    kind,
    executedAt: utcTime(executedAt),
    ...(accountId ? { accountId } : {}),
    ...(note.trim() ? { note: note.trim() } : {}),
    ...(currency ? { currency } : {}),
    ...(exchangeRate ? { exchangeRate } : {}),
    ...(externalId ? { externalId } : {}),
    ...(hasLots ? { lotIds: [...draft.lotIds] } : {}),
    ...Object.fromEntries(given),
  };
}

/** The text of a time as the browser's field for it holds it: seconds only where there are any. */
function fieldTime(time: string): string {
  return new Date(time).toISOString().replace(/(:00)?(\.000)?Z$/, '');
}

/** The time in a browser's field, which is UTC. */
export function utcTime(text: string): string {
  const time = new Date(`${text}Z`);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

function valueOf(field: Field, text: string): string {
  if (field === 'acquiredAt' && text !== '') return utcTime(text);
  return field === 'otherCurrency' ? text.trim().toUpperCase() : text.trim();
}
