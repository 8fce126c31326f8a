import {
  type CorporateEvent,
  type DailyPrice,
  dateOf,
  type Fetch,
  Pace,
  type PriceProvider,
  ProviderBusy,
} from './provider.ts';

const PACE_MS = 500;
const DAY_MS = 86_400_000;

interface Quote {
  readonly date: Date;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
  readonly adjclose?: number | null;
  readonly volume: number | null;
}

/** Stocks, funds, indices, currencies and coins from Yahoo Finance by yahoo-finance2. */
export function yahoo(fetch: Fetch = globalThis.fetch): PriceProvider {
  const pace = new Pace(PACE_MS);
  return {
    name: 'yahoo',
    label: 'Yahoo Finance (unofficial, for personal use)',
    example: 'AAPL',
    problemOf: (reference) =>
      /^[A-Za-z0-9.^=-]{1,24}$/.test(reference)
        ? null
        : `expected a symbol of Yahoo such as SAP.DE, was ${reference}`,
    history: (reference, from, to, signal) =>
      pace.run(async () => {
        const { default: YahooFinance } = await import('yahoo-finance2');
        const client = new YahooFinance({
          fetch: ((input, init) => fetch(input, { ...init, signal })) as Fetch,
          suppressNotices: ['yahooSurvey', 'ripHistorical'],
          validation: { logErrors: false },
        });
        try {
          const { quotes, events, meta } = await client.chart(reference, {
            period1: new Date(from),
            period2: new Date(Date.parse(to) + DAY_MS),
            interval: '1d',
            events: 'div|split',
          });
          const local = datesIn(meta.exchangeTimezoneName, meta.gmtoffset ?? 0);
          const happened = [
            ...(events?.splits ?? []).map(({ date, numerator, denominator }): CorporateEvent => ({
              kind: 'SPLIT',
              date: local(date),
              value: numerator / denominator,
            })),
            ...(events?.dividends ?? []).map(({ date, amount }): CorporateEvent => ({
              kind: 'DIVIDEND',
              date: local(date),
              value: amount,
            })),
          ].toSorted((left, right) => left.date.localeCompare(right.date));
          return {
            currency: currencyOf(meta.currency),
            prices: asTraded(quotes as Quote[], local, happened),
            events: asPaid(happened),
          };
        } catch (problem) {
          throw reasonOf(problem as Error, reference);
        }
      }, signal),
  };
}

/** The date of a session where it took place. The offset that Yahoo tells is today's: in the other half of the year it is another. */
function datesIn(timeZone: string | undefined, offsetSeconds: number): (time: Date) => string {
  if (!timeZone) return (time) => dateOf(time.getTime() + offsetSeconds * 1000);
  // The form of dates in Sweden is that of ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone });
  return (time) => format.format(time);
}

/** Hundredths as Yahoo writes them, and as they are written here. */
const MINOR_CODES: Readonly<Record<string, string>> = { GBp: 'GBX', ZAc: 'ZAC' };

function currencyOf(code: string | undefined): string | null {
  return code ? (MINOR_CODES[code] ?? code) : null;
}

/**
 * Yahoo divides prices by every later split, and multiplies volume: this gives both back as they were on the day. The
 * adjusted close stays. Days without a close (holidays, a day that has not begun) are left out.
 */
function asTraded(
  quotes: readonly Quote[],
  local: (time: Date) => string,
  events: readonly CorporateEvent[],
): DailyPrice[] {
  const byDate = new Map<string, DailyPrice>();
  for (const { date, open, high, low, close, adjclose, volume } of quotes) {
    if (close === null || close === undefined) continue;
    const day = local(date);
    const factor = laterSplits(events, day);
    const price = (value: number | null) => (value ?? close) * factor;
    byDate.set(day, {
      date: day,
      open: price(open),
      high: price(high),
      low: price(low),
      close: close * factor,
      adjustedClose: adjclose ?? NaN,
      volume: (volume ?? 0) / factor,
    });
  }
  return [...byDate.values()].toSorted((left, right) => left.date.localeCompare(right.date));
}

// Amounts of dividends are divided by later splits too.
function asPaid(events: readonly CorporateEvent[]): CorporateEvent[] {
  return events.map((event) =>
    event.kind === 'SPLIT' ? event : { ...event, value: event.value * laterSplits(events, event.date) },
  );
}

function laterSplits(events: readonly CorporateEvent[], day: string): number {
  return events.reduce(
    (factor, { kind, date, value }) => (kind === 'SPLIT' && date > day ? factor * value : factor),
    1,
  );
}

function reasonOf(problem: Error, reference: string): Error {
  const { code } = problem as Error & { code?: number };
  const isBusy = code === 429 || (code ?? 0) >= 500 || problem instanceof TypeError;
  const text = `Yahoo Finance, ${reference}: ${problem.message}`;
  return isBusy ? new ProviderBusy(text, { cause: problem }) : new Error(text, { cause: problem });
}
