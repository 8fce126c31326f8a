/** One part of a whole. */
export interface Slice {
  readonly label: string;
  readonly value: number;
  readonly weight: number;
}

/** Values grouped by a key, with the cash, the largest first; weights are of the sum of magnitudes. */
export function slices(items: readonly { readonly key: string; readonly value: number }[]): Slice[] {
  const totals = new Map<string, number>();
  for (const { key, value } of items) totals.set(key, (totals.get(key) ?? 0) + value);
  const whole = [...totals.values()].reduce((sum, value) => sum + Math.abs(value), 0);
  return [...totals]
    .map(([label, value]) => ({ label, value, weight: whole > 0 ? value / whole : 0 }))
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
}
