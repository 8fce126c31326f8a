import type { ImportResult } from '../market-data/import-run.ts';

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

const BAR_WIDTH = 30;

/** A bar with what is done, for one line of a terminal. */
export function progressLine({ progress, rowsRead }: ImportState): string {
  const filled = Math.round(progress * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${Math.round(progress * 100)}%  ${rowsRead} lines`;
}

/** What came of an import, with the lines that cannot be used. */
export function report(state: ImportState): string {
  const { dryRun, rowsImported, rowsDuplicate, rowsRejected, problems, status, errorMessage } = state;
  const verb = dryRun ? 'would be imported' : 'imported';
  const verdict =
    status === 'SUCCEEDED'
      ? `${rowsImported} lines ${verb}, ${rowsDuplicate} there already, ${rowsRejected} cannot be used.`
      : (errorMessage ?? status.toLowerCase());
  const listed = problems.map(({ line, reason }) => `  line ${line}: ${reason}`);
  const rest = rowsRejected > problems.length ? [`  and ${rowsRejected - problems.length} more`] : [];
  return [verdict, ...listed, ...rest].join('\n');
}
