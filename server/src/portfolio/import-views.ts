import type { RunRow } from '../run/run.entity.ts';
import type { TransactionImportResult } from '../trade/imports/import-request.ts';
import type { StoredImport } from '../trade/imports/import.store.ts';
import type { PlannedRow, RowVerdict } from '../trade/imports/plan.ts';
import {
  BalanceComparison,
  ImportAccount,
  ImportPreview,
  ImportRow,
  ImportSymbol,
  TransactionImport,
  VerdictCount,
} from './import.type.ts';
import type { FilePreview } from './transaction-import.service.ts';

const DIFFERENCES_LISTED = 100;

function resultOf({ result }: RunRow): Partial<TransactionImportResult> {
  return (result ?? {}) as Partial<TransactionImportResult>;
}

/** A file's looks as the API gives them. */
export function toPreview({ format, csv, kinds, isRemembered }: FilePreview): ImportPreview {
  const fields = new Map(csv?.mapping.columns.map(({ field, index }) => [index, field]));
  const columns = csv?.header.map((header, index) => ({
    index,
    header,
    samples: csv.samples.map((cells) => cells[index] ?? ''),
    field: fields.get(index) ?? null,
    words: csv.words[index].map((one) => ({ ...one, isChosen: false })),
  }));
  return Object.assign(new ImportPreview(), {
    format,
    columns: columns ?? [],
    isDayFirst: csv?.mapping.isDayFirst ?? false,
    hasDecimalComma: csv?.mapping.hasDecimalComma ?? false,
    isAmountNet: csv?.mapping.isAmountNet ?? true,
    kinds,
    isRemembered,
  });
}

/** How often each verdict was given, the likeliest first. */
export function toVerdicts(row: RunRow): VerdictCount[] {
  return Object.entries(resultOf(row).verdicts ?? {}).map(([verdict, count]) =>
    Object.assign(new VerdictCount(), { verdict: verdict as RowVerdict, count }),
  );
}

/** The instruments of a file. */
export function toSymbols(row: RunRow): ImportSymbol[] {
  return (resultOf(row).instruments ?? []).map(({ key, isin, symbol, name, rowCount, resolution }) => {
    const { state } = resolution;
    return Object.assign(new ImportSymbol(), {
      key,
      isin,
      symbol,
      name,
      rowCount,
      state,
      instrumentId: state === 'KNOWN' ? resolution.instrument.id : null,
      candidateIds: state === 'UNRESOLVED' ? resolution.candidates.map(({ id }) => id) : [],
      suggestion:
        state === 'UNRESOLVED' ? resolution.suggestion : state === 'NEW' ? resolution.instrument : null,
    });
  });
}

/** The comparison of running balances, where the file has them. */
export function toBalances(row: RunRow): BalanceComparison | null {
  const { balances } = resultOf(row);
  if (!balances) return null;
  const differences = balances.differences
    .slice(0, DIFFERENCES_LISTED)
    .map(({ timeMs, ...one }) => ({ ...one, at: new Date(timeMs) }));
  return Object.assign(new BalanceComparison(), { ...balances, differences });
}

/** The accounts that it makes or changes. */
export function toAccounts(row: RunRow): ImportAccount[] {
  return (resultOf(row).accounts ?? []).map(({ closedAt, ...one }) =>
    Object.assign(new ImportAccount(), one, { closedAt: closedAt === null ? null : new Date(closedAt) }),
  );
}

/** A row with its verdict. */
export function toImportRow({ line, verdict, reason, symbol, summary }: PlannedRow): ImportRow {
  const { occurredAt, ...shown } = summary;
  return Object.assign(new ImportRow(), {
    ...shown,
    line,
    verdict,
    reason,
    symbol,
    occurredAt: occurredAt === null ? null : new Date(occurredAt),
  });
}

/** An import that was carried out. */
export function toImport(one: StoredImport): TransactionImport {
  return Object.assign(new TransactionImport(), one);
}
