import type { BrokerTransaction } from '../brokers/broker-transaction.ts';
import { draftsOf, hasInstrument } from '../brokers/ledger-drafts.ts';
import type { BrokerFile } from '../brokers/registry.ts';
import { fingerprintsOf } from '../brokers/row-identity.ts';
import { EMPTY_SUMMARY, type ImportFile, type ImportItem } from './import-item.ts';
import { clueKey, clueOf, mergeClues } from './instrument-clues.ts';

const COIN_FORMATS = [
  'binance',
  'bitvavo',
  'coinbase',
  'coinbase-pro',
  'cointracking',
  'delta',
  'kraken',
  'revolut-crypto',
];

/** The rows of a broker's file as items of an import, in the order of the file. */
export function itemsOfBroker(file: BrokerFile & { format: NonNullable<BrokerFile['format']> }): ImportFile {
  const assetClass = COIN_FORMATS.includes(file.format.id) ? 'CRYPTO' : null;
  const fingerprints = fingerprintsOf(file.rows);
  const rows = draftsOf(file.rows, clueKey).map(({ row, drafts, error, joined }, index): ImportItem => {
    return {
      line: row.line,
      summary: summaryOf(row),
      fingerprint: error ? null : fingerprints[index],
      drafts: drafts.map(({ line: _line, ...draft }) => ({ ...draft, hasTime: row.hasTime })),
      error,
      skipped: joined ? `part of the exchange in line ${joined.line}` : null,
    };
  });
  const others = [
    ...file.skipped.map(({ line, reason }) => ({ line, error: null, skipped: reason })),
    ...file.errors.map((error) => ({ line: error.line, error, skipped: null })),
  ].map((one): ImportItem => ({ ...one, summary: EMPTY_SUMMARY, fingerprint: null, drafts: [] }));
  return {
    format: file.format,
    items: [...rows, ...others].toSorted((a, b) => a.line - b.line),
    clues: mergeClues(file.rows.filter(hasInstrument).map((row) => clueOf(row, assetClass))),
    balances: file.balances ?? [],
  };
}

function summaryOf(row: BrokerTransaction): ImportItem['summary'] {
  const { kind, quantity, price, amount, currency, fee, description } = row;
  const time = new Date(row.occurredAtMs).toISOString();
  return {
    kind,
    occurredAt: time,
    instrument: row.symbol ?? row.isin ?? row.name,
    quantity,
    price,
    amount,
    currency,
    fee,
    tax: row.tax === '0' ? row.withholding : row.tax,
    description,
  };
}
