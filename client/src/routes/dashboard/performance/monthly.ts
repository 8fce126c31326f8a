/** One row of the table of monthly returns: a year, twelve months, and the year as a whole. */
export interface YearRow {
  readonly year: number;
  readonly months: (number | null)[];
  readonly total: number;
}

/**
 * Returns by calendar month out of a drawdown and equity course without flows: each month from the last value of
 * the month before to its own last, compounded into years. Months without a value are null.
 */
export function monthlyReturns(timesMs: Float64Array, levels: Float64Array): YearRow[] {
  const rows = new Map<number, YearRow>();
  let before = levels[0];
  for (let t = 0; t < timesMs.length; t += 1) {
    const at = new Date(timesMs[t]);
    const next = t + 1 < timesMs.length ? new Date(timesMs[t + 1]) : null;
    if (next && next.getUTCMonth() === at.getUTCMonth() && next.getUTCFullYear() === at.getUTCFullYear())
      continue;
    const year = at.getUTCFullYear();
    const row = rows.get(year) ?? {
      year,
      months: Array.from<number | null>({ length: 12 }).fill(null),
      total: 0,
    };
    const change = levels[t] / before - 1;
    row.months[at.getUTCMonth()] = change;
    rows.set(year, { ...row, total: (1 + row.total) * (1 + change) - 1 });
    before = levels[t];
  }
  return [...rows.values()];
}
