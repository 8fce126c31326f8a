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
