import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it, vi } from 'vitest';
import {
  MODELS,
  STATEMENTS,
  WRONG_EXPRESSIONS,
  WRONG_STRATEGIES,
} from '../../../tools/testing/wrong-strategies.ts';
import { compileStrategy } from './compile.ts';
import { compileExpressions } from './expressions.ts';

/** Calls that raise a diagnostic, or may. */
const RAISERS = new Set([
  'diagnosticAt',
  'report',
  'refuseCount',
  'problem',
  'sign',
  'keyword',
  'word',
  'text',
  'number',
  'expectType',
  'bool',
  'series',
  'scalar',
  'count',
]);
const FOLDER = fileURLToPath(new URL('.', import.meta.url));
/** Lines and columns that were on the way to a diagnostic. */
const { raisedAt } = vi.hoisted(() => ({ raisedAt: new Set<string>() }));

vi.mock('./diagnostics.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('./diagnostics.ts')>();
  const diagnosticAt: typeof original.diagnosticAt = (...finding) => {
    Error.stackTraceLimit = 200;
    for (const [, place] of new Error().stack!.matchAll(/([\w-]+\.ts:\d+:\d+)/g)) raisedAt.add(place);
    return original.diagnosticAt(...finding);
  };
  return { ...original, diagnosticAt };
});

/** Where the compiler calls what raises a diagnostic, as file:line:column of the name that is called. */
function placesOfRaisers(): string[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return files.flatMap((file) => {
    const source = ts.createSourceFile(
      file,
      readFileSync(FOLDER + file, 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
        if (RAISERS.has(name.getText())) {
          const { line, character } = source.getLineAndCharacterOfPosition(name.getStart());
          found.push(`${file}:${line + 1}:${character + 1}`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

describe('the diagnostics of a strategy', () => {
  it.each(WRONG_STRATEGIES)(
    'of $source name line, column, text and what was expected',
    ({ source, findings }) => {
      const result = compileStrategy(source, MODELS);
      const told = result.ok
        ? []
        : result.diagnostics.map(({ line, column, text, expected }) => [line, column, text, expected]);
      expect(told).toEqual(findings);
    },
  );

  it.each(WRONG_EXPRESSIONS)('of the expression $source say the same', ({ source, findings }) => {
    const result = compileExpressions([source]);
    const told = result.ok ? [] : result.problems[0].diagnostics;
    expect(told.map(({ line, column, text, expected }) => [line, column, text, expected])).toEqual(findings);
  });

  it('have a case each: every place that raises one does so for a wrong program', () => {
    for (const { source } of WRONG_STRATEGIES) compileStrategy(source, MODELS);
    compileExpressions(WRONG_EXPRESSIONS.map(({ source }) => source));
    expect(placesOfRaisers().filter((place) => !raisedAt.has(place))).toEqual([]);
  });

  it.each(WRONG_STRATEGIES)('of $source quote the text that stands there, and underline it', ({ source }) => {
    const result = compileStrategy(source, MODELS);
    for (const { line, column, length, text, severity } of result.ok ? [] : result.diagnostics) {
      expect(source.split('\n')[line - 1].slice(column - 1, column - 1 + text.length)).toBe(text);
      expect([length, severity]).toEqual([Math.max(1, text.length), 'error']);
    }
  });

  it.each([
    [
      'enter long when close[-1] > 1',
      'expected a whole number of bars back, 0 or more, was -1: the future cannot be read',
    ],
    ['enter long when month("Mars") > 1', 'expected a time zone such as "America/New_York", was "Mars"'],
    [
      'enter long when sma(close, 2 * close) > 1',
      'expected a number or a parameter for length of sma, was 2 * close, a series of numbers',
    ],
    ['enter long when sma(close) > 1', 'expected 2 arguments for sma(source, length), was 1 argument'],
    ['enter long when smaa(close, 5) > 1', 'expected a function, was smaa; did you mean sma?'],
    ['enter long when clos > 1', 'expected a known name, was clos; did you mean close?'],
    ['entr long when close > 1', `expected ${STATEMENTS}, was entr; did you mean enter?`],
    [
      'enter long when close > 1 && open > 1',
      'expected a name, a number, a text or an operator, was &&; did you mean and?',
    ],
    ['let a = (close\nenter long when a > 1', 'expected ) that closes this bracket, was the end of the line'],
    ['let close = 1\nenter long when close > 1', 'expected a new name, was close, which is a built-in'],
    ['enter long when close > 1\nsize risk(1)', 'expected a stop beside size risk(...), was none'],
  ])('of %j read as a sentence', (text, message) => {
    const result = compileStrategy(`strategy "T"\n${text}`);
    expect(result.ok ? [] : result.diagnostics.map((one) => one.message)).toEqual([message]);
  });

  it('let an expression go on over lines, also where a line begins with the word of a statement', () => {
    const source = `strategy "T"
let stop = 2
let size = (1 +
  stop
  and_more)
enter long when close > size`;
    const wrong = compileStrategy(source);
    expect(wrong.ok ? [] : wrong.diagnostics.map(({ line, text }) => [line, text])[0]).toEqual([
      5,
      'and_more',
    ]);
    const right = compileStrategy(`strategy "T"
let stop = 2
let low_stop = max(
  stop,
  1
)
enter long when (
  close > low_stop and
  open > 1
)`);
    expect(right.ok).toBe(true);
  });
});
