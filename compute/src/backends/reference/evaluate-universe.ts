import { type AcrossKind, measureAcross } from '../../ir/across.ts';
import type { GridMember, MemberSignals, UniverseGrid, UniverseSignals } from '../../ir/universe.ts';
import { ComputeError, type InstrumentBars } from '../../service/contract.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import type { CompiledUniverse } from '../../strategy/compile-universe.ts';
import { Evaluation, type SeriesCache } from './evaluate.ts';

/**
 * Computes what a strategy knows of every candidate of a universe, each on its own bars, with the other
 * instruments aligned to them so that only what had closed is seen.
 */
export function evaluateUniverse(
  strategy: CompiledStrategy & { readonly universe: CompiledUniverse },
  parameters: Readonly<Record<string, number>>,
  grid: UniverseGrid,
  instruments: readonly InstrumentBars[],
  cache: SeriesCache = new Map(),
): UniverseSignals {
  const { legs, weights, maximumWeight, cash, rest, rebalance } = strategy.universe;
  const evaluations = evaluationsOf(strategy, parameters, grid, instruments, cache);
  const [any] = evaluations.values();
  const part = (node: number | null, what: string, otherwise: number) => {
    const percent = node === null ? otherwise : any.number(node);
    if (percent >= 0 && percent <= 100) return percent / 100;
    throw new ComputeError('INVALID_PARAMETER', `expected a ${what} of 0 to 100 percent, was ${percent}`);
  };
  const signalsOf = (evaluation: Evaluation): MemberSignals => ({
    legs: legs.map(({ score, condition }) => ({
      score: score === null ? null : evaluation.series(score),
      condition: condition === null ? null : evaluation.series(condition),
    })),
    weight: weights === null ? null : evaluation.series(weights),
  });
  return {
    members: grid.members.map(({ symbol }) => {
      const evaluation = evaluations.get(symbol);
      return evaluation ? signalsOf(evaluation) : null;
    }),
    legs: legs.map(({ side, order, count, isPercent }) => {
      if (count === null) return { side, order, isPercent: true, count: 1 };
      const number = isPercent ? part(count, 'share of the universe', 100) : any.wholeNumber(count);
      return { side, order, isPercent, count: number };
    }),
    maximumWeight: part(maximumWeight, 'max weight', 100),
    cash: part(cash, 'part in cash', 0),
    rest: grid.members.findIndex(({ symbol }) => rest.includes(symbol)),
    rebalance:
      rebalance.kind === 'period' ? rebalance : { kind: 'bars', bars: any.wholeNumber(rebalance.bars) },
  };
}

function evaluationsOf(
  strategy: CompiledStrategy,
  parameters: Readonly<Record<string, number>>,
  grid: UniverseGrid,
  instruments: readonly InstrumentBars[],
  cache: SeriesCache,
): ReadonlyMap<string, Evaluation> {
  const evaluations = new Map<string, Evaluation>();
  const candidates = grid.members.filter(({ isCandidate }) => isCandidate);
  const held = { across: acrossCandidates(candidates, grid.timesMs, evaluations) };
  for (const { symbol } of candidates) {
    const own = instruments.filter((one) => one.symbol === symbol);
    const others = instruments.filter((one) => one.symbol !== symbol);
    evaluations.set(symbol, new Evaluation(strategy, parameters, [...own, ...others], cache, held));
  }
  return evaluations;
}

/** Measures a node across all candidates at once: one pass for all of them, whoever asks first. */
function acrossCandidates(
  candidates: readonly GridMember[],
  timesMs: Float64Array,
  evaluations: ReadonlyMap<string, Evaluation>,
): (symbol: string, kind: AcrossKind, node: number) => Float64Array {
  const known = new Map<string, ReadonlyMap<string, Float64Array>>();
  const measure = (kind: AcrossKind, node: number) => {
    const onGrid = candidates.map(({ symbol, newest, lastIndex }) => {
      const values = evaluations.get(symbol)!.series(node);
      // What is no longer traded does not count any more.
      return timesMs.map((_, t) => (newest[t] < 0 || t > lastIndex ? NaN : values[newest[t]]));
    });
    const measured = measureAcross(kind, onGrid);
    return new Map(
      candidates.map(({ symbol, bars, newest }, member) => {
        const own = new Float64Array(bars.timesMs.length);
        // Its last time is the grid's bar that it is the newest of first.
        for (let t = timesMs.length - 1; t >= 0; t -= 1)
          if (newest[t] >= 0) own[newest[t]] = measured[member][t];
        return [symbol, own];
      }),
    );
  };
  return (symbol, kind, node) => {
    const key = `${kind} ${node}`;
    const all = known.get(key) ?? measure(kind, node);
    known.set(key, all);
    return all.get(symbol)!;
  };
}
