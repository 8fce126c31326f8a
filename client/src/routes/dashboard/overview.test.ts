import { expect, it } from 'vitest';
import {
  closeOfDay,
  countUntil,
  currencyPart,
  endOfDay,
  growthOf,
  isInSeveralCurrencies,
  markedTimes,
} from './overview.ts';

it('knows whether there is more than one currency', () => {
  const portfolio = (cash: string, held: string) => ({
    baseCurrency: 'EUR',
    valuation: { cashBalances: [{ currency: 'EUR' }, { currency: cash }] },
    positions: { nodes: [{ instrument: { currency: held } }] },
  });
  expect(isInSeveralCurrencies(portfolio('EUR', 'EUR'))).toBe(false);
  expect(isInSeveralCurrencies(portfolio('USD', 'EUR'))).toBe(true);
  expect(isInSeveralCurrencies(portfolio('EUR', 'USD'))).toBe(true);
});

it('adds what the rate made of the cost and of the gain', () => {
  expect(currencyPart({ currency: '10', cross: '-2.5' })).toBe('7.5');
  expect(currencyPart({ currency: null, cross: null })).toBeNull();
});

it('looks back to the end of a day, and to its closes, the last of which are at the midnight after', () => {
  expect([endOfDay(''), endOfDay('2024-02-29')]).toEqual([null, '2024-02-29T23:59:59.999Z']);
  expect([closeOfDay(''), closeOfDay('2024-02-29')]).toEqual([null, '2024-03-01T00:00:00.000Z']);
  const times = Float64Array.of(Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3), Date.UTC(2024, 0, 4));
  expect(countUntil(times, closeOfDay('2024-01-02'))).toBe(2);
  expect(countUntil(times, closeOfDay('2024-02-01'))).toBe(3);
  expect(countUntil(times, closeOfDay('2023-12-31'))).toBe(0);
  expect(countUntil(times, null)).toBe(3);
});

it('tells which times are marked', () => {
  const times = Float64Array.of(Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3), Date.UTC(2024, 0, 4));
  const [second, third] = ['2024-01-03T00:00:00.000Z', '2024-01-04T00:00:00.000Z'];
  expect(markedTimes(times, Float64Array.of(0, 1, 1))).toEqual({ count: 2, first: second, last: third });
  // Of a chart that ends before, the marks behind its end count for nothing.
  expect(markedTimes(times.subarray(0, 2), Float64Array.of(0, 1, 1))).toEqual({
    count: 1,
    first: second,
    last: second,
  });
  expect(markedTimes(times, Float64Array.of(0, 0, 0))).toBeNull();
});

const performance = (timeWeighted: {
  value: number | null;
  annualised: number | null;
  annualisedReason: string | null;
  reason: string | null;
}) => ({
  __typename: 'PerformanceReport' as const,
  from: '2024-01-02T00:00:00.000Z',
  to: '2024-01-04T00:00:00.000Z',
  timeWeighted,
});

it('heads with the return of the performance page, each way with why there is none', () => {
  const annualisedReason = 'expected a year or more, was 2 days';
  const short = { value: 0.26, annualised: null, annualisedReason, reason: null };
  expect(growthOf(performance(short))).toEqual({
    total: { value: 0.26, reason: null },
    perYear: { value: null, reason: annualisedReason },
  });
  const long = { value: 0.21, annualised: 0.1, annualisedReason: null, reason: null };
  expect(growthOf(performance(long))).toEqual({
    total: { value: 0.21, reason: null },
    perYear: { value: 0.1, reason: null },
  });
  const reason = 'expected exchange rates for all of the period, was without EUR in USD';
  const unknown = { value: null, annualised: null, annualisedReason: reason, reason };
  expect(growthOf(performance(unknown))).toEqual({
    total: { value: null, reason },
    perYear: { value: null, reason },
  });
  const none = { __typename: 'InsufficientHistoryError' as const, message: 'expected prices' };
  expect(growthOf(none)).toEqual({
    total: { value: null, reason: 'expected prices' },
    perYear: { value: null, reason: 'expected prices' },
  });
});
