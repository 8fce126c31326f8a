import type { AssetClass } from '#lib/graphql/generated/graphql.ts';

/** The classes of instruments, for people. */
export const CLASSES: Readonly<Record<AssetClass, string>> = {
  EQUITY: 'Shares',
  ETF: 'Exchange-traded funds',
  FUND: 'Other funds',
  BOND: 'Bonds',
  CRYPTO: 'Crypto currencies',
  FX: 'Currencies',
  FUTURE: 'Futures',
  INDEX: 'Indices',
  OTHER: 'Anything else',
};
