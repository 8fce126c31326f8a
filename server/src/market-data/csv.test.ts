import { describe, expect, it } from 'vitest';
import { BarReader } from './csv-bars.ts';
import { detectDialect, normalizeNumber } from './csv.ts';

describe('how a file writes numbers', () => {
  it.each([
    ['1.250,5', true],
    ['1 250,5', true],
    ['1\u00a0250,5', true],
    ['1\u202f250,5', true],
    ["1'250.5", false],
    ['1250.5', false],
  ])('is told by %j: a decimal comma is %s', (cell, hasDecimalComma) => {
    const dialect = detectDialect(`Date;Close\n2024-01-02;${cell}\n`);
    expect(dialect).toMatchObject({ delimiter: ';', hasDecimalComma });
    expect(normalizeNumber(cell, dialect)).toBe('1250.5');
  });

  it('has 100 characters at most, and longer ones are told at once by their beginning', () => {
    const dialect = { delimiter: ',', hasDecimalComma: false, isDayFirst: false };
    expect(normalizeNumber('9'.repeat(100), dialect)).toBe('9'.repeat(100));
    expect(normalizeNumber('9'.repeat(101), dialect)).toBeNull();
    const reader = new BarReader(['Date', 'Close'], dialect, {
      timeframe: 'DAY_1',
      calendar: 'NONE',
      timeZone: 'UTC',
      isStampedAtOpen: true,
    });
    const startedAtMs = performance.now();
    expect(reader.read(['2024-01-02', `${'9'.repeat(1_000_000)}x`], 2)).toMatchObject({
      reason: `expected a price above 0, was ${'9'.repeat(100)}…`,
      value: `${'9'.repeat(100)}…`,
    });
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});

describe('the prices of a file', () => {
  const reader = new BarReader(
    ['Date', 'Close', 'Volume', 'Adj Close'],
    { delimiter: ',', hasDecimalComma: false, isDayFirst: false },
    { timeframe: 'DAY_1', calendar: 'NONE', timeZone: 'UTC', isStampedAtOpen: true },
  );

  it.each([
    ['1e-18', '0', '0'],
    ['99999999999999990000', '1e29', '1e20'],
  ])('may be %s, with %s units traded', (close, volume, adjustedClose) => {
    expect(reader.read(['2024-01-02', close, volume, adjustedClose], 2)).toMatchObject({
      close: Number(close),
      volume: Number(volume),
    });
  });

  it.each([
    ['1e308', '1', '1', 'Close', 'expected a price from 1e-18 to below 100000000000000000000, was 1e308'],
    ['1e309', '1', '1', 'Close', 'expected a price from 1e-18 to below 100000000000000000000, was 1e309'],
    ['5e-324', '1', '1', 'Close', 'expected a price from 1e-18 to below 100000000000000000000, was 5e-324'],
    ['1', '1e30', '1', 'Volume', 'expected a number below 1e+30, was 1e30'],
    ['1', '1', '1e31', 'Adj Close', 'expected a number below 1e+30, was 1e31'],
  ])(
    'may not be %s, with %s units traded and adjusted to %s',
    (close, volume, adjustedClose, column, reason) => {
      const read = reader.read(['2024-01-02', close, volume, adjustedClose], 2);
      expect(read).toMatchObject({ column, reason });
    },
  );
});
