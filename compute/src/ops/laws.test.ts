import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateSignals } from '../backends/reference/evaluate.ts';
import type { StrategySignals } from '../ir/signals.ts';
import type { BarColumns } from '../service/contract.ts';
import { type CompiledStrategy, compileStrategy } from '../strategy/compile.ts';
import type { OpDefinition, OpInput } from './define.ts';
import { ops } from './registry.ts';

const WRITTEN_AS: Readonly<Record<string, string>> = {
  add: 'high + low',
  subtract: 'high - low',
  multiply: 'high * low',
  divide: 'high / low',
  negate: '-close',
  lag: 'close[3]',
  hurst: 'hurst(close, 16)',
};

/** An argument that keeps windows short, so that few bars show the whole life of an operation. */
function argumentOf({ type, name, defaultValue }: OpInput, index: number): string {
  if (type === 'length') return String(Math.min(defaultValue ?? 4, 4 + index));
  if (type === 'series') return ['close', 'high', 'low'][index];
  return String(name === 'fraction' ? 0.5 : (defaultValue ?? 2));
}

/** A strategy that reads an operation on every bar. */
function strategyOf(op: OpDefinition): CompiledStrategy {
  const call = WRITTEN_AS[op.name] ?? `${op.name}(${op.inputs.map(argumentOf).join(', ')})`;
  const compiled = compileStrategy(`strategy "T"\nenter long when ${call} > 0\nstop ${call}`);
  if (!compiled.ok) throw new Error(`${call}: ${compiled.diagnostics[0].message}`);
  return compiled.strategy;
}

const operationsOnNumbers = [...ops.values()]
  .filter((op) => op.output === 'series' && !op.inputs.some(({ type }) => type === 'bool'))
  .map((op) => [op.name, strategyOf(op)] as const);

interface Move {
  readonly move: number;
  readonly above: number;
  readonly below: number;
  readonly volume: number;
}

function barsOf(moves: readonly Move[]): BarColumns {
  const [open, close]: [number[], number[]] = [[], []];
  for (const { move } of moves) {
    open.push(close.at(-1) ?? 100);
    close.push(open.at(-1)! * (1 + move));
  }
  const column = (valueAt: (t: number) => number) => Float64Array.from(moves, (_, t) => valueAt(t));
  return {
    timesMs: column((t) => t),
    open: column((t) => open[t]),
    high: column((t) => Math.max(open[t], close[t]) * (1 + moves[t].above)),
    low: column((t) => Math.min(open[t], close[t]) * (1 - moves[t].below)),
    close: column((t) => close[t]),
    volume: column((t) => moves[t].volume),
  };
}

const anyMove = fc.record({
  move: fc.double({ min: -0.05, max: 0.05, noNaN: true }),
  above: fc.double({ min: 0, max: 0.03, noNaN: true }),
  below: fc.double({ min: 0, max: 0.03, noNaN: true }),
  volume: fc.nat(1_000_000),
});
const anyBars = fc.array(anyMove, { minLength: 1, maxLength: 90 }).map(barsOf);

/** Bars on which every column changes from each bar to the next. */
const livelyMoves = Array.from({ length: 90 }, (_, t) => ({
  move: 0.04 * Math.sin(t * t) + 0.001,
  above: 0.01 + 0.005 * Math.sin(3 * t),
  below: 0.01 + 0.005 * Math.cos(5 * t),
  volume: 1000 + Math.round(500 * Math.sin(t)),
}));

function signalsOf(strategy: CompiledStrategy, columns: BarColumns, count = Infinity): StrategySignals {
  const cut = Object.entries(columns).map(([name, values]) => [name, values.slice(0, count)]);
  return evaluateSignals(strategy, {}, [{ symbol: 'A', bars: Object.fromEntries(cut) as BarColumns }]);
}

describe('every operation on numbers', () => {
  it.each(operationsOnNumbers)('%s gives the same whether or not later bars are known', (_name, strategy) => {
    fc.assert(
      fc.property(anyBars, fc.nat(), (columns, cut) => {
        const known = 1 + (cut % columns.close.length);
        const all = signalsOf(strategy, columns).stopDistance!;
        expect(signalsOf(strategy, columns, known).stopDistance).toEqual(all.slice(0, known));
      }),
      { numRuns: 15 },
    );
  });

  it.each(operationsOnNumbers)('%s has a value from its warm-up on', (_name, strategy) => {
    const { warmUpBars, stopDistance } = signalsOf(strategy, barsOf(livelyMoves));
    expect(warmUpBars).toBeLessThan(50);
    expect(stopDistance!.findLastIndex(Number.isNaN)).toBeLessThan(Math.max(1, warmUpBars));
  });

  it.each(operationsOnNumbers)('%s has a value again after a stretch without trade', (_name, strategy) => {
    const moves = livelyMoves.map((move, t) =>
      t < 30 || t >= 60 ? move : { move: 0, above: 0, below: 0, volume: 0 },
    );
    expect(signalsOf(strategy, barsOf(moves)).stopDistance!.at(-1)).not.toBeNaN();
  });
});
