import { BARS_PER_WORD } from './layout.ts';
import type { PtxWriter, Register } from './ptx.ts';

/** Words that are asked for at once, while as many that were asked for before are worked on. */
export const WORDS_AT_ONCE = 4;
/** Words that are brought near before they are read. */
const PREFETCHED_WORDS = 24;

/** What a set decides on the bars of a word, or what is carried out on them. */
export interface DecidedWord {
  readonly wants: Register<'u32'>;
  readonly leaves: Register<'u32'>;
}

/** Reads the words that the kernel `signals` made for one side of one set, each a while before it is needed. */
export class WordReader {
  private readonly p: PtxWriter;
  private readonly place: Register<'u64'>;
  private readonly distant: Register<'u64'>;
  private readonly stepBytes: Register<'u64'>;
  private readonly words: number;
  private readonly delay: 0 | 1;
  /** What is there, the next word first, and what is on its way: nobody touches that before it is needed, which would be to wait. */
  private readonly here: readonly DecidedWord[];
  private readonly coming: readonly DecidedWord[];
  private readonly carries: DecidedWord;

  /** `first` is where the set's first word lies, beside those of `sets` sets; there is at least one. */
  constructor(
    p: PtxWriter,
    first: Register<'u64'>,
    sets: Register<'u32'>,
    { words, delay }: { readonly words: number; readonly delay: 0 | 1 },
  ) {
    [this.p, this.words, this.delay] = [p, words, delay];
    this.stepBytes = p.wide(sets, 8);
    this.place = p.variable('u64', first);
    this.distant = p.variable('u64', p.add('u64', first, p.wide(sets, 8 * PREFETCHED_WORDS)));
    const none = () => ({ wants: p.variable('u32', 0), leaves: p.variable('u32', 0) });
    [this.here, this.coming] = [0, 1].map(() => Array.from({ length: WORDS_AT_ONCE }, none));
    this.carries = none();
    this.coming.slice(0, words).forEach((word) => this.read(word));
  }

  /** What is carried out on the bars of the next word, of which the first is `base`. What is read `beside` words is asked for with them. */
  next(base: Register<'u32'>, beside?: () => void): DecidedWord {
    const { p, here, coming } = this;
    const barsAtOnce = BARS_PER_WORD * WORDS_AT_ONCE;
    const isThrough = p.compare('eq', 'u32', p.whole('and', base, barsAtOnce - 1), 0);
    p.if(isThrough, () => {
      here.forEach((word, index) => move(p, word, coming[index]));
      coming.forEach((word, index) => {
        const isThere = p.compare(
          'lt',
          'u32',
          p.add('u32', base, barsAtOnce + BARS_PER_WORD * index),
          BARS_PER_WORD * this.words,
        );
        p.if(isThere, () => this.read(word));
      });
      beside?.();
      coming.forEach(() => this.prefetch());
    });
    const word = { wants: this.carriedOut('wants'), leaves: this.carriedOut('leaves') };
    here.slice(1).forEach((later, index) => move(p, here[index], later));
    return word;
  }

  private read(word: DecidedWord): void {
    const { p, place } = this;
    const [wants, leaves] = p.loadWords(place);
    move(p, word, { wants, leaves });
    p.set(place, p.add('u64', place, this.stepBytes));
  }

  private prefetch(): void {
    const { p, distant } = this;
    p.prefetch(distant, 0);
    p.set(distant, p.add('u64', distant, this.stepBytes));
  }

  /** The bars on which what was decided is carried out: those of the decisions or, from word to word, those after them. */
  private carriedOut(name: 'wants' | 'leaves'): Register<'u32'> {
    const { p } = this;
    const decided = this.here[0][name];
    if (this.delay === 0) return p.variable('u32', decided);
    const bits = p.whole('or', p.whole('shl', decided, 1), this.carries[name]);
    p.set(this.carries[name], p.whole('shr', decided, BARS_PER_WORD - 1));
    return bits;
  }
}

function move(p: PtxWriter, to: DecidedWord, from: DecidedWord): void {
  p.set(to.wants, from.wants);
  p.set(to.leaves, from.leaves);
}
