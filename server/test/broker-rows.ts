import { Decimal } from '../src/platform/decimal.ts';
import { expect } from 'vitest';
import { type BrokerFile, parseBrokerFile } from '../src/trade/brokers/registry.ts';
import { readRecords } from '../src/trade/brokers/broker-table.ts';
import {
  type BrokerTransaction,
  type BrokerTransactionKind,
  holdingChange,
  transaction,
} from '../src/trade/brokers/broker-transaction.ts';
import { sharedText } from '../../tools/testing/services.ts';

const EXPORTS = 'data/broker_exports/';

/** A real export of the reference data, read. */
export function parseShared(path: string): BrokerFile {
  return parseBrokerFile(sharedText(EXPORTS + path));
}

/**
 * Rows written as cells with commas between: kind, date, symbol, ISIN, name, quantity, price, its currency,
 * amount, currency, fee, tax, withholding.
 */
export function rowsOf(...lines: string[]): BrokerTransaction[] {
  return lines.map((line, index) => {
    const [kind, time, symbol, isin, name, quantity, price, priceCurrency, amount, currency, ...costs] =
      line.split(',');
    const number = (cell: string | undefined) => (cell ? new Decimal(cell) : null);
    const [fee, tax, withholding] = [0, 1, 2].map((place) => number(costs[place]));
    return transaction({
      line: index + 2,
      kind: kind as BrokerTransactionKind,
      occurredAtMs: new Date(time).getTime(),
      hasTime: time.includes('T'),
      symbol,
      isin,
      name,
      quantity: number(quantity),
      price: number(price),
      priceCurrency: priceCurrency || null,
      amount: number(amount),
      currency,
      fee,
      tax,
      withholding,
    });
  });
}

/** A row in one line: kind, time, instrument, quantity at price, change of cash, costs. */
export function brief(row: BrokerTransaction): string {
  const time = new Date(row.occurredAtMs).toISOString();
  return [
    row.kind,
    row.hasTime ? time.replace('.000Z', 'Z') : time.slice(0, 10),
    row.symbol,
    row.isin,
    row.quantity,
    row.price && `@ ${row.price} ${row.priceCurrency}`,
    row.amount !== '0' && `cash ${row.amount} ${row.currency}`,
    row.fee !== '0' && `fee ${row.fee}`,
    row.tax !== '0' && `tax ${row.tax}`,
    row.withholding !== '0' && `withheld ${row.withholding}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** How many rows there are of each kind. */
export function countsOf(rows: readonly BrokerTransaction[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of rows) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The changes of cash, added up by currency. */
export function cashOf(rows: readonly BrokerTransaction[]): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const { currency, amount } of rows)
    if (currency && amount !== '0') sums[currency] = new Decimal(sums[currency] ?? 0).plus(amount).toFixed();
  return sums;
}

/** The changes of holdings, added up by symbol, or ISIN where there is none. */
export function holdingsOf(rows: readonly BrokerTransaction[]): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const row of rows) {
    const instrument = row.symbol ?? row.isin;
    const change = holdingChange(row);
    if (instrument && !change.isZero())
      sums[instrument] = new Decimal(sums[instrument] ?? 0).plus(change).toFixed();
  }
  return sums;
}

/** Fails unless every record under the header is a transaction, skipped, or an error. */
export function expectEveryLineUsed(path: string, delimiter: string, headerLine = 1): void {
  const file = parseShared(path);
  const used = new Set([...file.rows, ...file.skipped, ...file.errors].map(({ line }) => line));
  const lines = readRecords(sharedText(EXPORTS + path), delimiter).records.map(({ line }) => line);
  expect([...used].toSorted((a, b) => a - b)).toEqual(lines.filter((line) => line > headerLine));
}

/** The changes of every currency, coin and holding together: what an exchange shows as balances. */
export function balancesOf(rows: readonly BrokerTransaction[]): Record<string, string> {
  const sums = cashOf(rows);
  for (const [asset, change] of Object.entries(holdingsOf(rows)))
    sums[asset] = new Decimal(sums[asset] ?? 0).plus(change).toFixed();
  return sums;
}
