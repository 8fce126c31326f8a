import { Readable } from 'node:stream';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { invalid, notFound, refused, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import type { Uploads } from '../platform/http/uploads.ts';
import type { Logger } from '../platform/logging/logger.ts';
import { together, togetherOfLists } from '../platform/together.ts';
import { type CurrencyPair, pairOf } from './currency-pair.ts';
import type { KnownEvent } from './corporate-events.ts';
import type { ImportBarsInput } from './import-run.type.ts';
import type { ImportService } from './import.service.ts';
import { InstrumentRow } from './instrument.entity.ts';
import type { MarketDataService } from './market-data.service.ts';
import { PriceFeedRow } from './price-feed.entity.ts';
import type { RefreshPricesInput, SetPriceFeedInput } from './price-feed.type.ts';
import { dateOf, type PriceHistory, type PriceProvider, retried } from './providers/provider.ts';
import { inCurrency } from './providers/quoted-currency.ts';
import { type AgeingInstrument, isPriceStale } from './stale-prices.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SOURCES_MAXIMUM = 5;
const FEEDS_AT_ONCE = 100;
/** What was stored last may have been corrected since. */
const OVERLAP_DAYS = 7;
const FIRST_YEARS = 25;
const RETRY_MS = HOUR_MS;

/** A feed that a provider that is on can answer. */
export interface OpenFeed {
  readonly instrumentId: string;
  readonly symbol: string;
  /** The currencies whose rate it tells; null where it tells none. */
  readonly pair: CurrencyPair | null;
  /** Why no source answered the last time. */
  readonly problem: string | null;
}

/** Keeps prices fresh: asks the providers that are on, one source after the other, and imports what they have. */
export class PriceFeedService {
  /** The providers that are on, by name. */
  readonly providers: ReadonlyMap<string, PriceProvider>;
  private readonly database: Database;
  private readonly marketData: MarketDataService;
  private readonly imports: ImportService;
  private readonly uploads: Uploads;
  private readonly refreshHours: number;
  private readonly clock: Clock;
  private readonly stored = togetherOfLists((ids) => this.readStored(ids));
  private readonly feeds = together((ids: readonly string[]) => this.readFeeds(ids));

  constructor(
    database: Database,
    marketData: MarketDataService,
    imports: ImportService,
    uploads: Uploads,
    {
      providers,
      refreshHours,
    }: { readonly providers: readonly PriceProvider[]; readonly refreshHours: number },
    clock: Clock,
  ) {
    this.database = database;
    this.marketData = marketData;
    this.imports = imports;
    this.uploads = uploads;
    this.providers = new Map(providers.map((provider) => [provider.name, provider]));
    this.refreshHours = refreshHours;
    this.clock = clock;
  }

  /** All feeds, by instrument. */
  list(): Promise<PriceFeedRow[]> {
    return this.database.fork().find(PriceFeedRow, {}, { orderBy: { instrumentId: 'asc' } });
  }

  find(instrumentId: string): Promise<PriceFeedRow | null> {
    return this.feeds.load(instrumentId);
  }

  /** Splits and dividends that providers told of an instrument, the oldest first. */
  async events(instrumentId: string): Promise<KnownEvent[]> {
    return (await this.marketData.knownEvents([instrumentId])).get(instrumentId) ?? [];
  }

  /** Says where prices of an instrument come from; no sources for nowhere. The first look follows soon. */
  async set(input: SetPriceFeedInput): Promise<PriceFeedRow | null> {
    const { instrumentId, sources } = input;
    if (!(await this.marketData.find(instrumentId)))
      throw notFound('instrument', instrumentId, 'input', 'instrumentId');
    if (sources.length > SOURCES_MAXIMUM)
      throw invalid(`expected at most ${SOURCES_MAXIMUM} sources, was ${sources.length}`, 'input', 'sources');
    for (const source of sources) {
      const problem = this.problemOf(source);
      if (problem) throw invalid(problem, 'input', 'sources');
    }
    await this.database.fork().transactional((em) =>
      once(em, this.clock, 'setPriceFeed', input, async () => {
        await this.store(em, input);
        return instrumentId;
      }),
    );
    return this.find(instrumentId);
  }

  /** Makes feeds due, those of the instruments named or all; tells how many. The next turn of the schedule asks for them. */
  async makeDue(input: RefreshPricesInput): Promise<number> {
    if (this.providers.size === 0)
      throw refused('INVALID', 'expected PRICE_PROVIDERS to name a provider, was nothing: all are off');
    const ids = input.instrumentIds ? arrayOf(input.instrumentIds) : null;
    const count = await this.database.fork().transactional((em) =>
      once(em, this.clock, 'refreshPrices', input, async () => {
        const rows = await em.execute(
          `update price_feed set due_at = ? where ?::text[] is null or instrument_id = any(?::text[]) returning 1`,
          [new Date(this.clock()), ids, ids],
        );
        return String(rows.length);
      }),
    );
    return Number(count);
  }

  /** Asks for what is due. */
  async refreshDue(signal: AbortSignal, logger: Logger): Promise<void> {
    if (this.providers.size === 0) return;
    const due = await this.database
      .fork()
      .find(
        PriceFeedRow,
        { dueAt: { $lte: new Date(this.clock()) } },
        { orderBy: { dueAt: 'asc' }, limit: FEEDS_AT_ONCE },
      );
    for (const feed of due) {
      if (signal.aborted) return;
      const problems = await this.refresh(feed, signal);
      if (problems.length > 0)
        logger.warn(
          { instrumentId: feed.instrumentId, problems },
          'prices were not refreshed from every source',
        );
    }
  }

  /** Whether the newest price is older at a time, now where it is null, than it should be. */
  isStale(instrument: AgeingInstrument, lastAt: Date | null, at: Date | null = null): boolean {
    return isPriceStale(instrument, lastAt?.getTime() ?? null, at?.getTime() ?? this.clock());
  }

  /** The feeds of instruments, and of what tells exchange rates, that a provider that is on can answer. */
  async open(instrumentIds: readonly string[]): Promise<OpenFeed[]> {
    if (this.providers.size === 0) return [];
    const asked = new Set(instrumentIds);
    const rows = await this.stored.load(instrumentIds);
    return rows
      .filter(({ id, assetClass }) => asked.has(id) || assetClass === 'FX' || assetClass === 'CRYPTO')
      .filter(({ sources }) => sources.some((source) => this.problemOf(source) === null))
      .map((row) => ({
        instrumentId: row.id,
        symbol: row.symbol,
        pair: pairOf(row),
        problem: row.problem,
      }));
  }

  /** Makes the feed of one instrument due in the caller's transaction; the look reaches back to a date, where one is given. */
  async askFor(em: EntityManager, instrumentId: string, from: string | null): Promise<void> {
    await em.execute(
      `update price_feed set due_at = least(due_at, ?), wanted_from = least(wanted_from, ?::text) where instrument_id = ?`,
      [new Date(this.clock()), from, instrumentId],
    );
  }

  private readStored(instrumentIds: readonly string[]): Promise<StoredFeed[]> {
    return this.database.fork().execute<StoredFeed[]>(
      `select f.instrument_id as id, f.sources, f.problem, i.symbol, i.currency, i.asset_class as "assetClass"
       from price_feed f join instrument i on i.id = f.instrument_id
       where i.asset_class in ('FX', 'CRYPTO') or f.instrument_id = any(?::text[]) order by i.symbol`,
      [arrayOf(instrumentIds)],
    );
  }

  private async readFeeds(instrumentIds: readonly string[]): Promise<(PriceFeedRow | null)[]> {
    const rows = await this.database.fork().find(PriceFeedRow, { instrumentId: { $in: [...instrumentIds] } });
    const byId = new Map(rows.map((row) => [row.instrumentId, row]));
    return instrumentIds.map((id) => byId.get(id) ?? null);
  }

  private problemOf(source: string): string | null {
    const [name, ...rest] = source.split(':');
    const provider = this.providers.get(name);
    if (!provider)
      return `expected a source of a provider that is on (${[...this.providers.keys()].join(', ') || 'PRICE_PROVIDERS names none'}), such as yahoo:AAPL, was ${source}`;
    return provider.problemOf(rest.join(':'));
  }

  /** Tries one source after the other until one answers; gives what the others said. */
  private async refresh(
    { instrumentId, sources, wantedFrom }: PriceFeedRow,
    signal: AbortSignal,
  ): Promise<string[]> {
    const instrument = await this.marketData.find(instrumentId);
    if (!instrument) return [];
    const problems: string[] = [];
    let used: string | null = null;
    for (const source of sources) {
      try {
        await this.take(instrument, source, wantedFrom ?? null, signal);
        used = source;
        break;
      } catch (problem) {
        if (signal.aborted) return problems;
        problems.push(`${source}: ${(problem as Error).message}`);
      }
    }
    const now = this.clock();
    await this.database.fork().execute(
      `update price_feed set checked_at = ?, due_at = ?, refreshed_at = coalesce(?, refreshed_at), used_source = coalesce(?, used_source),
        problem = ?, wanted_from = case when ?::boolean and wanted_from is not distinct from ?::text then null else wanted_from end
        where instrument_id = ?`,
      [
        new Date(now),
        new Date(now + (used ? this.refreshHours * HOUR_MS : RETRY_MS)),
        used && new Date(now),
        used,
        used ? null : problems.join('; '),
        used !== null,
        wantedFrom ?? null,
        instrumentId,
      ],
    );
    return problems;
  }

  private async take(
    instrument: InstrumentRow,
    source: string,
    wantedFrom: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const problem = this.problemOf(source);
    if (problem) throw new Error(problem);
    const [name, ...rest] = source.split(':');
    const provider = this.providers.get(name)!;
    const now = this.clock();
    const ask = (from: string) =>
      retried(() => provider.history(rest.join(':'), from, dateOf(now), signal), signal);
    const start = dateOf(now - FIRST_YEARS * 365.25 * DAY_MS);
    const last = (await this.marketData.lastPrice(instrument.id))?.at ?? null;
    const overlap = last ? dateOf(last.getTime() - OVERLAP_DAYS * DAY_MS) : start;
    const from = wantedFrom && wantedFrom < overlap ? wantedFrom : overlap;
    let history = await ask(from);
    // The days asked for reach back to one that has a price: a source without any has lost the instrument.
    if (history.prices.length === 0)
      throw new Error(`expected prices of ${rest.join(':')} since ${from}, was none at ${provider.label}`);
    // A split or dividend changes every adjusted close before it.
    const isNews = last !== null && (await this.hasNews(instrument.id, history));
    if (isNews) history = await ask(start);
    await this.importHistory(instrument, source, inCurrency(history, instrument.currency));
  }

  private async hasNews(instrumentId: string, { events }: PriceHistory): Promise<boolean> {
    const known = new Set((await this.events(instrumentId)).map(({ kind, date }) => `${kind} ${date}`));
    return events.some(({ kind, date }) => !known.has(`${kind} ${date}`));
  }

  private async store(
    em: EntityManager,
    { instrumentId, expectedVersion, sources }: SetPriceFeedInput,
  ): Promise<void> {
    const known = await em.findOne(PriceFeedRow, { instrumentId });
    const version = known?.version ?? 0;
    if (version !== expectedVersion) throw staleVersion(expectedVersion, version);
    if (sources.length === 0) {
      await em.execute('delete from price_feed where instrument_id = ?', [instrumentId]);
      return;
    }
    const dueAt = new Date(this.clock());
    const row =
      known ??
      em.create(PriceFeedRow, {
        instrumentId,
        version: 1,
        sources,
        dueAt,
        wantedFrom: null,
        checkedAt: null,
        refreshedAt: null,
        usedSource: null,
        problem: null,
      });
    row.sources = [...sources];
    row.dueAt = dueAt;
    await em.flush();
  }

  private async importHistory(
    instrument: InstrumentRow,
    source: string,
    { prices, events }: PriceHistory,
  ): Promise<void> {
    const { symbol, name, currency, assetClass, calendar } = instrument;
    const lines = prices.map(({ date, open, high, low, close, adjustedClose, volume }) =>
      // Providers round prices on their own, so that a close may be a hair above the high.
      [
        date,
        open,
        Math.max(open, high, low, close),
        Math.min(open, high, low, close),
        close,
        Number.isNaN(adjustedClose) ? '' : adjustedClose,
        volume,
      ].join(','),
    );
    const uploadId = await this.uploads.store(
      Readable.from([`Date,Open,High,Low,Close,Adj Close,Volume\n${lines.join('\n')}\n`]),
    );
    await this.imports.startBars({
      idempotencyKey: `feed-${instrument.id}-${this.clock()}`,
      uploadId,
      symbol,
      name,
      currency,
      assetClass,
      calendar,
      timeframe: 'DAY_1',
      timeZone: 'UTC',
      isStampedAtOpen: true,
      dryRun: false,
      skipInvalid: true,
      duplicateRule: 'REPLACE',
    } as ImportBarsInput);
    const em = this.database.fork();
    for (const { kind, date, value } of events)
      await em.execute(
        `insert into corporate_event (instrument_id, kind, date, value, source) values (?, ?, ?, ?, ?)
          on conflict (instrument_id, kind, date) do update set value = excluded.value, source = excluded.source`,
        [instrument.id, kind, date, value, source],
      );
  }
}

interface StoredFeed {
  readonly id: string;
  readonly sources: readonly string[];
  readonly problem: string | null;
  readonly symbol: string;
  readonly currency: string;
  readonly assetClass: string;
}

function arrayOf(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '')}"`).join(',')}}`;
}
