import { Decimal as Other } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountText, Decimal, ONE, type Rounding, ZERO } from './decimal.ts';

/** Another implementation, under the same rules. */
const Reference = Other.clone({ precision: 80, rounding: Other.ROUND_HALF_EVEN });
const ROUNDINGS = {
  HALF_EVEN: Other.ROUND_HALF_EVEN,
  HALF_UP: Other.ROUND_HALF_UP,
  DOWN: Other.ROUND_DOWN,
  UP: Other.ROUND_UP,
} as const;

const digitsOf = (most: bigint) => fc.bigInt({ min: -most, max: most });
/** Amounts as ledgers have them, and such that no number holds. */
const texts = fc.oneof(
  fc
    .tuple(digitsOf(10n ** 7n), fc.integer({ min: 0, max: 4 }))
    .map(([digits, places]) => `${digits}e-${places}`),
  fc
    .tuple(digitsOf(2n ** 54n), fc.integer({ min: 0, max: 18 }))
    .map(([digits, places]) => `${digits}e-${places}`),
  fc
    .tuple(digitsOf(10n ** 80n - 1n), fc.integer({ min: -60, max: 90 }))
    .map(([digits, places]) => `${digits}e${places}`),
  fc.double({ noNaN: true }).map(String),
  fc.constantFrom('0', '1', '-1', '0.5', '9007199254740991', '-9007199254740991', '9007199254740992'),
  fc.constantFrom('NaN', 'Infinity', '-Infinity'),
);

/** Also with more digits than are kept. */
const longTexts = fc.oneof(
  texts,
  fc
    .tuple(digitsOf(10n ** 120n), fc.integer({ min: -150, max: 90 }))
    .map(([digits, places]) => `${digits}e${places}`),
);

/** The text of the reference, which knows a nothing below nothing. */
const plain = (value: Other) => (value.isZero() ? '0' : value.toFixed());

/** The text of a value, which must have its one form. */
function textOf(value: Decimal): string {
  const { digits, scale } = value;
  const isWhole = typeof digits === 'bigint' || Number.isFinite(digits);
  const isShort = scale === 0 || (scale > 0 && BigInt(digits) % 10n !== 0n);
  const isSafe = Number.isSafeInteger(Number(digits));
  const isFitting = typeof digits === 'bigint' ? !isSafe : isSafe && !Object.is(digits, -0);
  if (isWhole && !(isShort && isFitting)) throw new Error(`another form: ${digits} with ${scale} decimals`);
  return value.toFixed();
}

describe('a decimal', () => {
  it('adds, takes off, multiplies and divides as another implementation does', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const [own, reference] = [new Decimal(a), new Reference(a)];
        expect(textOf(own.plus(b))).toBe(plain(reference.plus(b)));
        expect(textOf(own.minus(b))).toBe(plain(reference.minus(b)));
        expect(textOf(own.times(b))).toBe(plain(reference.times(b)));
        // Dividing by a nothing below nothing is no case of its own.
        const divisor = new Reference(b).isZero() ? 0 : b;
        const dividend = reference.isZero() ? new Reference(0) : reference;
        expect(textOf(own.div(divisor))).toBe(plain(dividend.div(divisor)));
        expect(textOf(own.negated())).toBe(plain(reference.negated()));
        expect(textOf(own.abs())).toBe(plain(reference.abs()));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['Infinity', 'minus', '1e400', 'Infinity'],
    ['Infinity', 'div', '1e400', 'Infinity'],
    ['-Infinity', 'div', '1e400', '-Infinity'],
    ['1e400', 'div', 'Infinity', '0'],
    ['1e400', 'plus', '-Infinity', '-Infinity'],
    ['-1e400', 'plus', 'Infinity', 'Infinity'],
    ['-1e400', 'times', 'Infinity', '-Infinity'],
    ['1e-400', 'times', 'Infinity', 'Infinity'],
    ['-1e400', 'div', '0', '-Infinity'],
    ['0', 'times', 'Infinity', 'NaN'],
  ] as const)('counts %s %s %s, beyond what a number holds', (a, operation, b, expected) => {
    expect(textOf(new Decimal(a)[operation](b))).toBe(expected);
    expect(plain(new Reference(a)[operation](b))).toBe(expected);
  });

  it('compares as another implementation does', () => {
    fc.assert(
      fc.property(texts, fc.oneof(texts, fc.constant(null)), (a, other) => {
        const b = other ?? a;
        const [own, reference] = [new Decimal(a), new Reference(a)];
        expect(own.comparedTo(b)).toBe(reference.comparedTo(b));
        expect(own.equals(b)).toBe(reference.equals(b));
        expect(own.lessThan(b)).toBe(reference.lessThan(b));
        expect(own.lessThanOrEqualTo(b)).toBe(reference.lessThanOrEqualTo(b));
        expect(own.greaterThan(b)).toBe(reference.greaterThan(b));
        expect(own.greaterThanOrEqualTo(b)).toBe(reference.greaterThanOrEqualTo(b));
        expect(textOf(Decimal.min(a, b))).toBe(plain(Reference.min(a, b)));
        expect(textOf(Decimal.max(a, b))).toBe(plain(Reference.max(a, b)));
        expect([own.isZero(), own.isNaN(), own.isFinite(), own.isInteger()]).toEqual([
          reference.isZero(),
          reference.isNaN(),
          reference.isFinite(),
          reference.isInteger(),
        ]);
        expect(own.isNegative()).toBe(reference.lessThan(0));
      }),
      { numRuns: 2_000 },
    );
  });

  it('rounds and is written as another implementation does', () => {
    const roundings = fc.constantFrom(...(Object.keys(ROUNDINGS) as Rounding[]));
    fc.assert(
      fc.property(longTexts, fc.integer({ min: 0, max: 40 }), roundings, (text, count, rounding) => {
        const [own, reference] = [new Decimal(text), new Reference(text)];
        expect(textOf(own)).toBe(plain(reference.toSignificantDigits(80)));
        const mode = ROUNDINGS[rounding];
        expect(textOf(own.toDecimalPlaces(count, rounding))).toBe(
          plain(reference.toSignificantDigits(80).toDecimalPlaces(count, mode)),
        );
        expect(textOf(own.toSignificantDigits(count + 1, rounding))).toBe(
          plain(reference.toSignificantDigits(80).toSignificantDigits(count + 1, mode)),
        );
        const exact = reference.toSignificantDigits(80);
        const isNothing = exact.toDecimalPlaces(count).isZero();
        expect(own.toFixed(count)).toBe((isNothing ? new Reference(0) : exact).toFixed(count));
        expect(own.toString()).toBe(exact.isZero() ? '0' : exact.toString());
        expect(own.toNumber()).toBe(exact.isZero() ? 0 : exact.toNumber());
      }),
      { numRuns: 3_000 },
    );
  });

  it('divides and rounds at once to the digits of both one after the other', () => {
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 0, max: 40 }), (a, b, decimals) => {
        const [dividend, divisor] = [new Decimal(a), new Decimal(b)];
        const digits = dividend.div(divisor);
        // What is rounded twice may be off by the second rounding.
        const isRounded = !digits.times(divisor).equals(dividend);
        if (
          isRounded &&
          digits
            .minus(digits.toDecimalPlaces(decimals))
            .abs()
            .equals(`5e-${decimals + 1}`)
        )
          return;
        expect(dividend.divideTo(divisor, decimals)).toEqual(digits.toDecimalPlaces(decimals));
      }),
      { numRuns: 2_000 },
    );
    expect(new Decimal('0.5').divideTo(4, 2).toFixed()).toBe('0.12');
    expect(new Decimal('-1.5').divideTo(4, 2).toFixed()).toBe('-0.38');
  });

  it('rounds halves to even digits unless it is told otherwise', () => {
    expect(['0.125', '0.135', '-0.125', '0.1251'].map((text) => new Decimal(text).toFixed(2))).toEqual([
      '0.12',
      '0.14',
      '-0.12',
      '0.13',
    ]);
    const half = new Decimal('-2.5');
    const ways = ['HALF_EVEN', 'HALF_UP', 'DOWN', 'UP'] as const;
    expect(ways.map((way) => half.toDecimalPlaces(0, way).toFixed())).toEqual(['-2', '-3', '-2', '-3']);
  });

  it('keeps the product of two amounts of 38 digits whole', () => {
    const most = '99999999999999999999.999999999999999999';
    const square = (10n ** 38n - 1n) ** 2n;
    const digits = square.toString();
    expect(new Decimal(most).times(most).toFixed()).toBe(`${digits.slice(0, -36)}.${digits.slice(-36)}`);
  });

  it('is read of plain and scientific texts, and of the shortest text of a number', () => {
    const read = (value: string | number) => new Decimal(value).toFixed();
    expect(['007', '+1.50', '.5', '5.', '-0', '1.5E3', '25e-2'].map(read)).toEqual([
      '7',
      '1.5',
      '0.5',
      '5',
      '0',
      '1500',
      '0.25',
    ]);
    expect([0.1, 1e21, -0, 123456.789, 2 ** 53].map(read)).toEqual([
      '0.1',
      '1000000000000000000000',
      '0',
      '123456.789',
      '9007199254740992',
    ]);
  });

  it('refuses what is no number, with its text', () => {
    for (const text of ['', '-', '.', '1.2.3', '1,5', 'ten', '1e', ' 1', '0x10', '1e99999'])
      expect(() => new Decimal(text)).toThrow(`expected a decimal number, was ${JSON.stringify(text)}`);
  });

  it('refuses a long text at once, with its beginning', () => {
    const digits = '1'.repeat(200_000);
    const startMs = performance.now();
    for (const text of [`${digits}x`, `.${digits}x`, `${digits}.${digits}x`, `-${digits}e`])
      expect(() => new Decimal(text)).toThrow(
        new SyntaxError(`expected a decimal number, was "${text.slice(0, 100)}…"`),
      );
    // It took minutes where each digit could stand in two places.
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it('has one form for each value', () => {
    expect(new Decimal('100.50')).toEqual(new Decimal(100.5));
    expect(new Decimal('0.10').times(10)).toEqual(ONE);
    expect(new Decimal('1e30').minus('1e30')).toEqual(ZERO);
    expect(JSON.stringify({ amount: new Decimal('2.50') })).toBe('{"amount":"2.5"}');
  });
});

describe('amountText', () => {
  it('has at most so many decimals, and nothing for what is not known', () => {
    expect(amountText(new Decimal('1.23456'), 2)).toBe('1.23');
    expect(amountText(new Decimal(NaN))).toBeNull();
  });
});
