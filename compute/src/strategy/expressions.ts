import { GraphBuilder, type GraphNode } from '../ir/graph.ts';
import type { Diagnostic } from '../service/contract.ts';
import { Lowering } from './lower.ts';
import { parseExpression } from './parser.ts';

/** Series that stand for themselves, outside a strategy. */
export interface CompiledExpressions {
  readonly nodes: readonly GraphNode[];
  readonly parameters: readonly [];
  /** The node of each expression. */
  readonly roots: readonly number[];
}

/** Compiles expressions without parameters; of each that cannot be used, the place among them and what is wrong. */
export function compileExpressions(
  sources: readonly string[],
):
  | { readonly ok: true; readonly expressions: CompiledExpressions }
  | { readonly ok: false; readonly problems: readonly { index: number; diagnostics: Diagnostic[] }[] } {
  const graph = new GraphBuilder();
  const roots: number[] = [];
  const problems: { index: number; diagnostics: Diagnostic[] }[] = [];
  sources.forEach((source, index) => {
    const { expression, diagnostics } = parseExpression(source);
    const root =
      expression &&
      new Lowering(
        graph,
        { parameters: [], definitions: [], brokenNames: [], calendar: null },
        diagnostics,
      ).series(expression);
    if (root !== null) roots.push(root);
    if (diagnostics.length > 0) problems.push({ index, diagnostics });
  });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, expressions: { nodes: graph.nodes, parameters: [], roots } };
}
