const DAY_MS = 86_400_000;
/** A week with holidays around it is no reason for concern; where trade never stops two days are. */
const STALE_DAYS = { '24x7': 2, other: 7 } as const;

/** An instrument as far as the age of its prices needs it. */
export interface AgeingInstrument {
  readonly calendar: string;
  /** Made up: it gets no new prices, and those it has do not grow old. */
  readonly isSynthetic: boolean;
}

/** Whether the newest price of an instrument, null for none, is older at a time than it should be. */
export function isPriceStale(
  { calendar, isSynthetic }: AgeingInstrument,
  priceAtMs: number | null,
  nowMs: number,
): boolean {
  if (isSynthetic) return false;
  const days = calendar === '24x7' ? STALE_DAYS['24x7'] : STALE_DAYS.other;
  return priceAtMs === null || nowMs - priceAtMs > days * DAY_MS;
}
