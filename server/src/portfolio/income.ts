import { type Decimal, ZERO } from '../platform/decimal.ts';
import { baseRateOf, grossOf, type LedgerEntry, type LedgerRates, ONE_CURRENCY } from '../trade/ledger.ts';
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

/** Adds up what transactions earned and paid, in the base currency at the rates of their days. */
export function incomeOf(entries: readonly LedgerEntry[], rates: LedgerRates = ONE_CURRENCY): Income {
  let [dividends, interest, taxes, fees, adjustments] = [ZERO, ZERO, ZERO, ZERO, ZERO];
  for (const entry of entries) {
    const { kind } = entry;
    // The costs of trades go with their lots.
    if (FILL_SIDES[kind]) continue;
    const [gross, tax, fee] = [grossOf(entry), entry.tax, entry.fee];
    if (gross.isZero() && tax.isZero() && fee.isZero()) continue;
    const rate = baseRateOf(entry, rates);
    const worth = (amount: Decimal) => (amount.isZero() ? ZERO : amount.times(rate));
    taxes = taxes.plus(worth(tax));
    fees = fees.plus(worth(fee));
    if (kind === 'DIVIDEND') dividends = dividends.plus(worth(gross));
    if (kind === 'INTEREST') interest = interest.plus(worth(gross));
    if (kind === 'TAX') taxes = taxes.minus(worth(gross));
    if (kind === 'FEE') fees = fees.minus(worth(gross));
    if (kind === 'ADJUSTMENT') adjustments = adjustments.plus(worth(gross));
  }
  return { dividends, interest, taxes, fees, adjustments };
}
