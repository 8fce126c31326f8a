import type { EntityManager } from '../platform/database/database.ts';

/** A split or dividend as a provider told it. */
export interface KnownEvent {
  readonly kind: 'SPLIT' | 'DIVIDEND';
  /** The day from which on a buyer has no share in it. */
  readonly date: string;
  /** Units for one held, or cash for one unit in the instrument's currency, as it was on that day. */
  readonly value: number;
  readonly source: string;
}

/** The splits and dividends that providers told of several instruments, the oldest of each first. */
export async function knownEvents(
  em: EntityManager,
  instrumentIds: readonly string[],
): Promise<Map<string, KnownEvent[]>> {
  const rows = await em.execute<(KnownEvent & { instrumentId: string })[]>(
    `select instrument_id as "instrumentId", kind, to_char(date, 'YYYY-MM-DD') as date, value, source from corporate_event
     where instrument_id = any(string_to_array(?, ' ')) order by date, kind`,
    [instrumentIds.join(' ')],
  );
  const byInstrument = new Map<string, KnownEvent[]>();
  for (const { instrumentId, ...event } of rows) {
    const events = byInstrument.get(instrumentId);
    if (events) events.push(event);
    else byInstrument.set(instrumentId, [event]);
  }
  return byInstrument;
}
