import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, moneyOf } from './decimal-text.ts';

describe('decimalOf', () => {
  it.each([
    ['1234.56', '.', '1234.56'],
    ['1,234.56', '.', '1234.56'],
    ['1.234,56', '.', '1234.56'],
    ['1.234,56', ',', '1234.56'],
    ['1,259', '.', '1259'],
    ['1,259', ',', '1.259'],
    ['1.259', ',', '1259'],
    ['0,766', '.', '0.766'],
    ['-97.93', ',', '-97.93'],
    ['1 757,95', '.', '1757.95'],
    ["1'757.95", '.', '1757.95'],
    ['1,234,567', '.', '1234567'],
    ['(0,10)', '.', '-0.1'],
    ['\u22123', '.', '-3'],
    ['-3.605E-05', '.', '-0.00003605'],
    ['.9232', '.', '0.9232'],
    ['3343.1122998900000000000000000001', '.', '3343.1122998900000000000000000001'],
  ] as const)('reads %s beside the decimal sign %s as %s', (text, sign, expected) => {
    expect(decimalOf(text, sign)?.toFixed()).toBe(expected);
  });

  it.each(['', '-', 'EOF1', '1,23,456', '1.2.3', '1,2345.6', '12 EUR', '1e', '()'])(
    'refuses "%s"',
    (text) => {
      expect(decimalOf(text, '.')).toBeNull();
    },
  );

  it('refuses a long cell at once, whatever is in it', () => {
    const digits = '1'.repeat(200_000);
    const startMs = performance.now();
    for (const text of [
      `${digits}x`,
      `.${digits}x`,
      `${digits}.x`,
      `(${digits}`,
      '1,'.repeat(100_000),
      digits,
    ]) {
      expect(decimalOf(text, '.')).toBeNull();
      expect(moneyOf(text, '.')).toBeNull();
    }
    // It took minutes where each digit could stand in two places.
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(decimalOf('1'.repeat(100), '.')).not.toBeNull();
  });

  it('reads back every number however it is written', () => {
    const whole = fc.bigInt({ min: 0n, max: 10n ** 20n });
    fc.assert(
      fc.property(whole, fc.stringMatching(/^\d{1,12}$/), fc.boolean(), (integer, fraction, isNegative) => {
        const sign = isNegative ? '-' : '';
        const grouped = integer.toLocaleString('en-US');
        const expected = decimalOf(`${sign}${integer}.${fraction}`, '.')!.toFixed();
        expect(decimalOf(`${sign}${grouped}.${fraction}`, '.')?.toFixed()).toBe(expected);
        const european = `${sign}${grouped.replaceAll(',', '.')},${fraction}`;
        expect(decimalOf(european, ',')?.toFixed()).toBe(expected);
      }),
    );
  });
});

describe('moneyOf', () => {
  it.each([
    ['-$30.93', '-30.93', 'USD'],
    ['€50', '50', 'EUR'],
    ['£1093.41', '1093.41', 'GBP'],
    ['89,162.28 SEK', '89162.28', 'SEK'],
    ['-$1,259.59', '-1259.59', 'USD'],
    ['2.00000000 ETH', '2', 'ETH'],
    ['12.5', '12.5', null],
  ] as const)('reads %s', (text, amount, currency) => {
    const money = moneyOf(text, '.');
    expect([money?.amount.toFixed(), money?.currency]).toEqual([amount, currency]);
  });

  it('refuses a text without a number', () => {
    expect(moneyOf('USD', '.')).toBeNull();
  });
});
