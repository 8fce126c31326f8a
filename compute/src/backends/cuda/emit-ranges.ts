import { PtxWriter, type Register } from './ptx.ts';

/** The names of the kernels in their modules. */
export const PIECES_KERNEL = 'pieces';
export const RANGES_KERNEL = 'ranges';
/** Values that are asked for before they are needed: a thread has nobody who works while it waits. */
const VALUES_AHEAD = 8;
/** Least, greatest and worst ratio of the closes from a bar to the middle of its stretch, and the bar's own close: what memory gives at once. */
export const RANGE_BYTES = 32;
/** Least, greatest and worst ratio of the closes of a piece. */
export const PIECE_BYTES = 24;
/** Bars of a piece, as a power of two: about as long to pass as the pieces that lie beside it in the longest halves. */
export const PIECE_LEVEL = 8;

/** Pieces that so many bars have. */
export function piecesOf(barsTotal: number, pieceLevel = PIECE_LEVEL): number {
  return Math.ceil(barsTotal / 2 ** pieceLevel);
}

/** Threads that the kernel needs for a table of so many levels: one for each piece of every half of a stretch. */
export function rangeThreads(barsTotal: number, levels: number, pieceLevel = PIECE_LEVEL): number {
  return Array.from({ length: levels }, (_, level) =>
    piecesOf(barsTotal, Math.min(level, pieceLevel)),
  ).reduce((sum, pieces) => sum + pieces, 0);
}

/**
 * `pieces(closes, pieces, bars, count)`: the least, greatest and worst ratio of the closes of every piece of 2^`pieceLevel` bars, one of
 * `count` threads for each.
 */
export function emitPieces(pieceLevel = PIECE_LEVEL): string {
  const p = new PtxWriter();
  const [closes, pieces] = [p.parameter('u64'), p.parameter('u64')];
  const [bars, count] = [p.parameter('u32'), p.parameter('u32')];
  const piece = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', piece, count), end);
    const from = p.whole('shl', piece, pieceLevel);
    const length = p.subtract('u32', endOf(p, p.add('u32', from, 2 ** pieceLevel), bars), from);
    const all = new RangeWriter(p, p.truth(false));
    all.walk(from, length, 1, valuesAt(p, closes, 8, 1), ([close]) => all.add(close, close));
    all.store(p.add('u64', pieces, p.wide(piece, PIECE_BYTES)));
  });
  return p.finish(PIECES_KERNEL);
}

/**
 * `ranges(closes, pieces, table, bars, levels, count)`: the disjoint sparse table of `wasm/tables.ts`, with its bits, one of `count` threads
 * for each piece of a half of a stretch, which begins with what is known of the pieces between its own and the middle. The longest halves
 * come first.
 */
export function emitRanges(pieceLevel = PIECE_LEVEL): string {
  const p = new PtxWriter();
  const [closes, pieces, table] = [p.parameter('u64'), p.parameter('u64'), p.parameter('u64')];
  const [bars, levels, count] = [p.parameter('u32'), p.parameter('u32'), p.parameter('u32')];
  const thread = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count), end);
    const piece = p.variable('u32', thread);
    const level = p.variable('u32', p.subtract('u32', levels, 1));
    const length = p.variable('u32', 0);
    const piecesTotal = p.variable('u32', 0);
    p.loop((found) => {
      p.set(length, endOf(p, level, pieceLevel));
      const rounded = p.add('u32', bars, p.subtract('u32', p.whole('shl', 1, length), 1));
      p.set(piecesTotal, p.whole('shr', rounded, length));
      p.goIf(p.compare('lt', 'u32', piece, piecesTotal), found);
      p.set(piece, p.subtract('u32', piece, piecesTotal));
      p.set(level, p.subtract('u32', level, 1));
    });
    emitPiece(p, { closes, pieces, table, bars, level, piece, length, piecesTotal });
  });
  return p.finish(RANGES_KERNEL);
}

interface Piece {
  readonly closes: Register<'u64'>;
  readonly pieces: Register<'u64'>;
  readonly table: Register<'u64'>;
  readonly bars: Register<'u32'>;
  readonly level: Register<'u32'>;
  readonly piece: Register<'u32'>;
  /** Its bars, as a power of two, and how many pieces of as many there are. */
  readonly length: Register<'u32'>;
  readonly piecesTotal: Register<'u32'>;
}

/** Goes from the middle of a stretch outwards: to the left in even halves, to the right in odd ones, by the same instructions. */
function emitPiece(p: PtxWriter, { closes, pieces, table, bars, level, piece, ...given }: Piece): void {
  const { length, piecesTotal } = given;
  const depth = p.subtract('u32', level, length);
  const half = p.whole('shr', piece, depth);
  const isLeft = p.compare('eq', 'u32', p.whole('and', half, 1), 0);
  const firstPiece = p.whole('shl', half, depth);
  const afterPieces = endOf(p, p.add('u32', firstPiece, p.whole('shl', 1, depth)), piecesTotal);
  const lastPiece = p.subtract('u32', afterPieces, 1);
  const known = new RangeWriter(p, isLeft);
  const between = p.chooseWord(
    isLeft,
    p.subtract('u32', lastPiece, piece),
    p.subtract('u32', piece, firstPiece),
  );
  known.walk(
    p.chooseWord(isLeft, lastPiece, firstPiece),
    between,
    3,
    valuesAt(p, pieces, PIECE_BYTES, 3),
    ([least, greatest, ratio]) => known.add(least, greatest, ratio),
  );
  const from = p.whole('shl', piece, length);
  const to = endOf(p, p.add('u32', from, p.whole('shl', 1, length)), bars);
  const row = p.whole('mul.lo', level, bars);
  known.walk(
    p.chooseWord(isLeft, p.subtract('u32', to, 1), from),
    p.subtract('u32', to, from),
    1,
    valuesAt(p, closes, 8, 1),
    ([close], bar) => {
      known.add(close, close);
      known.storeWith(close, p.add('u64', table, p.wide(p.add('u32', row, bar), RANGE_BYTES)));
    },
  );
}

/** The lesser of two words. */
function endOf(p: PtxWriter, a: Register<'u32'>, b: Register<'u32'> | number): Register<'u32'> {
  return p.chooseWord(p.compare('lt', 'u32', a, b), a, b);
}

type ValuesAt = (place: Register<'u32'>) => readonly Register<'f64'>[];

/** Reads `count` neighbouring doubles, as many bytes after those of the place before. */
function valuesAt(p: PtxWriter, first: Register<'u64'>, bytes: number, count: number): ValuesAt {
  return (place) => {
    const address = p.add('u64', first, p.wide(place, bytes));
    return Array.from({ length: count }, (_, index) => p.load('f64', address, 8 * index));
  };
}

/** What is known of a stretch of bars that grows to the left or to the right. */
class RangeWriter {
  private readonly p: PtxWriter;
  private readonly isLeft: Register<'pred'>;
  private readonly least: Register<'f64'>;
  private readonly greatest: Register<'f64'>;
  private readonly ratio: Register<'f64'>;

  constructor(p: PtxWriter, isLeft: Register<'pred'>) {
    this.p = p;
    this.isLeft = isLeft;
    [this.least, this.greatest, this.ratio] = [Infinity, -Infinity, 1].map((value) =>
      p.variable('f64', value),
    );
  }

  /** Takes up the bars beside those that are known: one close, or what is known of more of them. */
  add(least: Register<'f64'>, greatest: Register<'f64'>, ratio: Register<'f64'> | null = null): void {
    const { p, isLeft } = this;
    const lesser = (a: Register<'f64'>, b: Register<'f64'>) => p.choose(p.compare('lt', 'f64', b, a), b, a);
    if (ratio) p.set(this.ratio, lesser(this.ratio, ratio));
    const low = p.choose(isLeft, this.least, least);
    const high = p.choose(isLeft, greatest, this.greatest);
    p.if(p.compare('le', 'f64', low, p.multiply(this.ratio, high)), () =>
      p.set(this.ratio, lesser(this.ratio, p.divide(low, high))),
    );
    p.set(this.least, lesser(this.least, least));
    p.set(this.greatest, p.choose(p.compare('gt', 'f64', greatest, this.greatest), greatest, this.greatest));
  }

  /** Visits `count` places from `first` on to the side that is grown to, and reads `width` doubles of each ahead of time. */
  walk(
    first: Register<'u32'>,
    count: Register<'u32'>,
    width: number,
    read: ValuesAt,
    use: (values: readonly Register<'f64'>[], place: Register<'u32'>) => void,
  ): void {
    const { p, isLeft } = this;
    // One on: 1, or as much as takes 1 away.
    const step = p.chooseWord(isLeft, 2 ** 32 - 1, 1);
    const ahead = p.chooseWord(isLeft, 2 ** 32 - VALUES_AHEAD, VALUES_AHEAD);
    const place = p.variable('u32', first);
    const rest = p.variable('u32', count);
    const next = Array.from({ length: VALUES_AHEAD }, () =>
      Array.from({ length: width }, () => p.variable('f64', 0)),
    );
    const fill = (targets: readonly Register<'f64'>[], from: Register<'u32'>) =>
      read(from).forEach((value, index) => p.set(targets[index], value));
    const upcoming = p.variable('u32', first);
    next.forEach((targets, index) => {
      p.if(p.compare('gt', 'u32', rest, index), () => fill(targets, upcoming));
      p.set(upcoming, p.add('u32', upcoming, step));
    });
    p.loop((leave) => {
      for (const targets of next) {
        p.goIf(p.compare('eq', 'u32', rest, 0), leave);
        const values = targets.map((each) => p.variable('f64', each));
        p.if(p.compare('gt', 'u32', rest, VALUES_AHEAD), () => fill(targets, p.add('u32', place, ahead)));
        use(values, place);
        p.set(place, p.add('u32', place, step));
        p.set(rest, p.subtract('u32', rest, 1));
      }
    });
  }

  /** Writes an entry of the table. */
  storeWith(close: Register<'f64'>, entry: Register<'u64'>): void {
    this.p.storePair(entry, [this.least, this.greatest]);
    this.p.storePair(entry, [this.ratio, close], 16);
  }

  /** Writes what is known of a piece. */
  store(entry: Register<'u64'>): void {
    [this.least, this.greatest, this.ratio].forEach((each, index) => this.p.store(entry, each, 8 * index));
  }
}
