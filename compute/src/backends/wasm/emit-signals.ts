import {
  choose,
  f64,
  FunctionBuilder,
  type I32,
  i32,
  type I64,
  i64,
  load,
  type Local,
  v128,
  type V128,
} from './builder.ts';
import { emitPair, type Leaves } from './emit-series.ts';
import type { WasmFunction } from './encoder.ts';
import { BARS_PER_WORD, type Layout } from './layout.ts';
import type { BoolExpression, KernelInputs, Relation } from './slots.ts';

/** Which of the four bitmaps a set's decisions are written to, in this order. */
export const RULE_BITMAPS = ['wantLong', 'wantShort', 'exitLong', 'exitShort'] as const;

/** The words of one relation while a word of bars is worked on. */
interface RelationWords {
  readonly greater: Local<'i64'>;
  readonly less: Local<'i64'>;
  readonly known: Local<'i64'>;
  /** Bars of the word before: below-or-equal, and above-or-equal, on its last bar. */
  readonly lessEqualCarry: Local<'i64'>;
  readonly greaterEqualCarry: Local<'i64'>;
}

/**
 * `signals(count, descriptors, bitmaps)`: the decisions of `count` sets as bitmaps, 64 bars at a time. A set wants to be long where
 * it enters long, does not exit long and does not want to be short too; likewise short.
 */
export function emitSignals(
  inputs: KernelInputs,
  layout: Layout,
  allowed: { readonly long: boolean; readonly short: boolean },
): WasmFunction {
  const f = new FunctionBuilder();
  const count = f.parameter('i32');
  const descriptor = f.parameter('i32');
  const bitmaps = f.parameter('i32');
  f.loop((leave) => {
    f.goIf(i32.isZero(count), leave);
    new SignalWriter(f, inputs, layout, descriptor).set(bitmaps, allowed);
    f.set(count, i32.subtract(count, 1));
    f.set(descriptor, i32.add(descriptor, layout.descriptorBytes));
    f.set(bitmaps, i32.add(bitmaps, 4 * layout.bitmapBytes));
  });
  return f.finish('signals');
}

class SignalWriter {
  private readonly f: FunctionBuilder;
  private readonly inputs: KernelInputs;
  private readonly layout: Layout;
  private readonly leaves: Leaves;
  private readonly bitmapOf: (slot: number) => I32;
  private readonly rankedOf: readonly { readonly a: I32; readonly b: I32 }[];
  private readonly word: Local<'i32'>;
  private readonly words: RelationWords[];

  constructor(f: FunctionBuilder, inputs: KernelInputs, layout: Layout, descriptor: I32) {
    this.f = f;
    this.inputs = inputs;
    this.layout = layout;
    const addresses = inputs.slots.map((slot, index) =>
      slot.kind === 'row' || slot.kind === 'bitmap' ? f.let(load('i32', descriptor, 8 * index)) : i32.of(0),
    );
    const numbers = inputs.slots.map((slot, index) =>
      slot.kind === 'scalar' ? f.let(load('f64', descriptor, 8 * index)) : f64.of(0),
    );
    this.leaves = { row: (slot) => addresses[slot], scalar: (slot) => numbers[slot] };
    this.bitmapOf = (slot) => addresses[slot];
    const at = 8 * inputs.slots.length;
    this.rankedOf = inputs.relations.map((_, index) => ({
      a: f.let(load('i32', descriptor, at + 16 * index)),
      b: f.let(load('i32', descriptor, at + 16 * index + 8)),
    }));
    this.word = f.local('i32');
    this.words = inputs.relations.map(() => ({
      greater: f.local('i64'),
      less: f.local('i64'),
      known: f.local('i64'),
      lessEqualCarry: f.local('i64'),
      greaterEqualCarry: f.local('i64'),
    }));
  }

  set(bitmaps: I32, allowed: { readonly long: boolean; readonly short: boolean }): void {
    const { f, layout } = this;
    f.set(this.word, 0);
    for (const { lessEqualCarry, greaterEqualCarry } of this.words) {
      f.set(lessEqualCarry, 0);
      f.set(greaterEqualCarry, 0);
    }
    const inLastWord = layout.barsTotal % BARS_PER_WORD;
    const lastMask = inLastWord === 0 ? -1n : (1n << BigInt(inLastWord)) - 1n;
    f.loop((leave) => {
      f.goIf(i32.greaterEqual(this.word, layout.words), leave);
      this.inputs.relations.forEach((relation, index) => this.relation(relation, index));
      const { enterLong, exitLong, enterShort, exitShort } = this.inputs.rules;
      const isLast = i32.equal(this.word, layout.words - 1);
      const inside = f.let(choose(isLast, i64.ofBits(lastMask), i64.of(-1)));
      const leaveLong = f.let(i64.and(this.bool(exitLong), inside));
      const leaveShort = f.let(i64.and(this.bool(exitShort), inside));
      const want = (enter: BoolExpression, exit: I64, isAllowed: boolean) =>
        f.let(isAllowed ? i64.and(i64.and(this.bool(enter), i64.not(exit)), inside) : i64.of(0));
      const long = want(enterLong, leaveLong, allowed.long);
      const short = want(enterShort, leaveShort, allowed.short);
      const place = f.let(i32.add(bitmaps, i32.multiply(this.word, 8)));
      f.store(place, allowed.short ? i64.and(long, i64.not(short)) : long, 0);
      f.store(place, leaveLong, 2 * layout.bitmapBytes);
      // Without shorts nobody reads their bitmaps.
      if (allowed.short) {
        f.store(place, i64.and(short, i64.not(long)), layout.bitmapBytes);
        f.store(place, leaveShort, 3 * layout.bitmapBytes);
      }
      this.words.forEach((words) => {
        f.set(words.lessEqualCarry, i64.shiftRight(lessEqual(words), 63));
        f.set(words.greaterEqualCarry, i64.shiftRight(greaterEqual(words), 63));
      });
      f.set(this.word, i32.add(this.word, 1));
    });
  }

  private bool(expression: BoolExpression): I64 {
    if (expression.kind === 'never') return i64.of(0);
    if (expression.kind === 'bitmap') {
      return load('i64', i32.add(this.bitmapOf(expression.slot), i32.multiply(this.word, 8)));
    }
    if (expression.kind === 'relation') return relationWord(expression.op, this.words[expression.relation]);
    const [a, b] = expression.inputs.map((input) => this.bool(input));
    if (expression.op === 'not') return i64.not(a);
    return expression.op === 'and' ? i64.and(a, b) : i64.or(a, b);
  }

  /** Fills the words of a relation: by ranks where there are any, by the values where ranks are equal or there are none. */
  private relation(relation: Relation, index: number): void {
    const { f } = this;
    if (!relation.isRanked) {
      this.relationByValue(relation, index);
      return;
    }
    const { greater, less, known } = this.words[index];
    const ranked = this.rankedOf[index];
    const offset = f.let(i32.multiply(this.word, 2 * BARS_PER_WORD));
    const side = (address: I32, part: number) => load('v128', i32.add(address, offset), 16 * part);
    const ties = f.local('v128');
    const groups = [0, 1, 2, 3].map((group) => {
      const parts = [2 * group, 2 * group + 1].map((part) => {
        const [a, b] = [f.let(side(ranked.a, part)), f.let(side(ranked.b, part))];
        const equal = v128.shortsEqual(a, b);
        f.set(ties, part === 0 ? equal : v128.or(ties, equal));
        return f.let(v128.shortsGreater(a, b));
      });
      return i64.extend(v128.byteMask(v128.narrowShorts(parts[0], parts[1])));
    });
    f.set(greater, joined(groups));
    f.if(
      v128.anyTrue(ties),
      () => this.relationByValue(relation, index),
      () => {
        const at = i32.multiply(this.word, 8);
        const known64 = (address: I32) =>
          load('i64', i32.add(address, at), this.layout.words * BARS_PER_WORD * 2);
        f.set(known, i64.and(known64(ranked.a), known64(ranked.b)));
        f.set(greater, i64.and(greater, known));
        f.set(less, i64.and(known, i64.not(greater)));
      },
    );
  }

  private relationByValue({ a, b }: Relation, index: number): void {
    const { f } = this;
    const { greater, less, known } = this.words[index];
    for (const local of [greater, less, known]) f.set(local, 0);
    const offset = f.let(i32.multiply(this.word, 8 * BARS_PER_WORD));
    const shift = f.let(i64.of(0));
    const group = f.let(i32.of(0));
    f.loop((leave) => {
      f.goIf(i32.equal(group, 4), leave);
      const pairs = Array.from({ length: 8 }, (_, pair) => ({
        a: f.let(emitPair(a, this.leaves, offset, 16 * pair)),
        b: f.let(emitPair(b, this.leaves, offset, 16 * pair)),
      }));
      const collect = (target: Local<'i64'>, compare: (a: V128, b: V128) => V128) => {
        const mask = byteMaskOf(pairs.map((pair) => compare(pair.a, pair.b)));
        f.set(target, i64.or(target, i64.shiftLeft(i64.extend(mask), shift)));
      };
      collect(greater, v128.greater);
      collect(less, v128.less);
      collect(known, v128.equal);
      f.set(shift, i64.add(shift, 16));
      f.set(offset, i32.add(offset, 128));
      f.set(group, i32.add(group, 1));
    });
    f.set(known, i64.or(known, i64.or(greater, less)));
  }
}

/** One bit for each of 16 bars out of eight masks of two bars. */
export function byteMaskOf(masks: readonly V128[]): I32 {
  const quads = [0, 2, 4, 6].map((index) => v128.evenWords(masks[index], masks[index + 1]));
  const eights = [v128.narrowWords(quads[0], quads[1]), v128.narrowWords(quads[2], quads[3])];
  return v128.byteMask(v128.narrowShorts(eights[0], eights[1]));
}

function joined([first, ...others]: readonly I64[]): I64 {
  return others.reduce((word, part, index) => i64.or(word, i64.shiftLeft(part, 16 * (index + 1))), first);
}

function lessEqual({ known, greater }: RelationWords): I64 {
  return i64.and(known, i64.not(greater));
}

function greaterEqual({ known, less }: RelationWords): I64 {
  return i64.and(known, i64.not(less));
}

/** The bars on which a comparison holds; a crossing compares the bar before too. */
function relationWord(op: string, words: RelationWords): I64 {
  const before = (now: I64, carry: I64) => i64.or(i64.shiftLeft(now, 1), carry);
  switch (op) {
    case 'less':
      return words.less;
    case 'greater':
      return words.greater;
    case 'less_equal':
      return lessEqual(words);
    case 'greater_equal':
      return greaterEqual(words);
    case 'equal':
      return i64.and(lessEqual(words), i64.not(words.less));
    case 'not_equal':
      return i64.or(words.less, words.greater);
    case 'crosses_above':
      return i64.and(words.greater, before(lessEqual(words), words.lessEqualCarry));
    case 'crosses_below':
      return i64.and(words.less, before(greaterEqual(words), words.greaterEqualCarry));
    default:
      throw new Error(`expected a comparison, was ${op}`);
  }
}
