/** The return of one month or year: its label is 2024-05 or 2024; null where it is not known, for a reason. */
export interface PeriodReturn {
  readonly label: string;
  readonly value?: number | null;
  readonly reason?: string | null;
}

/** A return in a table, or why there is none; both null where there is no history. */
export interface ReturnCell {
  readonly value: number | null;
  readonly reason: string | null;
}

/** The returns of one year, month by month. */
export interface YearOfReturns {
  readonly year: string;
  readonly months: readonly ReturnCell[];
  readonly total: ReturnCell;
}

/** Returns as a row for each year, the oldest first. */
export function monthlyReturns(
  years: readonly PeriodReturn[],
  months: readonly PeriodReturn[],
): YearOfReturns[] {
  const byMonth = new Map(months.map((month) => [month.label, month]));
  const cellOf = (period: PeriodReturn | undefined) => ({
    value: period?.value ?? null,
    reason: period?.reason ?? null,
  });
  return years.map((year) => ({
    year: year.label,
    months: Array.from({ length: 12 }, (_, month) =>
      cellOf(byMonth.get(`${year.label}-${String(month + 1).padStart(2, '0')}`)),
    ),
    total: cellOf(year),
  }));
}

/** How deep a return is coloured beside the others, in per cent: 0 for nothing, 55 for the greatest gain or loss. */
export function depthOf(value: number | null, rows: readonly YearOfReturns[]): number {
  const sizes = rows.flatMap(({ months }) => months.map((cell) => Math.abs(cell.value ?? 0)));
  const greatest = Math.max(0, ...sizes);
  return greatest > 0 && value !== null ? Math.round((55 * Math.abs(value)) / greatest) : 0;
}
