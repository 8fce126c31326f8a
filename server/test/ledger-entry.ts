import { Decimal, ZERO } from '../src/platform/decimal.ts';
import type { LedgerEntry } from '../src/trade/ledger.ts';
import { netCashOf } from '../src/trade/transaction-draft.ts';
import type { TransactionKind } from '../src/trade/transaction-kinds.ts';

/** What an entry of a test states. */
export interface Fields {
  readonly quantity?: string;
  readonly price?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly exchangeRate?: string;
  readonly otherAmount?: string;
  readonly otherCurrency?: string;
  readonly quoteCurrency?: string;
  readonly otherQuoteCurrency?: string;
  readonly fee?: string;
  readonly tax?: string;
  readonly units?: string;
  readonly perUnits?: string;
  readonly basisFraction?: string;
  readonly costBasis?: string;
  readonly acquiredMs?: number;
  readonly accountId?: string;
  readonly counterAccountId?: string;
  readonly instrumentId?: string | null;
  readonly otherInstrumentId?: string;
  readonly lotIds?: readonly string[];
}

let entries = 0;

/** A transaction of instrument `a` in the account `main` for a test of the arithmetic. */
export function ledgerEntry(kind: TransactionKind, timeMs: number, fields: Fields = {}): LedgerEntry {
  entries += 1;
  const decimal = (text: string | undefined) => (text === undefined ? null : new Decimal(text));
  return {
    id: `txn_${entries}`,
    kind,
    timeMs,
    accountId: fields.accountId ?? 'main',
    counterAccountId: fields.counterAccountId ?? null,
    instrumentId: fields.instrumentId === undefined ? 'a' : fields.instrumentId,
    otherInstrumentId: fields.otherInstrumentId ?? null,
    quantity: decimal(fields.quantity),
    price: decimal(fields.price),
    amount: netCashOf({ kind, ...fields }),
    currency: fields.currency ?? 'USD',
    exchangeRate: decimal(fields.exchangeRate),
    otherAmount: decimal(fields.otherAmount),
    otherCurrency: fields.otherCurrency ?? null,
    quoteCurrency: fields.instrumentId === null ? null : (fields.quoteCurrency ?? 'USD'),
    otherQuoteCurrency: fields.otherInstrumentId ? (fields.otherQuoteCurrency ?? 'USD') : null,
    fee: decimal(fields.fee) ?? ZERO,
    tax: decimal(fields.tax) ?? ZERO,
    units: decimal(fields.units),
    perUnits: decimal(fields.perUnits),
    basisFraction: decimal(fields.basisFraction),
    costBasis: decimal(fields.costBasis),
    acquiredMs: fields.acquiredMs ?? null,
    lotIds: fields.lotIds ?? [],
  };
}
