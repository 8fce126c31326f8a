import { parse } from 'csv-parse/sync';
import { expectAnswer, type Fetch, Pace, type PriceProvider } from './provider.ts';

const HOST = 'https://data-api.ecb.europa.eu';
const PACE_MS = 500;

/** Reference rates of the European Central Bank: units of a currency for one euro, set at about 16:00 in Frankfurt. */
export function ecb(fetch: Fetch = globalThis.fetch): PriceProvider {
  const pace = new Pace(PACE_MS);
  return {
    name: 'ecb',
    label: 'European Central Bank, euro reference rates',
    example: 'EURUSD',
    problemOf: (reference) =>
      /^EUR[A-Z]{3}$/.test(reference) && reference !== 'EUREUR'
        ? null
        : `expected a pair that begins with EUR, such as EURUSD, was ${reference}`,
    history: (reference, from, to, signal) =>
      pace.run(async () => {
        const url = `${HOST}/service/data/EXR/D.${reference.slice(3)}.EUR.SP00.A?format=csvdata&startPeriod=${from}&endPeriod=${to}`;
        const response = await expectAnswer(() => fetch(url, { signal }), `the ECB's service, ${reference},`);
        const rows = parse(await response.text(), { columns: true, skip_empty_lines: true }) as Record<
          string,
          string
        >[];
        const prices = rows.flatMap(({ TIME_PERIOD: date, OBS_VALUE: value }) => {
          const rate = Number(value);
          // Days on which banks rest have a row without a rate.
          if (!value || !Number.isFinite(rate) || !/^\d{4}-\d\d-\d\d$/.test(date)) return [];
          return { date, open: rate, high: rate, low: rate, close: rate, adjustedClose: NaN, volume: 0 };
        });
        return {
          currency: reference.slice(3),
          prices: prices.toSorted((left, right) => left.date.localeCompare(right.date)),
          events: [],
        };
      }, signal),
  };
}
