/** Usual periods, each ending with the newest valuation. */
export const PERIOD_PRESETS = {
  MONTH_TO_DATE: 'Since the end of last month.',
  QUARTER_TO_DATE: 'Since the end of last quarter.',
  YEAR_TO_DATE: 'Since the end of last year.',
  ONE_YEAR: 'The last year.',
  THREE_YEARS: 'The last three years.',
  FIVE_YEARS: 'The last five years.',
  SINCE_START: 'Since its first event.',
} as const;

/** A usual period. */
export type PeriodPreset = keyof typeof PERIOD_PRESETS;

const YEARS: Partial<Record<PeriodPreset, number>> = { ONE_YEAR: 1, THREE_YEARS: 3, FIVE_YEARS: 5 };

/**
 * When a usual period starts that ends at a time; null from the first event. A valuation at midnight
 * is the close of the day before.
 */
export function presetStart(preset: PeriodPreset, endMs: number): number | null {
  const last = new Date(endMs - 1);
  const [year, month] = [last.getUTCFullYear(), last.getUTCMonth()];
  if (preset === 'MONTH_TO_DATE') return Date.UTC(year, month, 1);
  if (preset === 'QUARTER_TO_DATE') return Date.UTC(year, month - (month % 3), 1);
  if (preset === 'YEAR_TO_DATE') return Date.UTC(year, 0, 1);
  const years = YEARS[preset];
  if (years === undefined) return null;
  const start = new Date(endMs);
  start.setUTCFullYear(start.getUTCFullYear() - years);
  // The 29th of February of a year without one is its 28th.
  if (start.getUTCMonth() !== new Date(endMs).getUTCMonth()) start.setUTCDate(0);
  return start.getTime();
}
