import { scalarValues } from '../reference/evaluate.ts';
import type { SweepAxis, SweepRequest } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { slotParameters } from './slot-items.ts';
import type { KernelInputs, Relation, Slot } from './slots.ts';

/** Which of a sweep's distinct rows the items of a slot are. */
export interface SlotRows {
  /** The first row that this slot is the first to ask for. */
  readonly first: number;
  /** The row of each item; null where they are `first` and those after it. */
  readonly places: Int32Array | null;
}

/** The row of an item of a slot that has rows. */
export function rowOf({ first, places }: SlotRows, item: number): number {
  return places === null ? first + item : places[item];
}

/** A distinct row: an item of the slot that was the first to ask for it. */
export interface DistinctRow {
  readonly slot: Slot;
  readonly item: number;
}

/** The distinct rows of all slots in their order. */
export function distinctRows(slots: readonly Slot[]): readonly DistinctRow[] {
  const rows: DistinctRow[] = [];
  for (const slot of slots) {
    if (!slot.rows) continue;
    for (let item = 0; item < slot.distinct; item += 1)
      if (rowOf(slot.rows, item) === rows.length) rows.push({ slot, item });
  }
  return rows;
}

/** The distinct rows of both sides of a relation, each once; none where a side is computed or is no shared row. */
export function rowsOfRelation({ slots }: KernelInputs, { a, b }: Relation): readonly number[] {
  const sides = [a, b].map((side) => (side.kind === 'row' ? slots[side.slot] : null));
  if (sides.some((slot) => !slot?.rows)) return [];
  const rows = sides.flatMap((slot) =>
    Array.from({ length: slot!.distinct }, (_, item) => rowOf(slot!.rows!, item)),
  );
  return [...new Set(rows)];
}

/** A series without its numbers: operations on series that are equal in all but those. */
interface Shape {
  readonly text: string;
  /** The nodes of its numbers, in the order of the text. */
  readonly numbers: readonly number[];
}

/**
 * Finds the rows that slots have in common: series that are made by the same operations of the same numbers, whatever the
 * parameters are called that the numbers come from.
 */
export class RowFinder {
  private readonly strategy: CompiledStrategy;
  private readonly axes: readonly SweepAxis[];
  private readonly parameters: Readonly<Record<string, number>>;
  /** By shape and numbers, the row that is in use. */
  private readonly known = new Map<string, Map<string, number>>();
  /** How many rows are in use. */
  count = 0;

  constructor(strategy: CompiledStrategy, { axes, parameters }: SweepRequest) {
    this.strategy = strategy;
    this.axes = axes;
    this.parameters = parameters;
  }

  /** The rows of a slot, which are in use from now on where `isTaken` says so of how many they would add. */
  find(slot: Omit<Slot, 'rows' | 'isShared'>, isTaken: (added: number) => boolean): SlotRows | null {
    const { text, numbers } = this.shapeOf(slot.node);
    const known = this.known.get(text) ?? new Map<string, number>();
    const fresh = new Map<string, number>();
    const places = new Int32Array(slot.distinct);
    for (let item = 0; item < slot.distinct; item += 1) {
      const key = this.numbersOf(slot, item, numbers);
      const place = known.get(key) ?? fresh.get(key) ?? this.count + fresh.size;
      if (place === this.count + fresh.size) fresh.set(key, place);
      places[item] = place;
    }
    if (!isTaken(fresh.size)) return null;
    const first = this.count;
    for (const [key, place] of fresh) known.set(key, place);
    this.known.set(text, known);
    this.count += fresh.size;
    const isInOrder = fresh.size === slot.distinct;
    return { first, places: isInOrder ? null : places };
  }

  private shapeOf(root: number): Shape {
    const { nodes } = this.strategy;
    const places = new Map<number, number>();
    const numbers: number[] = [];
    const textOf = (index: number): string => {
      const { op, type, name = '', symbol = '', inputs } = nodes[index];
      if (type === 'scalar') {
        numbers.push(index);
        return '#';
      }
      const place = places.get(index);
      if (place !== undefined) return `@${place}`;
      places.set(index, places.size);
      return `${JSON.stringify([op, name, symbol])}(${inputs.map(textOf).join()})`;
    };
    return { text: textOf(root), numbers };
  }

  private numbersOf(slot: Pick<Slot, 'axes'>, item: number, numbers: readonly number[]): string {
    const parameters = { ...this.parameters, ...slotParameters(slot, this.axes, item) };
    const values = scalarValues(this.strategy, parameters);
    // 0 and -0 are two numbers.
    return numbers.map((node) => (Object.is(values[node], -0) ? '-0' : values[node])).join();
  }
}
