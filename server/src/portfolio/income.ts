import { type Decimal, ZERO } from '../platform/decimal.ts';
import { grossOf, type LedgerEntry } from '../trade/ledger.ts';
import { FILL_SIDES } from '../trade/transaction-kinds.ts';

/** What a portfolio earned and paid beside the gains of its positions. */
export interface Income {
  /** Before the tax withheld. */
  readonly dividends: Decimal;
  readonly interest: Decimal;
  /** Withheld and other taxes; those of trades count with the fees of their lots. */
  readonly taxes: Decimal;
  /** Fees beside those of trades. */
  readonly fees: Decimal;
  /** Corrections of cash. */
  readonly adjustments: Decimal;
}

/** Adds up what transactions earned and paid. */
export function incomeOf(entries: readonly LedgerEntry[]): Income {
  const sum = (of: (entry: LedgerEntry) => Decimal) =>
    entries.reduce((total, entry) => total.plus(of(entry)), ZERO);
  const grossOfKind = (kind: LedgerEntry['kind']) =>
    sum((entry) => (entry.kind === kind ? grossOf(entry) : ZERO));
  return {
    dividends: grossOfKind('DIVIDEND'),
    interest: grossOfKind('INTEREST'),
    taxes: sum(({ kind, tax }) => (FILL_SIDES[kind] ? ZERO : tax)).minus(grossOfKind('TAX')),
    fees: sum(({ kind, fee }) => (FILL_SIDES[kind] ? ZERO : fee)).minus(grossOfKind('FEE')),
    adjustments: grossOfKind('ADJUSTMENT'),
  };
}
