import type { StoredBars } from '../market-data/bars.ts';

/** A fill of the sample portfolio as a line of CSV: date, symbol, side, quantity, price, fee, currency. */
export type SampleLine = readonly [string, string, 'buy' | 'sell', number, number, number, string];

const QUARTERLY_AMOUNT = 4_000;
const FEE = 1;

/**
 * A plan anyone could have followed, without looking ahead: on the first session of each quarter
 * 4,000 go into Apple and as much into the index, at that session's open, and each January a quarter
 * of the Apple shares is sold.
 */
export function samplePlan(apple: StoredBars, index: StoredBars): SampleLine[] {
  const lines: SampleLine[] = [];
  let shares = 0;
  for (const t of quarterStarts(apple.timesMs)) {
    const date = new Date(apple.timesMs[t]).toISOString().slice(0, 10);
    const price = apple.open[t];
    if (date.slice(5, 7) === '01' && shares > 4) {
      const sold = Math.floor(shares / 4);
      shares -= sold;
      lines.push([date, 'AAPL', 'sell', sold, price, FEE, 'USD']);
    }
    const bought = Math.floor(QUARTERLY_AMOUNT / price);
    shares += bought;
    lines.push([date, 'AAPL', 'buy', bought, price, FEE, 'USD']);
    const other = index.timesMs.indexOf(apple.timesMs[t]);
    if (other >= 0)
      lines.push([
        date,
        'SPX',
        'buy',
        Number((QUARTERLY_AMOUNT / index.open[other]).toFixed(4)),
        index.open[other],
        FEE,
        'USD',
      ]);
  }
  return lines;
}

function* quarterStarts(timesMs: Float64Array): Generator<number> {
  let before = -1;
  for (let t = 0; t < timesMs.length; t += 1) {
    const date = new Date(timesMs[t]);
    const quarter = date.getUTCFullYear() * 4 + Math.floor(date.getUTCMonth() / 3);
    if (quarter !== before && before !== -1) yield t;
    before = quarter;
  }
}
