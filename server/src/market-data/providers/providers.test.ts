import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ecb } from './ecb.ts';
import { exchange } from './exchange.ts';
import { type Fetch, Pace, ProviderBusy, retried } from './provider.ts';
import { yahoo } from './yahoo.ts';

const seconds = (date: string) => Date.parse(`${date}T14:30:00Z`) / 1000;

/** What the services answer, in their own shapes. A 4-for-1 split on 2 January; prices before it are divided by 4. */
const CHART = {
  chart: {
    result: [
      {
        meta: {
          currency: 'USD',
          symbol: 'AAA',
          exchangeName: 'NMS',
          fullExchangeName: 'NasdaqGS',
          instrumentType: 'EQUITY',
          firstTradeDate: 345479400,
          regularMarketTime: seconds('2024-01-03'),
          hasPrePostMarketData: true,
          gmtoffset: -18000,
          timezone: 'EST',
          exchangeTimezoneName: 'America/New_York',
          regularMarketPrice: 26,
          fiftyTwoWeekHigh: 30,
          fiftyTwoWeekLow: 20,
          regularMarketDayHigh: 27,
          regularMarketDayLow: 25,
          regularMarketVolume: 1000,
          chartPreviousClose: 24,
          priceHint: 2,
          dataGranularity: '1d',
          range: '',
          currentTradingPeriod: Object.fromEntries(
            ['pre', 'regular', 'post'].map((name) => [
              name,
              {
                timezone: 'EST',
                start: seconds('2024-01-03'),
                end: seconds('2024-01-03'),
                gmtoffset: -18000,
              },
            ]),
          ),
          validRanges: ['1d'],
        },
        timestamp: ['2023-12-29', '2024-01-02', '2024-01-03'].map(seconds),
        events: {
          dividends: { [seconds('2023-12-29')]: { amount: 0.25, date: seconds('2023-12-29') } },
          splits: {
            [seconds('2024-01-02')]: {
              date: seconds('2024-01-02'),
              numerator: 4,
              denominator: 1,
              splitRatio: '4:1',
            },
          },
        },
        indicators: {
          quote: [
            {
              open: [24, 25, null],
              high: [25, 27, null],
              low: [23, 25, null],
              close: [24.5, 26, null],
              volume: [4000, 1000, null],
            },
          ],
          adjclose: [{ adjclose: [24.25, 26, null] }],
        },
      },
    ],
    error: null,
  },
};
const RATES = `KEY,FREQ,CURRENCY,TIME_PERIOD,OBS_VALUE,OBS_STATUS
EXR.D.USD.EUR.SP00.A,D,USD,2024-01-02,1.0956,A
EXR.D.USD.EUR.SP00.A,D,USD,2024-01-01,,H
EXR.D.USD.EUR.SP00.A,D,USD,2024-01-03,1.0919,A
`;
const PAIRS = {
  error: [],
  result: {
    XXBTZUSD: {
      altname: 'XBTUSD',
      wsname: 'XBT/USD',
      aclass_base: 'currency',
      base: 'XXBT',
      aclass_quote: 'currency',
      quote: 'ZUSD',
      lot: 'unit',
      cost_decimals: 5,
      pair_decimals: 1,
      lot_decimals: 8,
      lot_multiplier: 1,
      leverage_buy: [],
      leverage_sell: [],
      fees: [[0, 0.4]],
      fees_maker: [[0, 0.25]],
      fee_volume_currency: 'ZUSD',
      margin_call: 80,
      margin_stop: 40,
      ordermin: '0.0001',
      costmin: '0.5',
      tick_size: '0.1',
      status: 'online',
    },
  },
};
const ASSETS = {
  error: [],
  result: {
    XXBT: { aclass: 'currency', altname: 'XBT', decimals: 10, display_decimals: 5, status: 'enabled' },
    ZUSD: { aclass: 'currency', altname: 'USD', decimals: 4, display_decimals: 2, status: 'enabled' },
  },
};
const CANDLES = {
  error: [],
  result: {
    XXBTZUSD: [
      [Date.parse('2024-01-01') / 1000, '42000.0', '44000.0', '41800.0', '44100.5', '43000.0', '1200.5', 9],
      [Date.parse('2024-01-02') / 1000, '44100.5', '45900.0', '44000.0', '44950.0', '45000.0', '2300.25', 9],
    ],
    last: Date.parse('2024-01-02') / 1000,
  },
};

describe('providers of prices', () => {
  const asked: string[] = [];
  const answers = new Map<RegExp, { status?: number; body: string }>();
  let server: Server;
  /** Sends every request to the server of this test, whoever it was for. */
  let here: Fetch;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url!);
      const [, found] = [...answers].find(([path]) => path.test(request.url!)) ?? [];
      response
        .writeHead(found?.status ?? (found ? 200 : 404), { 'content-type': 'application/json' })
        .end(found?.body ?? '{}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    here = ((input, init) => {
      const { host, pathname, search } = new URL(String(input));
      return fetch(`http://127.0.0.1:${port}/${host}${pathname}${search}`, init);
    }) as Fetch;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    asked.length = 0;
    answers.clear();
  });

  it('gives prices of Yahoo as they were traded, with splits and dividends', async () => {
    answers.set(/finance\/chart\/AAA/, { body: JSON.stringify(CHART) });
    const { currency, prices, events } = await yahoo(here).history('AAA', '2023-12-29', '2024-01-03', signal);
    expect(currency).toBe('USD');
    expect(prices).toEqual([
      { date: '2023-12-29', open: 96, high: 100, low: 92, close: 98, adjustedClose: 24.25, volume: 1000 },
      { date: '2024-01-02', open: 25, high: 27, low: 25, close: 26, adjustedClose: 26, volume: 1000 },
    ]);
    expect(events).toEqual([
      { kind: 'DIVIDEND', date: '2023-12-29', value: 1 },
      { kind: 'SPLIT', date: '2024-01-02', value: 4 },
    ]);
  });

  it.each([
    ['GBp', 'GBX'],
    ['ZAc', 'ZAC'],
    ['ILA', 'ILA'],
  ])('tells hundredths that Yahoo quotes in (%s) as %s', async (quoted, currency) => {
    const chart = structuredClone(CHART);
    chart.chart.result[0].meta.currency = quoted;
    answers.set(/finance\/chart\/AAA/, { body: JSON.stringify(chart) });
    const history = await yahoo(here).history('AAA', '2023-12-29', '2024-01-03', signal);
    expect([history.currency, history.prices[1].close]).toEqual([currency, 26]);
  });

  it('gives reference rates of the ECB, without days of rest', async () => {
    answers.set(/ecb\.europa\.eu\/service\/data\/EXR\/D\.USD\.EUR\.SP00\.A/, { body: RATES });
    const { currency, prices } = await ecb(here).history('EURUSD', '2024-01-01', '2024-01-03', signal);
    expect(currency).toBe('USD');
    expect(prices.map(({ date, close }) => [date, close])).toEqual([
      ['2024-01-02', 1.0956],
      ['2024-01-03', 1.0919],
    ]);
    expect(asked).toEqual([expect.stringContaining('startPeriod=2024-01-01&endPeriod=2024-01-03')]);
  });

  it('gives candles of an exchange', { timeout: 120_000 }, async () => {
    answers.set(/public\/Assets/, { body: JSON.stringify(ASSETS) });
    answers.set(/AssetPairs/, { body: JSON.stringify(PAIRS) });
    answers.set(/OHLC/, { body: JSON.stringify(CANDLES) });
    const { currency, prices } = await exchange(here).history(
      'kraken:BTC/USD',
      '2024-01-01',
      '2024-01-02',
      signal,
    );
    expect(currency).toBe('USD');
    expect(prices.map(({ date, open, close, volume }) => [date, open, close, volume])).toEqual([
      ['2024-01-01', 42000, 44100.5, 1200.5],
      ['2024-01-02', 44100.5, 44950, 2300.25],
    ]);
  });

  it('tells a service that is busy from one that refuses', async () => {
    answers.set(/USD/, { status: 503, body: '' });
    answers.set(/CHF/, { status: 400, body: '' });
    await expect(ecb(here).history('EURUSD', '2024-01-01', '2024-01-03', signal)).rejects.toThrow(
      ProviderBusy,
    );
    const refusal = await ecb(here)
      .history('EURCHF', '2024-01-01', '2024-01-03', signal)
      .catch((problem) => problem);
    expect(refusal).not.toBeInstanceOf(ProviderBusy);
    expect(refusal.message).toBe("the ECB's service, EURCHF, refused: it answered 400");
  });

  it.each([
    [ecb(), 'USDEUR', 'expected a pair that begins with EUR, such as EURUSD, was USDEUR'],
    [yahoo(), 'A B', 'expected a symbol of Yahoo such as SAP.DE, was A B'],
    [
      exchange(),
      'BTC/USD',
      'expected an exchange of binance, bitstamp, coinbase, kraken and a pair, such as kraken:BTC/USD, was BTC/USD',
    ],
  ])('names a reference that is none of %o: %s', (provider, reference, problem) => {
    expect(provider.problemOf(reference)).toBe(problem);
    expect(provider.problemOf(provider.example)).toBeNull();
  });
});

describe('retried', () => {
  const { signal } = new AbortController();

  it('waits a second and four for what may pass', async () => {
    const waits: number[] = [];
    let calls = 0;
    const work = async () => {
      calls += 1;
      if (calls < 3) throw new ProviderBusy('busy');
      return 'there';
    };
    expect(await retried(work, signal, async (ms) => waits.push(ms))).toBe('there');
    expect(waits).toEqual([1_000, 4_000]);
  });

  it('goes on at once with what will not', async () => {
    let calls = 0;
    const work = async () => {
      calls += 1;
      throw new Error('no such symbol');
    };
    await expect(retried(work, signal, async () => undefined)).rejects.toThrow('no such symbol');
    expect(calls).toBe(1);
  });
});

describe('Pace', () => {
  it('waits its interval after the end of each request before the next begins', async () => {
    const { signal } = new AbortController();
    let nowMs = 0;
    const pace = new Pace(500, async (ms) => (nowMs += ms));
    const begun: number[] = [];
    const request = async () => {
      begun.push(nowMs);
      nowMs += 30;
    };
    await Promise.all([1, 2, 3].map(() => pace.run(request, signal)));
    expect(begun).toEqual([0, 530, 1_060]);
  });

  it('does one thing after the other, whatever becomes of it', async () => {
    const pace = new Pace(1);
    const { signal } = new AbortController();
    const order: string[] = [];
    const slow = pace.run(async () => {
      await new Promise((done) => setTimeout(done, 20));
      order.push('first');
      throw new Error('lost');
    }, signal);
    const quick = pace.run(async () => order.push('second'), signal);
    await expect(slow).rejects.toThrow('lost');
    await quick;
    expect(order).toEqual(['first', 'second']);
  });
});
