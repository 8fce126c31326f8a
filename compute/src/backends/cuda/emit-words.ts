import type { PtxWriter, Register } from './ptx.ts';
import { BARS_PER_WORD } from './layout.ts';

/** Words that are read before they are needed. */
const WORDS_AHEAD = 4;
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
  private readonly upcoming: readonly DecidedWord[];
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
    this.upcoming = Array.from({ length: Math.min(WORDS_AHEAD, words) }, () => {
      const [wants, leaves] = this.read();
      return { wants: p.variable('u32', wants), leaves: p.variable('u32', leaves) };
    });
    this.carries = { wants: p.variable('u32', 0), leaves: p.variable('u32', 0) };
    this.distant = p.variable('u64', p.add('u64', first, p.wide(sets, 8 * PREFETCHED_WORDS)));
  }

  /** What is carried out on the bars of the next word, of which the first is `base`. */
  next(base: Register<'u32'>): DecidedWord {
    const { p, upcoming } = this;
    const [wants, leaves] = [this.carriedOut('wants'), this.carriedOut('leaves')];
    for (let index = 1; index < upcoming.length; index += 1)
      for (const name of ['wants', 'leaves'] as const)
        p.set(upcoming[index - 1][name], upcoming[index][name]);
    const newest = upcoming[upcoming.length - 1];
    const isThere = p.compare('lt', 'u32', base, BARS_PER_WORD * (this.words - upcoming.length));
    p.if(isThere, () => {
      const read = this.read();
      p.set(newest.wants, read[0]);
      p.set(newest.leaves, read[1]);
    });
    p.prefetch(this.distant, 0);
    p.set(this.distant, p.add('u64', this.distant, this.stepBytes));
    return { wants, leaves };
  }

  private read(): readonly [Register<'u32'>, Register<'u32'>] {
    const { p, place } = this;
    const pair = p.loadWords(place);
    p.set(place, p.add('u64', place, this.stepBytes));
    return pair;
  }

  /** The bars on which what was decided is carried out: those of the decisions or, from word to word, those after them. */
  private carriedOut(name: 'wants' | 'leaves'): Register<'u32'> {
    const { p } = this;
    const decided = this.upcoming[0][name];
    if (this.delay === 0) return p.variable('u32', decided);
    const bits = p.whole('or', p.whole('shl', decided, 1), this.carries[name]);
    p.set(this.carries[name], p.whole('shr', decided, BARS_PER_WORD - 1));
    return bits;
  }
}
