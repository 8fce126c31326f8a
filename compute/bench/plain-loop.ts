import type { BarColumns, SweepRequest } from '../src/service/contract.ts';

/**
 * The sweep of two moving averages as one would write it by hand in TypeScript: one fused loop a set, all in, filled at the next
 * open. Total return of each set; the other figures are kept in sums that are returned too, so that none is left out.
 */
export function plainSmaCross(request: SweepRequest): { totalReturn: Float64Array; checksum: number } {
  const { bars } = request.instruments[0];
  const [fast, slow] = request.axes;
  const totalReturn = new Float64Array(fast.values.length * slow.values.length);
  const sums = runningSum(bars);
  let checksum = 0;
  let set = 0;
  for (const quick of fast.values) {
    for (const late of slow.values) {
      const figures = run(bars, sums, { quick, late, cost: request.costs.commissionBps / 10_000 });
      totalReturn[set] = figures.equity - 1;
      checksum += figures.returns + figures.squares + figures.worst + figures.trades;
      set += 1;
    }
  }
  return { totalReturn, checksum };
}

function runningSum({ close }: BarColumns): Float64Array {
  const sums = new Float64Array(close.length + 1);
  for (let t = 0; t < close.length; t += 1) sums[t + 1] = sums[t] + close[t];
  return sums;
}

function run(
  { open, close }: BarColumns,
  sums: Float64Array,
  { quick, late, cost }: { quick: number; late: number; cost: number },
) {
  const perQuick = 1 / quick;
  const perLate = 1 / late;
  let equity = 1;
  let peak = 1;
  let worst = 1;
  let returns = 0;
  let squares = 0;
  let trades = 0;
  let isHeld = false;
  let difference = NaN;
  let before = NaN;
  for (let t = late - 1; t < close.length; t += 1) {
    // What the two bars before decided is filled at this bar's open.
    if (isHeld) {
      const leaves = difference < 0 && before >= 0;
      const change = (leaves ? open[t] * (1 - cost) : close[t]) / close[t - 1];
      isHeld = !leaves;
      equity *= change;
      if (equity > peak) peak = equity;
      if (equity < worst * peak) worst = equity / peak;
      returns += change - 1;
      squares += (change - 1) * (change - 1);
    } else if (difference > 0 && before <= 0) {
      isHeld = true;
      trades += 1;
      const change = close[t] / (open[t] * (1 + cost));
      equity *= change;
      if (equity > peak) peak = equity;
      if (equity < worst * peak) worst = equity / peak;
      returns += change - 1;
      squares += (change - 1) * (change - 1);
    }
    before = difference;
    difference =
      (sums[t + 1] - sums[t + 1 - quick]) * perQuick - (sums[t + 1] - sums[t + 1 - late]) * perLate;
  }
  return { equity, worst, returns, squares, trades };
}
