/** The two figures of growth out of a portfolio's statistics. */
export function growthOf(statistics: readonly { name: string; value?: number | null }[]): {
  totalReturn: number | null;
  cagr: number | null;
} {
  const valueOf = (name: string) => statistics.find((one) => one.name === name)?.value ?? null;
  return { totalReturn: valueOf('totalReturn'), cagr: valueOf('cagr') };
}
