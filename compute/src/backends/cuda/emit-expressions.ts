import type { BoolExpression, KernelInputs, SeriesExpression } from '../wasm/slots.ts';
import type { SlotPlaces } from './emit-state.ts';
import type { Comparison, Operand, PtxWriter, Register } from './ptx.ts';

/** The expression on the bar `barsBefore` the current one, with the reference's meaning of each operation. */
export function emitSeries(
  p: PtxWriter,
  expression: SeriesExpression,
  places: SlotPlaces,
  barsBefore = 0,
): Operand<'f64'> {
  if (expression.kind === 'constant') return expression.value;
  if (expression.kind === 'scalar') return places.numbers[expression.slot]!;
  if (expression.kind === 'row') {
    const { slot } = expression;
    const current = places.current[slot];
    if (barsBefore === 0 && current) return current;
    return p.load('f64', places.addresses[slot]!, -barsBefore * places.strides[slot]);
  }
  const [a, b] = expression.inputs.map((input) => emitSeries(p, input, places, barsBefore));
  switch (expression.op) {
    case 'add':
      return p.add('f64', a, b);
    case 'subtract':
      return p.subtract('f64', a, b);
    case 'multiply':
      return p.multiply(a, b);
    case 'divide':
      return p.choose(p.compare('eq', 'f64', b, 0), NaN, p.divide(a, b));
    case 'min':
      return p.choose(p.compare('lt', 'f64', b, a), b, a);
    case 'max':
      return p.choose(p.compare('lt', 'f64', a, b), b, a);
    case 'negate':
    case 'abs':
    case 'sqrt':
      return p.apply(expression.op, a);
    default:
      throw new Error(`expected an operation that kernels fuse, was ${expression.op}`);
  }
}

/** The rows that an expression reads. */
export function rowsOf(expression: SeriesExpression): number[] {
  if (expression.kind === 'row') return [expression.slot];
  return expression.kind === 'operation' ? expression.inputs.flatMap(rowsOf) : [];
}

/** How an instruction compares, by the operation; crossings have two. */
export const COMPARED: Readonly<Record<string, Comparison>> = {
  less: 'lt',
  less_equal: 'le',
  greater: 'gt',
  greater_equal: 'ge',
  equal: 'eq',
  not_equal: 'ne',
};

/** The conditions of a strategy on the current bar; each is computed once a bar. */
export class ConditionWriter {
  private readonly p: PtxWriter;
  private readonly inputs: KernelInputs;
  private readonly places: SlotPlaces;
  private readonly words: readonly (Register<'u32'> | null)[];
  /** By relation with a crossing: at or below, and at or above, on the bar before. */
  private readonly before: readonly { readonly below: Register<'pred'>; readonly above: Register<'pred'> }[];
  private values: (readonly [Operand<'f64'>, Operand<'f64'>])[] = [];

  constructor(p: PtxWriter, inputs: KernelInputs, places: SlotPlaces) {
    this.p = p;
    this.inputs = inputs;
    this.places = places;
    this.words = inputs.slots.map(({ kind }) => (kind === 'bitmap' ? p.variable('u32', 0) : null));
    this.before = inputs.relations.map(() => ({ below: p.truth(false), above: p.truth(false) }));
  }

  /** Reads what the bar's conditions need; a new word of every bitmap each 32 bars. */
  start(bar: Register<'u32'>): void {
    const { p, inputs, places } = this;
    if (this.words.some((word) => word !== null)) {
      p.if(p.compare('eq', 'u32', p.whole('and', bar, 31), 0), () => {
        this.words.forEach((word, slot) => {
          if (word === null) return;
          const address = places.addresses[slot]!;
          p.set(word, p.load('u32', address));
          p.set(address, p.add('u64', address, places.strides[slot]));
        });
      });
    }
    this.values = inputs.relations.map(
      ({ a, b }) => [emitSeries(p, a, places), emitSeries(p, b, places)] as const,
    );
  }

  /** Whether the condition holds on the current bar. */
  holds(expression: BoolExpression): Register<'pred'> {
    const { p } = this;
    if (expression.kind === 'never') return p.truth(false);
    if (expression.kind === 'bitmap') {
      return p.compare('ne', 'u32', p.whole('and', this.words[expression.slot]!, 1), 0);
    }
    if (expression.kind === 'relation') return this.relation(expression.op, expression.relation);
    const [a, b] = expression.inputs.map((input) => this.holds(input));
    if (expression.op === 'not') return p.not(a);
    return expression.op === 'and' ? p.both(a, b) : p.either(a, b);
  }

  /** Leaves the bar. */
  finish(): void {
    const { p } = this;
    for (const word of this.words) if (word !== null) p.set(word, p.whole('shr', word, 1));
    this.values.forEach(([a, b], index) => {
      p.set(this.before[index].below, p.compare('le', 'f64', a, b));
      p.set(this.before[index].above, p.compare('ge', 'f64', a, b));
    });
  }

  private relation(op: string, index: number): Register<'pred'> {
    const { p } = this;
    const [a, b] = this.values[index];
    const { below, above } = this.before[index];
    if (op === 'crosses_above') return p.both(p.compare('gt', 'f64', a, b), below);
    if (op === 'crosses_below') return p.both(p.compare('lt', 'f64', a, b), above);
    if (!COMPARED[op]) throw new Error(`expected a comparison, was ${op}`);
    return p.compare(COMPARED[op], 'f64', a, b);
  }
}
