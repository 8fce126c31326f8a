/** One part of a whole. */
export interface Slice {
  readonly label: string;
  /** Null where a part of it is not known. */
  readonly value: number | null;
  /** Its part of the whole; null where either is not known, and of nothing and of debts. */
  readonly weight: number | null;
}

/**
 * Values grouped by a key, the largest first, with their weights in the whole, which is the equity: what is short or
 * owed is below 0, so that all add up to 1.
 */
export function slices(
  items: readonly { readonly key: string; readonly value: number | null }[],
  equity: number | null,
): Slice[] {
  const totals = new Map<string, number | null>();
  for (const { key, value } of items) {
    const before = totals.get(key) ?? (totals.has(key) ? null : 0);
    totals.set(key, before === null || value === null ? null : before + value);
  }
  return [...totals]
    .map(([label, value]) => ({
      label,
      value,
      weight: value !== null && equity !== null && equity > 0 ? value / equity : null,
    }))
    .toSorted((a, b) => Math.abs(b.value ?? 0) - Math.abs(a.value ?? 0));
}
