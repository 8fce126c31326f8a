/** A fill as the export writes it. */
export interface ExportedFill {
  readonly executedAt: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly currency: string;
  readonly externalId?: string | null;
  readonly instrument: { readonly symbol: string };
}

/** Fills as a CSV file that can be imported again. */
export function toCsv(fills: readonly ExportedFill[]): string {
  const lines = fills.map(({ executedAt, instrument, side, quantity, price, fee, currency, externalId }) =>
    [executedAt, instrument.symbol, side.toLowerCase(), quantity, price, fee, currency, externalId ?? '']
      .map(quoted)
      .join(','),
  );
  return ['date,symbol,side,quantity,price,fee,currency,id', ...lines, ''].join('\n');
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
