/** The two figures of growth out of a portfolio's statistics. */
export function growthOf(statistics: readonly { name: string; value?: number | null }[]): {
  totalReturn: number | null;
  cagr: number | null;
} {
  const valueOf = (name: string) => statistics.find((one) => one.name === name)?.value ?? null;
  return { totalReturn: valueOf('totalReturn'), cagr: valueOf('cagr') };
}

/** Whether cash or positions are in another currency than the one that all is valued in. */
export function isInSeveralCurrencies({
  baseCurrency,
  valuation,
  positions,
}: {
  readonly baseCurrency: string;
  readonly valuation: { readonly cashBalances: readonly { readonly currency: string }[] };
  readonly positions: readonly { readonly instrument: { readonly currency: string } }[];
}): boolean {
  return (
    valuation.cashBalances.some(({ currency }) => currency !== baseCurrency) ||
    positions.some(({ instrument }) => instrument.currency !== baseCurrency)
  );
}

/** What the exchange rate made of a gain, on what was paid and on the gain itself; null where it is not known. */
export function currencyPart({
  currency,
  cross,
}: {
  readonly currency?: string | null;
  readonly cross?: string | null;
}): string | null {
  return typeof currency === 'string' && typeof cross === 'string'
    ? String(Number(currency) + Number(cross))
    : null;
}
