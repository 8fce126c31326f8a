import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { createModelFolder, type TestModelFolder } from '../../../tools/testing/model-folder.ts';
import { linearModel, onnxFile } from '../../train/onnx-file.ts';
import { parseContract } from './contract.ts';
import { Models } from './models.ts';
import { IDENTITY_MODEL } from './session.ts';

let folder: TestModelFolder;
let models: Models;
beforeAll(() => {
  folder = createModelFolder();
  models = new Models(folder.path);
});
afterAll(async () => {
  await models.close();
  folder.remove();
});

const CLOSES = [10, 20, 5, 40];

async function valuesOf(name: string, closes: readonly number[] = CLOSES): Promise<number[]> {
  return [...(await models.outputs(name, [{ symbol: 'A', bars: flatBars(closes) }]))[0].values];
}

describe('what a model says of bars', () => {
  it('is its arithmetic on the features of each bar', async () => {
    folder.put('linear', linearModel([2, -3], 0.5), { inputs: ['close', 'close[1]'] });
    const [output] = await models.outputs('linear', [{ symbol: 'A', bars: flatBars(CLOSES) }]);
    expect([...output.values]).toEqual([NaN, 2 * 20 - 30 + 0.5, 2 * 5 - 60 + 0.5, 2 * 40 - 15 + 0.5]);
    expect(output).toMatchObject({ name: 'linear', warmUpBars: 1 });
    expect(output.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes windows, oldest bar first, and normalised features, in single precision too', async () => {
    const model = linearModel([1, 10, 100, 1000], 0, 'float32');
    const normalisation = { mean: [10, 0], deviation: [5, 2] };
    folder.put('window', model, { inputs: ['close', '0 * close + 4'], window: 2, normalisation });
    // Features of a bar: (close - 10) / 5 and 4 / 2.
    expect(await valuesOf('window')).toEqual([
      NaN,
      0 + 10 * 2 + 100 * 2 + 2000,
      2 + 10 * 2 + 100 * -1 + 2000,
      -1 + 10 * 2 + 100 * 6 + 2000,
    ]);
    expect((await models.describe('window'))!.warmUpBars).toBe(1);
  });

  it('takes the features of a window as rows of a matrix', async () => {
    const model = onnxFile({
      inputs: [{ name: 'x', type: 'float64', shape: ['rows', 2, 1] }],
      outputs: [{ name: 'y', type: 'float64', shape: ['rows', 1] }],
      nodes: [
        { op: 'Flatten', inputs: ['x'], outputs: ['flat'], attributes: { axis: 1 } },
        { op: 'MatMul', inputs: ['flat', 'w'], outputs: ['y'] },
      ],
      weights: [{ name: 'w', type: 'float64', shape: [2, 1], values: [1, 100] }],
    });
    folder.put('matrix', model, { inputs: ['close'], window: 2 });
    expect(await valuesOf('matrix')).toEqual([NaN, 2010, 520, 4005]);
  });

  it('reads the output that the contract names', async () => {
    const model = onnxFile({
      inputs: [{ name: 'x', type: 'float64', shape: ['rows', 1] }],
      outputs: [
        { name: 'label', type: 'float64', shape: ['rows', 1] },
        { name: 'both', type: 'float64', shape: ['rows', 2] },
      ],
      nodes: [
        { op: 'Identity', inputs: ['x'], outputs: ['label'] },
        { op: 'MatMul', inputs: ['x', 'w'], outputs: ['both'] },
      ],
      weights: [{ name: 'w', type: 'float64', shape: [1, 2], values: [-1, 7] }],
    });
    folder.put('second', model, { inputs: ['close'], output: 'both', outputIndex: 1 });
    expect(await valuesOf('second')).toEqual([70, 140, 35, 280]);
  });

  it('fills up the last batch of a model that takes a fixed number of rows', async () => {
    const model = onnxFile({
      inputs: [{ name: 'x', type: 'float64', shape: [3, 1] }],
      outputs: [{ name: 'y', type: 'float64', shape: [3, 1] }],
      nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
    });
    folder.put('fixed', model, { inputs: ['close'] });
    expect(await valuesOf('fixed')).toEqual([-10, -20, -5, -40]);
  });

  it('has no value where there are no bars, or too few', async () => {
    folder.put('late', linearModel([1], 0), { inputs: ['sma(close, 3)'] });
    expect(await valuesOf('late', [])).toEqual([]);
    expect(await valuesOf('late', [1, 2])).toEqual([NaN, NaN]);
  });

  it('never changes by bars that come later', async () => {
    folder.put('past', linearModel([3, 1, -2, 0.5], 1), { inputs: ['ema(close, 3)', 'rsi(close, 2)'], window: 2 });
    const prices = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(prices, prices, async (past, future) => {
        const all = await valuesOf('past', [...past, ...future]);
        expect(all.slice(0, past.length)).toEqual(await valuesOf('past', past));
      }),
      { numRuns: 30 },
    );
  });

  it('is another, under another hash, when a file changes', async () => {
    folder.put('changing', linearModel([1], 0), { inputs: ['close'] });
    const before = await models.describe('changing');
    folder.put('changing', linearModel([1], 1000), { inputs: ['close'] });
    expect(await valuesOf('changing')).toEqual([1010, 1020, 1005, 1040]);
    expect((await models.describe('changing'))!.contentHash).not.toBe(before!.contentHash);
    const after = (await models.describe('changing'))!.contentHash;
    folder.put('changing', linearModel([1], 1000), { inputs: ['close + 1'] });
    expect((await models.describe('changing'))!.contentHash).not.toBe(after);
  });

  it('leaves the event loop free while it is worked out', async () => {
    const width = 512;
    const cell = Array.from({ length: width * width }, () => 1 / width);
    const names = ['x', 'a', 'b', 'c', 'd', 'y'];
    const heavy = onnxFile({
      inputs: [{ name: 'x', type: 'float32', shape: ['rows', 1] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['rows', 1] }],
      nodes: ['first', 'square', 'square', 'square', 'last'].map((weight, layer) => ({
        op: 'MatMul',
        inputs: [names[layer], weight],
        outputs: [names[layer + 1]],
      })),
      weights: [
        { name: 'first', type: 'float32', shape: [1, width], values: Array<number>(width).fill(1) },
        { name: 'square', type: 'float32', shape: [width, width], values: cell },
        { name: 'last', type: 'float32', shape: [width, 1], values: Array<number>(width).fill(1) },
      ],
    });
    folder.put('heavy', heavy, { inputs: ['close'] });
    expect((await valuesOf('heavy', [1]))[0]).toBeCloseTo(width, 3);
    const turnsDuring = async (bars: number) => {
      let [turns, isDone] = [0, false];
      const count = () => {
        turns += 1;
        if (!isDone) setImmediate(count);
      };
      setImmediate(count);
      const values = await valuesOf('heavy', Array<number>(bars).fill(2));
      isDone = true;
      expect(values.at(-1)).toBeCloseTo(2 * width, 3);
      return turns;
    };
    // A model at work on this thread would leave it the turns that one bar takes, and no others.
    const few = Math.min(await turnsDuring(1), await turnsDuring(1), await turnsDuring(1));
    const many = await turnsDuring(5_000);
    expect(many).toBeGreaterThan(3 * few);
  });

  it('is not waited for any longer once cancelled', async () => {
    const instrument = { symbol: 'A', bars: flatBars(CLOSES) };
    folder.put('cancelled', linearModel([1], 0), { inputs: ['close'] });
    await expect(models.outputs('cancelled', [instrument], AbortSignal.abort('enough'))).rejects.toBe('enough');
    expect(await valuesOf('cancelled')).toEqual(CLOSES);
  });
});

describe('a description', () => {
  it('tells the tensors, the provider and why it is this', async () => {
    folder.put('told', linearModel([1, 1], 0, 'float32'), { inputs: ['close', 'open'], description: 'Two.' });
    const told = await models.describe('told');
    expect(told).toMatchObject({
      name: 'told',
      problem: null,
      warmUpBars: 0,
      contract: { description: 'Two.', window: 1, normalisation: null, outputIndex: 0 },
      opened: { inputShape: 'x: float32[rows, 2]', outputShape: 'y: float32[rows, 1]' },
    });
    expect(told!.opened!.reason).toMatch(
      told!.opened!.provider === 'cuda' ? /^CUDA is there$/ : /^CUDA cannot be used: ./,
    );
    expect((await models.list()).map(({ name }) => name)).toContain('told');
  });

  it('of what runs models needs no model', async () => {
    const runtime = await models.runtime();
    expect(runtime.version).toBe('1.30.0');
    expect(['cuda', 'cpu']).toContain(runtime.provider);
    const value = (name: string, length: string) => ({ name, type: 'float32' as const, shape: [length] });
    const nodes = [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }];
    expect(IDENTITY_MODEL).toEqual(onnxFile({ inputs: [value('x', 'n')], outputs: [value('y', 'n')], nodes }));
  });

  it('is null where there is no such model, whatever the name', async () => {
    for (const name of ['nowhere', '../secret', '', 'a/b', '.hidden'])
      expect(await models.describe(name)).toBeNull();
  });

  it('says so where nothing can run models, for every model', async () => {
    folder.put('waiting', linearModel([1], 0), { inputs: ['close'] });
    const closed = new Models(folder.path);
    await closed.close();
    expect(await closed.describe('waiting')).toMatchObject({
      problem: 'models are closed',
      opened: null,
      contract: { inputs: ['close'] },
    });
  });

  it('is an empty list where there is no folder', async () => {
    const none = new Models(`${folder.path}/none`);
    expect(await none.list()).toEqual([]);
    await none.close();
  });
});

const SOFTMAX_OVER_ROWS = onnxFile({
  inputs: [{ name: 'x', type: 'float32', shape: ['rows', 1] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['rows', 1] }],
  nodes: [{ op: 'Softmax', inputs: ['x'], outputs: ['y'], attributes: { axis: 0 } }],
});
const WHOLE_NUMBERS = onnxFile({
  inputs: [{ name: 'x', type: 'int64', shape: ['rows', 1] }],
  outputs: [{ name: 'y', type: 'int64', shape: ['rows', 1] }],
  nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
});
const TWO_INPUTS = onnxFile({
  inputs: ['a', 'b'].map((name) => ({ name, type: 'float32', shape: ['rows', 1] })),
  outputs: [{ name: 'y', type: 'float32', shape: ['rows', 1] }],
  nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['y'] }],
});
/** Whether a problem is the one expected, word for word or by a pattern. */
function isLike(problem: string, expected: string | RegExp): boolean {
  return typeof expected === 'string' ? problem === expected : expected.test(problem);
}

const ONE = { inputs: ['close'] };

describe('a model that cannot be used', () => {
  it.each<[string, Uint8Array, object | string | null, RegExp | string]>([
    ['junk', Buffer.from('not a model'), ONE, /^expected an ONNX model that can be loaded, was: .*protobuf/],
    ['empty', Buffer.alloc(0), ONE, /^expected an ONNX model that can be loaded, was: ./],
    ['cut', linearModel([1], 0).subarray(0, 60), ONE, /^expected an ONNX model that can be loaded, was: ./],
    [
      'narrow',
      linearModel([1, 2, 3], 0),
      ONE,
      'input x: expected the shape [rows, 1] or [rows, 1, 1] for 1 inputs over 1 bars, was [rows, 3]',
    ],
    ['whole', WHOLE_NUMBERS, ONE, 'input x: expected float32 or float64, was int64'],
    ['two', TWO_INPUTS, ONE, 'expected a model with one input, was 2: a, b'],
    ['input', linearModel([1], 0), { ...ONE, input: 'z' }, 'contract: input: expected one of x, was z'],
    ['output', linearModel([1], 0), { ...ONE, output: 'z' }, 'contract: output: expected one of y, was z'],
    [
      'index',
      linearModel([1], 0),
      { ...ONE, outputIndex: 1 },
      'contract: outputIndex: expected less than the 1 outputs of a row, was 1',
    ],
    ['mixing', SOFTMAX_OVER_ROWS, ONE, /^output y: expected an answer that depends on its own row, was 1 alone/],
    [
      'bare',
      linearModel([1], 0),
      null,
      'expected a contract in bare.model.json beside bare.onnx, was none',
    ],
    ['json', linearModel([1], 0), '{"inputs": [', /^contract: expected JSON, was ./],
    ['list', linearModel([1], 0), '[]', 'contract: expected an object, was another value'],
    [
      'none',
      linearModel([1], 0),
      { inputs: [] },
      'contract: inputs: expected 1 to 512 expressions such as "rsi(close, 14)", was []',
    ],
    [
      'key',
      linearModel([1], 0),
      { ...ONE, windw: 3 },
      'contract: expected keys of description, inputs, window, normalisation, input, output, outputIndex, was windw',
    ],
    [
      'length',
      linearModel([1], 0),
      { ...ONE, window: 0 },
      'contract: window: expected a whole number from 1 to 2048, was 0',
    ],
    [
      'expression',
      linearModel([1, 1], 0),
      { inputs: ['close', 'rsy(close, 14)'] },
      'contract: inputs[1], column 1: expected a function, was rsy; did you mean rsi?',
    ],
    [
      'future',
      linearModel([1], 0),
      { inputs: ['close[-1]'] },
      'contract: inputs[0], column 7: expected a whole number of bars back, 0 or more, was -1: the future cannot be read',
    ],
    [
      'statements',
      linearModel([1], 0),
      { inputs: ['close\nlet a = open'] },
      'contract: inputs[0], column 1: expected one expression, was let',
    ],
    [
      'parameter',
      linearModel([1], 0),
      { inputs: ['sma(close, fast)'] },
      /^contract: inputs\[0\], column 12: expected a known name, was fast/,
    ],
    [
      'recursive',
      linearModel([1], 0),
      { inputs: ['model("linear")'] },
      'contract: inputs: expected expressions without models, was one with model(...)',
    ],
    [
      'foreign',
      linearModel([1], 0),
      { inputs: ['close of "SPY"'] },
      'contract: inputs: expected expressions over the traded instrument, was one over SPY',
    ],
    [
      'deviation',
      linearModel([1], 0),
      { ...ONE, normalisation: { mean: [0], deviation: [0] } },
      'contract: normalisation.deviation: expected numbers above 0, was 0',
    ],
    [
      'means',
      linearModel([1], 0),
      { ...ONE, normalisation: { mean: [0, 1], deviation: [1] } },
      'contract: normalisation.mean: expected 1 numbers, one for each input, was [0,1]',
    ],
  ])('says why: %s', async (name, model, contract, message) => {
    folder.put(name, model, contract);
    const description = await models.describe(name);
    expect(isLike(description!.problem!, message), description!.problem!).toBe(true);
    await expect(valuesOf(name)).rejects.toMatchObject({
      code: 'INVALID_STRATEGY',
      message: `expected a model that can be used, was ${name}: ${description!.problem}`,
    });
  });

  it('is told where there is none of the name', async () => {
    await expect(valuesOf('nowhere')).rejects.toMatchObject({
      code: 'INVALID_STRATEGY',
      message: 'expected a model that can be used, was nowhere: there is no model of this name',
    });
  });
});

describe('the documentation of models', () => {
  it('shows a contract that can be used', () => {
    const text = readFileSync(new URL('../../../docs/how-to/use-a-model.md', import.meta.url), 'utf8');
    const [, example] = /```json\n([^`]+)```/.exec(text)!;
    const parsed = parseContract(example);
    expect(parsed.ok && parsed.checked.contract).toMatchObject({ window: 5, output: 'probabilities', outputIndex: 1 });
  });
});
