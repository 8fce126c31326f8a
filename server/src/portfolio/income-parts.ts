import type { Decimal } from '../platform/decimal.ts';
import { baseRateOf, grossOf, type LedgerEntry, type LedgerRates, ONE_CURRENCY } from '../trade/ledger.ts';

/** What a part earned and paid in a period, in the base currency. */
export interface IncomeParts {
  /** Before the tax withheld. */
  readonly dividends: number;
  readonly interest: number;
  /** All fees, those of trades too; 0 or more but for refunds. */
  readonly fees: number;
  /** All taxes, those of trades too; 0 or more but for refunds. */
  readonly taxes: number;
}

/** Where nothing was earned or paid. */
export const NO_INCOME: IncomeParts = { dividends: 0, interest: 0, fees: 0, taxes: 0 };

/** What each part earned and paid by the given transactions. */
export function incomeParts(
  entries: readonly LedgerEntry[],
  keysOf: (accountId: string, instrumentId: string | null) => readonly string[],
  rates: LedgerRates = ONE_CURRENCY,
): Map<string, IncomeParts> {
  const parts = new Map<string, IncomeParts>();
  for (const entry of entries) {
    const own = incomeOfEntry(entry, rates);
    for (const key of keysOf(entry.accountId, entry.instrumentId)) {
      const before = parts.get(key) ?? NO_INCOME;
      parts.set(key, {
        dividends: before.dividends + own.dividends,
        interest: before.interest + own.interest,
        fees: before.fees + own.fees,
        taxes: before.taxes + own.taxes,
      });
    }
  }
  return parts;
}

function incomeOfEntry(entry: LedgerEntry, rates: LedgerRates): IncomeParts {
  const { kind } = entry;
  const rate = baseRateOf(entry, rates).toNumber();
  const worth = (amount: Decimal) => (amount.isZero() ? 0 : amount.toNumber() * rate);
  const gross = worth(grossOf(entry));
  return {
    dividends: kind === 'DIVIDEND' ? gross : 0,
    interest: kind === 'INTEREST' ? gross : 0,
    fees: worth(entry.fee) - (kind === 'FEE' ? gross : 0),
    taxes: worth(entry.tax) - (kind === 'TAX' ? gross : 0),
  };
}
