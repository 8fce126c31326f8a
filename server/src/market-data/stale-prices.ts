const DAY_MS = 86_400_000;
/** A week with holidays around it is no reason for concern; where trade never stops two days are. */
const STALE_DAYS = { '24x7': 2, other: 7 } as const;

/** Whether the newest price of an instrument, null for none, is older than it should be by its calendar. */
export function isPriceStale(calendar: string, priceAtMs: number | null, nowMs: number): boolean {
  const days = calendar === '24x7' ? STALE_DAYS['24x7'] : STALE_DAYS.other;
  return priceAtMs === null || nowMs - priceAtMs > days * DAY_MS;
}
