import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { warmUpBars } from '../backends/reference/evaluate.ts';
import type { LibraryStrategy, StrategyCheck, StrategyDescription } from '../service/contract.ts';
import { type CompiledStrategy, compileStrategy } from './compile.ts';
import type { KnownModels } from './lower.ts';

// The texts stay in src: the compiler copies no such files to dist.
const FOLDER = fileURLToPath(new URL('../../src/strategy/library/', import.meta.url));

let known: readonly LibraryStrategy[] | undefined;

/** The strategies that ship with the product, by name. */
export function libraryStrategies(): readonly LibraryStrategy[] {
  known ??= readdirSync(FOLDER)
    .filter((file) => file.endsWith('.strategy'))
    .map(readStrategy)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  return known;
}

function readStrategy(file: string): LibraryStrategy {
  const source = readFileSync(FOLDER + file, 'utf8');
  const check = checkStrategy(source);
  if (!check.ok) throw new Error(`${file}:${check.diagnostics[0].line}: ${check.diagnostics[0].message}`);
  return { ...check.strategy, id: file.replace(/\.strategy$/, ''), source };
}

/** What the checker knows of a strategy's text, or everything that is wrong with it. */
export function checkStrategy(source: string, models: KnownModels | null = null): StrategyCheck {
  const result = compileStrategy(source, models);
  if (!result.ok) return result;
  return { ok: true, strategy: describeStrategy(result.strategy, models ?? new Map()) };
}

function describeStrategy(strategy: CompiledStrategy, models: KnownModels): StrategyDescription {
  return {
    name: strategy.name,
    description: strategy.description,
    parameters: strategy.parameters,
    warmUpBars: warmUpBars(strategy, {}, (name) => models.get(name)?.warmUpBars ?? 0),
    usesShort:
      strategy.rules.enterShort !== null || (strategy.universe?.legs.some(({ side }) => side < 0) ?? false),
    otherSymbols: strategy.otherSymbols,
    universe: strategy.universe?.symbols ?? null,
    rest: strategy.universe?.rest[0] ?? null,
    models: strategy.models,
  };
}
