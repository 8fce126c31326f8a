/** Rows of a long table that are drawn: from `start` up to `end`, which is left out. */
export interface RowWindow {
  readonly start: number;
  readonly end: number;
}

const ROWS_BEYOND = 10;

/** The rows that are in sight of a scrolled table, with a few beyond each edge. */
export function rowWindow(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  rowCount: number,
): RowWindow {
  const first = Math.floor(scrollTop / rowHeight) - ROWS_BEYOND;
  const last = Math.ceil((scrollTop + viewHeight) / rowHeight) + ROWS_BEYOND;
  const end = Math.min(rowCount, Math.max(0, last));
  return { start: Math.min(end, Math.max(0, first)), end };
}
