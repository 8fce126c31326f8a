import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { replaying } from '../../../test/replaying.ts';
import { ecb } from './ecb.ts';
import { exchange } from './exchange.ts';
import { Pace, ProviderBusy, retried } from './provider.ts';
import { yahoo } from './yahoo.ts';

/** What a service has answered, as `recorded/README.md` tells. */
const recorded = (name: string) => readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');
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
describe('providers of prices', () => {
  const { answers, asked, here, start, stop } = replaying();
  const signal = new AbortController().signal;

  beforeAll(start);
  afterAll(stop);
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

  it('reads what Yahoo answered for a stock with a split and a dividend', async () => {
    answers.set(/finance\/chart\/AAPL/, { body: recorded('yahoo-AAPL.json') });
    const history = await yahoo(here).history('AAPL', '2020-08-31', '2020-11-06', signal);
    expect(history.currency).toBe('USD');
    expect(history.events).toEqual([
      { kind: 'SPLIT', date: '2020-08-31', value: 4 },
      { kind: 'DIVIDEND', date: '2020-11-06', value: 0.205 },
    ]);
    expect(history.prices.map(({ date }) => date).join(' ')).toBe(
      '2020-08-31 2020-09-01 2020-11-04 2020-11-05 2020-11-06',
    );
    expect(history.prices[0]).toEqual({
      date: '2020-08-31',
      open: 127.58000183105469,
      high: 131,
      low: 126,
      close: 129.0399932861328,
      adjustedClose: 125.05753326416016,
      volume: 225702700,
    });
  });

  it('reads what Yahoo answered for a stock in pence, and for a currency', async () => {
    answers.set(/finance\/chart\/OCDO/, { body: recorded('yahoo-OCDO.L.json') });
    answers.set(/finance\/chart\/EURUSD/, { body: recorded('yahoo-EURUSD=X.json') });
    const pence = await yahoo(here).history('OCDO.L', '2020-01-01', '2020-01-02', signal);
    expect([pence.currency, pence.prices]).toMatchObject(['GBX', [{ date: '2020-01-02', close: 1259.5 }]]);
    const dollar = await yahoo(here).history('EURUSD=X', '2020-01-01', '2020-01-03', signal);
    expect(dollar.prices.map(({ date, close }) => [date, close])).toEqual([
      ['2020-01-01', 1.1220825910568237],
      ['2020-01-02', 1.1220825910568237],
      ['2020-01-03', 1.1171437501907349],
    ]);
  });

  it('gives a session its own date whatever half of the year it is asked in', async () => {
    const chart = JSON.parse(recorded('yahoo-EURUSD=X.json'));
    const [{ meta, timestamp }] = chart.chart.result;
    // Midnight in London in July is 23:00 UTC of the day before; asked in winter, Yahoo tells an offset of 0.
    meta.gmtoffset = 0;
    for (const i of timestamp.keys()) timestamp[i] = Date.UTC(2020, 5, 30 + i, 23) / 1000;
    answers.set(/finance\/chart\/EURUSD/, { body: JSON.stringify(chart) });
    const { prices } = await yahoo(here).history('EURUSD=X', '2020-07-01', '2020-07-03', signal);
    expect(prices.map(({ date }) => date)).toEqual(['2020-07-01', '2020-07-02', '2020-07-03']);
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

  it('reads what the ECB answered', async () => {
    answers.set(/ecb\.europa\.eu\/service\/data\/EXR\/D\.USD/, { body: recorded('ecb-EURUSD.csv') });
    const { prices } = await ecb(here).history('EURUSD', '2026-08-20', '2026-08-21', signal);
    expect(prices.map(({ date, close }) => [date, close])).toEqual([
      ['2026-08-20', 1.1705],
      ['2026-08-21', 1.1699],
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
