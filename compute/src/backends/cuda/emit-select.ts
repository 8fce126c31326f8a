import { PtxWriter, type Register } from './ptx.ts';

/** The names of the kernels in their modules. */
export const COUNT_KERNEL = 'count';
export const GATHER_KERNEL = 'gather';
/** Values of a digit, which is up to 11 bits of a key. */
export const DIGITS = 2048;
const DIGIT_BITS = 11;
const [ALL_ONES, SIGN, REST] = [0xffffffff, 0x80000000, 0x7fffffff];

type U32 = Register<'u32'>;
type Key = readonly [high: U32, low: U32];

/**
 * `count(values, counts, length, highMask, highPrefix, lowMask, lowPrefix, isLow, shift, digitMask)`: counts, by a digit of their keys,
 * the values whose keys have these prefixes, and adds to `counts`. A block counts in memory of its own first.
 */
export function emitCount(): string {
  const p = new PtxWriter();
  const values = p.parameter('u64');
  const counts = p.parameter('u64');
  const length = p.parameter('u32');
  const [highMask, highPrefix, lowMask, lowPrefix] = [0, 1, 2, 3].map(() => p.parameter('u32'));
  const [isLow, shift, digitMask] = [0, 1, 2].map(() => p.parameter('u32'));
  const own = p.sharedWords(DIGITS);
  const place = (digit: U32) => p.add('u32', own, p.whole('shl', digit, 2));
  const { thread, threads } = p.placeInBlock();
  stride(p, thread, DIGITS, threads, (digit) => p.storeShared(place(digit), p.variable('u32', 0)));
  p.barrier();
  eachValue(p, values, length, (_, [high, low]) => {
    const fits = (word: U32, mask: U32, prefix: U32) =>
      p.compare('eq', 'u32', p.whole('and', word, mask), prefix);
    p.if(p.both(fits(high, highMask, highPrefix), fits(low, lowMask, lowPrefix)), () => {
      const word = p.chooseWord(p.compare('ne', 'u32', isLow, 0), low, high);
      p.addShared(place(p.whole('and', p.whole('shr', word, shift), digitMask)), 1);
    });
  });
  p.barrier();
  stride(p, thread, DIGITS, threads, (digit) => {
    const found = p.loadShared(place(digit));
    p.if(p.compare('ne', 'u32', found, 0), () => p.addGlobal(p.add('u64', counts, p.wide(digit, 4)), found));
  });
  return p.finish(COUNT_KERNEL);
}

/** `gather(values, results, taken, length, high, low)`: puts the values whose keys are below this one to `results`, in any order. */
export function emitGather(): string {
  const p = new PtxWriter();
  const [values, results, taken] = [0, 1, 2].map(() => p.parameter('u64'));
  const length = p.parameter('u32');
  const [highEnd, lowEnd] = [p.parameter('u32'), p.parameter('u32')];
  eachValue(p, values, length, (value, [high, low]) => {
    const isBelow = p.both(p.compare('eq', 'u32', high, highEnd), p.compare('lt', 'u32', low, lowEnd));
    p.if(p.either(p.compare('lt', 'u32', high, highEnd), isBelow), () => {
      const place = p.takeGlobal(taken, 1);
      p.store(p.add('u64', results, p.wide(place, 8)), value);
    });
  });
  return p.finish(GATHER_KERNEL);
}

/** The passes that look at every digit of a key, the highest first. */
export const PASSES = [false, true].flatMap((isLow) =>
  [32 - DIGIT_BITS, 32 - 2 * DIGIT_BITS, 0].map((shift) => ({
    isLow,
    shift,
    digitMask: shift === 0 ? 2 ** (32 - 2 * DIGIT_BITS) - 1 : DIGITS - 1,
  })),
);

/** The value of a key. */
export function valueOfKey(high: number, low: number): number {
  const words = high >= SIGN ? [low, high - SIGN] : [~low, ~high];
  return new Float64Array(Uint32Array.from(words).buffer)[0];
}

/** Walks the places from `first` on in steps. */
function stride(p: PtxWriter, first: U32, end: U32 | number, step: U32, body: (index: U32) => void): void {
  const index = p.variable('u32', first);
  p.loop((leave) => {
    p.goIf(p.compare('ge', 'u32', index, end), leave);
    body(index);
    p.set(index, p.add('u32', index, step));
  });
}

function eachValue(
  p: PtxWriter,
  values: Register<'u64'>,
  length: U32,
  body: (value: Register<'f64'>, key: Key) => void,
): void {
  stride(p, p.threadIndex(), length, p.threadCount(), (index) => {
    const value = p.load('f64', p.add('u64', values, p.wide(index, 8)));
    body(value, keyOf(p, value));
  });
}

/** A whole number of 64 bits that is in the order of values; what is not a number is the last of all. */
function keyOf(p: PtxWriter, value: Register<'f64'>): Key {
  const [low, high] = p.halves(value);
  const isNegative = p.whole('shr', high, 31);
  const isMissing = p.compare('neu', 'f64', value, value);
  const flipped = p.whole('xor', high, p.add('u32', p.whole('mul.lo', isNegative, REST), SIGN));
  const rest = p.whole('xor', low, p.subtract('u32', 0, isNegative));
  return [p.chooseWord(isMissing, ALL_ONES, flipped), p.chooseWord(isMissing, ALL_ONES, rest)];
}
