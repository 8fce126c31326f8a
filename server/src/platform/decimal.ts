/** What a decimal is made of; a number stands for its shortest text, so 0.1 is a tenth. */
export type DecimalValue = Decimal | number | string;

/** Where digits that do not fit go: to the nearest (ties to even, or away from nothing), towards nothing or away from it. */
export type Rounding = 'HALF_EVEN' | 'HALF_UP' | 'DOWN' | 'UP';

// The product of two amounts of the ledger (38 digits each) loses none.
const PRECISION = 80;
const MAX_EXPONENT = 10_000;
const MOST = Number.MAX_SAFE_INTEGER;
const MOST_BIG = BigInt(MOST);
// Each digit fits in one place alone, so that a long text that is no number is refused at once.
const TEXT = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d{1,9}))?$/i;
const SHOWN_CHARACTERS = 100;
/** Powers of ten that a double has to the last digit. */
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const BIG_POWERS = Array.from({ length: 2 * PRECISION }, (_, power) => 10n ** BigInt(power));
const LIMIT = bigPower(PRECISION);

/**
 * An exact decimal of up to 80 significant digits; what has more is rounded to them, ties to even. Nothing is
 * without a sign. It may also be not a number, or infinite, which goes on through all that is worked out of it.
 * Each value has one form: whole digits, and how many of them are decimals, none of these a zero at the end.
 */
export class Decimal {
  /** A number where it is safe as one (or not finite), else a big integer: most amounts need no more than a number. */
  readonly digits: number | bigint;
  readonly scale: number;

  /** Throws a `SyntaxError` for a text that is no decimal number. */
  constructor(value: DecimalValue);
  constructor(value: DecimalValue | bigint, scale?: number) {
    if (scale !== undefined) {
      this.digits = value as number | bigint;
      this.scale = scale;
    } else {
      const same = decimalOf(value as DecimalValue);
      this.digits = same.digits;
      this.scale = same.scale;
    }
  }

  static min(first: DecimalValue, ...others: readonly DecimalValue[]): Decimal {
    return extreme(-1, decimalOf(first), others);
  }

  static max(first: DecimalValue, ...others: readonly DecimalValue[]): Decimal {
    return extreme(1, decimalOf(first), others);
  }

  plus(other: DecimalValue): Decimal {
    const { digits, scale } = decimalOf(other);
    return sum(this, digits, scale);
  }

  minus(other: DecimalValue): Decimal {
    const { digits, scale } = decimalOf(other);
    return sum(this, -digits, scale);
  }

  times(other: DecimalValue): Decimal {
    const { digits, scale } = decimalOf(other);
    if (typeof this.digits === 'number' && typeof digits === 'number') {
      const product = this.digits * digits;
      if (product <= MOST && product >= -MOST) return reduced(product, this.scale + scale);
    }
    if (!isWhole(this.digits) || !isWhole(digits)) return special(signOf(this.digits) * signOf(digits));
    return fitted(BigInt(this.digits) * BigInt(digits), this.scale + scale);
  }

  div(other: DecimalValue): Decimal {
    const { digits, scale } = decimalOf(other);
    const gap = this.scale - scale;
    if (typeof this.digits === 'number' && typeof digits === 'number' && gap >= 0) {
      if (digits === 1) return reduced(this.digits, gap);
      if (this.digits % digits === 0) return reduced(this.digits / digits, gap);
    }
    if (digits === 0 || !isWhole(this.digits) || !isWhole(digits))
      return special(signOf(this.digits) / signOf(digits));
    return quotient(BigInt(this.digits), BigInt(digits), gap);
  }

  /** Divided and rounded to so many decimals at once, ties to even. */
  divideTo(other: DecimalValue, decimals: number): Decimal {
    const { digits, scale } = decimalOf(other);
    const shift = decimals - this.scale + scale;
    if (digits !== 0 && shift >= 0 && isWhole(this.digits) && isWhole(digits)) {
      const rounded = nearest(BigInt(this.digits) * bigPower(shift), BigInt(digits));
      if (rounded < LIMIT && rounded > -LIMIT) return fitted(rounded, decimals);
    }
    return this.div(other).toDecimalPlaces(decimals);
  }

  negated(): Decimal {
    return this.digits === 0 ? this : raw(-this.digits, this.scale);
  }

  abs(): Decimal {
    return this.digits < 0 ? raw(-this.digits, this.scale) : this;
  }

  /** -1, 0 or 1 where this is smaller, equal or greater; not a number where one of them is not. */
  comparedTo(other: DecimalValue): number {
    const { digits, scale } = decimalOf(other);
    const gap = this.scale - scale;
    if (gap === 0 || !isWhole(this.digits) || !isWhole(digits)) return order(this.digits, digits);
    if (typeof this.digits === 'number' && typeof digits === 'number' && gap > -SHORT && gap < SHORT) {
      const own = gap < 0 ? this.digits * POWERS[-gap] : this.digits;
      const its = gap > 0 ? digits * POWERS[gap] : digits;
      // Rounding makes values equal, but never turns their order around.
      if (own !== its) return own < its ? -1 : 1;
    }
    return order(...aligned(this.digits, this.scale, digits, scale));
  }

  equals(other: DecimalValue): boolean {
    const { digits, scale } = decimalOf(other);
    return this.digits === digits && this.scale === scale;
  }

  lessThan(other: DecimalValue): boolean {
    return this.comparedTo(other) < 0;
  }

  lessThanOrEqualTo(other: DecimalValue): boolean {
    return this.comparedTo(other) <= 0;
  }

  greaterThan(other: DecimalValue): boolean {
    return this.comparedTo(other) > 0;
  }

  greaterThanOrEqualTo(other: DecimalValue): boolean {
    return this.comparedTo(other) >= 0;
  }

  isZero(): boolean {
    return this.digits === 0;
  }

  isNegative(): boolean {
    return this.digits < 0;
  }

  isInteger(): boolean {
    return this.scale === 0 && isWhole(this.digits);
  }

  isNaN(): boolean {
    return Number.isNaN(this.digits);
  }

  isFinite(): boolean {
    return isWhole(this.digits);
  }

  /** With at most so many decimals. */
  toDecimalPlaces(decimals: number, rounding: Rounding = 'HALF_EVEN'): Decimal {
    if (this.scale <= decimals) return this;
    return rounded(this, this.scale - decimals, rounding);
  }

  /** With at most so many digits from the first that is not 0 on. */
  toSignificantDigits(count: number, rounding: Rounding = 'HALF_EVEN'): Decimal {
    if (!isWhole(this.digits)) return this;
    const excess = lengthOf(this.digits) - count;
    return excess <= 0 ? this : rounded(this, excess, rounding);
  }

  /** The double next to it. */
  toNumber(): number {
    if (typeof this.digits === 'number' && this.scale < POWERS.length)
      return this.digits / POWERS[this.scale];
    return Number(this.toFixed());
  }

  /** All digits without an exponent; with so many decimals, where that is given. */
  toFixed(decimals?: number): string {
    if (!isWhole(this.digits)) return String(this.digits);
    const { digits, scale } = decimals === undefined ? this : this.toDecimalPlaces(decimals);
    const places = decimals ?? scale;
    if (places === 0) return digits.toString();
    const isNegative = digits < 0;
    const all = (isNegative ? -digits : digits).toString() + '0'.repeat(places - scale);
    const text = all.padStart(places + 1, '0');
    return `${isNegative ? '-' : ''}${text.slice(0, -places)}.${text.slice(-places)}`;
  }

  /** As `toFixed`, with an exponent where numbers have one: below 0.000001 and from 1e+21 on. */
  toString(): string {
    if (!isWhole(this.digits) || this.digits === 0) return String(this.digits);
    const exponent = lengthOf(this.digits) - 1 - this.scale;
    if (exponent > -7 && exponent < 21) return this.toFixed();
    const [, sign, first, others] = /^(-?)(\d)(\d*?)0*$/.exec(this.digits.toString())!;
    return `${sign}${first}${others && `.${others}`}e${exponent < 0 ? '' : '+'}${exponent}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

const raw = (digits: number | bigint, scale: number): Decimal =>
  new (Decimal as unknown as new (digits: number | bigint, scale: number) => Decimal)(digits, scale);

/** Nothing. */
export const ZERO: Decimal = raw(0, 0);

/** One. */
export const ONE: Decimal = raw(1, 0);

/** An amount as text with at most so many decimals; null for one that is not known. */
export function amountText(value: Decimal, decimals = 18): string | null {
  return value.isNaN() ? null : value.toDecimalPlaces(decimals).toFixed();
}

function decimalOf(value: DecimalValue): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === 'string') return parsed(value);
  if (Number.isSafeInteger(value)) return value === 0 ? ZERO : raw(value, 0);
  return Number.isFinite(value) ? parsed(String(value)) : special(value);
}

/** Digits that a number holds whatever they are, and one. */
const SHORT = 16;
const [NOUGHT, NINE, POINT, MINUS] = ['0', '9', '.', '-'].map((sign) => sign.charCodeAt(0));

/** The value of a text; most are short and plain, and read without taking them apart. */
function parsed(text: string): Decimal {
  const { length } = text;
  let [digits, point, at] = [0, -1, text.charCodeAt(0) === MINUS ? 1 : 0];
  const first = at;
  for (; at < length && length < SHORT; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= NOUGHT && code <= NINE) digits = digits * 10 + (code - NOUGHT);
    else if (code === POINT && point < 0) point = at;
    else break;
  }
  const isPlain = at === length && first < length && point !== first && point !== length - 1;
  if (!isPlain) return parsedLong(text);
  return reduced(first === 1 ? -digits : digits, point < 0 ? 0 : length - 1 - point);
}

function parsedLong(text: string): Decimal {
  const found = TEXT.exec(text);
  const exponent = Number(found?.[5] ?? 0);
  if (found && Math.abs(exponent) <= MAX_EXPONENT) {
    const [, sign, whole = '', behind, alone] = found;
    const decimals = behind ?? alone ?? '';
    const digits = BigInt(whole + decimals);
    return fitted(sign === '-' ? -digits : digits, decimals.length - exponent);
  }
  if (/^(NaN|[+-]?Infinity)$/.test(text)) return special(Number(text));
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  throw new SyntaxError(`expected a decimal number, was ${JSON.stringify(shown)}`);
}

function isWhole(digits: number | bigint): boolean {
  return typeof digits === 'bigint' || Number.isFinite(digits);
}

/** Digits that stand in for their number where the other one is nought, infinite or none: their size does not matter. */
function signOf(digits: number | bigint): number {
  if (typeof digits === 'bigint') return digits < 0n ? -1 : 1;
  return Number.isFinite(digits) ? Math.sign(digits) : digits;
}

function special(value: number): Decimal {
  return value === 0 ? ZERO : raw(value, 0);
}

/** The form of safe digits with so many decimals. */
function reduced(digits: number, scale: number): Decimal {
  if (digits === 0) return ZERO;
  let [left, decimals] = [digits, scale];
  while (decimals > 0 && left % 10 === 0) {
    left /= 10;
    decimals -= 1;
  }
  return raw(left, decimals);
}

/** The form of any digits with so many decimals, which may be fewer than none, rounded to the precision. */
function fitted(digits: bigint, scale: number): Decimal {
  let [left, decimals] = [digits, scale];
  if (left >= LIMIT || left <= -LIMIT) {
    const excess = lengthOf(left) - PRECISION;
    left = roundedOff(left, excess, 'HALF_EVEN');
    decimals -= excess;
  }
  if (decimals < 0) [left, decimals] = [left * bigPower(-decimals), 0];
  // Odd digits have no zero at the end, which is sooner seen than by a division.
  while (decimals > 0 && (left & 1n) === 0n && (left > MOST_BIG || left < -MOST_BIG) && left % 10n === 0n) {
    left /= 10n;
    decimals -= 1;
  }
  return left <= MOST_BIG && left >= -MOST_BIG ? reduced(Number(left), decimals) : raw(left, decimals);
}

function bigPower(power: number): bigint {
  return BIG_POWERS[power] ?? 10n ** BigInt(power);
}

function lengthOf(digits: number | bigint): number {
  return (digits < 0 ? -digits : digits).toString().length;
}

/** A value and other digits with so many decimals, added. */
function sum(value: Decimal, digits: number | bigint, scale: number): Decimal {
  const own = value.digits;
  const gap = value.scale - scale;
  if (typeof own === 'number' && typeof digits === 'number' && gap > -SHORT && gap < SHORT) {
    const left = gap < 0 ? own * POWERS[-gap] : own;
    const right = gap > 0 ? digits * POWERS[gap] : digits;
    const total = left + right;
    if (isSafe(left) && isSafe(right) && isSafe(total)) return reduced(total, gap > 0 ? value.scale : scale);
  }
  if (!isWhole(own) || !isWhole(digits)) return special(signOf(own) + signOf(digits));
  const [left, right] = aligned(own, value.scale, digits, scale);
  return fitted(left + right, Math.max(value.scale, scale));
}

function isSafe(value: number): boolean {
  return value <= MOST && value >= -MOST;
}

/** Two values as whole numbers of the same unit. */
function aligned(a: number | bigint, scaleA: number, b: number | bigint, scaleB: number): [bigint, bigint] {
  const gap = scaleA - scaleB;
  const [left, right] = [BigInt(a), BigInt(b)];
  return gap < 0 ? [left * bigPower(-gap), right] : [left, right * bigPower(gap)];
}

function order(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : NaN;
}

function extreme(sign: 1 | -1, first: Decimal, others: readonly DecimalValue[]): Decimal {
  let best = first;
  for (const value of others) {
    const other = decimalOf(value);
    if (other.isNaN() || other.comparedTo(best) === sign) best = other;
  }
  return best;
}

function quotient(dividend: bigint, divisor: bigint, gap: number): Decimal {
  // One digit more than the precision, and one that says whether anything is left, round as all of them would.
  const shift = Math.max(0, PRECISION + 1 + lengthOf(divisor) - lengthOf(dividend));
  const shifted = dividend * bigPower(shift);
  const digits = shifted / divisor;
  const isExact = digits * divisor === shifted;
  if (isExact) return fitted(digits, gap + shift);
  const isNegative = dividend < 0n !== divisor < 0n;
  return fitted(digits * 10n + (isNegative ? -1n : 1n), gap + shift + 1);
}

/** A value without so many of its last digits. */
function rounded({ digits, scale }: Decimal, excess: number, rounding: Rounding): Decimal {
  if (typeof digits === 'number' && excess < SHORT && scale >= excess) {
    const power = POWERS[excess];
    const rest = digits % power;
    const size = Math.abs(rest) * 2;
    const down = (digits - rest) / power;
    const isUp = isRoundedUp(rounding, size === power ? 0 : size - power, down % 2 !== 0);
    return reduced(isUp ? down + Math.sign(digits) : down, scale - excess);
  }
  return fitted(roundedOff(BigInt(digits), excess, rounding), scale - excess);
}

/** A quotient as a whole number, ties to even. */
function nearest(dividend: bigint, divisor: bigint): bigint {
  const down = dividend / divisor;
  const rest = dividend - down * divisor;
  if (rest === 0n) return down;
  const twice = rest < 0n ? -2n * rest : 2n * rest;
  const size = divisor < 0n ? -divisor : divisor;
  if (twice < size || (twice === size && (down & 1n) === 0n)) return down;
  return dividend < 0n === divisor < 0n ? down + 1n : down - 1n;
}

function roundedOff(digits: bigint, excess: number, rounding: Rounding): bigint {
  const power = bigPower(excess);
  const down = digits / power;
  const rest = digits - down * power;
  if (rest === 0n) return down;
  const size = (rest < 0n ? -rest : rest) * 2n;
  const isUp = isRoundedUp(rounding, size < power ? -1 : Number(size > power), (down & 1n) === 1n);
  return isUp ? down + (digits < 0n ? -1n : 1n) : down;
}

/** Whether what is left over (against a half of the last digit: less, equal or more) rounds away from nothing. */
function isRoundedUp(rounding: Rounding, againstHalf: number, isOdd: boolean): boolean {
  if (rounding === 'DOWN') return false;
  if (rounding === 'UP') return true;
  return againstHalf > 0 || (againstHalf === 0 && (rounding === 'HALF_UP' || isOdd));
}
