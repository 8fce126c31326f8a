import type { ImportProblem } from '../../market-data/csv.ts';
import { Decimal } from '../../platform/decimal.ts';
import type { TransactionDraft } from '../transaction-draft.ts';
import { type BrokerTransaction, grossOf } from './broker-transaction.ts';

/** A row as the ledger takes it; one row may become several drafts, and two rows one. */
export interface BrokerDraft extends TransactionDraft {
  readonly line: number;
  readonly currency: string | null;
  readonly externalId: string | null;
  readonly note: string | null;
}

/** What the ledger makes of one row: its drafts, or why it takes none; the second row of an exchange joins the first. */
export interface RowDrafts {
  readonly row: BrokerTransaction;
  readonly drafts: readonly BrokerDraft[];
  readonly error: ImportProblem | null;
  /** The row whose drafts hold this one too. */
  readonly joined: BrokerTransaction | null;
}

/** Kinds that take units of one instrument and give those of another, or another number of the same. */
const EXCHANGES = ['SPLIT', 'MERGER', 'TICKER_CHANGE'];
/** Digits of a price that is told of an amount. */
const PRICE_DIGITS = 40;

/**
 * Rows as drafts of the ledger, in their order. `symbolOf` says by which symbol the ledger knows a row's
 * instrument; null makes the row an error. The drafts of a row move its cash as the row does.
 */
export function draftsOf(
  rows: readonly BrokerTransaction[],
  symbolOf: (row: BrokerTransaction) => string | null,
): RowDrafts[] {
  const partners = partnersOf(rows);
  return rows.map((row) => {
    const partner = partners.get(row);
    if (partner?.isTaking) return { row, drafts: [], error: null, joined: partner.row };
    const symbol = hasInstrument(row) ? symbolOf(row) : null;
    const drafts =
      hasInstrument(row) && symbol === null
        ? 'an instrument of the ledger'
        : partner
          ? row.kind === 'CURRENCY_EXCHANGE'
            ? conversionDrafts(row, partner.row)
            : exchangeDraft(row, partner.row, symbol!, symbolOf(partner.row))
          : rowDrafts(row, symbol);
    const error = typeof drafts === 'string' ? problem(row, drafts) : null;
    return { row, drafts: typeof drafts === 'string' ? [] : drafts, error, joined: null };
  });
}

/** Whether a row is about an instrument; the legs of an exchange only name what was bought with the money. */
export function hasInstrument({ kind, symbol, isin, name, quantity }: BrokerTransaction): boolean {
  if (kind === 'CURRENCY_EXCHANGE') return false;
  return symbol !== null || isin !== null || (name !== null && quantity !== null);
}

function problem(row: BrokerTransaction, expected: string): ImportProblem {
  const value = [row.kind, row.symbol ?? row.isin ?? row.name].filter(Boolean).join(' ');
  return {
    line: row.line,
    column: null,
    value,
    reason: `expected ${expected}, was ${value}`,
    severity: 'ERROR',
  };
}

/** The other row of an exchange, of each of the two; `isTaking` says that the row gets units or cash for the other's. */
interface Partner {
  readonly row: BrokerTransaction;
  readonly isTaking: boolean;
}

/**
 * The row that gives units with the nearest row of the same day that takes others for them, and the row that
 * gives cash with the nearest of the same time that takes cash of another currency.
 */
function partnersOf(rows: readonly BrokerTransaction[]): Map<BrokerTransaction, Partner> {
  const partners = new Map<BrokerTransaction, Partner>();
  const isGiving = (row: BrokerTransaction) =>
    row.kind === 'CURRENCY_EXCHANGE' ? grossOf(row).isNegative() : (row.quantity?.startsWith('-') ?? false);
  const placeOf = ({ kind, occurredAtMs, account, group }: BrokerTransaction) =>
    kind === 'CURRENCY_EXCHANGE'
      ? JSON.stringify([occurredAtMs, account, group])
      : `${kind} ${Math.floor(occurredAtMs / 86_400_000)}`;
  const exchanges = rows.filter(
    (row) => EXCHANGES.includes(row.kind) || (row.kind === 'CURRENCY_EXCHANGE' && !grossOf(row).isZero()),
  );
  for (const place of Map.groupBy(exchanges, placeOf).values()) {
    for (const giving of place.filter(isGiving)) {
      const isOther = ({ kind, currency }: BrokerTransaction) =>
        kind !== 'CURRENCY_EXCHANGE' || currency !== giving.currency;
      const taking = place
        .filter((row) => !isGiving(row) && !partners.has(row) && isOther(row))
        .toSorted((a, b) => Math.abs(a.line - giving.line) - Math.abs(b.line - giving.line))[0];
      if (!taking) continue;
      partners.set(giving, { row: taking, isTaking: false });
      partners.set(taking, { row: giving, isTaking: true });
    }
  }
  return partners;
}

function shared(row: BrokerTransaction) {
  const { line, currency, externalId, description: note } = row;
  return { line, currency, externalId, note, executedAt: new Date(row.occurredAtMs) };
}

function exchangeDraft(
  giving: BrokerTransaction,
  taking: BrokerTransaction,
  symbol: string,
  otherSymbol: string | null,
): BrokerDraft[] | string {
  if (otherSymbol === null) return 'an instrument of the ledger for what was received';
  const perUnits = new Decimal(giving.quantity!).abs().toFixed();
  const parts = { ...shared(giving), symbol, units: taking.quantity!, perUnits };
  const cash = new Decimal(giving.amount).plus(taking.amount);
  const cashDrafts = cash.isZero()
    ? []
    : [{ ...shared(giving), kind: 'ADJUSTMENT' as const, amount: cash.toFixed() }];
  return symbol === otherSymbol
    ? [{ ...parts, kind: 'SPLIT' }, ...cashDrafts]
    : [{ ...parts, kind: 'MERGER', otherSymbol }, ...cashDrafts];
}

/** Both legs of an exchange of currencies; what each was charged stays in its own currency. */
function conversionDrafts(giving: BrokerTransaction, taking: BrokerTransaction): BrokerDraft[] {
  const [given, taken] = [costsOf(giving, null), costsOf(taking, null)];
  const conversion = {
    ...shared(giving),
    kind: 'CONVERSION' as const,
    amount: grossOf(giving).abs().toFixed(),
    fee: given.fee,
    otherAmount: grossOf(taking).toFixed(),
    otherCurrency: taking.currency,
  };
  const taxes = given.extra.filter(({ kind }) => kind === 'TAX');
  return [conversion, ...taxes, ...given.refunds, ...taken.extra, ...taken.refunds];
}

function rowDrafts(row: BrokerTransaction, symbol: string | null): BrokerDraft[] | string {
  switch (row.kind) {
    case 'BUY':
    case 'SELL':
      return tradeDrafts(row, symbol);
    case 'REINVESTED_DIVIDEND':
      return reinvestedDrafts(row, symbol);
    case 'DIVIDEND':
    case 'RETURN_OF_CAPITAL':
      return symbol === null ? 'the instrument that paid' : cashDrafts(row, { symbol }, row.kind);
    case 'INTEREST':
      return cashDrafts(row, symbol === null ? {} : { symbol }, 'INTEREST');
    case 'FEE':
    case 'TAX':
      return costDrafts(row, symbol);
    case 'DEPOSIT':
    case 'WITHDRAWAL':
      return flowDrafts(row, 'DEPOSIT', 'WITHDRAWAL');
    case 'TRANSFER_IN':
    case 'TRANSFER_OUT':
      return row.quantity === null
        ? flowDrafts(row, 'TRANSFER_IN', 'TRANSFER_OUT')
        : [{ ...shared(row), kind: row.kind, symbol, quantity: row.quantity, price: ownPrice(row) }];
    case 'SPLIT':
    case 'STOCK_DIVIDEND':
      return row.quantity !== null && new Decimal(row.quantity).greaterThan(0)
        ? // More units at no cost spread the cost over all, as a split does.
          [{ ...shared(row), kind: 'STOCK_DIVIDEND', symbol, quantity: row.quantity }]
        : 'units that were received, or the row of those that were';
    case 'MERGER':
      return row.amount === '0' || symbol === null
        ? 'cash or units that were received'
        : cashDrafts(row, { symbol }, 'MERGER');
    case 'TICKER_CHANGE':
      return 'two rows, of the old and of the new units';
    case 'SPIN_OFF':
      return row.quantity === null
        ? cashDrafts(row, {}, 'ADJUSTMENT')
        : 'the instrument that it came from and the part of its cost, which are to be recorded by hand';
    default:
      return row.quantity === null
        ? cashDrafts(row, {}, 'ADJUSTMENT')
        : [{ ...shared(row), kind: 'ADJUSTMENT', symbol, quantity: row.quantity, price: ownPrice(row) }];
  }
}

/** A price only where it is in the row's own currency, or the row has none beside it. */
function ownPrice({ price, priceCurrency, currency }: BrokerTransaction): string | null {
  return currency === null || priceCurrency === currency ? price : null;
}

function tradeDrafts(row: BrokerTransaction, symbol: string | null): BrokerDraft[] | string {
  const { kind, quantity } = row;
  if (kind !== 'BUY' && kind !== 'SELL') return 'a trade';
  if (quantity === null || new Decimal(quantity).isZero() || symbol === null) return 'units of an instrument';
  const gross = grossOf(row).times(kind === 'BUY' ? -1 : 1);
  if (gross.isNegative() && !gross.isZero()) return `cash that ${kind === 'BUY' ? 'is paid' : 'is received'}`;
  const stated = ownPrice(row);
  const price =
    stated !== null && new Decimal(stated).times(quantity).equals(gross)
      ? stated
      : gross.div(quantity).toSignificantDigits(PRICE_DIGITS).toFixed();
  const { fee, tax, refunds } = costsOf(row, symbol);
  return [{ ...shared(row), kind, symbol, quantity, price, fee, tax }, ...refunds];
}

/** The dividend, and the purchase that what was left of it after tax paid for with its fee: no cash moves. */
function reinvestedDrafts(row: BrokerTransaction, symbol: string | null): BrokerDraft[] | string {
  const { quantity } = row;
  const price = ownPrice(row);
  if (quantity === null || new Decimal(quantity).isZero() || price === null || symbol === null)
    return 'units of an instrument and their price in the currency of the row';
  const { fee, tax, refunds } = costsOf(row, symbol);
  const paid = new Decimal(quantity).times(price).plus(fee ?? 0);
  const dividend = {
    ...shared(row),
    kind: 'DIVIDEND' as const,
    symbol,
    amount: paid.plus(tax ?? 0).toFixed(),
    tax,
  };
  return [dividend, { ...shared(row), kind: 'BUY', symbol, quantity, price, fee }, ...refunds];
}

function cashDrafts(
  row: BrokerTransaction,
  instrument: { readonly symbol?: string },
  kind: 'DIVIDEND' | 'RETURN_OF_CAPITAL' | 'INTEREST' | 'MERGER' | 'ADJUSTMENT',
): BrokerDraft[] {
  const { fee, tax, refunds, extra } = costsOf(row, instrument.symbol ?? null);
  const gross = grossOf(row);
  // An adjustment has no costs of its own, and an amount of 0 is no transaction.
  if (kind === 'ADJUSTMENT' || gross.isZero()) {
    const own: BrokerDraft[] = gross.isZero() ? [] : [{ ...shared(row), kind, amount: gross.toFixed() }];
    return [...own, ...extra, ...refunds];
  }
  return [{ ...shared(row), ...instrument, kind, amount: gross.toFixed(), fee, tax }, ...refunds];
}

function costDrafts(row: BrokerTransaction, symbol: string | null): BrokerDraft[] {
  const amount = new Decimal(row.amount).negated();
  const kind = row.kind === 'TAX' ? 'TAX' : 'FEE';
  return amount.isZero() ? [] : [{ ...shared(row), kind, symbol, amount: amount.toFixed() }];
}

/** Cash that comes in or goes out; its sign says which, whatever the row is called. */
function flowDrafts(
  row: BrokerTransaction,
  incoming: 'DEPOSIT' | 'TRANSFER_IN',
  outgoing: 'WITHDRAWAL' | 'TRANSFER_OUT',
): BrokerDraft[] {
  const gross = grossOf(row);
  const { fee, extra, refunds } = costsOf(row, null);
  if (gross.isZero()) return [...extra, ...refunds];
  const kind = gross.isNegative() ? outgoing : incoming;
  const taxes = extra.filter((draft) => draft.kind === 'TAX');
  return [{ ...shared(row), kind, amount: gross.abs().toFixed(), fee }, ...taxes, ...refunds];
}

/**
 * The costs of a row: what may stand beside an amount, the same as transactions, and refunds, which are
 * always that.
 */
function costsOf(row: BrokerTransaction, symbol: string | null) {
  const costs = [
    { kind: 'FEE' as const, amount: new Decimal(row.fee) },
    { kind: 'TAX' as const, amount: new Decimal(row.tax).plus(row.withholding) },
  ];
  const draft = ({ kind, amount }: (typeof costs)[number]): BrokerDraft => {
    return { ...shared(row), kind, symbol, amount: amount.toFixed() };
  };
  const [fee, tax] = costs.map(({ amount }) => (amount.greaterThan(0) ? amount.toFixed() : null));
  const isRefund = ({ amount }: (typeof costs)[number]) => amount.lessThan(0);
  const isCost = ({ amount }: (typeof costs)[number]) => amount.greaterThan(0);
  return { fee, tax, extra: costs.filter(isCost).map(draft), refunds: costs.filter(isRefund).map(draft) };
}
