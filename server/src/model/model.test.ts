import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelFolder, type TestModelFolder } from '../../../tools/testing/model-folder.ts';
import { linearModel } from '../../../compute/train/onnx-file.ts';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

let app: TestApp;
let folder: TestModelFolder;
beforeAll(async () => {
  folder = createModelFolder();
  app = await createTestApp({ MODELS_DIR: folder.path });
});
afterAll(async () => {
  await app.stop();
  folder.remove();
});

const CONTRACT = JSON.stringify({ description: 'Rise of a bar.', inputs: ['close', 'close[1]'] });
const ADD = `mutation ($input: AddModelInput!) { addModel(input: $input) {
  model { name bytes warmUpBars inputShape outputShape provider problem contentHash contract { description inputs window outputIndex normalisation { mean } } }
  errors { code message path } } }`;

async function upload(bytes: Uint8Array): Promise<string> {
  const response = await fetch(`${app.urls.api}/uploads`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  });
  return ((await response.json()) as { uploadId: string }).uploadId;
}

async function add(name: string, bytes: Uint8Array, contract: string) {
  const { addModel } = await app.query(ADD, { input: { name, uploadId: await upload(bytes), contract } });
  return addModel;
}

async function remove(name: string) {
  const document = `mutation ($input: RemoveModelInput!) { removeModel(input: $input) { removedName errors { code message path } } }`;
  return (await app.query(document, { input: { name } })).removeModel;
}

/** Twelve bars that rise and fall by turns. */
async function importBars(symbol: string): Promise<void> {
  const lines = Array.from({ length: 12 }, (_, day) => {
    const close = day % 2 === 0 ? 100 : 110;
    return `2024-01-${String(day + 1).padStart(2, '0')},${close},${close},${close},${close},1000`;
  });
  const content = ['date,open,high,low,close,volume', ...lines].join('\n');
  const input = {
    symbol,
    content,
    timeframe: 'DAY_1',
    currency: 'USD',
    calendar: 'NONE',
    idempotencyKey: newKey(),
  };
  const document = `mutation ($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }`;
  const { importBars: started } = await app.query(document, { input });
  expect(started.errors).toEqual([]);
  expect(await ended('importRun', started.run.id)).toMatchObject({ status: 'SUCCEEDED' });
}

async function ended(query: string, id: string, fields = '') {
  for (;;) {
    const { [query]: run } = await app.query(
      `query ($id: ID!) { ${query}(id: $id) { status errorMessage ${fields} } }`,
      { id },
    );
    if (run.status !== 'QUEUED' && run.status !== 'RUNNING') return run;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('models', () => {
  it('are added by upload, listed, and removed', async () => {
    const added = await add('rise', linearModel([1, -1], 0), CONTRACT);
    expect(added).toEqual({
      model: {
        name: 'rise',
        bytes: linearModel([1, -1], 0).length,
        warmUpBars: 1,
        inputShape: 'x: float64[rows, 2]',
        outputShape: 'y: float64[rows, 1]',
        provider: expect.stringMatching(/^(cpu|cuda)$/),
        problem: null,
        contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        contract: {
          description: 'Rise of a bar.',
          inputs: ['close', 'close[1]'],
          window: 1,
          outputIndex: 0,
          normalisation: null,
        },
      },
      errors: [],
    });
    expect(readdirSync(folder.path).toSorted()).toEqual(['rise.model.json', 'rise.onnx']);
    const { models, modelRuntime } = await app.query(
      '{ models { name contentHash } modelRuntime { available version provider reason } }',
    );
    expect(models).toEqual([{ name: 'rise', contentHash: added.model.contentHash }]);
    expect(modelRuntime).toMatchObject({ available: true, version: '1.30.0' });
    expect(await remove('rise')).toEqual({ removedName: 'rise', errors: [] });
    expect(readdirSync(folder.path)).toEqual([]);
    expect((await app.query('{ models { name } }')).models).toEqual([]);
  });

  it('that cannot be used are told, and left out of the folder where they were sent', async () => {
    folder.put('byhand', Buffer.from('junk'), CONTRACT);
    const { models } = await app.query('{ models { name problem provider contract { window } } }');
    expect(models).toEqual([
      {
        name: 'byhand',
        problem: expect.stringMatching(/^expected an ONNX model that can be loaded, was: ./),
        provider: null,
        contract: { window: 1 },
      },
    ]);
    expect(await remove('byhand')).toEqual({ removedName: 'byhand', errors: [] });
    const sent = await add('sent', Buffer.from('junk'), CONTRACT);
    expect(sent).toMatchObject({ model: null, errors: [{ code: 'INVALID', path: ['input', 'uploadId'] }] });
    const narrow = await add('sent', linearModel([1], 0), CONTRACT);
    expect(narrow.errors).toEqual([
      {
        code: 'INVALID',
        message:
          'input x: expected the shape [rows, 2] or [rows, 1, 2] for 2 inputs over 1 bars, was [rows, 1]',
        path: ['input', 'uploadId'],
      },
    ]);
    const text = await add('sent', linearModel([1], 0), '{}');
    expect(text.errors).toEqual([
      {
        code: 'INVALID',
        message: 'contract: inputs: expected 1 to 512 expressions such as "rsi(close, 14)", was none',
        path: ['input', 'contract'],
      },
    ]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it.each(['../rise', '', '.rise', 'a/b', 'a b', 'a'.repeat(65)])('cannot be named %j', async (name) => {
    expect(await add(name, linearModel([1, -1], 0), CONTRACT)).toMatchObject({
      model: null,
      errors: [
        {
          code: 'INVALID',
          message: `expected a name of 1 to 64 letters, digits, dots, underscores and hyphens, was ${JSON.stringify(name)}`,
          path: ['input', 'name'],
        },
      ],
    });
    expect(await remove(name)).toMatchObject({ errors: [{ code: 'NOT_FOUND', path: ['input', 'name'] }] });
  });

  it('do not take the place of one another', async () => {
    await add('taken', linearModel([1, -1], 0), CONTRACT);
    const again = await Promise.all([1, 2].map(() => add('twice', linearModel([1, -1], 0), CONTRACT)));
    expect(again.map(({ model }) => model?.name ?? null).toSorted()).toEqual([null, 'twice']);
    expect((await add('taken', linearModel([2, -1], 0), CONTRACT)).errors).toEqual([
      {
        code: 'DUPLICATE',
        message: 'expected a new name, was taken: remove that model first',
        path: ['input', 'name'],
      },
    ]);
    await remove('taken');
    await remove('twice');
  });

  it('need an upload that is there', async () => {
    const input = { name: 'lost', uploadId: 'upl_nothing', contract: CONTRACT };
    const { addModel } = await app.query(ADD, { input });
    expect(addModel.errors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'uploadId'] }]);
  });

  it('say so where their folder cannot be written', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    const other = await createTestApp({ MODELS_DIR: join(file, 'models') });
    try {
      const response = await fetch(`${other.urls.api}/uploads`, {
        method: 'POST',
        body: new Uint8Array(linearModel([1, -1], 0)),
      });
      const { uploadId } = (await response.json()) as { uploadId: string };
      const { addModel } = await other.query(ADD, { input: { name: 'rise', uploadId, contract: CONTRACT } });
      expect(addModel.errors).toEqual([
        {
          code: 'INVALID',
          message: 'expected a folder of models (MODELS_DIR) that can be written, was one with ENOTDIR',
          path: [],
        },
      ]);
    } finally {
      await other.stop();
    }
  });
});

describe('a backtest that asks a model', () => {
  const settings = { symbol: 'ZIGZAG', timeframe: 'DAY_1', initialCash: 1000 };
  const strategySource =
    'strategy "Rise"\nenter long when model("rise") > 0\nexit long when model("rise") < 0';
  const START = `mutation ($input: StartBacktestInput!) { startBacktest(input: $input) { run { id } errors { message path } } }`;

  it('decides by it, and is refused without it', async () => {
    await importBars('ZIGZAG');
    const input = () => ({ ...settings, strategySource, idempotencyKey: newKey() });
    const { startBacktest: early } = await app.query(START, { input: input() });
    expect(early.errors).toEqual([
      {
        message: 'line 2, column 23: expected the name of a model, was rise',
        path: ['input', 'strategySource'],
      },
    ]);
    await add('rise', linearModel([1, -1], 0), CONTRACT);
    const { startBacktest: started } = await app.query(START, { input: input() });
    expect(started.errors).toEqual([]);
    const run = await ended('backtest', started.run.id, 'fills(first: 4) { nodes { side price } }');
    expect(run).toMatchObject({ status: 'SUCCEEDED', errorMessage: null });
    // Known at the close of a rise, done at the open after it, where prices have fallen again.
    expect(
      run.fills.nodes.map(({ side, price }: { side: string; price: number }) => [side, Number(price)]),
    ).toEqual([
      ['BUY', 100],
      ['SELL', 110],
      ['BUY', 100],
      ['SELL', 110],
    ]);
  });
});
