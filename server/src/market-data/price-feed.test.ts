import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { PriceFeedService } from './price-feed.service.ts';
import { type CorporateEvent, type DailyPrice, type PriceProvider } from './providers/provider.ts';

const SET = `mutation($input: SetPriceFeedInput!) { setPriceFeed(input: $input) {
  feed { version sources isStale } errors { message path } } }`;
const DAY_MS = 86_400_000;

/** A provider that has what a test gives it. */
class Shelf implements PriceProvider {
  readonly label = 'a shelf';
  readonly example = 'AAA';
  readonly asked: { reference: string; from: string; to: string }[] = [];
  prices: DailyPrice[] = [];
  events: CorporateEvent[] = [];
  problem: Error | null = null;
  currency: string | null = null;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  problemOf(reference: string): string | null {
    return /^[A-Z]+$/.test(reference) ? null : `expected capital letters, was ${reference}`;
  }

  async history(reference: string, from: string, to: string) {
    this.asked.push({ reference, from, to });
    if (this.problem) throw this.problem;
    const within = ({ date }: { date: string }) => date >= from && date <= to;
    return {
      currency: this.currency,
      prices: this.prices.filter(within),
      events: this.events.filter(within),
    };
  }
}

const price = (date: string, close: number, adjustedClose = NaN): DailyPrice => ({
  date,
  open: close,
  high: close,
  low: close,
  close,
  adjustedClose,
  volume: 10,
});

describe('price feeds', () => {
  const first = new Shelf('first');
  const second = new Shelf('second');
  const signal = new AbortController().signal;
  const logger = pino({ level: 'silent' });
  let nowMs = Date.parse('2024-01-05T12:00:00Z');
  let app: TestApp;
  let feeds: PriceFeedService;
  let instrumentId: string;

  beforeAll(async () => {
    app = await createTestApp();
    const { createInstrument } = await app.query(
      'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { instrument { id } errors { message } } }',
      {
        input: {
          idempotencyKey: newKey(),
          symbol: 'AAA',
          name: 'Triple A',
          currency: 'USD',
          assetClass: 'EQUITY',
        },
      },
    );
    instrumentId = createInstrument.instrument.id;
    const { marketData, imports } = app.services;
    const settings = { providers: [first, second], refreshHours: 12 };
    feeds = new PriceFeedService(app.database, marketData, imports, app.uploads, settings, () => nowMs);
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    for (const shelf of [first, second]) {
      shelf.asked.length = 0;
      shelf.problem = null;
      shelf.currency = null;
    }
  });

  /** The closes that are stored once the imports have ended. */
  async function closes(count: number): Promise<number[]> {
    const stored = async () => {
      const bars = await app.services.marketData.closes(instrumentId);
      return bars ? [...bars.close] : [];
    };
    await expect.poll(async () => (await stored()).length, { timeout: 20_000 }).toBe(count);
    return stored();
  }

  it('are set for an instrument, and refused where no provider of that name is on', async () => {
    const ask = (sources: string[], expectedVersion = 0) =>
      feeds.set({ idempotencyKey: newKey(), instrumentId, expectedVersion, sources });
    await expect(ask(['third:AAA'])).rejects.toThrow(
      'expected a source of a provider that is on (first, second), such as yahoo:AAPL, was third:AAA',
    );
    await expect(ask(['first:aaa'])).rejects.toThrow('expected capital letters, was aaa');
    expect(await ask(['first:AAA', 'second:BBB'])).toMatchObject({
      version: 1,
      sources: ['first:AAA', 'second:BBB'],
    });
    await expect(ask(['first:AAA'])).rejects.toThrow('expected version 1, was 0');
  });

  it('bring all prices the first time, from the first source that answers', async () => {
    first.problem = new Error('no such thing');
    second.prices = [price('2024-01-02', 10), price('2024-01-03', 11), price('2024-01-04', 12)];
    await feeds.refreshDue(signal, logger);
    expect(second.asked).toEqual([{ reference: 'BBB', from: '1999-01-05', to: '2024-01-05' }]);
    expect(await closes(3)).toEqual([10, 11, 12]);
    expect(await feeds.find(instrumentId)).toMatchObject({ usedSource: 'second:BBB', problem: null });
  });

  it('wait for their hours, then bring what is new and what was corrected', async () => {
    await feeds.refreshDue(signal, logger);
    expect(first.asked).toEqual([]);
    nowMs += DAY_MS;
    first.prices = [price('2024-01-03', 11), price('2024-01-04', 12.5), price('2024-01-05', 13)];
    await feeds.refreshDue(signal, logger);
    expect(first.asked.map(({ from }) => from)).toEqual(['2023-12-29']);
    expect(await closes(4)).toEqual([10, 11, 12.5, 13]);
  });

  it('bring everything again after a split or dividend, and tell of it', async () => {
    nowMs += DAY_MS;
    first.prices = [
      price('2024-01-02', 10, 2.5),
      price('2024-01-03', 11, 2.75),
      price('2024-01-04', 12.5, 3.125),
      price('2024-01-05', 13, 3.25),
      price('2024-01-06', 3.5, 3.5),
    ];
    first.events = [{ kind: 'SPLIT', date: '2024-01-06', value: 4 }];
    await feeds.refreshDue(signal, logger);
    expect(first.asked.map(({ from }) => from)).toEqual(['2023-12-30', '1999-01-07']);
    expect(await closes(5)).toEqual([10, 11, 12.5, 13, 3.5]);
    expect([...(await app.services.marketData.closes(instrumentId))!.adjustedClose]).toEqual([
      2.5, 2.75, 3.125, 3.25, 3.5,
    ]);
    const { instrument } = await app.query(
      '{ instrument(symbol: "AAA") { corporateEvents { kind date value source } } }',
    );
    expect(instrument.corporateEvents).toEqual([
      { kind: 'SPLIT', date: '2024-01-06', value: 4, source: 'first:AAA' },
    ]);
    nowMs += DAY_MS;
    first.asked.length = 0;
    await feeds.refreshDue(signal, logger);
    expect(first.asked).toHaveLength(1);
  });

  it('say why no source answered, and try again in an hour', async () => {
    nowMs += DAY_MS;
    first.problem = new Error('away');
    second.problem = new Error('away too');
    await feeds.refreshDue(signal, logger);
    const feed = await feeds.find(instrumentId);
    expect(feed).toMatchObject({ problem: 'first:AAA: away; second:BBB: away too', usedSource: 'first:AAA' });
    expect(feed!.dueAt.getTime() - nowMs).toBe(3_600_000);
    const input = { idempotencyKey: newKey(), instrumentIds: [instrumentId] };
    expect(await feeds.makeDue(input)).toBe(1);
    expect(await feeds.makeDue(input)).toBe(1);
    await expect(feeds.makeDue({ ...input, instrumentIds: [] })).rejects.toThrow('a new idempotency key');
    first.problem = null;
    await feeds.refreshDue(signal, logger);
    expect((await feeds.find(instrumentId))!.problem).toBeNull();
  });

  it('ask the next source where one has lost the instrument, and say so where all have', async () => {
    nowMs += DAY_MS;
    const [kept, other] = [first.prices, second.prices];
    first.prices = [];
    second.prices = [price('2024-01-09', 4)];
    await feeds.refreshDue(signal, logger);
    expect(await feeds.find(instrumentId)).toMatchObject({ usedSource: 'second:BBB', problem: null });
    expect(await closes(6)).toEqual([10, 11, 12.5, 13, 3.5, 4]);
    nowMs += DAY_MS;
    second.prices = [];
    await feeds.refreshDue(signal, logger);
    expect(await feeds.find(instrumentId)).toMatchObject({
      problem:
        'first:AAA: expected prices of AAA since 2024-01-03, was none at a shelf; second:BBB: expected prices of BBB since 2024-01-03, was none at a shelf',
    });
    [first.prices, second.prices] = [kept, other];
  });

  it('refuse prices in another currency than that of the instrument, and ask the next source', async () => {
    nowMs += DAY_MS;
    first.currency = 'GBX';
    first.prices = [price('2024-01-09', 400)];
    second.prices = [price('2024-01-09', 4.5)];
    second.currency = 'USD';
    await feeds.refreshDue(signal, logger);
    expect(await feeds.find(instrumentId)).toMatchObject({ usedSource: 'second:BBB' });
    await expect.poll(async () => (await closes(6)).at(-1), { timeout: 20_000 }).toBe(4.5);
    nowMs += DAY_MS;
    second.currency = 'EUR';
    await feeds.refreshDue(signal, logger);
    expect(await feeds.find(instrumentId)).toMatchObject({
      problem:
        'first:AAA: expected prices in USD as the instrument is kept in, was GBX; second:BBB: expected prices in USD as the instrument is kept in, was EUR',
    });
  });

  it.each([
    ['NONE', 7, false],
    ['NONE', 7.1, true],
    ['24x7', 2, false],
    ['24x7', 2.1, true],
  ])('call prices of a %s calendar that are %d days old stale: %s', (calendar, days, isStale) => {
    const newest = new Date(nowMs - days * DAY_MS);
    expect(feeds.isStale({ calendar, isSynthetic: false }, newest)).toBe(isStale);
    expect(feeds.isStale({ calendar, isSynthetic: true }, newest)).toBe(false);
    expect(feeds.isStale({ calendar, isSynthetic: false }, newest, newest)).toBe(false);
  });

  it('are off until a provider is named', async () => {
    const { priceProviders } = await app.query('{ priceProviders { name isOn } }');
    expect(priceProviders).toEqual([
      { name: 'yahoo', isOn: false },
      { name: 'ccxt', isOn: false },
      { name: 'ecb', isOn: false },
    ]);
    const { setPriceFeed } = await app.query(SET, {
      input: { idempotencyKey: newKey(), instrumentId, expectedVersion: 1, sources: ['yahoo:AAPL'] },
    });
    expect(setPriceFeed.errors).toEqual([
      {
        message:
          'expected a source of a provider that is on (PRICE_PROVIDERS names none), such as yahoo:AAPL, was yahoo:AAPL',
        path: ['input', 'sources'],
      },
    ]);
    const { refreshPrices } = await app.query(
      'mutation($input: RefreshPricesInput!) { refreshPrices(input: $input) { dueCount errors { message } } }',
      { input: { idempotencyKey: newKey() } },
    );
    expect(refreshPrices.errors).toEqual([
      { message: 'expected PRICE_PROVIDERS to name a provider, was nothing: all are off' },
    ]);
  });

  it('go away with no sources', async () => {
    const { version } = (await feeds.find(instrumentId))!;
    expect(
      await feeds.set({ idempotencyKey: newKey(), instrumentId, expectedVersion: version, sources: [] }),
    ).toBeNull();
    expect(await feeds.find(instrumentId)).toBeNull();
  });
});
