import { detectDialect } from '../../market-data/csv.ts';
import { type BrokerFormat, type ImportHints, tableOf } from './broker-format.ts';
import { readRecords } from './broker-table.ts';
import type { BrokerRows } from './broker-transaction.ts';
import { degiro } from './degiro.ts';
import { ibkrActivityStatement } from './ibkr-activity-statement.ts';
import { ibkrFlexCash, ibkrFlexTrades } from './ibkr-flex-csv.ts';
import { isFlexXml, readFlexXml } from './ibkr-flex-xml.ts';
import { ibkrTransactionHistory } from './ibkr-transaction-history.ts';
import { etoro } from './etoro.ts';
import { freetrade } from './freetrade.ts';
import { revolutCrypto } from './revolut-crypto.ts';
import { revolutInvest } from './revolut-invest.ts';
import { schwab } from './schwab.ts';
import { vanguardUk } from './vanguard-uk.ts';
import { binance } from './binance.ts';
import { bitvavo } from './bitvavo.ts';
import { coinbase } from './coinbase.ts';
import { coinbasePro } from './coinbase-pro.ts';
import { swissquote } from './swissquote.ts';
import { xtb } from './xtb.ts';
import { finpension } from './finpension.ts';
import { parqet } from './parqet.ts';
import { rabobank } from './rabobank.ts';
import { avanza } from './avanza.ts';
import { kraken } from './kraken.ts';
import { cointracking } from './cointracking.ts';
import { delta } from './delta.ts';
import { tradeRepublic } from './trade-republic.ts';
import { trading212 } from './trading-212.ts';

/** The formats that are read, the first that recognises a file wins. */
export const BROKER_FORMATS: readonly BrokerFormat[] = [
  delta,
  kraken,
  cointracking,
  swissquote,
  xtb,
  finpension,
  parqet,
  rabobank,
  avanza,
  binance,
  bitvavo,
  coinbase,
  coinbasePro,
  degiro,
  etoro,
  freetrade,
  ibkrActivityStatement,
  ibkrFlexTrades,
  ibkrFlexCash,
  ibkrTransactionHistory,
  revolutCrypto,
  revolutInvest,
  schwab,
  tradeRepublic,
  trading212,
  vanguardUk,
];

/** A header stands within these first records; some brokers write a title and totals above it. */
const HEADER_RECORDS = 30;
const HEAD_CHARACTERS = 64 * 1024;

/** What was read of a broker's file; the format is null where no header is recognised. */
export interface BrokerFile extends BrokerRows {
  readonly format: Pick<BrokerFormat, 'id' | 'name'> | null;
}

/** The one format that has elements instead of a header. */
const FLEX_XML = { id: 'ibkr-flex-xml', name: 'Interactive Brokers Flex query, XML' };

/** The names of all formats, for people to choose from. */
export const FORMAT_NAMES: readonly Pick<BrokerFormat, 'id' | 'name'>[] = [FLEX_XML, ...BROKER_FORMATS]
  .map(({ id, name }) => ({ id, name }))
  .toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The format of a header, or null where none is known. */
export function recognise(header: readonly string[], formatId?: string): BrokerFormat | null {
  const formats =
    formatId === undefined ? BROKER_FORMATS : BROKER_FORMATS.filter(({ id }) => id === formatId);
  return formats.find((format) => format.recognise(header)) ?? null;
}

/** The format that recognises a file by its beginning, or null. */
export function formatOf(head: string): Pick<BrokerFormat, 'id' | 'name'> | null {
  const plain = head.replace(/^\uFEFF/, '');
  if (isFlexXml(plain)) return FLEX_XML;
  return headerOf(plain)?.format ?? null;
}

/** Where the header of a known format stands, by whatever delimiter. */
function headerOf(plain: string, formatId?: string) {
  for (const delimiter of new Set([detectDialect(plain).delimiter, ',', ';', '\t', '|'])) {
    const { records: head } = readRecords(plain.slice(0, HEAD_CHARACTERS), delimiter, HEADER_RECORDS);
    for (const [index, { cells }] of head.entries()) {
      const format = recognise(cells, formatId);
      if (format) return { format, index, delimiter };
    }
  }
  return null;
}

/** Reads the export file of a broker, whichever of the known ones it is of. */
export function parseBrokerFile(text: string, hints: ImportHints = {}): BrokerFile {
  const plain = text.replace(/^\uFEFF/, '');
  const { formatId = null } = hints;
  if (isFlexXml(plain) && (formatId ?? FLEX_XML.id) === FLEX_XML.id)
    return { format: FLEX_XML, ...readFlexXml(plain, hints.timeZone) };
  const found = headerOf(plain, hints.formatId);
  if (found) {
    const { format, index, delimiter } = found;
    const { records, errors } = readRecords(plain, delimiter);
    const read = format.read(tableOf(format, records, index, hints));
    return { ...read, format, errors: [...read.errors, ...errors] };
  }
  const header = plain.split(/\r?\n/, 1)[0].slice(0, 200);
  const expected = FORMAT_NAMES.find(({ id }) => id === formatId)?.name ?? "a known broker's export";
  const reason = `expected the header of ${expected}, was ${header || 'an empty file'}`;
  return {
    format: null,
    rows: [],
    skipped: [],
    errors: [{ line: 1, column: null, value: header, reason, severity: 'ERROR' }],
  };
}
