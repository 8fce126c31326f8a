import { expect, it } from 'vitest';
import { type PeriodPreset, presetStart } from './presets.ts';

const DAY = (text: string) => Date.parse(text);

it.each([
  ['MONTH_TO_DATE', '2024-05-31T20:00:00Z', '2024-05-01'],
  ['MONTH_TO_DATE', '2024-06-01', '2024-05-01'],
  ['QUARTER_TO_DATE', '2024-05-31', '2024-04-01'],
  ['YEAR_TO_DATE', '2024-01-01', '2023-01-01'],
  ['ONE_YEAR', '2024-02-29', '2023-02-28'],
  ['THREE_YEARS', '2024-05-31', '2021-05-31'],
  ['FIVE_YEARS', '2024-02-29', '2019-02-28'],
  ['SINCE_START', '2024-02-29', null],
] as [PeriodPreset, string, string | null][])('%s ending %s starts %s', (preset, end, start) => {
  expect(presetStart(preset, DAY(end))).toBe(start && DAY(start));
});
