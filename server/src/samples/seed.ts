import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';
import { Readable } from 'node:stream';
import type { Services } from '../context.ts';
import type { NewInstrument } from '../market-data/market-data.service.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { Uploads } from '../platform/http/uploads.ts';
import { isFinished, type RunRow } from '../run/run.entity.ts';
import { LOCAL_NAME } from '../platform/viewer.ts';
import { previewCsv } from '../trade/imports/csv-mapping.ts';
import type { ImportTransactionsRequest } from '../trade/imports/import-request.ts';
import { samplePlan } from './sample-plan.ts';
import { every, type SyntheticMarket, syntheticBars, weekdays } from './synthetic.ts';

const require = createRequire(import.meta.url);
const HOUR_MS = 3_600_000;
const WAIT_MS = 50;

/** Prices of real markets that npm packages ship. */
const REAL: readonly { readonly file: () => string; readonly instrument: NewInstrument }[] = [
  {
    file: () => require.resolve('@observablehq/sample-datasets/aapl.csv'),
    instrument: {
      symbol: 'AAPL',
      name: 'Apple Inc.',
      currency: 'USD',
      assetClass: 'EQUITY',
      exchange: 'NASDAQ',
      calendar: 'XNYS',
      source:
        'Sample data: npm package @observablehq/sample-datasets (ISC licence), daily prices 2013 to 2018 from Yahoo Finance, adjusted for splits',
    },
  },
  {
    file: () => join(dirname(require.resolve('vega-datasets')), '../data/sp500-2000.csv'),
    instrument: {
      symbol: 'SPX',
      name: 'S&P 500 index',
      currency: 'USD',
      assetClass: 'INDEX',
      exchange: 'INDEX',
      calendar: 'XNYS',
      lotSize: '0.0001',
      source:
        'Sample data: npm package vega-datasets (BSD-3-Clause licence), daily index levels 2000 to 2020 from Yahoo Finance; one unit stands for a share of a fund that tracks it',
    },
  },
];

const MADE_UP =
  'Synthetic: made up by a seeded random process (GARCH volatility, common factor); no real market';

const SYNTHETIC: readonly {
  readonly symbol: string;
  readonly name: string;
  readonly assetClass: string;
  readonly timeframe: Timeframe;
  readonly market: SyntheticMarket;
  readonly times: () => Iterable<number>;
}[] = [
  {
    symbol: 'SYN-GROWTH',
    name: 'Synthetic growth stock',
    assetClass: 'EQUITY',
    timeframe: 'DAY_1',
    market: { seed: 11, startPrice: 50, drift: 0.0005, volatility: 0.018, correlation: 0.7 },
    times: () => weekdays(Date.UTC(2015, 0, 1), 2_600),
  },
  {
    symbol: 'SYN-VALUE',
    name: 'Synthetic value stock',
    assetClass: 'EQUITY',
    timeframe: 'DAY_1',
    market: { seed: 12, startPrice: 80, drift: 0.0003, volatility: 0.011, correlation: 0.6 },
    times: () => weekdays(Date.UTC(2015, 0, 1), 2_600),
  },
  {
    symbol: 'SYN-COIN',
    name: 'Synthetic coin, hourly',
    assetClass: 'CRYPTO',
    timeframe: 'HOUR_1',
    market: { seed: 13, startPrice: 1_000, drift: 0.00002, volatility: 0.006, correlation: 0.2 },
    times: () => every(HOUR_MS, Date.UTC(2014, 0, 1), 100_000),
  },
];

/** Puts the sample data into an installation once; what was removed does not come back. */
export async function seedSamples(
  services: Services,
  database: Database,
  uploads: Uploads,
  clock: Clock,
  onStep: (step: string) => void,
): Promise<void> {
  const seeded = new Set(
    (await database.fork().execute<{ name: string }[]>('select name from seed')).map(({ name }) => name),
  );
  const once = async (name: string, label: string, work: () => Promise<void>) => {
    if (seeded.has(name)) return;
    onStep(`Adding sample data: ${label}`);
    await work();
    await database
      .fork()
      .execute('insert into seed (name, created_at) values (?, ?) on conflict do nothing', [
        name,
        new Date(clock()),
      ]);
  };
  const bars = async (source: Readable, timeframe: Timeframe, instrument: NewInstrument) => {
    const uploadId = await uploads.store(source);
    const request = {
      kind: 'BARS',
      uploadId,
      timeframe,
      timeZone: 'UTC',
      isStampedAtOpen: false,
      dryRun: false,
      skipInvalid: false,
      duplicateRule: 'SKIP',
      instrument,
    };
    await finished(services, await queue(services, database, `Sample bars of ${instrument.symbol}`, request));
  };
  for (const { file, instrument } of REAL) {
    await once(`bars ${instrument.symbol}`, `${instrument.name}, real prices`, () =>
      bars(createReadStream(file()), 'DAY_1', instrument),
    );
  }
  for (const { symbol, name, assetClass, timeframe, market, times } of SYNTHETIC) {
    const instrument = { symbol, name, assetClass, currency: 'USD', isSynthetic: true, source: MADE_UP };
    await once(`bars ${symbol}`, name, () =>
      bars(Readable.from(csvOf(market, times())), timeframe, instrument),
    );
  }
  await once('sample portfolio', 'the sample portfolio', () => samplePortfolio(services, database, uploads));
}

function* csvOf(market: SyntheticMarket, times: Iterable<number>): Generator<string> {
  yield 'timestamp,open,high,low,close,volume\n';
  for (const bar of syntheticBars(market, times)) {
    const prices = [bar.open, bar.high, bar.low, bar.close].map((price) => price.toFixed(4));
    yield `${new Date(bar.timeMs).toISOString()},${prices.join(',')},${bar.volume}\n`;
  }
}

async function samplePortfolio(services: Services, database: Database, uploads: Uploads): Promise<void> {
  const name = 'Sample portfolio';
  if (await services.portfolios.findByName(name)) return;
  const [apple, index] = await Promise.all(['AAPL', 'SPX'].map((symbol) => barsOf(services, symbol)));
  const fills = samplePlan(apple, index);
  const lines = [['date', 'symbol', 'side', 'quantity', 'price', 'fee', 'currency'], ...fills];
  const portfolio = await database.fork().transactional((em) =>
    services.portfolios.insert(em, {
      name,
      baseCurrency: 'USD',
      initialCash: '160000',
      benchmarkSymbol: 'SPX',
      isSample: true,
      openedAt: new Date(`${fills[0][0]}T00:00:00Z`),
    }),
  );
  const text = lines.map((line) => line.join(',')).join('\n');
  const request: ImportTransactionsRequest = {
    kind: 'TRANSACTIONS',
    uploadId: await uploads.store(Readable.from([text])),
    fileName: null,
    portfolioId: portfolio.id,
    accountId: await services.portfolios.accountId(portfolio.id),
    baseCurrency: 'USD',
    actor: LOCAL_NAME,
    formatId: null,
    mapping: previewCsv(text)!.mapping,
    timeZone: 'UTC',
    currency: null,
    choices: [],
    createsMissing: false,
    mayMakeInstruments: false,
    recordsOpeningBalances: false,
    dryRun: false,
    skipInvalid: false,
  };
  await finished(services, await queue(services, database, 'Sample transactions', request));
}

async function barsOf({ marketData }: Services, symbol: string) {
  const instrument = await marketData.findBySymbol(symbol);
  const dataSet = instrument && (await marketData.dataSet(instrument.id, 'DAY_1'));
  if (!dataSet) throw new Error(`expected the sample bars of ${symbol}, was none`);
  return marketData.bars(dataSet);
}

async function queue(
  { runs }: Services,
  database: Database,
  label: string,
  request: Record<string, unknown>,
): Promise<string> {
  const id = await database.fork().transactional((em) => runs.enqueue(em, 'IMPORT', label, request));
  await runs.relay();
  return id;
}

async function finished({ runs }: Services, id: string): Promise<RunRow> {
  for (;;) {
    const run = await runs.get(id);
    if (run.status === 'SUCCEEDED') return run;
    if (isFinished(run.status)) throw new Error(`${run.label}: ${run.errorMessage}`);
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}
