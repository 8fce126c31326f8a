import type { Database } from '../platform/database/database.ts';
import type { Closes } from './bars.ts';

interface KnownDataSet {
  readonly id: number;
  readonly contentHash: string;
  readonly timeframe: string;
  readonly barCount: number;
  /** The last change that was known. */
  readonly revision: number;
  readonly isNewest: boolean;
}

const SERIES_KEPT = 2_000;

/**
 * Closes as they were known at a time. A bar counts from the change of its data set that brought it until
 * the one that corrected its close, so that what a revision knew never changes and is kept by its number.
 */
export class KnownCloses {
  private readonly database: Database;
  private readonly bars: (dataSet: { id: number; contentHash: string }) => Promise<Closes>;
  private readonly kept = new Map<string, Closes>();

  constructor(database: Database, bars: KnownCloses['bars']) {
    this.database = database;
    this.bars = bars;
  }

  /** The daily closes of each instrument, else its longest, in their order; null where none were known. */
  async of(instrumentIds: readonly string[], knownAt: Date): Promise<(Closes | null)[]> {
    const rows = await this.database.fork().execute<(KnownDataSet & { instrumentId: string })[]>(
      `select d.id, d.instrument_id as "instrumentId", d.content_hash as "contentHash", d.timeframe, d.bar_count as "barCount",
         coalesce(max(r.revision) filter (where r.created_at <= ?), 0) as revision,
         coalesce(bool_and(r.created_at <= ?), true) as "isNewest"
       from data_set d left join data_set_revision r on r.data_set_id = d.id
       where d.instrument_id = any(string_to_array(?, ' ')) group by d.id`,
      [knownAt, knownAt, instrumentIds.join(' ')],
    );
    const byInstrument = Map.groupBy(rows, ({ instrumentId }) => instrumentId);
    const found: (Closes | null)[] = [];
    for (const id of instrumentIds) found.push(await this.longest(byInstrument.get(id) ?? []));
    return found;
  }

  private async longest(dataSets: readonly KnownDataSet[]): Promise<Closes | null> {
    let best: Closes | null = null;
    for (const dataSet of dataSets) {
      const closes = await this.known(dataSet);
      if (closes.timesMs.length === 0) continue;
      if (dataSet.timeframe === 'DAY_1') return closes;
      if (!best || closes.timesMs.length > best.timesMs.length) best = closes;
    }
    return best;
  }

  private async known({ id, contentHash, barCount, revision, isNewest }: KnownDataSet): Promise<Closes> {
    if (isNewest && barCount > 0) return this.bars({ id, contentHash });
    const key = `${id} ${revision}`;
    const kept = this.kept.get(key);
    if (kept) return kept;
    const [own, at] = [Number(id), Number(revision)];
    const [timesMs, close] = await this.database.copyOut(
      `select time_ms::float8, close from bar where data_set_id = ${own} and revision <= ${at}
       union all select time_ms::float8, close from bar_version
         where data_set_id = ${own} and revision <= ${at} and until_revision > ${at}
       order by 1`,
      2,
    );
    const closes = { timesMs, close };
    this.kept.set(key, closes);
    if (this.kept.size > SERIES_KEPT) this.kept.delete(this.kept.keys().next().value!);
    return closes;
  }
}
