import { contentHash } from '@ai-trading/compute';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import { existing, invalid, notFound, refused, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import { together, togetherOfLists } from '../platform/together.ts';
import { leaveMessage } from '../run/outbox.ts';
import type { BarFiles } from './bar-files.ts';
import type { Closes, StoredBars } from './bars.ts';
import { type KnownEvent, knownEvents } from './corporate-events.ts';
import { pairsIn } from './currency-pair.ts';
import { ExchangeRates, usefulPairs } from './exchange-rates.ts';
import { type InstrumentChoice, instrumentPage, type InstrumentSortField } from './instrument-list.ts';
import { DataSetRow, InstrumentRow } from './instrument.entity.ts';
import { checkInstrument } from './instrument-fields.ts';
import { KnownCloses } from './known-closes.ts';
import { type LastPrice, lastPricesOf } from './last-prices.ts';
import type { Timeframe } from './timeframe.ts';

// Stands for a hash between the commit of new bars and their next reading.
const CHANGING = 'changing';
const CACHED_BYTES_MAXIMUM = 256 * 1024 * 1024;
const RATES_KEPT = 32;
const CLOSES_KEPT = 2_048;
const FILES_AT_ONCE = 16;
const NO_RATES = new ExchangeRates([]);

/** What is known of an instrument when it is made. */
export interface NewInstrument {
  readonly symbol: string;
  /** The international number of a security. */
  readonly isin?: string | null;
  readonly name: string;
  readonly currency: string;
  readonly assetClass: string;
  readonly exchange?: string | null;
  readonly tickSize?: string;
  readonly lotSize?: string;
  readonly calendar?: string;
  readonly isSynthetic?: boolean;
  readonly source?: string;
}

/** What every change of an instrument says. */
interface Written {
  readonly idempotencyKey: string;
  readonly id: string;
  readonly expectedVersion: number;
}

type DataSetKey = Pick<DataSetRow, 'id' | 'contentHash'>;

/** Instruments and their bars. */
export class MarketDataService {
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly files: BarFiles;
  private readonly known: KnownCloses;
  private readonly cache = new Map<string, StoredBars>();
  /** By their content, as bars are. */
  private readonly keptCloses = new Map<string, Closes>();
  private readonly times = new Map<string, WeakRef<Float64Array>>();
  /** Rates by their pairs, each with the closes they are made of. */
  private readonly rates = new Map<string, { closes: readonly (Closes | null)[]; rates: ExchangeRates }>();
  private readonly pages: Pages;
  private readonly rowsById = togetherOfLists((ids) => this.readRows({ id: { $in: [...ids] } }, 'id'));
  private readonly rowsBySymbol = togetherOfLists((symbols) =>
    this.readRows({ symbol: { $in: [...symbols] } }, 'symbol'),
  );
  private readonly setsById = togetherOfLists((ids) => this.readSets(ids));
  private readonly longestById = togetherOfLists((ids) => this.readLongest(ids));
  private readonly eventsById = togetherOfLists((ids) => knownEvents(this.database.fork(), ids));
  private readonly lastPrices = together((ids: readonly string[]) => lastPricesOf(this.database.fork(), ids));
  private readonly pairRows = togetherOfLists(() => pairsIn(this.database.fork()));

  constructor(database: Database, files: BarFiles, clock: Clock) {
    this.database = database;
    this.files = files;
    this.clock = clock;
    this.pages = pagesOf(database);
    this.known = new KnownCloses(database, (dataSet) => this.closesIn(dataSet));
  }

  async findBySymbol(symbol: string): Promise<InstrumentRow | null> {
    return (await this.findBySymbols([symbol]))[0];
  }

  /** The instruments of several symbols at once, in their order. */
  async findBySymbols(symbols: readonly string[]): Promise<(InstrumentRow | null)[]> {
    if (symbols.length === 0) return [];
    const names = symbols.map((symbol) => symbol.trim().toUpperCase());
    const bySymbol = await this.rowsBySymbol.load(names);
    return names.map((name) => bySymbol.get(name) ?? null);
  }

  async find(id: string): Promise<InstrumentRow | null> {
    return (await this.findMany([id]))[0];
  }

  async findMany(ids: readonly string[]): Promise<(InstrumentRow | null)[]> {
    if (ids.length === 0) return [];
    const byId = await this.rowsById.load(ids);
    return ids.map((id) => byId.get(id) ?? null);
  }

  /** What is chosen of the instruments, with the number of all that are. */
  async list(
    choice: InstrumentChoice,
    offset: number,
    limit: number,
    order?: Order<InstrumentSortField> | null,
  ): Promise<[InstrumentRow[], number]> {
    const [rows, total] = await this.pages(instrumentPage(choice, offset, limit, order));
    const em = this.database.fork();
    return [rows.map((row) => em.map(InstrumentRow, row)), total];
  }

  /** The data sets of several instruments at once, in their order. */
  async dataSets(instrumentIds: readonly string[]): Promise<DataSetRow[][]> {
    if (instrumentIds.length === 0) return [];
    const byInstrument = await this.setsById.load(instrumentIds);
    return instrumentIds.map((id) => byInstrument.get(id) ?? []);
  }

  async dataSet(instrumentId: string, timeframe: Timeframe): Promise<DataSetRow | null> {
    const [dataSets] = await this.dataSets([instrumentId]);
    return dataSets.find((one) => one.timeframe === timeframe) ?? null;
  }

  /** All bars of a data set; what was read is kept by its content. */
  async bars(dataSet: DataSetKey): Promise<StoredBars> {
    const known = await this.keptBars(dataSet.contentHash);
    if (known) return known;
    if (dataSet.contentHash === CHANGING) {
      const { contentHash, bars } = await this.named(dataSet.id);
      dataSet.contentHash = contentHash;
      return bars;
    }
    return this.keep(dataSet.contentHash, await this.readBars(dataSet.id));
  }

  /** What is kept of a content, in memory or in a file. */
  private async keptBars(contentHash: string): Promise<StoredBars | null> {
    const known = this.cache.get(contentHash);
    if (!known) {
      const read = await this.files.read(contentHash);
      return read && this.remember(contentHash, read);
    }
    this.cache.delete(contentHash);
    this.cache.set(contentHash, known);
    return known;
  }

  private async keep(contentHash: string, bars: StoredBars): Promise<StoredBars> {
    await this.files.write(contentHash, bars);
    return this.remember(contentHash, bars);
  }

  private remember(contentHash: string, bars: StoredBars): StoredBars {
    this.cache.set(contentHash, bars);
    let bytes = 0;
    for (const { timesMs } of this.cache.values()) bytes += timesMs.byteLength * 7;
    for (const [hash, { timesMs }] of this.cache) {
      if (bytes <= CACHED_BYTES_MAXIMUM || hash === contentHash) break;
      this.cache.delete(hash);
      bytes -= timesMs.byteLength * 7;
    }
    return bars;
  }

  /** The daily bars of an instrument, or its longest; null where it has none. */
  async closes(instrumentId: string): Promise<StoredBars | null> {
    return (await this.closesOf([instrumentId]))[0];
  }

  /** The same for several instruments, in their order; one question finds all their data sets. */
  async closesOf(instrumentIds: readonly string[]): Promise<(StoredBars | null)[]> {
    const dataSets = await this.longest(instrumentIds);
    const found: (StoredBars | null)[] = [];
    for (const id of instrumentIds) {
      const dataSet = dataSets.get(id);
      found.push(dataSet ? await this.bars(dataSet) : null);
    }
    return found;
  }

  /** The closes alone of several instruments as they were known at a time; by what is known now where none is given. */
  async closesKnown(instrumentIds: readonly string[], knownAt: Date | null): Promise<(Closes | null)[]> {
    if (knownAt) return this.known.of(instrumentIds, knownAt);
    const dataSets = await this.longest(instrumentIds);
    const named = new Set(instrumentIds.flatMap((id) => dataSets.get(id) ?? []));
    const unread = [...named].filter(({ contentHash: hash }) => !this.keptCloses.has(hash));
    // Files are read beside each other, what has none one after the other.
    for (let start = 0; start < unread.length; start += FILES_AT_ONCE)
      await Promise.all(
        unread.slice(start, start + FILES_AT_ONCE).map(async ({ contentHash: hash }) => {
          const closes = await this.files.readCloses(hash);
          if (closes) this.rememberCloses(hash, closes);
        }),
      );
    const found: (Closes | null)[] = [];
    for (const id of instrumentIds) {
      const dataSet = dataSets.get(id);
      found.push(dataSet ? await this.closesIn(dataSet) : null);
    }
    return found;
  }

  /** The daily bars of each instrument, else its longest. */
  private async longest(instrumentIds: readonly string[]): Promise<ReadonlyMap<string, DataSetKey>> {
    return instrumentIds.length === 0 ? new Map() : this.longestById.load(instrumentIds);
  }

  private async readLongest(instrumentIds: readonly string[]): Promise<Map<string, DataSetKey>> {
    // Raw rows, as there may be many and all is asked for often.
    const rows = await this.database
      .fork()
      .execute<{ id: number; instrument_id: string; content_hash: string }[]>(
        `select distinct on (instrument_id) id, instrument_id, content_hash from data_set
         where instrument_id = any(string_to_array(?, ' ')) and bar_count > 0
         order by instrument_id, (timeframe = 'DAY_1') desc, bar_count desc`,
        [instrumentIds.join(' ')],
      );
    return new Map(
      rows.map((row) => [row.instrument_id, { id: Number(row.id), contentHash: row.content_hash }]),
    );
  }

  private async closesIn(dataSet: DataSetKey): Promise<Closes> {
    const kept = this.keptCloses.get(dataSet.contentHash);
    if (kept) return kept;
    const { timesMs, close } = await this.bars(dataSet);
    return this.rememberCloses(dataSet.contentHash, { timesMs, close });
  }

  private rememberCloses(contentHash: string, { timesMs, close }: Closes): Closes {
    const closes = { timesMs: this.sharedTimes(timesMs), close };
    this.keptCloses.set(contentHash, closes);
    if (this.keptCloses.size > CLOSES_KEPT) this.keptCloses.delete(this.keptCloses.keys().next().value!);
    return closes;
  }

  /** The same column for the same times: most instruments have their prices at the same ones. */
  private sharedTimes(timesMs: Float64Array): Float64Array {
    const key = `${timesMs.length} ${timesMs[0]} ${timesMs.at(-1)}`;
    const known = this.times.get(key)?.deref();
    if (known?.every((time, t) => time === timesMs[t])) return known;
    if (this.times.size > CLOSES_KEPT) this.times.clear();
    this.times.set(key, new WeakRef(timesMs));
    return timesMs;
  }

  /** The splits and dividends that providers told of instruments, the oldest of each first. */
  async knownEvents(instrumentIds: readonly string[]): Promise<Map<string, KnownEvent[]>> {
    if (instrumentIds.length === 0) return new Map();
    const all = await this.eventsById.load(instrumentIds);
    const asked = new Set(instrumentIds);
    return new Map([...all].filter(([id]) => asked.has(id)));
  }

  /** The last stored price of an instrument, by its daily bars or its longest; null where it has none. */
  lastPrice(instrumentId: string): Promise<LastPrice | null> {
    return this.lastPrices.load(instrumentId);
  }

  /** Rates between the currencies by the closes of pairs; the same object as long as those stay. */
  async exchangeRates(currencies: ReadonlySet<string>, knownAt: Date | null = null): Promise<ExchangeRates> {
    if (currencies.size < 2) return NO_RATES;
    const pairs = usefulPairs(await this.pairRows.load([]), currencies);
    const ids = pairs.map(({ instrumentId }) => instrumentId);
    const closes = await this.closesKnown(ids, knownAt);
    const key = [knownAt?.getTime() ?? '', ...ids].join(' ');
    const known = this.rates.get(key);
    if (known?.closes.every((series, index) => series === closes[index])) return known.rates;
    const rates = new ExchangeRates(
      pairs.flatMap((pair, index) => (closes[index] ? [{ ...pair, ...closes[index] }] : [])),
    );
    this.rates.set(key, { closes, rates });
    if (this.rates.size > RATES_KEPT) this.rates.delete(this.rates.keys().next().value!);
    return rates;
  }

  async create(input: NewInstrument & { readonly idempotencyKey: string }): Promise<InstrumentRow> {
    const id = await this.database
      .fork()
      .transactional((em) =>
        once(em, this.clock, 'createInstrument', input, async () => (await this.insert(em, input)).id),
      );
    return existing(await this.find(id), 'instrument', id);
  }

  /** Stores a new instrument in the caller's transaction. */
  async insert(em: EntityManager, input: NewInstrument): Promise<InstrumentRow> {
    const symbol = input.symbol.trim().toUpperCase();
    if (!/^[A-Z0-9][A-Z0-9.\-_=^/]{0,31}$/.test(symbol))
      throw invalid(
        `expected a symbol such as AAPL or BTC-USD, was ${JSON.stringify(input.symbol)}`,
        'input',
        'symbol',
      );
    checkInstrument(input, 'input');
    if (await em.findOne(InstrumentRow, { symbol }))
      throw refused('DUPLICATE', `expected a symbol that is not taken, was ${symbol}`, 'input', 'symbol');
    const row = em.create(InstrumentRow, {
      id: newId('ins', this.clock),
      version: 1,
      symbol,
      isin: isinOf(input.isin),
      name: input.name.trim(),
      currency: input.currency,
      exchange: input.exchange ?? null,
      assetClass: input.assetClass,
      tickSize: input.tickSize ?? '0.01',
      lotSize: input.lotSize ?? (input.assetClass === 'CRYPTO' || input.assetClass === 'FX' ? '0' : '1'),
      calendar: input.calendar ?? (input.assetClass === 'CRYPTO' ? '24x7' : 'NONE'),
      isSynthetic: input.isSynthetic ?? false,
      source: input.source ?? 'entered by hand',
      createdAt: new Date(this.clock()),
    });
    await em.flush();
    return row;
  }

  async update(input: Written & Partial<NewInstrument>): Promise<InstrumentRow> {
    await this.database.fork().transactional((em) =>
      once(em, this.clock, 'updateInstrument', input, async () => {
        const { idempotencyKey: _key, id, expectedVersion, ...changes } = input;
        checkInstrument(changes, 'input');
        const row = await this.expectVersion(em, id, expectedVersion);
        const given = Object.fromEntries(
          Object.entries(changes).filter(([, value]) => value !== undefined && value !== null),
        );
        em.assign(row, { ...given, ...(changes.isin ? { isin: isinOf(changes.isin) } : {}) });
        await em.flush();
        return id;
      }),
    );
    const row = await this.find(input.id);
    if (!row) throw notFound('instrument', input.id, 'input', 'id');
    return row;
  }

  async delete(input: Written): Promise<string> {
    return this.database.fork().transactional((em) =>
      once(em, this.clock, 'deleteInstrument', input, async () => {
        const { id, expectedVersion } = input;
        const row = await this.expectVersion(em, id, expectedVersion);
        const [{ count }] = await em.execute(
          `select (select count(*) from transaction where instrument_id = ? or other_instrument_id = ?) + (select count(*) from portfolio where benchmark_id = ?) as count`,
          [id, id, id],
        );
        if (Number(count) > 0)
          throw refused(
            'IN_USE',
            `expected an instrument that no portfolio refers to, was ${row.symbol}`,
            'input',
            'id',
          );
        await em.execute('delete from instrument where id = ?', [id]);
        return id;
      }),
    );
  }

  /** Measures a data set anew after its bars changed, and leaves word of it, in the transaction that changed them. */
  async refreshDataSet(em: EntityManager, dataSetId: number): Promise<void> {
    const [{ instrument_id, revision }] = await em.execute(
      `update data_set set (bar_count, from_ms, to_ms, has_adjusted_close) =
         (select count(*), min(time_ms), max(time_ms), coalesce(bool_or(adjusted_close is not null), false) from bar where data_set_id = ?),
         content_hash = ?, revision = revision + 1 where id = ? returning instrument_id, revision`,
      [dataSetId, CHANGING, dataSetId],
    );
    // A change that brought no close tells nothing of what was known.
    await em.execute(
      `insert into data_set_revision (data_set_id, revision, created_at)
       select ?::integer, ?::integer, ?::timestamptz where exists (select 1 from bar where data_set_id = ? and revision = ?)`,
      [dataSetId, revision, new Date(this.clock()), dataSetId, revision],
    );
    await leaveMessage(em, this.clock, 'prices', { id: instrument_id });
  }

  /** Names the content of a data set after its change has committed. */
  async rehash(dataSetId: number): Promise<string> {
    return (await this.named(dataSetId)).contentHash;
  }

  private async named(dataSetId: number): Promise<{ contentHash: string; bars: StoredBars }> {
    const bars = await this.readBars(dataSetId);
    const hash = contentHash(bars);
    await this.database
      .fork()
      .execute('update data_set set content_hash = ? where id = ?', [hash, dataSetId]);
    return { contentHash: hash, bars: await this.keep(hash, bars) };
  }

  private async expectVersion(
    em: EntityManager,
    id: string,
    expectedVersion: number,
  ): Promise<InstrumentRow> {
    const row = await em.findOne(InstrumentRow, { id });
    if (!row) throw notFound('instrument', id, 'input', 'id');
    if (row.version !== expectedVersion) throw staleVersion(expectedVersion, row.version);
    return row;
  }

  private async readSets(instrumentIds: readonly string[]): Promise<ReadonlyMap<string, DataSetRow[]>> {
    const where = { instrumentId: { $in: [...instrumentIds] }, barCount: { $gt: 0 } };
    const rows = await this.database.fork().find(DataSetRow, where);
    return Map.groupBy(rows, ({ instrumentId }) => instrumentId);
  }

  private async readRows(where: object, key: 'id' | 'symbol'): Promise<ReadonlyMap<string, InstrumentRow>> {
    const rows = await this.database.fork().find(InstrumentRow, where);
    return new Map(rows.map((row) => [row[key], row]));
  }

  private async readBars(dataSetId: number): Promise<StoredBars> {
    const query = `select time_ms::float8, open, high, low, close, volume, adjusted_close from bar where data_set_id = ${Number(dataSetId)} order by time_ms`;
    const [timesMs, open, high, low, close, volume, adjustedClose] = await this.database.copyOut(query, 7);
    // The embedded database answers without a pause: others have their turn between two of many instruments.
    await setImmediate();
    return { timesMs, open, high, low, close, volume, adjustedClose };
  }
}

function isinOf(text: string | null | undefined): string | null {
  const isin = text?.trim().toUpperCase() ?? '';
  if (isin === '') return null;
  if (!/^[A-Z]{2}[A-Z0-9]{9}\d$/.test(isin))
    throw invalid(`expected an ISIN such as US0378331005, was ${JSON.stringify(text)}`, 'input', 'isin');
  return isin;
}
