import { scalarValues } from '../reference/evaluate.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import type { SweepAxis, SweepRequest } from '../../service/contract.ts';
import { RowFinder, type SlotRows } from './distinct-rows.ts';

/**
 * What a kernel is given for each parameter set: addresses of indicator rows, addresses of bitmaps of
 * conditions, and numbers. Each depends on some axes only, and is computed once for every distinct
 * combination of their values.
 */
export interface Slot {
  readonly kind: 'row' | 'bitmap' | 'scalar' | 'integer';
  readonly node: number;
  /** The axes it depends on, as indices, ascending. */
  readonly axes: readonly number[];
  /** How many distinct ones there are. */
  readonly distinct: number;
  /** Computed once before the sweep and kept; otherwise computed for each set. */
  readonly isShared: boolean;
  /** Of shared rows, which of the sweep's distinct ones they are; null for other slots. */
  readonly rows: SlotRows | null;
}

/** Arithmetic that the kernel does itself, bar by bar. */
export type SeriesExpression =
  | { readonly kind: 'row'; readonly slot: number }
  | { readonly kind: 'scalar'; readonly slot: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'operation'; readonly op: string; readonly inputs: readonly SeriesExpression[] };

/** How two series compare; `isRanked` when both are shared rows that can be compared by rank first. */
export interface Relation {
  readonly a: SeriesExpression;
  readonly b: SeriesExpression;
  readonly isRanked: boolean;
}

export type BoolExpression =
  | { readonly kind: 'bitmap'; readonly slot: number }
  | { readonly kind: 'relation'; readonly op: string; readonly relation: number }
  | { readonly kind: 'logic'; readonly op: string; readonly inputs: readonly BoolExpression[] }
  | { readonly kind: 'never' };

export interface KernelInputs {
  readonly slots: readonly Slot[];
  /** How many distinct rows the slots share. */
  readonly rowsTotal: number;
  readonly relations: readonly Relation[];
  readonly rules: Readonly<Record<keyof CompiledStrategy['rules'], BoolExpression>>;
  readonly distances: Readonly<Record<keyof CompiledStrategy['distances'], SeriesExpression | null>>;
  readonly size: SeriesExpression;
  /** An integer slot, or null for never. */
  readonly maximumBarsHeld: number | null;
}

/** Operations the kernel fuses: element by element, with the meaning of the reference's kernels. */
export const FUSED = new Set([
  'add',
  'subtract',
  'multiply',
  'divide',
  'negate',
  'abs',
  'sqrt',
  'min',
  'max',
]);
const COMPARISONS = new Set([
  'less',
  'less_equal',
  'greater',
  'greater_equal',
  'equal',
  'not_equal',
  'crosses_above',
  'crosses_below',
]);
const LOGIC = new Set(['and', 'or', 'not']);
/** What takes more operations, written out as often as it is used, is no part of a kernel. */
const FUSED_OPERATIONS_MAXIMUM = 500;
/** A row or bitmap shared by fewer sets than this is cheaper inside the kernel. */
const SETS_PER_SHARED_MINIMUM = 4;
const SHARED_BYTES_MAXIMUM = 512 * 2 ** 20;

/** What a kernel would rather compute than read. */
export interface KernelTaste {
  /** Conditions that are different in more ways than this, where it can compute them. */
  readonly bitmapsMaximum: number;
  /** Whether it computes sizes and distances, which only fills ask for, however many sets share them. */
  readonly computesRareValues: boolean;
}

/** Decides, for a strategy and a grid, what is computed once, what for each set, and what inside the kernel. */
export function planInputs(
  strategy: CompiledStrategy,
  request: SweepRequest,
  taste: KernelTaste = { bitmapsMaximum: Infinity, computesRareValues: false },
): KernelInputs {
  return new Planner(strategy, request, taste).plan();
}

/** By node of a strategy, the axes that it depends on, as indices, ascending. */
export function axesOfNodes(
  { nodes }: CompiledStrategy,
  axes: readonly SweepAxis[],
): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  for (const { op, name, inputs } of nodes) {
    const own = op === 'parameter' ? axes.findIndex(({ parameter }) => parameter === name) : -1;
    const all = new Set([...(own < 0 ? [] : [own]), ...inputs.flatMap((input) => found[input])]);
    found.push([...all].toSorted((a, b) => a - b));
  }
  return found;
}

class Planner {
  private readonly strategy: CompiledStrategy;
  private readonly taste: KernelTaste;
  private readonly axes: readonly SweepAxis[];
  private readonly barsTotal: number;
  private readonly nodeAxes: readonly (readonly number[])[];
  /** By node, the operations of the kernel that it takes. */
  private readonly operations: number[] = [];
  private readonly slots: Slot[] = [];
  private readonly slotOf = new Map<string, number>();
  private readonly relations: Relation[] = [];
  private readonly relationOf = new Map<string, number>();
  private readonly setsTotal: number;
  private readonly rowFinder: RowFinder;
  private sharedBytes = 0;

  private readonly scalars: readonly (number | null)[];

  constructor(strategy: CompiledStrategy, request: SweepRequest, taste: KernelTaste) {
    const { axes, parameters, instruments } = request;
    this.strategy = strategy;
    this.rowFinder = new RowFinder(strategy, request);
    this.taste = taste;
    this.axes = axes;
    this.barsTotal = instruments[0].bars.timesMs.length;
    this.scalars = scalarValues(strategy, parameters);
    this.setsTotal = this.distinct(axes.map((_, index) => index));
    this.nodeAxes = axesOfNodes(strategy, axes);
    for (const node of strategy.nodes) {
      const isFused = FUSED.has(node.op) || LOGIC.has(node.op);
      this.operations.push(isFused ? node.inputs.reduce((sum, input) => sum + this.operations[input], 1) : 0);
    }
  }

  plan(): KernelInputs {
    const { rules, distances, size, maximumBarsHeld } = this.strategy;
    const rule = (node: number | null): BoolExpression =>
      node === null ? { kind: 'never' } : this.bool(node);
    const { computesRareValues } = this.taste;
    const distance = (node: number | null) => (node === null ? null : this.series(node, computesRareValues));
    return {
      rules: {
        enterLong: rule(rules.enterLong),
        exitLong: rule(rules.exitLong),
        enterShort: rule(rules.enterShort),
        exitShort: rule(rules.exitShort),
      },
      distances: {
        stop: distance(distances.stop),
        target: distance(distances.target),
        trail: distance(distances.trail),
        breakeven: distance(distances.breakeven),
      },
      size: this.series(size.value, computesRareValues),
      maximumBarsHeld: maximumBarsHeld === null ? null : this.slot('integer', maximumBarsHeld),
      slots: this.slots,
      rowsTotal: this.rowFinder.count,
      relations: this.relations,
    };
  }

  private bool(index: number): BoolExpression {
    const node = this.strategy.nodes[index];
    const isPacked = this.distinct(this.nodeAxes[index]) <= this.taste.bitmapsMaximum;
    if (isPacked && this.isWorthSharing(index, this.barsTotal / 8))
      return { kind: 'bitmap', slot: this.slot('bitmap', index) };
    if (LOGIC.has(node.op) && this.isFusable(index)) {
      return { kind: 'logic', op: node.op, inputs: node.inputs.map((input) => this.bool(input)) };
    }
    if (!COMPARISONS.has(node.op)) return { kind: 'bitmap', slot: this.slot('bitmap', index) };
    return { kind: 'relation', op: node.op, relation: this.relation(node.inputs[0], node.inputs[1]) };
  }

  private relation(first: number, second: number): number {
    const key = `${first} ${second}`;
    const known = this.relationOf.get(key);
    if (known !== undefined) return known;
    const [a, b] = [this.series(first), this.series(second)];
    const isShared = (side: SeriesExpression) => side.kind === 'row' && this.slots[side.slot].isShared;
    const index = this.relations.push({ a, b, isRanked: isShared(a) && isShared(b) }) - 1;
    this.relationOf.set(key, index);
    return index;
  }

  private series(index: number, isComputed = false): SeriesExpression {
    const node = this.strategy.nodes[index];
    if (node.type === 'scalar') {
      const isFixed = this.nodeAxes[index].length === 0;
      return isFixed
        ? { kind: 'constant', value: this.scalars[index]! }
        : { kind: 'scalar', slot: this.slot('scalar', index) };
    }
    const isFused =
      FUSED.has(node.op) &&
      this.isFusable(index) &&
      (isComputed || !this.isWorthSharing(index, 8 * this.barsTotal));
    if (!isFused) return { kind: 'row', slot: this.slot('row', index) };
    return {
      kind: 'operation',
      op: node.op,
      inputs: node.inputs.map((input) => this.series(input, isComputed)),
    };
  }

  private isFusable(node: number): boolean {
    return this.operations[node] <= FUSED_OPERATIONS_MAXIMUM;
  }

  private slot(kind: Slot['kind'], node: number): number {
    const key = `${kind} ${node}`;
    const known = this.slotOf.get(key);
    if (known !== undefined) return known;
    const axes = this.nodeAxes[node];
    const wanted = { kind, node, axes, distinct: this.distinct(axes) };
    const index = this.slots.push({ ...wanted, ...this.share(wanted) }) - 1;
    this.slotOf.set(key, index);
    return index;
  }

  private share(wanted: Omit<Slot, 'isShared' | 'rows'>): Pick<Slot, 'isShared' | 'rows'> {
    const { kind, node, axes, distinct } = wanted;
    if (kind === 'scalar' || kind === 'integer') return { isShared: true, rows: null };
    const isKept = (bytes: number) => axes.length === 0 || this.isWorthKeeping(node, bytes);
    const keep = (bytes: number): boolean => {
      const isShared = isKept(bytes);
      if (isShared) this.sharedBytes += bytes;
      return isShared;
    };
    if (kind === 'bitmap') return { isShared: keep((distinct * this.barsTotal) / 8), rows: null };
    // What is asked for too rarely is not worth looking for.
    const rows = isKept(0) ? this.rowFinder.find(wanted, (added) => keep(8 * this.barsTotal * added)) : null;
    return { isShared: rows !== null, rows };
  }

  private isWorthSharing(node: number, bytesEach: number): boolean {
    return this.isWorthKeeping(node, this.distinct(this.nodeAxes[node]) * bytesEach);
  }

  /** Whether what this node gives is asked for often enough, and so many bytes more are not too many. */
  private isWorthKeeping(node: number, bytes: number): boolean {
    const distinct = this.distinct(this.nodeAxes[node]);
    const isOftenAsked = distinct === 1 || distinct * SETS_PER_SHARED_MINIMUM <= this.setsTotal;
    return isOftenAsked && this.sharedBytes + bytes <= SHARED_BYTES_MAXIMUM;
  }

  private distinct(axes: readonly number[]): number {
    return axes.reduce((count, axis) => count * this.axes[axis].values.length, 1);
  }
}
