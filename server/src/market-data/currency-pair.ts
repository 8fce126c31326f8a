import type { EntityManager } from '../platform/database/database.ts';

/** Two currencies whose rate an instrument tells: one unit of `from` is worth so many of `to`. */
export interface CurrencyPair {
  readonly instrumentId: string;
  readonly symbol: string;
  readonly from: string;
  readonly to: string;
}

const MAJOR = /^[A-Z]{6}$/;
const SEPARATED = /^([A-Z][A-Z0-9]{1,9})[-/._]([A-Z][A-Z0-9]{1,9})$/;

/**
 * The pair that an instrument of class FX or CRYPTO tells the rate of, by its symbol: EURUSD, EURUSD=X,
 * EUR/USD, EUR-USD, EUR.USD, BTC-USD, or BTCUSDT quoted in USDT. null where the symbol names none.
 */
export function pairOf({
  id,
  symbol,
  currency,
  assetClass,
}: {
  readonly id: string;
  readonly symbol: string;
  readonly currency: string;
  readonly assetClass: string;
}): CurrencyPair | null {
  if (assetClass !== 'FX' && assetClass !== 'CRYPTO') return null;
  const text = symbol.replace(/=X$/, '');
  const parts = SEPARATED.exec(text);
  const split = (at: number) => ({ instrumentId: id, symbol, from: text.slice(0, at), to: text.slice(at) });
  if (parts) return { instrumentId: id, symbol, from: parts[1], to: parts[2] };
  if (text.length > currency.length + 1 && text.endsWith(currency))
    return split(text.length - currency.length);
  return assetClass === 'FX' && MAJOR.test(text) ? split(3) : null;
}

/** All pairs that instruments tell the rate of. */
export async function pairsIn(em: EntityManager): Promise<CurrencyPair[]> {
  const rows = await em.execute<{ id: string; symbol: string; currency: string; asset_class: string }[]>(
    `select id, symbol, currency, asset_class from instrument where asset_class in ('FX', 'CRYPTO')`,
  );
  return rows.flatMap((row) => pairOf({ ...row, assetClass: row.asset_class }) ?? []);
}

/** Hundredths in which some exchanges quote, by the currency that they are a part of. */
const MINOR_UNITS: Readonly<Record<string, string>> = { GBX: 'GBP', ZAC: 'ZAR', ILA: 'ILS' };

/** A currency as a number of units of another that has rates of its own: pence are hundredths of pounds. */
export function majorOf(currency: string): { readonly currency: string; readonly units: number } {
  const major = MINOR_UNITS[currency];
  return major ? { currency: major, units: 0.01 } : { currency, units: 1 };
}
