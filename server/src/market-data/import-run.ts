import type { Uploads } from '../platform/http/uploads.ts';
import { RunProblem } from '../run/run.worker.ts';
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

/** Does something with an uploaded file; fails the run in words for its user where the file is gone, or goes meanwhile. */
export async function withUpload<T>(
  uploads: Uploads,
  uploadId: string,
  work: (upload: { path: string; bytes: number }) => Promise<T>,
): Promise<T> {
  const gone = new RunProblem('expected the uploaded file, which is gone: upload it again');
  const upload = await uploads.find(uploadId);
  if (!upload) throw gone;
  return work(upload).catch((problem: NodeJS.ErrnoException) => {
    throw problem.code === 'ENOENT' ? gone : problem;
  });
}
