import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeOnEveryBackend } from '../../../tools/testing/every-backend.ts';
import { valuesOf as valuesByReference } from '../../../tools/testing/proven-values.ts';
import { evaluateSignals } from '../backends/reference/evaluate.ts';
import type { BarColumns } from '../service/contract.ts';
import { compileStrategy } from '../strategy/compile.ts';
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

/** How an operation is called on prices. */
function callOf(op: OpDefinition): string {
  if (op.inputs.length === 0) return op.name;
  return WRITTEN_AS[op.name] ?? `${op.name}(${op.inputs.map(argumentOf).join(', ')})`;
}

const operationsOnNumbers = [...ops.values()]
  .filter((op) => op.output === 'series' && !op.inputs.some(({ type }) => type === 'bool'))
  .map((op) => [op.name, callOf(op)] as const);

/** Bars before an operation has a value. */
function warmUpBarsOf(call: string, bars: BarColumns): number {
  const compiled = compileStrategy(`strategy "T"\nenter long when ${call} > 0`);
  if (!compiled.ok) throw new Error(`${call}: ${compiled.diagnostics[0].message}`);
  return evaluateSignals(compiled.strategy, {}, [{ symbol: 'A', bars }]).warmUpBars;
}

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

function firstOf(columns: BarColumns, count: number): BarColumns {
  const cut = Object.entries(columns).map(([name, values]) => [name, values.slice(0, count)]);
  return Object.fromEntries(cut) as BarColumns;
}

describeOnEveryBackend('every operation on numbers', ({ name: backend, valuesOf }) => {
  // Others than the reference have to find its bits, and the law holds for those.
  const numRuns = backend === 'reference' ? 15 : 1;

  it.each(operationsOnNumbers)('%s gives the same whether or not later bars are known', (_name, call) => {
    fc.assert(
      fc.property(anyBars, fc.nat(), (columns, cut) => {
        const known = 1 + (cut % columns.close.length);
        const all = valuesByReference(call, columns);
        expect(valuesOf(call, firstOf(columns, known))).toEqual(all.slice(0, known));
      }),
      { numRuns },
    );
  });

  it.each(operationsOnNumbers)('%s has a value from its warm-up on', (_name, call) => {
    const bars = barsOf(livelyMoves);
    const warmUpBars = warmUpBarsOf(call, bars);
    expect(warmUpBars).toBeLessThan(50);
    expect(valuesOf(call, bars).findLastIndex(Number.isNaN)).toBeLessThan(Math.max(1, warmUpBars));
  });

  it.each(operationsOnNumbers)('%s has a value again after a stretch without trade', (_name, call) => {
    const moves = livelyMoves.map((move, t) =>
      t < 30 || t >= 60 ? move : { move: 0, above: 0, below: 0, volume: 0 },
    );
    expect(valuesOf(call, barsOf(moves)).at(-1)).not.toBeNaN();
  });
});
