import { ComputeError, type ComputeService, type SimulationResult } from '@ai-trading/compute';
import { adjustedCloses } from '../market-data/bars.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import { type Cache, kept } from '../platform/cache/cache.ts';
import { insufficientHistory, invalid } from '../platform/graphql/errors.ts';
import type { PortfolioService } from '../portfolio/portfolio.service.ts';
import { type Book, bookOf } from './book.ts';
import { type MonteCarloInput, MonteCarloReport, type MonteCarloResult } from './monte-carlo.type.ts';

const RETURNS_MINIMUM = 30;
/** What one query may ask for; compute itself takes more. */
const SCENARIOS_MAXIMUM = 1_000_000;
/** Somebody waits in front of a page. */
const DEADLINE_MS = 60_000;

/** Simulates what the positions of a portfolio may make or lose. */
export class MonteCarloService {
  private readonly portfolios: PortfolioService;
  private readonly marketData: MarketDataService;
  private readonly compute: ComputeService;
  private readonly cache: Cache;

  constructor(
    portfolios: PortfolioService,
    marketData: MarketDataService,
    compute: ComputeService,
    cache: Cache,
  ) {
    this.portfolios = portfolios;
    this.marketData = marketData;
    this.compute = compute;
    this.cache = cache;
  }

  /**
   * By what was known at a time, where one is given; splits and dividends scale the closes of then as they are known now,
   * as adjusted closes of the past are not kept.
   */
  async report(
    portfolioId: string,
    input: MonteCarloInput,
    knownAt: Date | null,
    signal?: AbortSignal,
  ): Promise<typeof MonteCarloResult> {
    const { window, scenarios, ...settings } = input;
    if (window < 0)
      return invalid(`expected a window of 0 or more returns, was ${window}`, 'input', 'window').error;
    if (scenarios > SCENARIOS_MAXIMUM) {
      const message = `expected at most ${SCENARIOS_MAXIMUM} scenarios, was ${scenarios}`;
      return invalid(message, 'input', 'scenarios').error;
    }
    const state = await this.portfolios.state(portfolioId, null, knownAt);
    const ids = state.holdings.map(({ instrumentId }) => instrumentId);
    const bars = await this.marketData.closesOf(ids);
    const known = knownAt ? await this.marketData.closesKnown(ids, knownAt) : bars;
    const closes = known.map((one, index) => one && adjustedCloses(one, bars[index]));
    const book = bookOf(state, closes, window);
    if (book.levels.length === 0) return insufficientHistory('positions with prices', 1, 0);
    const returns = Math.max(0, book.levels[0].length - 1);
    if (returns < RETURNS_MINIMUM)
      return insufficientHistory('returns that all positions have', RETURNS_MINIMUM, returns);
    if (Number.isNaN(book.equity)) {
      const pairs = state.missing.map(({ from, to }) => `${from} in ${to}`).join(', ');
      return invalid(`expected the exchange rates of all that is held, was without ${pairs}`, 'id').error;
    }
    if (!(book.equity > 0)) return invalid(`expected an equity above 0, was ${book.equity}`, 'id').error;
    const { levels, weights } = book;
    try {
      const request = { ...settings, scenarios, levels, weights, precision: 'DOUBLE' } as const;
      const simulate = () => this.compute.simulateRisk(request, { signal, deadlineMs: DEADLINE_MS });
      return toReport(book, await kept(this.cache, 'monte-carlo', request, simulate));
    } catch (problem) {
      if (problem instanceof ComputeError && problem.code === 'INVALID_PARAMETER')
        return invalid(problem.message, 'input').error;
      if (problem instanceof ComputeError && problem.code === 'DEADLINE')
        return invalid(`${problem.message}: fewer scenarios take less`, 'input', 'scenarios').error;
      throw problem;
    }
  }
}

function toReport({ equity, levels, leftOut }: Book, result: SimulationResult): MonteCarloReport {
  // Finite levels give finite returns: both are defined.
  const [valueAtRisk, expectedShortfall] = [result.valueAtRisk.value!, result.expectedShortfall.value!];
  return Object.assign(new MonteCarloReport(), {
    scenarios: result.scenarios,
    observations: result.observations,
    positions: levels.length,
    positionsLeftOut: leftOut,
    equity,
    valueAtRisk,
    expectedShortfall,
    valueAtRiskAmount: valueAtRisk * equity,
    expectedShortfallAmount: expectedShortfall * equity,
    meanReturn: result.meanReturn,
    standardDeviation: result.standardDeviation,
    histogramEdges: result.histogram.edges,
    histogramCounts: result.histogram.counts,
    backend: result.backend.backend,
  });
}
