import { mean, standardDeviation } from '../risk/columns.ts';
import { expectedShortfall } from '../risk/expected-shortfall.ts';
import { histogram } from '../risk/histogram.ts';
import { valueAtRisk } from '../risk/value-at-risk.ts';
import type { SimulatedRisk } from '../service/contract.ts';

const HISTOGRAM_BINS = 41;

/** Tail measures of simulated returns, by the definitions of historical ones. */
export function measurePaths(returns: Float64Array, confidence: number): SimulatedRisk {
  return {
    valueAtRisk: valueAtRisk(returns, confidence),
    expectedShortfall: expectedShortfall(returns, confidence),
    meanReturn: mean(returns),
    standardDeviation: standardDeviation(returns),
    histogram: histogram(returns, HISTOGRAM_BINS),
  };
}
