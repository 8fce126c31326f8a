import { evaluateSignals } from '../../compute/src/backends/reference/evaluate.ts';
import type { BarColumns } from '../../compute/src/service/contract.ts';
import { compileStrategy } from '../../compute/src/strategy/compile.ts';

/** The values of an expression of the strategy language over bars; `other` are the bars of symbol B. */
export function valuesOf(expression: string, bars: BarColumns, other = bars): Float64Array {
  const compiled = compileStrategy(`strategy "T"\nenter long when close > 0\nstop ${expression}`);
  if (!compiled.ok) throw new Error(`${expression}: ${compiled.diagnostics[0].message}`);
  const instruments = [
    { symbol: 'A', bars },
    { symbol: 'B', bars: other },
  ];
  return evaluateSignals(compiled.strategy, {}, instruments).stopDistance!;
}
