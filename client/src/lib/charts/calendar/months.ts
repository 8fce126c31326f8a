const DAY_MS = 86_400_000;

/** A day of a calendar; `value` is null where nothing happened. */
export interface Day {
  readonly timeMs: number;
  readonly value: number | null;
  readonly count: number;
  /** How strong its colour is, 0 to 1. */
  readonly strength: number;
}

/** A month as weeks from Monday to Sunday; null outside of the month. */
export interface Month {
  readonly label: string;
  readonly total: number;
  readonly weeks: readonly (readonly (Day | null)[])[];
}

/** The years that days fall into, the newest first. */
export function yearsOf(days: ArrayLike<number>): number[] {
  const years = new Set(Array.from(days, (timeMs) => new Date(timeMs).getUTCFullYear()));
  return [...years].toSorted((a, b) => b - a);
}

/** The months of a year in which something happened, with every day of each. */
export function monthsOf(
  year: number,
  { days, profit, counts }: Record<'days' | 'profit' | 'counts', ArrayLike<number>>,
): Month[] {
  const places = new Map(Array.from(days, (timeMs, index) => [timeMs, index]));
  const greatest = Array.from(profit).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const months = Array.from({ length: 12 }, (_, month): Month => {
    const firstMs = Date.UTC(year, month, 1);
    const count = (Date.UTC(year, month + 1, 1) - firstMs) / DAY_MS;
    const lead = (new Date(firstMs).getUTCDay() + 6) % 7;
    const cells = Array.from({ length: Math.ceil((lead + count) / 7) * 7 }, (_, cell): Day | null => {
      const date = cell - lead;
      if (date < 0 || date >= count) return null;
      const timeMs = firstMs + date * DAY_MS;
      const place = places.get(timeMs);
      if (place === undefined) return { timeMs, value: null, count: 0, strength: 0 };
      const value = profit[place];
      // A root keeps small days visible beside a large one.
      const strength = greatest > 0 ? Math.sqrt(Math.abs(value) / greatest) : 0;
      return { timeMs, value, count: counts[place], strength };
    });
    const label = new Date(firstMs).toLocaleDateString('en-US', { month: 'short', timeZone: 'UTC' });
    const total = cells.reduce((sum, day) => sum + (day?.value ?? 0), 0);
    const weeks = Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
    return { label, total, weeks };
  });
  return months.filter(({ weeks }) => weeks.flat().some((day) => day && day.count > 0));
}
