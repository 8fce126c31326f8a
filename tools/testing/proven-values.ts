import { evaluateSignals } from '../../compute/src/backends/reference/evaluate.ts';
import { kernelObstacle } from '../../compute/src/backends/wasm/terms.ts';
import { GraphBuilder } from '../../compute/src/ir/graph.ts';
import type { BarColumns, InstrumentBars, SweepRequest } from '../../compute/src/service/contract.ts';
import { type CompiledStrategy, compileStrategy } from '../../compute/src/strategy/compile.ts';
import { flatBars } from './bars.ts';
import { NO_COSTS } from './simulations.ts';
import { type BackendName, figuresBy } from './sweep-backends.ts';
import { SWEEP_BASE } from './sweeps.ts';

/** Series of so few bars are looked at on each of them. */
const BARS_EACH_MAXIMUM = 12;

/** The values of an expression of the strategy language over bars; `other` are the bars of symbol B. */
export function valuesOf(expression: string, bars: BarColumns, other = bars): Float64Array {
  const strategy = compiled(`strategy "T"\nenter long when close > 0\nstop ${expression}`);
  return evaluateSignals(strategy, {}, instrumentsOf(bars, other)).stopDistance!;
}

/**
 * The values of an expression, of which a backend has shown that it finds the same bits on every bar: it trades where they are the
 * same, or nowhere where it is to trade where they differ. It looks at the expression both as it is, which is computed once for all
 * sets, and as made different for each set, which its kernels compute.
 */
export function provenValues(
  backend: BackendName,
  expression: string,
  bars: BarColumns,
  other = bars,
): Float64Array {
  const wanted = valuesOf(expression, bars, other);
  if (backend === 'reference') return wanted;
  const { length } = wanted;
  const each = Array.from({ length }, (_, t) => t);
  const looked = length <= BARS_EACH_MAXIMUM ? each : [0, 1, Math.floor(length / 2), length - 2, length - 1];
  const [anywhere, ...found] = tradesOf(backend, expression, bars, other, wanted, looked);
  if (anywhere === 0 && found.every((trades) => trades === 1)) return wanted;
  const [, ...all] = tradesOf(backend, expression, bars, other, wanted, each);
  const differing = all.flatMap((trades, t) => (trades === 1 ? [] : [`${t} (${wanted[t]})`]));
  throw new Error(
    `${expression}: expected the values of the reference on ${backend}, differs at ${differing}`,
  );
}

function instrumentsOf(bars: BarColumns, other: BarColumns): InstrumentBars[] {
  return [
    { symbol: 'A', bars },
    { symbol: 'B', bars: other },
  ];
}

function compiled(source: string): CompiledStrategy {
  const result = compileStrategy(source);
  if (!result.ok) throw new Error(`${source}: ${result.diagnostics[0].message}`);
  return result.strategy;
}

/** How often it trades: where anything differs on any bar, then for each bar given where nothing differs on that bar. */
function tradesOf(
  backend: BackendName,
  expression: string,
  bars: BarColumns,
  other: BarColumns,
  wanted: Float64Array,
  looked: readonly number[],
): readonly number[] {
  const strategy = probeOf(expression);
  // What is read is not what is traded, so that no value of it can ruin the account.
  const traded = { ...flatBars(Array.from(wanted, () => 1)), timesMs: bars.timesMs };
  const request: SweepRequest = {
    ...SWEEP_BASE,
    strategy: expression,
    costs: NO_COSTS,
    direction: 'LONG_ONLY',
    // Nothing is opened at a last close that an end closes.
    endRule: 'KEEP_OPEN',
    instruments: [
      { symbol: 'traded', bars: traded },
      ...instrumentsOf(bars, other),
      { symbol: 'wanted', bars: { ...traded, volume: wanted } },
    ],
    axes: [{ parameter: 'at', values: Float64Array.of(-1, ...looked) }],
  };
  const obstacle = kernelObstacle(strategy, request);
  if (obstacle !== null) throw new Error(`expected kernels to take ${expression}, was: ${obstacle}`);
  return figuresBy(backend, request, strategy).figures.tradeCount;
}

/** Trades at bar `at` where the expression has the wanted values, at any bar where it has not if `at` is below 0. */
function probeOf(expression: string): CompiledStrategy {
  const source = compiled(`strategy "T"
param at = 0 in 0..1
let place = running_sum(1) - 1
let found = ${expression}
let wanted = volume of "wanted"
enter long when at < 0 and not (found == wanted or (not (found == found) and not (wanted == wanted)))
enter long when place == at and (found == wanted or (not (found == found) and not (wanted == wanted)))
size units(1)
fill at close`);
  const graph = new GraphBuilder();
  const add = graph.add.bind(graph);
  const none = add({
    op: 'multiply',
    type: 'scalar',
    inputs: [graph.parameter('at'), graph.constant(0)],
  });
  /** The graph over prices of A, once as it is and once with prices that are computed for each set. */
  const copy = (isForEachSet: boolean) => {
    const at: number[] = [];
    for (const node of source.nodes) {
      const inputs = node.inputs.map((input) => at[input]);
      const isPrice = node.op === 'price' && node.symbol !== 'wanted';
      const own = add({ ...node, inputs, ...(isPrice ? { symbol: node.symbol ?? 'A' } : {}) });
      at.push(isPrice && isForEachSet ? add({ op: 'add', type: 'series', inputs: [own, none] }) : own);
    }
    return at;
  };
  const [shared, own] = [copy(false), copy(true)];
  const join = (op: 'and' | 'or', [differs, same]: readonly [number, number]) =>
    add({ op, type: 'bool', inputs: [differs, same] });
  const [differs, same] = source.entries.map(({ condition }) => [shared[condition], own[condition]] as const);
  const entry = join('or', [join('or', differs), join('and', same)]);
  return {
    ...source,
    nodes: graph.nodes,
    rules: { ...source.rules, enterLong: entry },
    entries: [{ ...source.entries[0], condition: entry }],
    size: { ...source.size, value: shared[source.size.value] },
  };
}
