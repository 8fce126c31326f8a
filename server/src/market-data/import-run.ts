import type { ImportColumn, ImportProblem } from './csv.ts';

/** How an import treats what is there already. */
export type DuplicateRule = 'SKIP' | 'REPLACE' | 'REJECT';

/** What an import counts; stored as the result of its run. */
export interface ImportResult extends Record<string, unknown> {
  rowsRead: number;
  rowsImported: number;
  rowsDuplicate: number;
  rowsRejected: number;
  problems: ImportProblem[];
  columns: readonly ImportColumn[];
}

const PROBLEMS_LISTED = 100;

/** An empty count to begin with. */
export function emptyResult(columns: readonly ImportColumn[]): ImportResult {
  return { rowsRead: 0, rowsImported: 0, rowsDuplicate: 0, rowsRejected: 0, problems: [], columns };
}

/** Counts a line that cannot be used and lists the first of them. */
export function reject(result: ImportResult, problem: ImportProblem): void {
  result.rowsRejected += 1;
  if (result.problems.length < PROBLEMS_LISTED) result.problems.push(problem);
}

/** The sentence an all-or-nothing import fails with. */
export function rejection(result: ImportResult): string {
  const [first] = result.problems;
  const example = first ? ` The first: line ${first.line}: ${first.reason}.` : '';
  return `${result.rowsRejected} of ${result.rowsRead} lines cannot be used, so nothing was imported.${example}`;
}
