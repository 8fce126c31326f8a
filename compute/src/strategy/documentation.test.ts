import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import {
  documentedBars,
  documentedExamples,
  saidOf,
  strategyOfExample,
} from '../../../tools/testing/documented-examples.ts';
import { resultOf, universeRequest } from '../../../tools/testing/universes.ts';
import { evaluateSignals } from '../backends/reference/evaluate.ts';
import { ops } from '../ops/registry.ts';
import { compileStrategy } from './compile.ts';
import { ACROSS_FUNCTIONS } from './across-functions.ts';
import { signature } from './signature.ts';
import { TIME_FUNCTIONS } from './time-functions.ts';

const text = readFileSync(new URL('../../../docs/concepts/strategy-language.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```strategy\n([^`]+)```/g)].map(([, source]) => source);
const WRITTEN_AS_SIGNS = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'negate',
  'less',
  'less_equal',
  'greater',
  'greater_equal',
  'equal',
  'not_equal',
  'and',
  'or',
  'not',
  'lag',
];

describe('the documentation of the language', () => {
  it.each(examples.map((source) => [/"([^"]+)"/.exec(source)![1], source]))(
    'runs its example %s',
    (_name, source) => {
      const compiled = compileStrategy(source);
      if (!compiled.ok) throw new Error(compiled.diagnostics[0].message);
      if (compiled.strategy.universe) return expectHoldings(source, compiled.strategy.otherSymbols);
      const bars = flatBars(Array.from({ length: 600 }, (_, t) => 100 + t / 10 + 15 * Math.sin(t / 20)));
      const others = compiled.strategy.otherSymbols.map((symbol) => ({ symbol, bars }));
      const { enterLong } = evaluateSignals(compiled.strategy, {}, [{ symbol: 'A', bars }, ...others]);
      expect(enterLong.some((decided) => decided === 1)).toBe(true);
    },
  );

  it('lists every function under the heading of its group, as it is called and as it is defined', () => {
    expect(examples.length).toBeGreaterThan(1);
    for (const op of ops.values()) {
      if (WRITTEN_AS_SIGNS.includes(op.name)) continue;
      expect(sectionOf(op.group)).toContain(`| \`${signature(op)}\` | ${op.summary} |`);
    }
    for (const { signature: call, summary } of ACROSS_FUNCTIONS.values()) {
      expect(sectionOf('universe')).toContain(`| \`${call}\` | ${summary} |`);
    }
    for (const { signature: call, summary } of TIME_FUNCTIONS.values()) {
      expect(sectionOf('time')).toContain(`| \`${call}\` | ${summary} |`);
    }
  });

  it('lists no function that is not there', () => {
    const listed = [...text.matchAll(/^\| `(\w+)\([^`]*\)` \|/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(
      [...ops.keys(), ...TIME_FUNCTIONS.keys(), ...ACROSS_FUNCTIONS.keys()]
        .filter((name) => !WRITTEN_AS_SIGNS.includes(name))
        .toSorted(),
    );
  });
});

describe('the example of a built-in', () => {
  const bars = documentedBars(text);
  const shown = documentedExamples(text);

  it('is there for each function, and calls it', () => {
    const functions = [...ops.values()].filter(({ name }) => !WRITTEN_AS_SIGNS.includes(name));
    const calls = new Map(functions.map((op) => [op.name, signature(op)]));
    for (const [name, special] of [...TIME_FUNCTIONS, ...ACROSS_FUNCTIONS])
      calls.set(name, special.signature);
    for (const [name, call] of calls) {
      expect(shown.get(call)?.expression, name).toMatch(new RegExp(`^${name}(\\(|$)`));
    }
  });

  it('is there for each sign, and uses it', () => {
    const expressions = documentedExamples(sectionOf('signs')).values();
    const used = [...expressions].map(({ expression }) => strategyOfExample(expression).nodes);
    expect(used.length).toBe(WRITTEN_AS_SIGNS.length);
    for (const name of WRITTEN_AS_SIGNS) {
      expect(
        used.some((nodes) => nodes.some(({ op }) => op === name)),
        name,
      ).toBe(true);
    }
  });

  it('gives what is said of it', () => {
    expect(bars.close.length).toBe(18);
    const found = [...shown.values()].map(({ expression }) => `${expression} ${saidOf(expression, bars)}`);
    expect(found).toEqual([...shown.values()].map(({ expression, says }) => `${expression} ${says}`));
  });
});

/** Runs a strategy over instruments that take turns in rising, and looks for each of them among its fills. */
function expectHoldings(source: string, otherSymbols: readonly string[]): void {
  const wave = (i: number) =>
    flatBars(Array.from({ length: 700 }, (_, t) => 100 + t / 5 + 30 * Math.sin(t / 60 + i)));
  const traded = Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map((symbol, i) => [symbol, wave(i)]));
  const others = otherSymbols.map((symbol, i) => ({ symbol, bars: wave(2 * i) }));
  const request = universeRequest(source, traded);
  const result = resultOf({ ...request, instruments: [...request.instruments, ...others] });
  const held = new Set(Array.from(result.universe!.fillSymbols, (place) => result.universe!.symbols[place]));
  for (const symbol of Object.keys(traded)) expect(held).toContain(symbol);
  expect(result.universe!.rebalances.barIndex.length).toBeGreaterThan(12);
}

/** The part of the text under the heading of a group of functions. */
function sectionOf(group: string): string {
  const heading = `\n### ${group[0].toUpperCase()}${group.slice(1)}\n`;
  return text.split(heading)[1]?.split('\n### ')[0] ?? '';
}
