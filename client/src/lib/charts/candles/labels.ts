/** What is written at a bar: above its high where something was sold, below its low where something was bought. */
export interface Label {
  readonly bar: number;
  readonly side: 'BUY' | 'SELL';
  /** That high or low. */
  readonly price: number;
  readonly widthPixels: number;
}

const GAP_PIXELS = 4;

/**
 * Which labels are written where bars are so many pixels apart: going on in time, every one that cannot touch any that
 * was written before it, however the scale of prices is drawn. Labels stand in the middle of their bars.
 */
export function writtenLabels(labels: readonly Label[], barPixels: number): boolean[] {
  const reach = GAP_PIXELS + Math.max(0, ...labels.map(({ widthPixels }) => widthPixels));
  const isWritten = labels.map(() => false);
  const written: Label[] = [];
  const isNear = (one: Label, other: Label | undefined, pixels: number) =>
    other !== undefined && (one.bar - other.bar) * barPixels < pixels;
  const isFree = (label: Label) => {
    for (let at = written.length - 1; isNear(label, written[at], reach); at -= 1) {
      const apart = GAP_PIXELS + (label.widthPixels + written[at].widthPixels) / 2;
      if (isNear(label, written[at], apart) && mayMeet(label, written[at])) return false;
    }
    return true;
  };
  const places = labels.map((_, place) => place);
  for (const place of places.toSorted((a, b) => labels[a].bar - labels[b].bar)) {
    if (!isFree(labels[place])) continue;
    isWritten[place] = true;
    written.push(labels[place]);
  }
  return isWritten;
}

/**
 * The bars between the edges of a picture so wide that shows all bars, first and last with half of their room beside
 * them, and whole labels: more at either end where a label would be cut. What is wider than half the picture is cut.
 */
export function wholeRange(
  labels: readonly Pick<Label, 'bar' | 'widthPixels'>[],
  barCount: number,
  widthPixels: number,
): { from: number; to: number } {
  const last = barCount - 1;
  let range = { from: 0, to: last };
  // More room makes bars narrower, and labels wider in bars: each step adds less than the one before.
  for (let step = 0; step < 32; step += 1) {
    const barPixels = widthPixels / (range.to - range.from + 1);
    const halves = labels.map(({ bar, widthPixels: width }) => ({
      bar,
      bars: Math.min(width / 2 + GAP_PIXELS, widthPixels / 4) / barPixels - 0.5,
    }));
    range = {
      from: Math.min(0, ...halves.map(({ bar, bars }) => bar - bars)),
      to: Math.max(last, ...halves.map(({ bar, bars }) => bar + bars)),
    };
  }
  return range;
}

/** Whether labels may stand at one height: on one side of their bars, or below a high bar and above a low one. */
function mayMeet(one: Label, other: Label): boolean {
  if (one.side === other.side) return true;
  const [sell, buy] = one.side === 'SELL' ? [one, other] : [other, one];
  return sell.price < buy.price;
}

const DAY_MS = 86_400_000;

/**
 * Where a fill of an account is marked: one that is told by its date alone, as its midnight UTC, in the bar of that date,
 * as the one that is stamped with this midnight is of the day before.
 */
export function markedMs(timeMs: number): number {
  return timeMs % DAY_MS === 0 ? timeMs + 1_000 : timeMs;
}

/** The bar that a mark is drawn at: the first that is not before it, in whole seconds, or the last. */
export function barAt(times: ArrayLike<number>, timeMs: number): number {
  const seconds = (ms: number) => Math.floor(ms / 1000);
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seconds(times[middle]) < seconds(timeMs)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The marked bar that is nearest to a bar, at most so many bars away; null where there is none. */
export function nearestMarked(marked: Iterable<number>, bar: number, reachBars: number): number | null {
  let nearest: number | null = null;
  for (const one of marked) {
    const distance = Math.abs(one - bar);
    if (distance <= reachBars && (nearest === null || distance < Math.abs(nearest - bar))) nearest = one;
  }
  return nearest;
}
