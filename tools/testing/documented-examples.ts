import { evaluateSignals } from '../../compute/src/backends/reference/evaluate.ts';
import type { BarColumns } from '../../compute/src/service/contract.ts';
import { type CompiledStrategy, compileStrategy } from '../../compute/src/strategy/compile.ts';

const DAY_MS = 86_400_000;

/** A call of a built-in that the documentation shows, and what it says of the last bar. */
export interface DocumentedExample {
  readonly expression: string;
  readonly says: string;
}

/** The bars that the examples of the documentation are computed on, from its own table; each closes at the midnight after its date. */
export function documentedBars(text: string): BarColumns {
  const rows = [...text.matchAll(/^\| (\d{4}-\d\d-\d\d) \|([ \d.|]+)\|$/gm)].map(([, date, cells]) => [
    Date.parse(date) + DAY_MS,
    ...cells.split('|').map(Number),
  ]);
  const column = (place: number) => Float64Array.from(rows, (row) => row[place]);
  return {
    timesMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

/** The examples of the tables, by what stands in their first column. */
export function documentedExamples(text: string): ReadonlyMap<string, DocumentedExample> {
  const rows = text.matchAll(/^\| `([^`]+)` \| .* \| `([^`]+)` (is .+|holds|does not hold) \|$/gm);
  return new Map([...rows].map(([, call, expression, says]) => [call, { expression, says }]));
}

/** The strategy that an example is in: of A, with B beside it, whose prices are twice as high. */
export function strategyOfExample(expression: string): CompiledStrategy {
  const compiled = (line: string) =>
    compileStrategy(`strategy "T"\nuniverse "A", "B"\nenter long when ${line}`);
  const condition = compiled(expression);
  if (condition.ok) return condition.strategy;
  const series = compiled(`close > 0\nstop ${expression}`);
  if (!series.ok) throw new Error(`${expression}: ${series.diagnostics[0].message}`);
  return series.strategy;
}

/** What the documentation has to say of an example: its value on the last bar, to four decimals, or whether it holds there. */
export function saidOf(expression: string, bars: BarColumns): string {
  const twice = (column: Float64Array) => column.map((price) => 2 * price);
  const { open, high, low, close } = bars;
  const other = { ...bars, open: twice(open), high: twice(high), low: twice(low), close: twice(close) };
  const { stopDistance, enterLong } = evaluateSignals(strategyOfExample(expression), {}, [
    { symbol: 'A', bars },
    { symbol: 'B', bars: other },
  ]);
  if (stopDistance === null) return enterLong.at(-1) === 1 ? 'holds' : 'does not hold';
  return `is ${Number(stopDistance.at(-1)!.toFixed(4))}`;
}
