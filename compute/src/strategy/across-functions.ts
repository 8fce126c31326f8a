import type { AcrossKind } from '../ir/across.ts';
import { counted } from './diagnostics.ts';
import type { SpecialFunction } from './time-functions.ts';

/** The functions that compare the traded instrument with its universe, by name. */
export const ACROSS_FUNCTIONS: ReadonlyMap<string, SpecialFunction> = new Map([
  across('mean', 'The mean of the expression over the universe.'),
  across('rank', 'The place of the traded instrument in the universe by the expression, 1 for the highest.'),
  across('zscore', 'How many standard deviations the traded instrument is above the mean of the universe.'),
]);

function across(kind: AcrossKind, summary: string): [string, SpecialFunction] {
  const name = `${kind}_across`;
  const signature = `${name}(expression)`;
  const lower: SpecialFunction['lower'] = (args, at, { graph, universe, lower, report }) => {
    if (args.length !== 1) {
      report(at, signature, counted(args.length, 'argument'));
      return null;
    }
    if (!universe.isThere) {
      report(at, `a line \`universe "symbol", ...\` for ${name}`, 'none');
      return null;
    }
    const node = lower(args[0]);
    if (node === null) return null;
    const within = graph.within(node);
    const isOfPrices = within.every(({ op }) => op !== 'across' && op !== 'model');
    if (isOfPrices && graph.typeOf(node) !== 'bool') return graph.across(kind, universe.symbols, node);
    const expected = `a series of prices inside ${name}, without models and other universes`;
    report(args[0].at, expected, args[0].at.text, isOfPrices ? ', a condition' : '');
    return null;
  };
  return [name, { signature, summary, lower }];
}
