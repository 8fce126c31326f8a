import { marketBps } from '../../backtest/costs.ts';
import type { BackendChoice, CostModel, EndRule, SweepRequest } from '../../service/contract.ts';
import { type CompiledStrategy, type SizeKind, waits } from '../../strategy/compile.ts';
import { scalarValues } from '../reference/evaluate.ts';
import { axesOfNodes } from './slots.ts';

/** What a simulation kernel is specialised for: everything that is the same for all sets of a sweep. */
export interface SimulationTerms {
  readonly plan: 'events' | 'bars';
  readonly initialCash: number;
  readonly costs: CostModel;
  readonly lotSize: number;
  readonly endRule: EndRule;
  readonly allowsLong: boolean;
  readonly allowsShort: boolean;
  readonly fillsAtClose: boolean;
  readonly sizeKind: SizeKind;
  /** Every entry spends all cash, so that equity is proportional to the price while held. */
  readonly isAllIn: boolean;
  readonly hasStop: boolean;
  readonly hasTarget: boolean;
  readonly hasTrail: boolean;
  readonly hasBreakEven: boolean;
}

/** The events plan's tables take 24 bytes a bar and level. */
const EVENT_BARS_MAXIMUM = 500_000;

/** What of a strategy or its settings no kernel can simulate, as a reason; null where kernels can. */
export function kernelObstacle(strategy: CompiledStrategy, request: SweepRequest): string | null {
  const obstacle = accountObstacle(request);
  if (obstacle !== null || strategy.universe !== null) return obstacle;
  if ((request.leverage ?? 1) > 1) return 'leverage above 1 is simulated by the reference only';
  if ([...strategy.entries, ...strategy.exits].some(waits))
    return 'limit and stop orders wait inside bars, which no kernel follows';
  if (strategy.entriesMaximum !== null) return 'added entries are simulated by the reference only';
  if (strategy.size.kind === 'volatilityTarget') return 'a volatility target is sized by the reference only';
  return null;
}

function accountObstacle({ costs, maintenanceMargin = 0 }: SweepRequest): string | null {
  const { borrowRate = 0, cashRate = 0 } = costs;
  if (borrowRate > 0 || cashRate > 0) return 'interest changes cash on every bar, which no kernel follows';
  return maintenanceMargin > 0 ? 'margin calls are simulated by the reference only' : null;
}

/** The plan for a sweep: "events" where held stretches can be answered by range queries, else "bars"; with the reason. */
export function chooseTerms(
  strategy: CompiledStrategy,
  request: SweepRequest,
): { readonly terms: SimulationTerms; readonly choice: BackendChoice } {
  const { stop, target, trail, breakeven } = strategy.distances;
  const { kind, value } = strategy.size;
  const isFixed = axesOfNodes(strategy, request.axes)[value].length === 0;
  const isWhole = isFixed && scalarValues(strategy, request.parameters)[value] === 1;
  const shared = {
    initialCash: request.initialCash,
    // A kernel knows one worsening of market fills.
    costs: { ...request.costs, slippageBps: marketBps(request.costs) },
    lotSize: request.lotSize,
    endRule: request.endRule,
    allowsLong: request.direction !== 'SHORT_ONLY' && strategy.rules.enterLong !== null,
    allowsShort: request.direction !== 'LONG_ONLY' && strategy.rules.enterShort !== null,
    fillsAtClose: strategy.fillAt === 'close',
    sizeKind: kind,
    isAllIn: kind === 'percentOfEquity' && isWhole,
    hasStop: stop !== null,
    hasTarget: target !== null,
    hasTrail: trail !== null,
    hasBreakEven: breakeven !== null,
  };
  const obstacle = eventsObstacle(shared, request.instruments[0].bars.timesMs.length);
  return obstacle === null
    ? {
        terms: { ...shared, plan: 'events' },
        choice: { backend: 'wasm-events', reason: 'long only and all in, so held bars are range queries' },
      }
    : { terms: { ...shared, plan: 'bars' }, choice: { backend: 'wasm-bars', reason: obstacle } };
}

/** Why held bars must be visited one after the other, or null. */
function eventsObstacle(terms: Omit<SimulationTerms, 'plan'>, barsTotal: number): string | null {
  if (terms.allowsShort)
    return 'short positions leave cash beside the position, so held bars are summed one by one';
  if (!terms.isAllIn) return 'the size is not all of the equity, so held bars are summed one by one';
  if (terms.lotSize > 0)
    return 'whole lots leave cash beside the position, so held bars are summed one by one';
  if (terms.hasTrail) return 'a trailing stop depends on the path, so held bars are visited one by one';
  if (terms.hasBreakEven) return 'a break-even stop depends on the path, so held bars are visited one by one';
  if (barsTotal > EVENT_BARS_MAXIMUM)
    return `more than ${EVENT_BARS_MAXIMUM} bars would need too large tables`;
  return null;
}
