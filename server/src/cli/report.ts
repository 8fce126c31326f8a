import type { ImportResult } from '../market-data/import-run.ts';
import type { CsvMapping } from '../trade/imports/csv-mapping.ts';
import type { RowVerdict } from '../trade/imports/plan.ts';
import type { PreviewedColumns } from './csv-columns.ts';

/** How an import stands. */
export interface ImportState extends Pick<
  ImportResult,
  'rowsRead' | 'rowsImported' | 'rowsDuplicate' | 'rowsRejected'
> {
  readonly status: string;
  readonly progress: number;
  readonly dryRun: boolean;
  readonly errorMessage: string | null;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

/** How an import of transactions ended. */
export interface TransactionsState extends Omit<ImportState, 'problems'> {
  readonly format: { readonly name: string } | null;
  readonly verdicts: readonly { readonly verdict: RowVerdict; readonly count: number }[];
  /** Those that cannot be used. */
  readonly transactionRows: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly line: number; readonly reason: string | null }[];
  };
  readonly symbols: readonly {
    readonly key: string;
    readonly name: string | null;
    readonly rowCount: number;
    readonly state: string;
    readonly suggestion: { readonly symbol: string } | null;
    readonly candidates: readonly { readonly symbol: string; readonly name: string }[];
  }[];
  readonly balances: {
    readonly compared: number;
    readonly agreed: number;
    readonly explained: number;
    readonly differences: readonly {
      readonly line: number;
      readonly at: string;
      readonly asset: string;
      readonly expected: string;
      readonly was: string;
      readonly missing: string;
      readonly isOpening: boolean;
    }[];
  } | null;
  readonly transactionImport: { readonly transactionCount: number } | null;
}

const BAR_WIDTH = 30;
const VERDICTS: Readonly<Record<RowVerdict, string>> = {
  NEW: 'new',
  DUPLICATE: 'there already',
  ERROR: 'cannot be used',
  NEEDS_SYMBOL: 'of an instrument that is not known',
  SKIPPED: 'without effect',
};
const DIFFERENCES_SHOWN = 20;

/** A bar with what is done, for one line of a terminal. */
export function progressLine({ progress, rowsRead }: Pick<ImportState, 'progress' | 'rowsRead'>): string {
  const filled = Math.round(progress * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${Math.round(progress * 100)}%  ${rowsRead} lines`;
}

/** What came of an import of bars, with the lines that cannot be used. */
export function report(state: ImportState): string {
  const { dryRun, rowsImported, rowsDuplicate, rowsRejected, problems, status, errorMessage } = state;
  const verb = dryRun ? 'would be imported' : 'imported';
  const verdict =
    status === 'SUCCEEDED'
      ? `${rowsImported} lines ${verb}, ${rowsDuplicate} there already, ${rowsRejected} cannot be used.`
      : (errorMessage ?? status.toLowerCase());
  return [verdict, ...listed(problems, rowsRejected)].join('\n');
}

/** How the columns of a file are read. */
export function columnsLine({ columns }: CsvMapping, preview: PreviewedColumns): string {
  const read = columns.map(({ field, index }) => `${field} = ${preview.columns[index].header}`);
  const how = preview.isRemembered ? 'as before' : 'as guessed and told';
  return `No known format; columns ${how}: ${read.join(', ')}.`;
}

/** What came of an import of transactions: verdicts, rows that cannot be used, open instruments, balances. */
export function transactionsReport(state: TransactionsState): string {
  const { status, errorMessage, dryRun, format, verdicts, transactionRows, transactionImport } = state;
  const counts = Object.entries(VERDICTS).flatMap(([verdict, words]) => {
    const count = verdicts.find((one) => one.verdict === verdict)?.count ?? 0;
    return count > 0 ? [`${count} ${words}`] : [];
  });
  return [
    ...(format ? [`${format.name}, ${state.rowsRead} rows: ${counts.join(', ') || 'none'}.`] : []),
    ...listed(transactionRows.nodes, transactionRows.totalCount),
    ...openSymbols(state),
    ...balanceLines(state),
    status !== 'SUCCEEDED'
      ? (errorMessage ?? status.toLowerCase())
      : dryRun
        ? 'Nothing was stored: this was a check.'
        : `${transactionImport?.transactionCount ?? 0} transactions were stored.`,
  ].join('\n');
}

function listed(
  rows: readonly { readonly line: number; readonly reason: string | null }[],
  count: number,
): string[] {
  const lines = rows.map(({ line, reason }) => `  line ${line}: ${reason}`);
  return count > rows.length ? [...lines, `  and ${count - rows.length} more`] : lines;
}

function openSymbols({ symbols }: TransactionsState): string[] {
  const open = symbols.filter(({ state }) => state === 'UNRESOLVED');
  if (open.length === 0) return [];
  const lines = open.map(({ key, name, rowCount, candidates }) => {
    const like = candidates.map((one) => `${one.symbol} (${one.name})`).join(', ');
    return `  ${key}${name ? `, ${name}` : ''}: ${rowCount} rows${like ? `; perhaps ${like}` : ''}`;
  });
  return [
    'Instruments that are not known:',
    ...lines,
    `Say what each is by --instrument "${open[0].key}=SYMBOL", leave it out by --instrument "${open[0].key}=", or make all by --create-missing.`,
  ];
}

function balanceLines({ balances, symbols }: TransactionsState): string[] {
  // Rows of open instruments are missing, so that nothing can agree yet.
  if (!balances || symbols.some(({ state }) => state === 'UNRESOLVED')) return [];
  const { compared, agreed, explained, differences } = balances;
  const shown = differences.slice(0, DIFFERENCES_SHOWN);
  return [
    `${agreed} of ${compared} running balances agree with the account.`,
    ...(differences.length > 0 ? [`The rows of the file explain ${explained} of them.`] : []),
    ...shown.map(({ line, at, asset, expected, was, missing, isOpening }) => {
      const why = isOpening ? `opens with ${missing}` : `${missing} missing`;
      return `  ${at.slice(0, 10)}, line ${line}: expected ${expected} ${asset}, was ${was}: ${why}`;
    }),
    ...(differences.length > shown.length ? [`  and ${differences.length - shown.length} more`] : []),
    ...(differences.some(({ isOpening }) => isOpening)
      ? ['Record what was there before the file by --opening-balances.']
      : []),
  ];
}
