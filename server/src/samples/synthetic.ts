/** One made-up bar. */
export interface SyntheticBar {
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** How a made-up market moves; rates are per bar. */
export interface SyntheticMarket {
  readonly seed: number;
  readonly startPrice: number;
  readonly drift: number;
  readonly volatility: number;
  /** How much of each move it shares with the common market, 0 to 1. */
  readonly correlation: number;
}

// GARCH(1,1) weights: calm and wild times follow each other as in real markets.
const SHOCK_WEIGHT = 0.09;
const MEMORY_WEIGHT = 0.89;

/**
 * Made-up bars with volatility clustering (GARCH(1,1), Bollerslev 1986), fat tails and a share of a
 * common factor: the same seed gives the same bars.
 */
export function* syntheticBars(market: SyntheticMarket, timesMs: Iterable<number>): Generator<SyntheticBar> {
  const own = normals(market.seed);
  const common = normals(1);
  const average = market.volatility ** 2;
  let [variance, last] = [average, market.startPrice];
  for (const timeMs of timesMs) {
    const share = market.correlation * common() + Math.sqrt(1 - market.correlation ** 2) * own();
    const move = Math.sqrt(variance) * share;
    const open = last * Math.exp(0.2 * Math.sqrt(variance) * own());
    const close = last * Math.exp(market.drift + move);
    const reach = Math.sqrt(variance) * 0.5;
    const high = Math.max(open, close) * Math.exp(reach * Math.abs(own()));
    const low = Math.min(open, close) * Math.exp(-reach * Math.abs(own()));
    const volume = Math.round(1_000_000 * Math.exp(0.3 * own() + 20 * Math.abs(move)));
    yield { timeMs, open, high, low, close, volume };
    variance =
      average * (1 - SHOCK_WEIGHT - MEMORY_WEIGHT) + SHOCK_WEIGHT * move ** 2 + MEMORY_WEIGHT * variance;
    last = close;
  }
}

/** Standard normal numbers by Box and Muller from a mulberry32 generator. */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Midnights UTC of weekdays, from a date on. */
export function* weekdays(fromMs: number, count: number): Generator<number> {
  let timeMs = fromMs;
  for (let found = 0; found < count; timeMs += 86_400_000) {
    const day = new Date(timeMs).getUTCDay();
    if (day === 0 || day === 6) continue;
    found += 1;
    yield timeMs;
  }
}

/** Times at equal distances, from a time on. */
export function* every(intervalMs: number, fromMs: number, count: number): Generator<number> {
  for (let index = 0; index < count; index += 1) yield fromMs + index * intervalMs;
}
