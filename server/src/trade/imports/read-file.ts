import { RunProblem } from '../../run/run.worker.ts';
import { parseBrokerFile } from '../brokers/registry.ts';
import { itemsOfBroker } from './broker-file.ts';
import { readMappedCsv } from './csv-transactions.ts';
import type { ImportFile } from './import-item.ts';
import { isLedgerFile, LEDGER_FILE, readLedgerFile } from './ledger-file.ts';
import type { ImportTransactionsRequest } from './import-request.ts';

/** How much of a file's first line an error shows. */
const BEGINNING = 200;

/**
 * Reads the text of a file of transactions by its format, or by the mapping that was chosen. A ledger that was
 * exported here is always read as one: by columns alone, what was voided would count again.
 */
export function readImportFile(
  text: string,
  { mapping, formatId, timeZone, currency, baseCurrency }: ImportTransactionsRequest,
): ImportFile {
  const isLedger = isLedgerFile(text);
  if (isLedger && mapping)
    throw new RunProblem(`expected no mapping for a file of the format ${LEDGER_FILE.name}, was one`);
  if (mapping) {
    const hints = { timeZone: timeZone ?? 'UTC', currency: currency ?? baseCurrency };
    const file = readMappedCsv(text, mapping, hints);
    return { ...itemsOfBroker(file), shape: file.shape };
  }
  if (isLedger && (formatId ?? LEDGER_FILE.id) === LEDGER_FILE.id)
    return withRatesInto(baseCurrency, readLedgerFile(text));
  if (formatId === LEDGER_FILE.id)
    throw new RunProblem(
      `expected a file that begins as an export of a ledger does, was ${text.slice(0, BEGINNING).split(/\r?\n/, 1)[0] || 'an empty file'}`,
    );
  const hints = {
    timeZone: timeZone ?? undefined,
    currency: currency ?? baseCurrency,
    formatId: formatId ?? undefined,
  };
  const { format, ...file } = parseBrokerFile(text, hints);
  if (!format) throw new RunProblem(`${file.errors[0].reason}: choose what its columns are`);
  return itemsOfBroker({ format, ...file });
}

/** A rate into another currency than the portfolio's is none: that of the day stands in for it. */
function withRatesInto(baseCurrency: string, file: ImportFile): ImportFile {
  const items = file.items.map((item) => ({
    ...item,
    drafts: item.drafts.map((draft) =>
      draft.rateCurrency && draft.rateCurrency !== baseCurrency ? { ...draft, exchangeRate: null } : draft,
    ),
  }));
  return { ...file, items };
}
