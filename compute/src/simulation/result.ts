import { mean, standardDeviation } from '../risk/columns.ts';
import { expectedShortfall } from '../risk/expected-shortfall.ts';
import { histogram } from '../risk/histogram.ts';
import { smallest } from '../risk/select.ts';
import { valueAtRisk } from '../risk/value-at-risk.ts';
import type { SimulatedRisk } from '../service/contract.ts';

const HISTOGRAM_BINS = 41;

/** Tail measures of simulated returns, by the definitions of historical ones; `select` gives the smallest returns. */
export function measurePaths(
  returns: Float64Array,
  confidence: number,
  select: typeof smallest = smallest,
): SimulatedRisk {
  return {
    valueAtRisk: valueAtRisk(returns, confidence, select),
    expectedShortfall: expectedShortfall(returns, confidence, select),
    meanReturn: mean(returns),
    standardDeviation: standardDeviation(returns),
    histogram: histogram(returns, HISTOGRAM_BINS),
  };
}
