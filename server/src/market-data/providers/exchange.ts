import { type DailyPrice, dateOf, type Fetch, Pace, type PriceProvider, ProviderBusy } from './provider.ts';

const DAY_MS = 86_400_000;
const PACE_MS = 1_000;
const PAGES_MAXIMUM = 50;
/** The shortest time that an exchange answers at once. */
const WINDOW_MS = 300 * DAY_MS;
const EXCHANGES = ['binance', 'bitstamp', 'coinbase', 'kraken'] as const;

type ExchangeName = (typeof EXCHANGES)[number];
type Candle = readonly [time: number, open: number, high: number, low: number, close: number, volume: number];

/** Coins from exchanges by ccxt, which is loaded with the first question: it is large. */
export function exchange(fetch: Fetch = globalThis.fetch): PriceProvider {
  const pace = new Pace(PACE_MS);
  return {
    name: 'ccxt',
    label: `Exchanges of coins (${EXCHANGES.join(', ')})`,
    example: 'kraken:BTC/USD',
    problemOf(reference) {
      const [name, pair] = reference.split(':');
      return EXCHANGES.includes(name as ExchangeName) && /^[A-Z0-9]{2,12}\/[A-Z0-9]{2,12}$/.test(pair ?? '')
        ? null
        : `expected an exchange of ${EXCHANGES.join(', ')} and a pair, such as kraken:BTC/USD, was ${reference}`;
    },
    history: (reference, from, to, signal) =>
      pace.run(async () => {
        const [name, pair] = reference.split(':');
        const ccxt = await import('ccxt');
        const client = new ccxt.default[name as ExchangeName]({ enableRateLimit: true });
        client.fetchImplementation = (url: string, init?: RequestInit) => fetch(url, { ...init, signal });
        const prices = new Map<string, DailyPrice>();
        const endMs = Date.parse(to) + DAY_MS;
        try {
          let sinceMs = Date.parse(from);
          for (let page = 0; page < PAGES_MAXIMUM && sinceMs < endMs; page += 1) {
            const candles = (await client.fetchOHLCV(pair, '1d', sinceMs)) as unknown as Candle[];
            for (const candle of candles)
              if (candle[0] < endMs && candle[0] >= Date.parse(from))
                prices.set(dateOf(candle[0]), priceOf(candle));
            // Some answer a window of time: one from before a coin was listed is empty, and the next may not be.
            const nextMs = candles.length > 0 ? candles.at(-1)![0] + DAY_MS : sinceMs + WINDOW_MS;
            if (nextMs <= sinceMs) break;
            sinceMs = nextMs;
          }
        } catch (problem) {
          const text = `${name}, ${pair}: ${(problem as Error).message}`;
          throw problem instanceof ccxt.NetworkError
            ? new ProviderBusy(text, { cause: problem })
            : new Error(text, { cause: problem });
        }
        return {
          currency: pair.split('/')[1],
          prices: [...prices.values()].toSorted((left, right) => left.date.localeCompare(right.date)),
          events: [],
        };
      }, signal),
  };
}

function priceOf([time, open, high, low, close, volume]: Candle): DailyPrice {
  return { date: dateOf(time), open, high, low, close, adjustedClose: NaN, volume };
}
