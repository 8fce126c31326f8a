import type { KernelInputs } from '../wasm/slots.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import type { PtxWriter, Register } from './ptx.ts';

export type Side = 1 | -1;
type Price = 'open' | 'high' | 'low' | 'close';
/** The prices of a bar. */
export type SimulationPrices = Readonly<Record<Price, Register<'f64'>>>;

/** What was decided at the close of a bar. */
export interface Decisions {
  readonly wantsLong: Register<'pred'>;
  readonly wantsShort: Register<'pred'>;
  readonly exitsLong: Register<'pred'>;
  readonly exitsShort: Register<'pred'>;
}

/** Where a kernel finds rows, bitmaps and numbers: by slot, on the current bar. */
export interface SlotPlaces {
  readonly addresses: readonly (Register<'u64'> | null)[];
  readonly numbers: readonly (Register<'f64'> | null)[];
  readonly integers: readonly (Register<'u32'> | null)[];
  /** The values on the current bar of rows that every bar reads. */
  readonly current: readonly (Register<'f64'> | null)[];
  /** Bytes from one bar of a row, or one word of a bitmap, to the next. */
  readonly strides: readonly number[];
}

/** The variables of one account. */
export class SimulationState {
  protected readonly p: PtxWriter;
  protected readonly inputs: KernelInputs;
  protected readonly terms: SimulationTerms;
  protected readonly places: SlotPlaces;
  protected readonly decisions: Decisions;
  protected readonly hasStopLevel: boolean;
  // The account.
  protected readonly cash: Register<'f64'>;
  protected readonly units: Register<'f64'>;
  protected readonly entryPrice: Register<'f64'>;
  protected readonly entryBar: Register<'u32'>;
  protected readonly stop: Register<'f64'>;
  protected readonly target: Register<'f64'>;
  protected readonly trail: Register<'f64'>;
  protected readonly trailDistance: Register<'f64'>;
  protected readonly breakEvenAt: Register<'f64'>;
  protected readonly trades: Register<'u32'>;
  protected readonly equity: Register<'f64'>;
  // The current bar, and working places.
  protected readonly bar: Register<'u32'>;
  protected readonly prices: SimulationPrices;
  protected readonly hasFilled: Register<'pred'>;
  protected readonly price: Register<'f64'>;
  protected readonly quantity: Register<'f64'>;
  protected readonly wanted: Register<'f64'>;
  protected readonly level: Register<'f64'>;

  constructor(p: PtxWriter, inputs: KernelInputs, terms: SimulationTerms, places: SlotPlaces) {
    this.p = p;
    this.inputs = inputs;
    this.terms = terms;
    this.places = places;
    this.hasStopLevel = terms.hasStop || terms.hasTrail || terms.hasBreakEven;
    const number = (value = 0) => p.variable('f64', value);
    const truth = () => p.truth(false);
    this.decisions = { wantsLong: truth(), wantsShort: truth(), exitsLong: truth(), exitsShort: truth() };
    this.hasFilled = truth();
    [this.entryBar, this.trades, this.bar] = [
      p.variable('u32', 0),
      p.variable('u32', 0),
      p.variable('u32', 0),
    ];
    [this.cash, this.units, this.entryPrice] = [number(terms.initialCash), number(), number()];
    [this.stop, this.target, this.trail] = [number(NaN), number(NaN), number(NaN)];
    [this.trailDistance, this.breakEvenAt] = [number(NaN), number(NaN)];
    this.equity = number();
    this.prices = { open: number(), high: number(), low: number(), close: number() };
    [this.price, this.quantity, this.wanted, this.level] = [number(), number(), number(), number()];
  }

  protected isHeld(): Register<'pred'> {
    return this.p.compare('neu', 'f64', this.units, 0);
  }

  protected onSide(write: (side: Side) => void): void {
    if (!this.terms.allowsShort) write(1);
    else {
      this.p.if(
        this.p.compare('gt', 'f64', this.units, 0),
        () => write(1),
        () => write(-1),
      );
    }
  }

  /** The value for a long side, its negative for a short one. */
  protected signed(side: Side, value: Register<'f64'>): Register<'f64'> {
    return side > 0 ? value : this.p.apply('negate', value);
  }
}
