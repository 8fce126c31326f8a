import { describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { evaluateSignals } from '../backends/reference/evaluate.ts';
import { compileStrategy } from './compile.ts';
import { checkStrategy } from './library.ts';

const SOURCE =
  'strategy "M"\nenter long when sma(model("tiny-1"), 2) > 1\nexit long when model("tiny-1") < 0';
const bars = flatBars([10, 11, 12, 13]);

function compiled(source: string) {
  const result = compileStrategy(source);
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  return result.strategy;
}

describe('model("name")', () => {
  it('is a series like any other, known by its name', () => {
    const strategy = compiled(SOURCE);
    expect(strategy.models).toEqual(['tiny-1']);
    expect(strategy.nodes.filter(({ op }) => op === 'model')).toHaveLength(1);
    const output = {
      name: 'tiny-1',
      contentHash: 'h',
      warmUpBars: 1,
      values: Float64Array.of(NaN, 1, 2, -1),
    };
    const signals = evaluateSignals(strategy, {}, [{ symbol: 'A', bars, modelOutputs: [output] }]);
    expect([...signals.enterLong]).toEqual([0, 0, 1, 0]);
    expect([...signals.exitLong]).toEqual([0, 0, 0, 1]);
    expect(signals.warmUpBars).toBe(2);
  });

  it('leaves the word free for a name', () => {
    expect(compiled('strategy "M"\nlet model = close\nenter long when model > 1').models).toEqual([]);
  });

  it('cannot be evaluated without its values, or with too few', () => {
    const strategy = compiled(SOURCE);
    expect(() => evaluateSignals(strategy, {}, [{ symbol: 'A', bars }])).toThrow(
      'expected the output of model tiny-1, which the strategy reads, was none',
    );
    const short = { name: 'tiny-1', contentHash: 'h', warmUpBars: 0, values: Float64Array.of(1) };
    expect(() => evaluateSignals(strategy, {}, [{ symbol: 'A', bars, modelOutputs: [short] }])).toThrow(
      'expected 4 values of model tiny-1, was 1',
    );
  });

  it.each([
    ['model(tiny)', 7, 'expected the name of a model in quotes, was tiny'],
    ['model("tiny", 2)', 13, 'expected ), was ,'],
  ])('is written with a name in quotes: %s', (call, offset, message) => {
    const result = compileStrategy(`strategy "M"\nenter long when ${call} > 0`);
    expect(!result.ok && result.diagnostics.filter(({ line }) => line === 2)).toMatchObject([
      { column: 16 + offset, message },
    ]);
  });
});

describe('checkStrategy where models are known', () => {
  const models = new Map([
    ['tiny-1', { warmUpBars: 30, problem: null }],
    ['broken', { warmUpBars: 0, problem: 'expected an ONNX file, was none' }],
  ]);

  it('counts the warm-up of the model', () => {
    const check = checkStrategy(SOURCE, models);
    expect(check.ok && check.strategy.warmUpBars).toBe(31);
    expect(check.ok && check.strategy.models).toEqual(['tiny-1']);
  });

  it.each([
    ['tiny-2', 'expected the name of a model, was tiny-2; did you mean tiny-1?'],
    ['other', 'expected the name of a model, was other'],
    ['broken', 'expected a model that can be used, was broken: expected an ONNX file, was none'],
  ])('underlines %s', (name, message) => {
    const check = checkStrategy(`strategy "M"\nenter long when model("${name}") > 0`, models);
    expect(check).toMatchObject({
      ok: false,
      diagnostics: [{ message, line: 2, column: 23, length: name.length + 2, text: `"${name}"` }],
    });
  });
});
