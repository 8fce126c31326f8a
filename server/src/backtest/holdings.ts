import { pick } from '../market-data/bars.ts';
import { invalid } from '../platform/graphql/errors.ts';
import { evenIndices, largestWeights, meanOf, type UniverseSummary } from './universe.ts';
import { InstrumentContribution, Rebalance, UniverseWeights, WeightColumn } from './universe.type.ts';

type Columns = Readonly<Record<string, Float64Array>>;

const COLUMNS_MAXIMUM = 50;
const POINTS_MAXIMUM = 10_000;

/** What every instrument of a universe did for the account, the largest contribution first. */
export function contributionsOf(
  { symbols, profit, fees }: UniverseSummary,
  initialCash: number,
  trades: Columns,
  weights: Columns,
): InstrumentContribution[] {
  const tradeCounts = symbols.map(() => 0);
  for (const place of trades.symbol) tradeCounts[place] += 1;
  return symbols
    .map((symbol, i) =>
      Object.assign(new InstrumentContribution(), {
        symbol,
        profit: profit[i],
        contribution: profit[i] / initialCash,
        fees: fees[i],
        tradeCount: tradeCounts[i],
        meanWeight: weights[symbol] ? meanOf(weights[symbol]) : 0,
      }),
    )
    .toSorted((a, b) => b.profit - a.profit || (a.symbol < b.symbol ? -1 : 1));
}

/** Weights over time: columns of the instruments held most, the others together, and what is left in cash. */
export function weightsOf(
  timesMs: Float64Array,
  weights: Columns,
  { first, maxPoints }: { readonly first: number; readonly maxPoints: number },
): UniverseWeights {
  if (!(first >= 1 && first <= COLUMNS_MAXIMUM))
    throw invalid(`expected first from 1 to ${COLUMNS_MAXIMUM}, was ${first}`, 'first');
  if (!(maxPoints >= 2 && maxPoints <= POINTS_MAXIMUM))
    throw invalid(`expected maxPoints from 2 to ${POINTS_MAXIMUM}, was ${maxPoints}`, 'maxPoints');
  const indices = evenIndices(timesMs.length, maxPoints);
  const { symbols, columns, others } = largestWeights(weights, first, indices);
  const all = Object.values(weights);
  return Object.assign(new UniverseWeights(), {
    times: pick(timesMs, indices),
    instruments: symbols.map((symbol, i) =>
      Object.assign(new WeightColumn(), { symbol, values: columns[i] }),
    ),
    others,
    cash: Float64Array.from(indices, (t) => all.reduce((left, column) => left - column[t], 1)),
  });
}

/** One rebalance from its columns. */
export function rebalanceAt(columns: Columns, index: number): Rebalance {
  const equity = columns.equity[index];
  return Object.assign(new Rebalance(), {
    index,
    executedAt: new Date(columns.timesMs[index]),
    equity,
    traded: columns.traded[index],
    turnover: equity > 0 ? columns.traded[index] / 2 / equity : null,
    fees: columns.fees[index],
    heldCount: columns.heldCount[index],
  });
}
