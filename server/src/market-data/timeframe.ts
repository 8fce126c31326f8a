import { registerEnumType } from 'type-graphql';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The lengths a bar can have, with their milliseconds and bars per year of an exchange and of a market that never closes. */
export const TIMEFRAMES = {
  MINUTE_1: { lengthMs: MINUTE_MS, perYear: 98_280, perYearAlwaysOpen: 525_600 },
  MINUTE_5: { lengthMs: 5 * MINUTE_MS, perYear: 19_656, perYearAlwaysOpen: 105_120 },
  MINUTE_15: { lengthMs: 15 * MINUTE_MS, perYear: 6_552, perYearAlwaysOpen: 35_040 },
  HOUR_1: { lengthMs: 60 * MINUTE_MS, perYear: 1_638, perYearAlwaysOpen: 8_760 },
  HOUR_4: { lengthMs: 240 * MINUTE_MS, perYear: 504, perYearAlwaysOpen: 2_190 },
  DAY_1: { lengthMs: DAY_MS, perYear: 252, perYearAlwaysOpen: 365 },
  WEEK_1: { lengthMs: 7 * DAY_MS, perYear: 52, perYearAlwaysOpen: 52 },
  MONTH_1: { lengthMs: 30 * DAY_MS, perYear: 12, perYearAlwaysOpen: 12 },
} as const;

export type Timeframe = keyof typeof TIMEFRAMES;
export const TimeframeEnum = Object.fromEntries(Object.keys(TIMEFRAMES).map((name) => [name, name])) as {
  [Name in Timeframe]: Name;
};
registerEnumType(TimeframeEnum, {
  name: 'Timeframe',
  description: 'How long a bar is.',
  valuesConfig: {
    MINUTE_1: { description: 'One minute.' },
    MINUTE_5: { description: 'Five minutes.' },
    MINUTE_15: { description: 'A quarter of an hour.' },
    HOUR_1: { description: 'One hour.' },
    HOUR_4: { description: 'Four hours.' },
    DAY_1: { description: 'One trading day.' },
    WEEK_1: { description: 'One week.' },
    MONTH_1: { description: 'One month.' },
  },
});

/** Whether bars of this length belong to a date rather than to a time of day. */
export function isDated(timeframe: Timeframe): boolean {
  return TIMEFRAMES[timeframe].lengthMs >= DAY_MS;
}

/** Bars per year, which ratios are annualised by. */
export function periodsPerYear(timeframe: Timeframe, calendar: string): number {
  return calendar === '24x7' ? TIMEFRAMES[timeframe].perYearAlwaysOpen : TIMEFRAMES[timeframe].perYear;
}
