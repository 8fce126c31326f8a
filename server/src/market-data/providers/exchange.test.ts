import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { replaying } from '../../../test/replaying.ts';
import { exchange } from './exchange.ts';

const DAY_MS = 86_400_000;
const ms = (date: string) => Date.parse(date);
const seconds = (date: string) => ms(date) / 1000;
const [first, second] = ['2024-01-01', '2024-01-02'];

/** What exchanges answer about their markets and candles, in their own shapes. */
const BINANCE = {
  'api/v3/exchangeInfo': {
    symbols: [
      {
        symbol: 'BTCUSDT',
        status: 'TRADING',
        baseAsset: 'BTC',
        baseAssetPrecision: 8,
        quoteAsset: 'USDT',
        quoteAssetPrecision: 8,
        orderTypes: ['LIMIT'],
        isSpotTradingAllowed: true,
        isMarginTradingAllowed: true,
        filters: [
          { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01' },
          { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
        ],
        permissions: ['SPOT'],
      },
    ],
  },
  'v1/exchangeInfo': { symbols: [] },
  klines: [
    [ms(first), '42000.0', '44200.0', '41800.0', '44100.5', '1200.5', ms(second) - 1, '1', 9, '1', '1', '0'],
    [
      ms(second),
      '44100.5',
      '45900.0',
      '44000.0',
      '44950.0',
      '2300.25',
      ms(second) + DAY_MS - 1,
      '1',
      9,
      '1',
      '1',
      '0',
    ],
  ],
};
const BITSTAMP = {
  markets: [
    {
      name: 'BTC/USD',
      market_symbol: 'btcusd',
      base_currency: 'BTC',
      base_decimals: 8,
      counter_currency: 'USD',
      counter_decimals: 0,
      minimum_order_value: '10',
      trading: 'Enabled',
      instant_order_counter_decimals: 2,
      description: 'Bitcoin / U.S. dollar',
      market_type: 'SPOT',
    },
  ],
  ohlc: {
    data: {
      pair: 'BTC/USD',
      ohlc: [
        {
          timestamp: String(seconds(first)),
          open: '42000',
          high: '44200',
          low: '41800',
          close: '44100.5',
          volume: '1200.5',
        },
        {
          timestamp: String(seconds(second)),
          open: '44100.5',
          high: '45900',
          low: '44000',
          close: '44950',
          volume: '2300.25',
        },
      ],
    },
  },
};
/** The newest candle comes first. */
const COINBASE_CANDLES = {
  candles: [
    {
      start: String(seconds(second)),
      low: '44000',
      high: '45900',
      open: '44100.5',
      close: '44950',
      volume: '2300.25',
    },
    {
      start: String(seconds(first)),
      low: '41800',
      high: '44200',
      open: '42000',
      close: '44100.5',
      volume: '1200.5',
    },
  ],
};
const COINBASE = {
  'v2/currencies': { data: [] },
  'exchange-rates': { data: { currency: 'USD', rates: {} } },
  candles: COINBASE_CANDLES,
  FUTURE: { products: [], num_products: 0 },
  products: {
    products: [
      {
        product_id: 'BTC-USD',
        price: '44960',
        base_increment: '0.00000001',
        quote_increment: '0.01',
        quote_min_size: '1',
        quote_max_size: '150000000',
        base_min_size: '0.00000001',
        base_max_size: '3400',
        base_name: 'Bitcoin',
        quote_name: 'US Dollar',
        status: 'online',
        product_type: 'SPOT',
        quote_currency_id: 'USD',
        base_currency_id: 'BTC',
        price_increment: '0.01',
        trading_disabled: false,
        is_disabled: false,
      },
    ],
    num_products: 1,
  },
};
const KRAKEN_PAIRS = {
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
const KRAKEN_ASSETS = {
  error: [],
  result: {
    XXBT: { aclass: 'currency', altname: 'XBT', decimals: 10, display_decimals: 5, status: 'enabled' },
    ZUSD: { aclass: 'currency', altname: 'USD', decimals: 4, display_decimals: 2, status: 'enabled' },
  },
};
const KRAKEN_CANDLES = {
  error: [],
  result: {
    XXBTZUSD: [
      [Date.parse('2024-01-01') / 1000, '42000.0', '44000.0', '41800.0', '44100.5', '43000.0', '1200.5', 9],
      [Date.parse('2024-01-02') / 1000, '44100.5', '45900.0', '44000.0', '44950.0', '45000.0', '2300.25', 9],
    ],
    last: Date.parse('2024-01-02') / 1000,
  },
};
const KRAKEN = { 'public/Assets': KRAKEN_ASSETS, AssetPairs: KRAKEN_PAIRS, OHLC: KRAKEN_CANDLES };

describe('prices of exchanges', { timeout: 120_000 }, () => {
  const { answers, asked, here, start, stop } = replaying();
  const signal = new AbortController().signal;
  const answer = (given: Record<string, unknown>) => {
    for (const [path, body] of Object.entries(given))
      answers.set(new RegExp(path), { body: JSON.stringify(body) });
  };

  beforeAll(start);
  afterAll(stop);
  beforeEach(() => {
    asked.length = 0;
    answers.clear();
  });

  it.each([
    ['binance:BTC/USDT', 'USDT', BINANCE],
    ['bitstamp:BTC/USD', 'USD', BITSTAMP],
    ['coinbase:BTC/USD', 'USD', COINBASE],
    ['kraken:BTC/USD', 'USD', KRAKEN],
  ])('are read from %s, the oldest first', async (reference, quoted, given) => {
    answer(given);
    const { currency, prices } = await exchange(here).history(reference, first, second, signal);
    expect(currency).toBe(quoted);
    expect(prices.map(({ date, open, close, volume }) => [date, open, close, volume])).toEqual([
      [first, 42000, 44100.5, 1200.5],
      [second, 44100.5, 44950, 2300.25],
    ]);
  });

  it('go on after a window from before a coin was listed', async () => {
    answers.set(new RegExp(`candles.*start=${seconds(first)}`), { body: JSON.stringify(COINBASE_CANDLES) });
    answer({ ...COINBASE, candles: { candles: [] } });
    const from = new Date(ms(first) - 600 * DAY_MS).toISOString().slice(0, 10);
    const { prices } = await exchange(here).history('coinbase:BTC/USD', from, second, signal);
    expect(prices.map(({ date }) => date)).toEqual([first, second]);
    expect(asked.filter((path) => path.includes('candles'))).toHaveLength(3);
  });
});
