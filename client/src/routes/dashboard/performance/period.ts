import type { PeriodPreset } from '#lib/graphql/generated/graphql.ts';
import { closeOfDay } from '../overview.ts';

/** A usual period, or dates of one's own. */
export interface Period {
  readonly preset: PeriodPreset | null;
  readonly from: string;
  readonly to: string;
}

/** The usual periods as buttons. */
export const PRESETS: readonly (readonly [PeriodPreset, string, string])[] = [
  ['MONTH_TO_DATE', 'MTD', 'This month'],
  ['QUARTER_TO_DATE', 'QTD', 'This quarter'],
  ['YEAR_TO_DATE', 'YTD', 'This year'],
  ['ONE_YEAR', '1Y', 'One year'],
  ['THREE_YEARS', '3Y', 'Three years'],
  ['FIVE_YEARS', '5Y', 'Five years'],
  ['SINCE_START', 'All', 'Since the start'],
];

/** A period as the API takes it; a last day counts until its end. */
export function periodInput({ preset, from, to }: Period): {
  preset: PeriodPreset | null;
  from: string | null;
  to: string | null;
} {
  if (preset) return { preset, from: null, to: null };
  return { preset: null, from: from || null, to: closeOfDay(to) };
}
