import type { EntityManager } from '../platform/database/database.ts';

/** The close of the last bar of an instrument. */
export interface LastPrice {
  readonly price: number;
  readonly at: Date;
  /** Against the bar before, as a fraction; null where there is none. */
  readonly change: number | null;
}

/**
 * The last prices of several instruments, in their order, by the daily bars of each or its longest; null where one
 * has no bars. One question reads two bars of each, where bars themselves may be millions.
 */
export async function lastPricesOf(
  em: EntityManager,
  instrumentIds: readonly string[],
): Promise<(LastPrice | null)[]> {
  const rows = await em.execute<{ instrument_id: string; time_ms: number; close: number }[]>(
    `select d.instrument_id, b.time_ms::float8, b.close from
       (select distinct on (instrument_id) id, instrument_id from data_set
        where instrument_id = any(string_to_array(?, ' ')) and bar_count > 0
        order by instrument_id, (timeframe = 'DAY_1') desc, bar_count desc) d,
       lateral (select time_ms, close from bar where data_set_id = d.id order by time_ms desc limit 2) b
     order by b.time_ms desc`,
    [instrumentIds.join(' ')],
  );
  const byInstrument = Map.groupBy(rows, (row) => row.instrument_id);
  return instrumentIds.map((id) => {
    const [last, before] = byInstrument.get(id) ?? [];
    if (!last) return null;
    const change = before ? last.close / before.close - 1 : null;
    return { price: last.close, at: new Date(last.time_ms), change };
  });
}
