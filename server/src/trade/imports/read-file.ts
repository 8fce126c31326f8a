import { RunProblem } from '../../run/run.worker.ts';
import { parseBrokerFile } from '../brokers/registry.ts';
import { itemsOfBroker } from './broker-file.ts';
import { readMappedCsv } from './csv-transactions.ts';
import type { ImportFile } from './import-item.ts';
import { isLedgerFile, readLedgerFile } from './ledger-file.ts';
import type { ImportTransactionsRequest } from './import-request.ts';

/** Reads the text of a file of transactions by its format, or by the mapping that was chosen. */
export function readImportFile(
  text: string,
  { mapping, formatId, timeZone, currency, baseCurrency }: ImportTransactionsRequest,
): ImportFile {
  if (mapping) {
    const hints = { timeZone: timeZone ?? 'UTC', currency: currency ?? baseCurrency };
    const file = readMappedCsv(text, mapping, hints);
    return { ...itemsOfBroker(file), shape: file.shape };
  }
  if (isLedgerFile(text)) return withRatesInto(baseCurrency, readLedgerFile(text));
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
