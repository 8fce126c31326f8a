import type { BoolExpression, KernelInputs, Relation, SeriesExpression } from '../wasm/slots.ts';
import { COMPARED, emitSeries, slotsOf } from './emit-expressions.ts';
import { emitDigits, emitPlaces } from './emit-places.ts';
import type { SlotPlaces } from './emit-state.ts';
import { BARS_PER_WORD, type PlacedSlot, type SlotLayout, wordsOf } from './layout.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import { type Comparison, type Operand, PtxWriter, type Register } from './ptx.ts';

/** The names of the kernels in their modules. */
export const CONDITION_KERNEL = 'condition';
export const SIGNALS_KERNEL = 'signals';
/** Bars compared side by side, whose values are all asked for before the first is compared. */
const BARS_PER_ROUND = 8;
const ALL_BITS = 2 ** 32 - 1;

/** What kernels that make words of bits read. */
export interface SignalInputs {
  readonly inputs: Pick<KernelInputs, 'rules' | 'relations'>;
  /** The inputs of the sweep, then the conditions that are computed before. */
  readonly slots: readonly PlacedSlot[];
  readonly layouts: readonly SlotLayout[];
  /** How many of the slots are inputs of the sweep. */
  readonly inputCount: number;
  readonly axisLengths: readonly number[];
  readonly barsTotal: number;
}

/**
 * `condition(data, out, first, here, count)`: the words of a condition for `here` combinations, from `first` on, of values of the axes that
 * it depends on, one of `count` threads for each; all combinations of one word lie side by side.
 */
export function emitCondition(
  from: SignalInputs,
  condition: BoolExpression,
  axes: readonly number[],
  distinct: number,
): string {
  const p = new PtxWriter();
  const [data, out] = [p.parameter('u64'), p.parameter('u64')];
  const [first, here, count] = [0, 1, 2].map(() => p.parameter('u32'));
  const thread = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count), end);
    const combination = p.add('u32', first, p.whole('rem', thread, here));
    const digits = emitDigits(p, from.axisLengths, combination, axes);
    const bases = { data, conditions: data };
    const word = p.whole('div', thread, here);
    const bits = new BitWriter(p, from, digits, bases, word, [condition]);
    const place = p.add('u32', p.whole('mul.lo', word, distinct), combination);
    p.storeWord(p.add('u64', out, p.wide(place, 4)), p.variable('u32', bits.of(condition)));
  });
  return p.finish(CONDITION_KERNEL);
}

/** Where the words of a side lie behind those of the sides before it: `count` words of one side. */
const WORD_BYTES = 8;

/** Sides of the market, each with words of its own. */
export type Sides = readonly (keyof typeof RULES_OF)[];
/** The rules that decide about a side. */
export const RULES_OF = {
  long: ['enterLong', 'exitLong'],
  short: ['enterShort', 'exitShort'],
} as const;

/** The sides of the market that a sweep needs words for: at least one, on which nobody may wish to be. */
export function sidesOf({ allowsLong, allowsShort }: SimulationTerms): Sides {
  if (!allowsShort) return ['long'];
  return allowsLong ? ['long', 'short'] : ['short'];
}

/**
 * `signals(data, conditions, out, from, sets, count)`: what each of `sets` sets of the grid decides, one of `count` threads for each word
 * of each set; sets of one word lie side by side, each with where it wants to be on a side and where it leaves it, as in
 * `wasm/emit-signals.ts`; the words of the second side lie behind all of the first. The last `delay` bars decide nothing that could be
 * carried out.
 */
export function emitSignals(from: SignalInputs, delay: 0 | 1, sides: Sides): string {
  const p = new PtxWriter();
  const [data, conditions, out] = [0, 1, 2].map(() => p.parameter('u64'));
  const [first, sets, count] = [0, 1, 2].map(() => p.parameter('u32'));
  const thread = p.threadIndex();
  const rules = sides.map((side) => RULES_OF[side].map((name) => from.inputs.rules[name]));
  const words = wordsOf(from.barsTotal);
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count), end);
    const word = p.whole('div', thread, sets);
    const digits = emitDigits(p, from.axisLengths, p.add('u32', first, p.whole('rem', thread, sets)));
    const bits = new BitWriter(p, from, digits, { data, conditions }, word, rules.flat());
    const inLast = lowBits(from.barsTotal - delay - BARS_PER_WORD * (words - 1));
    const inside = p.chooseWord(p.compare('eq', 'u32', word, words - 1), inLast, ALL_BITS);
    const without = (a: Operand<'u32'>, b: Operand<'u32'>) => p.whole('and', a, p.whole('xor', b, ALL_BITS));
    const decided = rules.map(([enter, exit]) => {
      const leaves = p.whole('and', bits.of(exit), inside);
      const wants = p.whole('and', without(bits.of(enter), leaves), inside);
      return { wants, leaves };
    });
    decided.forEach(({ wants, leaves }, index) => {
      // Who wants both sides takes none.
      const alone = decided.filter((other) => other.wants !== wants);
      const own = alone.reduce((left, other) => without(left, other.wants), wants);
      const place = p.add('u64', p.add('u64', out, p.wide(count, WORD_BYTES * index)), p.wide(thread, 8));
      p.storeWords(place, [own, leaves]);
    });
  });
  return p.finish(SIGNALS_KERNEL);
}

function lowBits(count: number): number {
  return count === BARS_PER_WORD ? ALL_BITS : 2 ** count - 1;
}

/** A comparison of a relation on the bars of a word, or on those a bar before. */
interface ComparedBits {
  readonly relation: number;
  readonly how: Comparison;
  readonly isBefore: boolean;
}

/** How an operation is put together of comparisons that all have to hold. */
function comparisonsOf(op: string, relation: number): readonly ComparedBits[] {
  const now = (how: Comparison) => ({ relation, how, isBefore: false });
  const before = (how: Comparison) => ({ relation, how, isBefore: true });
  if (op === 'crosses_above') return [now('gt'), before('le')];
  if (op === 'crosses_below') return [now('lt'), before('ge')];
  if (!COMPARED[op]) throw new Error(`expected a comparison, was ${op}`);
  return [now(COMPARED[op])];
}

/** The comparisons of a condition, as often as it has them. */
export function comparisonsIn(condition: BoolExpression): readonly ComparedBits[] {
  if (condition.kind === 'relation') return comparisonsOf(condition.op, condition.relation);
  return condition.kind === 'logic' ? condition.inputs.flatMap(comparisonsIn) : [];
}

/** The slots that a condition reads. */
export function slotsIn(condition: BoolExpression, relations: readonly Relation[]): readonly number[] {
  if (condition.kind === 'bitmap') return [condition.slot];
  if (condition.kind === 'logic') return condition.inputs.flatMap((input) => slotsIn(input, relations));
  if (condition.kind === 'never') return [];
  const { a, b } = relations[condition.relation];
  return [a, b].flatMap(slotsOf);
}

/** The conditions of one set on the bars of one word, bar beside bar, without a jump that threads could part at. */
class BitWriter {
  private readonly p: PtxWriter;
  private readonly from: SignalInputs;
  private readonly word: Register<'u32'>;
  private readonly places: SlotPlaces;
  private readonly rows: readonly number[];
  /** By relation, comparison and bar, its bits. */
  private readonly found = new Map<string, Register<'u32'>>();

  constructor(
    p: PtxWriter,
    from: SignalInputs,
    digits: readonly (Register<'u32'> | null)[],
    bases: Readonly<Record<'data' | 'conditions', Register<'u64'>>>,
    word: Register<'u32'>,
    conditions: readonly BoolExpression[],
  ) {
    this.p = p;
    this.from = from;
    this.word = word;
    const used = new Set(conditions.flatMap((each) => slotsIn(each, from.inputs.relations)));
    const baseOf = (slot: number) => {
      if (!used.has(slot)) return null;
      return slot < from.inputCount ? bases.data : bases.conditions;
    };
    this.places = emitPlaces(p, from.slots, from.layouts, { digits, baseOf });
    this.rows = [...used].filter((slot) => from.slots[slot].kind === 'row');
    this.compareAll(conditions.flatMap(comparisonsIn));
  }

  /** The bars of the word on which a condition holds; bits beyond the last bar mean nothing. */
  of(condition: BoolExpression): Operand<'u32'> {
    const { p } = this;
    if (condition.kind === 'never') return 0;
    if (condition.kind === 'bitmap') {
      const { addresses, strides } = this.places;
      return p.load('u32', this.further(addresses[condition.slot]!, this.word, strides[condition.slot]));
    }
    if (condition.kind === 'relation') {
      const parts = comparisonsOf(condition.op, condition.relation).map((each) =>
        this.found.get(keyOf(each))!,
      );
      return parts.reduce((all, part) => p.whole('and', all, part));
    }
    const [a, b] = condition.inputs.map((input) => this.of(input));
    if (condition.op === 'not') return p.whole('xor', a, ALL_BITS);
    return p.whole(condition.op === 'and' ? 'and' : 'or', a, b);
  }

  private further(address: Register<'u64'>, steps: Register<'u32'>, stepBytes: number): Register<'u64'> {
    return this.p.add('u64', address, this.p.wide(steps, stepBytes));
  }

  private compareAll(wanted: readonly ComparedBits[]): void {
    const { p, places, rows } = this;
    const { barsTotal } = this.from;
    const distinct = [...new Map(wanted.map((each) => [keyOf(each), each])).values()];
    if (distinct.length === 0) return;
    const bars = Math.min(BARS_PER_WORD, barsTotal);
    // The last word is compared on the last whole word of bars, and what belongs to the word before is shifted out.
    const own = p.whole('mul.lo', this.word, BARS_PER_WORD);
    const latest = p.compare('lt', 'u32', own, barsTotal - bars);
    const first = p.chooseWord(latest, own, barsTotal - bars);
    const at = new Map(
      rows.map((slot) => [
        slot,
        p.variable('u64', this.further(places.addresses[slot]!, first, places.strides[slot])),
      ]),
    );
    const moving = { ...places, addresses: places.addresses.map((each, slot) => at.get(slot) ?? each) };
    const bits = distinct.map((each) => ({ ...each, word: p.variable('u32', 0) }));
    const carries = this.before(bits, moving, first);
    const shift = p.variable('u32', 0);
    const round = (count: number) => {
      const parts = this.compareRound(bits, moving, count);
      bits.forEach(({ word }, index) =>
        p.set(word, p.whole('or', word, p.whole('shl', parts[index], shift))),
      );
      for (const [slot, address] of at) {
        const bytes = p.wide(p.variable('u32', count), places.strides[slot]);
        p.set(address, p.add('u64', address, bytes));
      }
      p.set(shift, p.add('u32', shift, count));
    };
    const inRounds = bars - (bars % BARS_PER_ROUND);
    if (inRounds > 0) {
      p.loop((leave) => {
        p.goIf(p.compare('ge', 'u32', shift, inRounds), leave);
        round(BARS_PER_ROUND);
      });
    }
    if (bars > inRounds) round(bars - inRounds);
    const beyond = p.subtract('u32', own, first);
    bits.forEach((each, index) => {
      const carry = carries[index];
      const word = carry ? p.whole('or', p.whole('shl', each.word, 1), carry) : each.word;
      this.found.set(keyOf(each), p.whole('shr', word, beyond));
    });
  }

  /** The comparisons that are asked for a bar before, on the bar before the first one; nothing holds before all bars. */
  private before(
    wanted: readonly ComparedBits[],
    places: SlotPlaces,
    first: Register<'u32'>,
  ): readonly (Register<'u32'> | null)[] {
    const { p } = this;
    const carries = wanted.map(({ isBefore }) => (isBefore ? p.variable('u32', 0) : null));
    if (carries.every((carry) => carry === null)) return carries;
    p.if(p.compare('gt', 'u32', first, 0), () => {
      const holds = this.comparer(places, 1);
      wanted.forEach((each, index) => {
        const carry = carries[index];
        if (carry) p.set(carry, p.chooseWord(holds(each), 1, 0));
      });
    });
    return carries;
  }

  /** The bits of `count` bars from the places on, by comparison. */
  private compareRound(
    wanted: readonly ComparedBits[],
    places: SlotPlaces,
    count: number,
  ): readonly Register<'u32'>[] {
    const { p, rows } = this;
    const bars = Array.from({ length: count }, (_, bar) => {
      const current: (Register<'f64'> | null)[] = places.current.slice();
      for (const slot of rows)
        current[slot] = p.load('f64', places.addresses[slot]!, bar * places.strides[slot]);
      return this.comparer({ ...places, current }, 0);
    });
    const parts = wanted.map(() => p.variable('u32', 0));
    bars.forEach((holds, bar) => {
      wanted.forEach((each, index) => p.setBits(holds(each), parts[index], 2 ** bar));
    });
    return parts;
  }

  /** What compares on one bar; the sides of a relation are computed once. */
  private comparer(places: SlotPlaces, barsBefore: 0 | 1): (wanted: ComparedBits) => Register<'pred'> {
    const sides = new Map<number, readonly [Operand<'f64'>, Operand<'f64'>]>();
    const { p, from } = this;
    return ({ relation, how }) => {
      const { a, b } = from.inputs.relations[relation];
      const side = (series: SeriesExpression) => emitSeries(p, series, places, barsBefore);
      const [x, y] = sides.get(relation) ?? [side(a), side(b)];
      sides.set(relation, [x, y]);
      return p.compare(how, 'f64', x, y);
    };
  }
}

function keyOf({ relation, how, isBefore }: ComparedBits): string {
  return `${relation} ${how} ${isBefore}`;
}
