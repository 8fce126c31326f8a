import { Decimal, ZERO } from '../platform/decimal.ts';
import { invalid } from '../platform/graphql/errors.ts';
import {
  FILL_SIDES,
  KIND_FORMS,
  type KindForm,
  type TransactionField,
  type TransactionKind,
} from './transaction-kinds.ts';

/** A transaction as somebody states it; amounts are exact decimal strings. */
export interface TransactionDraft {
  readonly kind: TransactionKind;
  readonly executedAt: Date;
  readonly symbol?: string | null;
  readonly otherSymbol?: string | null;
  readonly quantity?: string | null;
  readonly price?: string | null;
  readonly amount?: string | null;
  /** What cash is exchanged for. */
  readonly otherAmount?: string | null;
  readonly otherCurrency?: string | null;
  readonly currency?: string | null;
  /** Units of the base currency for one of `currency`; any kind may state it. */
  readonly exchangeRate?: string | null;
  readonly fee?: string | null;
  readonly tax?: string | null;
  readonly units?: string | null;
  readonly perUnits?: string | null;
  readonly basisFraction?: string | null;
  readonly costBasis?: string | null;
  readonly acquiredAt?: Date | null;
  readonly counterAccountId?: string | null;
  readonly lotIds?: readonly string[] | null;
  /** Units that a dividend was put back into, and the price of one. */
  readonly reinvestedUnits?: string | null;
  readonly reinvestedPrice?: string | null;
}

const FIELDS: readonly TransactionField[] = [
  'symbol',
  'otherSymbol',
  'quantity',
  'price',
  'amount',
  'otherAmount',
  'otherCurrency',
  'fee',
  'tax',
  'units',
  'perUnits',
  'basisFraction',
  'costBasis',
  'acquiredAt',
  'counterAccountId',
  'lotIds',
  'reinvestedUnits',
  'reinvestedPrice',
];
/** Fields that are stored with 20 digits before and 18 after the point. */
const NUMBERS = [
  'quantity',
  'price',
  'amount',
  'otherAmount',
  'exchangeRate',
  'fee',
  'tax',
  'units',
  'perUnits',
  'basisFraction',
  'costBasis',
  'reinvestedUnits',
  'reinvestedPrice',
] as const;
type NumberField = (typeof NUMBERS)[number];
const DAY_MS = 86_400_000;
const LIMIT = new Decimal('1e20');
const DECIMALS = 18;

/**
 * Refuses a draft that its kind cannot be made of, or that cannot be stored: every number has at most 20 digits
 * before the point, and does not vanish with its digits after the 18th. The message names the field.
 */
export function checkDraft(draft: TransactionDraft, nowMs: number): void {
  if (draft.executedAt.getTime() > nowMs + DAY_MS)
    throw wrong('executedAt', 'a time that has passed', draft.executedAt.toISOString());
  if (draft.acquiredAt && draft.acquiredAt > draft.executedAt)
    throw wrong('acquiredAt', 'a time not after executedAt', draft.acquiredAt.toISOString());
  const form = formOf(draft);
  for (const field of FIELDS)
    if (isGiven(draft[field]) && !form.needs.includes(field) && !form.may.includes(field))
      throw wrong(field, `no ${field} for ${draft.kind}`, String(draft[field]));
  for (const field of NUMBERS) checkSize(field, draft[field]);
  checkNumbers(draft, form);
  checkReinvestment(draft);
  if (netCashOf(draft).abs().greaterThanOrEqualTo(LIMIT))
    throw wrong('amount', 'less than 20 digits before the point', netCashOf(draft).toFixed());
}

function checkReinvestment({ amount, reinvestedUnits, reinvestedPrice }: TransactionDraft): void {
  const [hasUnits, hasPrice] = [reinvestedUnits, reinvestedPrice].map(isGiven);
  if (hasUnits && !hasPrice) throw wrong('reinvestedPrice', 'a price of the reinvested units', 'none');
  if (hasPrice && !hasUnits) throw wrong('reinvestedUnits', 'units that were bought at the price', 'none');
  if (hasUnits && new Decimal(amount!).isNegative())
    throw wrong('amount', 'an amount above 0 to reinvest', amount!);
}

/** The rows that a draft makes: itself, and the purchase that a dividend was put back into. */
export function rowsOf<Draft extends TransactionDraft>(draft: Draft): Draft[] {
  const { reinvestedUnits, reinvestedPrice, ...rest } = draft;
  const row = rest as Draft;
  if (!isGiven(reinvestedUnits)) return [row];
  const bought = { kind: 'BUY', quantity: reinvestedUnits, price: reinvestedPrice } as const;
  return [row, { ...row, ...bought, amount: null, fee: null, tax: null, externalId: null }];
}

function formOf(draft: TransactionDraft): KindForm {
  const forms = KIND_FORMS[draft.kind];
  const form = forms.find(({ needs }) => needs.every((field) => isGiven(draft[field])));
  if (form) return form;
  const expected = forms.map(({ needs }) => needs.join(', ')).join(' or ');
  const given = FIELDS.filter((field) => isGiven(draft[field])).join(', ') || 'none of them';
  throw invalid(`expected ${expected} for ${draft.kind}, was ${given}`, 'input', 'transaction');
}

function checkNumbers(draft: TransactionDraft, { isSigned }: KindForm): void {
  const check = (field: NumberField, isFine: (value: Decimal) => boolean, expected: string) => {
    const text = draft[field];
    if (isGiven(text) && !isFine(new Decimal(text!))) throw wrong(field, expected, text!);
  };
  const isAbove = (value: Decimal) => value.greaterThan(0);
  const isNotBelow = (value: Decimal) => !value.isNegative();
  const isNotZero = (value: Decimal) => !value.isZero();
  check('quantity', isSigned ? isNotZero : isAbove, isSigned ? 'units other than 0' : 'units above 0');
  check('amount', isSigned ? isNotZero : isAbove, isSigned ? 'an amount other than 0' : 'an amount above 0');
  for (const field of ['price', 'fee', 'tax', 'costBasis'] as const) check(field, isNotBelow, '0 or more');
  for (const field of [
    'units',
    'perUnits',
    'otherAmount',
    'exchangeRate',
    'reinvestedUnits',
    'reinvestedPrice',
  ] as const)
    check(field, isAbove, 'a number above 0');
  const fraction = draft.basisFraction;
  if (isGiven(fraction) && (new Decimal(fraction!).isNegative() || new Decimal(fraction!).greaterThan(1)))
    throw wrong('basisFraction', 'a fraction from 0 to 1', fraction!);
  if (
    isGiven(draft.otherSymbol) &&
    draft.otherSymbol!.trim().toUpperCase() === draft.symbol!.trim().toUpperCase()
  )
    throw wrong('otherSymbol', 'another symbol', draft.otherSymbol!);
}

function checkSize(field: NumberField, text: string | null | undefined): void {
  if (!isGiven(text)) return;
  const value = new Decimal(text!);
  const stored = value.toDecimalPlaces(DECIMALS);
  if (stored.abs().greaterThanOrEqualTo(LIMIT))
    throw wrong(field, `at most 20 digits before the point for ${field}`, value.toString());
  if (stored.isZero() && !value.isZero())
    throw wrong(field, `at most ${DECIMALS} digits after the point for ${field}`, value.toString());
}

function isGiven(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
  );
}

function wrong(field: TransactionField | NumberField | 'executedAt', expected: string, was: string) {
  return invalid(`expected ${expected}, was ${was}`, 'input', 'transaction', field);
}

/** What a transaction moves in the cash of its account, fees and taxes taken off; negative where cash leaves. */
export function netCashOf(
  draft: Pick<TransactionDraft, 'kind' | 'quantity' | 'price' | 'amount' | 'fee' | 'tax'>,
): Decimal {
  const [quantity, price, amount, fee, tax] = [
    draft.quantity,
    draft.price,
    draft.amount,
    draft.fee,
    draft.tax,
  ].map((text) => (isGiven(text) ? new Decimal(text!) : ZERO));
  const side = FILL_SIDES[draft.kind];
  const gross = side
    ? quantity.times(price).times(side === 'BUY' ? -1 : 1)
    : amount.times(isOut(draft.kind) ? -1 : 1);
  return gross.minus(fee).minus(tax);
}

/** The amount that a transaction was stated with; null where it has none. */
export function statedAmountOf({
  kind,
  amount,
  fee,
  tax,
}: {
  readonly kind: TransactionKind;
  readonly amount: string;
  readonly fee: string;
  readonly tax: string;
}): string | null {
  const gross = new Decimal(amount).plus(fee).plus(tax);
  if (FILL_SIDES[kind] || gross.isZero()) return null;
  return gross.times(isOut(kind) ? -1 : 1).toFixed();
}

function isOut(kind: TransactionKind): boolean {
  return ['WITHDRAWAL', 'TRANSFER_OUT', 'FEE', 'TAX', 'CONVERSION'].includes(kind);
}
