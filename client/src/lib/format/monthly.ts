/** The return of one month or year: its label is 2024-05 or 2024; null where it is not known. */
export interface PeriodReturn {
  readonly label: string;
  readonly timeWeighted?: number | null;
}

/** The returns of one year, month by month; null where there is no history or it is not known. */
export interface YearOfReturns {
  readonly year: string;
  readonly months: readonly (number | null)[];
  readonly total: number | null;
}

/** Time-weighted returns as a row for each year, the oldest first. */
export function monthlyReturns(
  years: readonly PeriodReturn[],
  months: readonly PeriodReturn[],
): YearOfReturns[] {
  const byMonth = new Map(months.map(({ label, timeWeighted }) => [label, timeWeighted]));
  return years.map(({ label: year, timeWeighted: total = null }) => ({
    year,
    months: Array.from(
      { length: 12 },
      (_, month) => byMonth.get(`${year}-${String(month + 1).padStart(2, '0')}`) ?? null,
    ),
    total,
  }));
}
