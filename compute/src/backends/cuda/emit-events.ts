import type { FigureTerms } from '../../backtest/summary.ts';
import type { KernelInputs } from '../wasm/slots.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import { AccountWriter, slotsOfAccount } from './emit-account.ts';
import { emitDigits, emitPlaces } from './emit-places.ts';
import { RangeSummaryWriter } from './emit-range-summary.ts';
import type { SlotPlaces } from './emit-state.ts';
import { FIGURES } from './emit-sweep.ts';
import { type DecidedWord, WordReader, WORDS_AT_ONCE } from './emit-words.ts';
import { BARS_PER_WORD, type CudaLayout, PRICE_BYTES, wordsOf } from './layout.ts';
import { type PtxLabel, PtxWriter, type Register } from './ptx.ts';

/** The name of the kernel in its module. */
export const EVENTS_KERNEL = 'events';
/** Threads of a block: one warp, of which as many work as sets are given to it. */
export const EVENTS_BLOCK = 32;
/** Bars looked at side by side for one that reaches a level. */
const BARS_PER_LOOK = 8;
const ALL_BITS = 2 ** 32 - 1;

/** Where the tables of prices lie in their memory, in bytes. */
export interface EventTables {
  /** Running sums of the closes' returns, each beside that of their squares. */
  readonly returnSums: number;
  /** Least lows and greatest highs of each word's bars. */
  readonly lows: number;
  readonly highs: number;
}

/**
 * `events(data, tables, ranges, signals, results, from, count, sets)`: one thread takes one parameter set from word to word of its `signals`, and
 * in them from one bar on which something happens to the next, with the arithmetic of the plan "events" of WebAssembly. A block takes
 * `sets` sets: few where there are few, so that threads wait for fewer others. `results` are columns of `count` numbers, one for each of
 * FIGURES.
 */
export function emitEvents(
  inputs: KernelInputs,
  terms: SimulationTerms,
  layout: CudaLayout,
  tables: EventTables,
  figures: FigureTerms,
): string {
  const p = new PtxWriter();
  const [data, tableMemory, ranges, signals, results] = [0, 1, 2, 3, 4].map(() => p.parameter('u64'));
  const [from, count, sets] = [0, 1, 2].map(() => p.parameter('u32'));
  const { thread } = p.placeInBlock();
  const set = p.add('u32', p.whole('mul.lo', p.blockIndex(), sets), thread);
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, sets), end);
    p.goIf(p.compare('ge', 'u32', set, count), end);
    const digits = emitDigits(p, layout.axisLengths, p.add('u32', from, set));
    const used = new Set(slotsOfAccount(inputs));
    const baseOf = (slot: number) => (used.has(slot) ? data : null);
    const places = emitPlaces(p, inputs.slots, layout.slots, { digits, baseOf });
    const account = new EventsWriter(p, inputs, terms, places, {
      layout,
      tables,
      data,
      tableMemory,
      ranges,
    });
    account.run(p.add('u64', signals, p.wide(set, 8)), count);
    account.figures(figures).forEach((value, column) => {
      const place = p.add('u32', p.whole('mul.lo', count, column), set);
      p.store(p.add('u64', results, p.wide(place, 8)), value);
    });
  });
  return p.finish(EVENTS_KERNEL);
}

interface EventMemory {
  readonly layout: CudaLayout;
  readonly tables: EventTables;
  /** Where each of them begins. */
  readonly data: Register<'u64'>;
  readonly tableMemory: Register<'u64'>;
  readonly ranges: Register<'u64'>;
}

/** What is known of a word of bars: those on which a wish to be long is carried out, and an exit. */
interface Word extends DecidedWord {
  readonly low: Register<'f64'> | null;
  readonly high: Register<'f64'> | null;
}

class EventsWriter extends AccountWriter {
  private readonly memory: EventMemory;
  private readonly summary: RangeSummaryWriter;
  /** The first bar of the word, and the bits of its bars that are still to come. */
  private readonly base: Register<'u32'>;
  private readonly ahead: Register<'u32'>;

  constructor(
    p: PtxWriter,
    inputs: KernelInputs,
    terms: SimulationTerms,
    places: SlotPlaces,
    memory: EventMemory,
  ) {
    super(p, inputs, terms, places, memory.layout.barsTotal);
    this.memory = memory;
    const { tables, tableMemory, ranges } = memory;
    const returnSums = p.add('u64', tableMemory, tables.returnSums);
    this.summary = new RangeSummaryWriter(p, { returnSums, ranges }, this.barsTotal, terms.initialCash);
    [this.base, this.ahead] = [0, ALL_BITS].map((value) => p.variable('u32', value));
  }

  protected override get isMostlyDue(): boolean {
    return true;
  }

  /** Takes the account over all words from `signals` on, beside which lie those of `sets` sets. */
  run(signals: Register<'u64'>, sets: Register<'u32'>): void {
    const { p, base, barsTotal } = this;
    const words = wordsOf(barsTotal);
    if (words === 0) return;
    const decided = new WordReader(p, signals, sets, { words, delay: this.delay });
    const levels = this.levelsOfWords();
    p.loop((leave) => {
      p.goIf(p.compare('ge', 'u32', base, barsTotal), leave);
      const wishes = decided.next(base, levels.ask);
      const word = { ...levels.next(), ...wishes };
      p.set(this.ahead, ALL_BITS);
      p.loop((done) => this.event(word, done));
      p.set(base, p.add('u32', base, BARS_PER_WORD));
    });
    const isLeftOpen = p.both(this.isHeld(), p.compare('lt', 'u32', this.bar, barsTotal));
    p.if(isLeftOpen, () => {
      const last = p.variable('u32', barsTotal - 1);
      this.summary.addRange(this.bar, last, { cash: this.cash, units: this.units }, false);
    });
  }

  /** Total return, Sharpe ratio, deepest drawdown and trades. */
  figures(terms: FigureTerms): readonly Register<'f64'>[] {
    const found = [...this.summary.figures(this.barsTotal, terms), this.p.toDouble(this.trades)];
    if (found.length !== FIGURES.length) throw new Error(`expected ${FIGURES.length} figures`);
    return found;
  }

  /** The extremes of one word after the other, asked for as the words are. */
  private levelsOfWords(): { readonly ask: () => void; readonly next: () => Pick<Word, 'low' | 'high'> } {
    const { p, memory, terms } = this;
    const columns = [
      { offset: memory.tables.lows, isWanted: terms.hasStop },
      { offset: memory.tables.highs, isWanted: terms.hasTarget },
    ].map(({ offset, isWanted }) => {
      if (!isWanted) return null;
      const place = p.variable('u64', p.add('u64', memory.tableMemory, offset));
      const [here, coming] = [0, 1].map(() =>
        Array.from({ length: WORDS_AT_ONCE }, () => p.variable('f64', 0)),
      );
      const read = () => {
        const found = [0, 16].flatMap((bytes) => p.loadPair(place, bytes));
        found.forEach((value, index) => p.set(coming[index], value));
        p.set(place, p.add('u64', place, 8 * WORDS_AT_ONCE));
      };
      read();
      return { here, coming, read };
    });
    const ask = () => {
      const next = p.add('u32', this.base, BARS_PER_WORD * WORDS_AT_ONCE);
      const isThere = p.compare('lt', 'u32', next, this.barsTotal);
      for (const column of columns) {
        if (!column) continue;
        column.here.forEach((value, index) => p.set(value, column.coming[index]));
        p.if(isThere, column.read);
      }
    };
    const next = () => {
      const [low, high] = columns.map((column) => {
        if (!column) return null;
        const { here } = column;
        const own = p.variable('f64', here[0]);
        here.slice(1).forEach((later, index) => p.set(here[index], later));
        return own;
      });
      return { low, high };
    };
    return { ask, next };
  }

  /** The next bar of the word on which something happens; without one the word is left. */
  private event(word: Word, done: PtxLabel): void {
    const { p, base, terms } = this;
    const isHeld = this.isHeld();
    const bits = p.variable('u32', p.chooseWord(isHeld, word.leaves, word.wants));
    const add = (condition: Register<'pred'>, bit: Register<'u32'>) =>
      p.set(bits, p.whole('or', bits, p.chooseWord(condition, bit, 0)));
    // Where fills are at closes, the first bar is always visited; else nothing is done on it.
    if (this.delay === 0) add(p.compare('eq', 'u32', this.bar, 0), p.variable('u32', 1));
    const bitOf = (bar: Register<'u32'>) => p.whole('shl', 1, p.subtract('u32', bar, base));
    if (terms.endRule !== 'KEEP_OPEN') add(isHeld, bitOf(p.variable('u32', this.barsTotal - 1)));
    if (this.maximumBars) {
      const due = this.dueBar(this.maximumBars);
      add(p.both(isHeld, p.compare('lt', 'u32', due, this.barsTotal)), bitOf(due));
    }
    p.set(bits, p.whole('and', bits, this.ahead));
    if (terms.hasStop || terms.hasTarget) p.if(isHeld, () => this.addReached(bits, word));
    p.goIf(p.compare('eq', 'u32', bits, 0), done);
    this.visitAt(p.lowestBit(bits), word);
  }

  /** The bar on which a position has been held for as long as it may be. */
  private dueBar(maximumBars: Register<'u32'>): Register<'u32'> {
    const { p } = this;
    const due = p.add('u32', this.entryBar, maximumBars);
    return p.chooseWord(p.compare('lt', 'u32', due, this.bar), this.bar, due);
  }

  /** Adds the first bars ahead that reach a level; most words are told by their extremes to have none. */
  private addReached(bits: Register<'u32'>, { low, high }: Word): void {
    const { p, terms, ahead } = this;
    const either = (stopped: () => Register<'pred'>, gained: () => Register<'pred'>) => {
      if (terms.hasStop && terms.hasTarget) return p.either(stopped(), gained());
      return terms.hasStop ? stopped() : gained();
    };
    const reached = (least: Register<'f64'>, greatest: Register<'f64'>) =>
      either(
        () => p.compare('le', 'f64', least, this.stop),
        () => p.compare('ge', 'f64', greatest, this.target),
      );
    p.if(reached(low ?? high!, high ?? low!), () => {
      // Neither bars that were passed matter, nor those after the first on which something was decided.
      const until = p.lowestBit(bits);
      const shift = p.variable('u32', p.whole('and', p.lowestBit(ahead), ALL_BITS - (BARS_PER_LOOK - 1)));
      const first = p.wide(p.add('u32', this.base, shift), PRICE_BYTES);
      const place = p.variable('u64', p.add('u64', this.memory.data, first));
      p.loop((leave) => {
        p.goIf(p.compare('ge', 'u32', shift, until), leave);
        const part = p.variable('u32', 0);
        const bars = Array.from({ length: BARS_PER_LOOK }, (_, bar) => ({
          least: terms.hasStop ? p.load('f64', place, bar * PRICE_BYTES + 16) : null,
          greatest: terms.hasTarget ? p.load('f64', place, bar * PRICE_BYTES + 8) : null,
        }));
        bars.forEach(({ least, greatest }, bar) =>
          p.setBits(reached(least ?? greatest!, greatest ?? least!), part, 2 ** bar),
        );
        const found = p.whole('and', p.whole('shl', part, shift), ahead);
        p.set(bits, p.whole('or', bits, found));
        p.goIf(p.compare('ne', 'u32', found, 0), leave);
        p.set(shift, p.add('u32', shift, BARS_PER_LOOK));
        p.set(place, p.add('u64', place, BARS_PER_LOOK * PRICE_BYTES));
      });
    });
  }

  /** One bar of the word in full, after those before it on which a position was only held. */
  private visitAt(place: Register<'u32'>, word: Word): void {
    const { p, decisions, cash, units } = this;
    const at = p.add('u32', this.base, place);
    const price = p.add('u64', this.memory.data, p.wide(at, PRICE_BYTES));
    const [open, high] = p.loadPair(price, 0);
    const [low, close] = p.loadPair(price, 16);
    const given = { open, high, low, close };
    for (const name of ['open', 'high', 'low', 'close'] as const) p.set(this.prices[name], given[name]);
    p.if(p.both(this.isHeld(), p.compare('lt', 'u32', this.bar, at)), () =>
      this.summary.addRange(this.bar, p.subtract('u32', at, 1), { cash, units }, true),
    );
    p.set(this.ahead, p.whole('shl', ALL_BITS, p.add('u32', place, 1)));
    const isSet = (bits: Register<'u32'>) =>
      p.compare('ne', 'u32', p.whole('and', bits, p.whole('shl', 1, place)), 0);
    p.set(decisions.wantsLong, isSet(word.wants));
    p.set(decisions.exitsLong, isSet(word.leaves));
    this.goTo(at);
    this.visit(p.compare('eq', 'u32', at, this.barsTotal - 1));
    this.summary.add(this.equity, this.delay === 0 ? p.compare('eq', 'u32', at, 0) : null);
    p.set(this.bar, p.add('u32', at, 1));
  }
}
