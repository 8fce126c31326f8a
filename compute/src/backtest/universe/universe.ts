import type { UniverseGrid } from '../../ir/universe.ts';
import type { BacktestRequest } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import type { CompiledUniverse } from '../../strategy/compile-universe.ts';
import { buildGrid } from './grid.ts';

/** A strategy that holds members of a universe. */
export type UniverseStrategy = CompiledStrategy & { readonly universe: CompiledUniverse };

/** Whether a strategy holds a universe instead of trading one instrument. */
export function holdsUniverse(strategy: CompiledStrategy): strategy is UniverseStrategy {
  return strategy.universe !== null;
}

/** The symbols that a request's strategy chooses from: those it names, or those the request does. */
export function candidatesOf(
  { universe }: UniverseStrategy,
  request: Pick<BacktestRequest, 'universe'>,
): readonly string[] {
  return universe.symbols.length > 0 ? universe.symbols : (request.universe ?? []);
}

/** The instruments that a request's strategy trades, side by side. */
export function gridFor(
  strategy: UniverseStrategy,
  request: Pick<BacktestRequest, 'universe' | 'instruments' | 'lotSize'>,
): UniverseGrid {
  const candidates = new Set(candidatesOf(strategy, request));
  const traded = request.instruments.filter(
    ({ symbol }) => candidates.has(symbol) || strategy.universe.rest.includes(symbol),
  );
  return buildGrid(traded, candidates, request.lotSize);
}
