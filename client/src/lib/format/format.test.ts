import { describe, expect, it } from 'vitest';
import { closeDate, date, dateTime, duration, moment, money, percent, plain, statistic } from './format.ts';

describe('format', () => {
  it.each([
    [percent(0.12345), '12.35%'],
    [percent(0.1, { isSigned: true }), '+10.00%'],
    [percent(-0.00001), '0.00%'],
    [percent(-0.0123), '-1.23%'],
    [money(-0.004, 'USD'), '$0.00'],
    [money(-0.004, 'USD', { isSigned: true }), '$0.00'],
    [plain(-0.00001), '0'],
    [plain(-2.5), '-2.5'],
    [percent(null), '–'],
    [percent(NaN), '–'],
    [percent(1.2833e15), '1.28E17%'],
    [money('1234.5', 'USD'), '$1,234.50'],
    [money('-3', 'EUR', { isSigned: true }), '-€3.00'],
    [money('0.12345678', 'BTCX'), '0.12345678 BTCX'],
    [plain('1.50'), '1.5'],
    [date('2024-05-31T20:00:00.000Z'), '2024-05-31'],
    [closeDate('2024-05-31T20:00:00.000Z'), '2024-05-31'],
    [closeDate('2024-06-01T00:00:00.000Z'), '2024-05-31'],
    [closeDate(null), '–'],
    [dateTime(0), '1970-01-01 00:00'],
    [moment('2024-05-31T20:05:00.000Z'), '2024-05-31 20:05'],
    [moment('2024-05-31T00:00:00.000Z'), '2024-05-31'],
    [moment(null), '–'],
    [duration(7), '7 ms'],
    [duration(90_000), '90 s'],
    [duration(10_800_000), '3 h'],
    [statistic(0.5, 'FRACTION'), '50.00%'],
    [statistic(12, 'COUNT'), '12'],
    [statistic(null, 'RATIO'), '–'],
  ])('%s', (was, expected) => {
    expect(was).toBe(expected);
  });
});
