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
    [
      'enter long when ta.crossover(close, open)',
      'expected a name without dots, was ta.crossover; did you mean crosses_above?',
    ],
    [
      'enter long when strategy.entry > 1',
      'expected a name without dots, was strategy.entry; did you mean enter long when?',
    ],
    [
      'let a = input.int(5)\nenter long when a > 1',
      'expected a name without dots, was input.int; did you mean param?',
    ],
    [
      'enter long when SPY.close > 1',
      'expected a name without dots, was SPY.close; did you mean close of "SPY"?',
    ],
    ['enter long when macd.signal > 1', 'expected a name without dots, was macd.signal'],
    [
      'enter long when crossover(close, open)',
      'expected a function, was crossover; did you mean crosses_above?',
    ],
    ['enter long when hl2 > 1', 'expected a known name, was hl2; did you mean median_price?'],
    ['enter long when CLOSE > 1', 'expected a known name, was CLOSE; did you mean close?'],
    ['enter long when clsoe > 1', 'expected a known name, was clsoe; did you mean close?'],
    ['enter long when Sma(close, 5) > 1', 'expected a function, was Sma; did you mean sma?'],
    ['enter long when zzzzzz > 1', 'expected a known name, was zzzzzz'],
    ['enter long when ox > 1', 'expected a known name, was ox'],
    ['enter long when constructor > 1', 'expected a known name, was constructor'],
    [
      'enter long when close(1) > 1',
      'expected a function, was close; close[1] is that of the bar before, close of "symbol" that of another instrument',
    ],
    [
      'let a = b\nlet b = close\nenter long when a > 1',
      'expected a known name, was b; it is defined below, on line 3',
    ],
    ['enter long when close = open', 'expected an operator, was =; did you mean ==?'],
    [
      'enter long when sma(close, length=5) > 1',
      'expected an operator, was =; arguments go by their order, without names, and numbers are compared by ==',
    ],
    [
      'enter long when close ≤ 1',
      'expected a name, a number, a text or an operator, was ≤; did you mean <=?',
    ],
    [
      'enter long when close > 1\nstop 5%',
      'expected a name, a number, a text or an operator, was %; percent(5) is 5 % of the close, and sizes and weights are in percent already',
    ],
    [
      'enter long when close > 1;',
      'expected a name, a number, a text or an operator, was ;; a statement ends with its line',
    ],
    [
      'enter long when close > 1_000',
      'expected a number, or a name of the letters A to Z, digits and _, was 1_000; did you mean 1000?',
    ],
    [
      'enter long when close > 1,000',
      'expected the end of the line, was ,; numbers are written without commas',
    ],
    ['enter long when close > 1 AND open > 1', 'expected the end of the line, was AND; did you mean and?'],
    ['enter long when NOT close > 1', 'expected a name, a number or (, was NOT; did you mean not?'],
    [
      'enter long when if close > 1 then 1',
      'expected a name, a number or (, was if; did you mean choose(condition, a, b)?',
    ],
    [
      'enter long when close crosses above open',
      'expected the end of the line, was crosses; did you mean crosses_above(a, b)?',
    ],
    ['enter long when sma close > 1', 'expected the end of the line, was close; write sma(source, length)'],
    [
      'enter long when sma(close, 5) of "B" > 1',
      'expected the end of the line, was of; of comes right behind a price',
    ],
    [
      'enter long when\n  close > 1',
      'expected a name, a number or (, was the end of the line; inside brackets a line may end anywhere',
    ],
    [
      'enter long when close > 1 exit long when close < 1',
      'expected the end of the line, was exit; each statement has a line of its own',
    ],
    ['param P = 5\nenter long when close > p', 'expected a known name, was p; did you mean P?'],
    [
      'benchmark "B"\nenter long when close > close of Benchmark',
      'expected a symbol in quotes or benchmark, was Benchmark; did you mean benchmark?',
    ],
    [
      'let up = close > open\nenter long when sum(up, 5) > 3',
      'expected a number or a series of numbers, was up, a condition; choose(condition, 1, 0) is a number',
    ],
    ['enter long when returns(close) > 0', 'expected a function, was returns; did you mean roc?'],
    ['Enter long when close > 1', `expected ${STATEMENTS}, was Enter; did you mean enter?`],
    ['a = close\nenter long when close > 1', `expected ${STATEMENTS}, was a; did you mean let a = ...?`],
    [
      'take_profit 5\nenter long when close > 1',
      `expected ${STATEMENTS}, was take_profit; did you mean target?`,
    ],
    ['buy when close > 1', `expected ${STATEMENTS}, was buy; did you mean enter long when?`],
    ['enter Long when close > 1', 'expected long or short, was Long; did you mean long?'],
    ['enter long if close > 1', 'expected when, was if; did you mean when?'],
    [
      'enter long when close > 1 at limit 1 good till canceled',
      'expected cancelled, was canceled; did you mean cancelled?',
    ],
    [
      'enter long when close > 1\nsize percent(5)',
      'expected one of percent_of_equity, units, cash, risk, volatility_target, was percent; did you mean percent_of_equity?',
    ],
    ['short when close < 1', 'expected top, bottom or all, was when; did you mean enter short when?'],
    [
      'param n = 5 in 1..9\nenter long when sma(close, n / 2) > 1',
      'expected a whole number of bars from 1 for length of sma, was n / 2, 2.5 by default',
    ],
    [
      'param n = 0 in 0..9\nenter long when sma(close, max(n, -1)) > 1',
      'expected a whole number of bars from 1 for length of sma, was max(n, -1), 0 by default',
    ],
    [
      'param n = 5 in 1..9\nenter long when close[1 - n] > 1',
      'expected a whole number of bars back, 0 or more, was 1 - n: the future cannot be read',
    ],
  ])('of %j read as a sentence', (text, message) => {
    const result = compileStrategy(`strategy "T"\n${text}`);
    expect(result.ok ? [] : result.diagnostics.map((one) => one.message)).toEqual([message]);
  });

  it.each([
    ['\ufeffstrategy "T"\nenter long when close > 1'],
    ['strategy "T"\r\nenter\u00a0long\u200b when\tclose > 1\r\n'],
    ['strategy "T"\nlet loss = 2\nenter long when close > 1\nstop loss'],
    ['strategy "T"\nenter long when sum(1, 5) > 1 and max(5, close) > 1'],
    ['strategy "T"\nparam n = 9 in 2..20\nenter long when close[whole(n / 2)] > sma(close, n + 1)'],
    [
      'strategy "T"\nparam n = 9 in 2..20\nenter long when close > 1\nstop n - 9 + close / 20\nexit after n bars',
    ],
    ['strategy "T"\nhold top(100 percent) by close\nmax weight 100\ncash 0'],
    ['strategy "T"\nenter long when crosses_above(rsi(close - open + 1, 5), 30)'],
  ])('have nothing to say of %j', (source) => {
    expect(compileStrategy(source)).toMatchObject({ ok: true });
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
