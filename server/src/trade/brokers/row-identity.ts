import { createHash } from 'node:crypto';
import type { BrokerTransaction } from './broker-transaction.ts';

/**
 * A text for each row that is the same whenever that row is read again. Rows of one file
 * that are equal in all they say are numbered, so that true duplicates stay apart and are found again.
 */
export function fingerprintsOf(rows: readonly BrokerTransaction[]): string[] {
  const counts = new Map<string, number>();
  return rows.map((row) => {
    const hash = createHash('sha256').update(factsOf(row)).digest('hex').slice(0, 32);
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    return count === 1 ? hash : `${hash}-${count}`;
  });
}

/** What a row says about the account; neither where it stood nor how it was put into words. */
function factsOf(row: BrokerTransaction): string {
  const { kind, occurredAtMs, hasTime, symbol, isin, quantity, price, priceCurrency } = row;
  const { amount, currency, fee, tax, withholding, account, externalId } = row;
  return JSON.stringify([
    kind,
    occurredAtMs,
    hasTime,
    symbol,
    isin,
    symbol || isin ? null : row.name,
    quantity,
    price,
    priceCurrency,
    amount,
    currency,
    fee,
    tax,
    withholding,
    account,
    externalId,
  ]);
}
