import type { AssetClass } from '#lib/graphql/generated/graphql.ts';

/** The symbols in a text, separated by commas, spaces, semicolons or lines: each once, in their order. */
export function symbolsIn(text: string): string[] {
  const symbols = text.split(/[\s,;]+/).flatMap((part) => part.trim().toUpperCase() || []);
  return [...new Set(symbols)];
}

/** A named list of symbols. */
export interface SymbolList {
  readonly name: string;
  readonly symbols: readonly string[];
}

/** What the lists of all instruments of a class are called. */
export const CLASS_LISTS: Readonly<Record<AssetClass, string>> = {
  EQUITY: 'All equities',
  ETF: 'All ETFs',
  FUND: 'All other funds',
  BOND: 'All bonds',
  FX: 'All pairs of currencies',
  CRYPTO: 'All crypto currencies',
  FUTURE: 'All futures',
  INDEX: 'All indices',
  OTHER: 'All others',
};

const KEY = 'universes';

/** The lists that were saved in this browser; none where what is there is no list. */
export function savedLists(storage: Pick<Storage, 'getItem'>): SymbolList[] {
  try {
    const lists: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(lists) ? lists.filter(isList) : [];
  } catch {
    return [];
  }
}

/** Saves a list under its name, in the place of one that had it; without symbols it is forgotten. */
export function saveList(storage: Pick<Storage, 'getItem' | 'setItem'>, list: SymbolList): SymbolList[] {
  const others = savedLists(storage).filter(({ name }) => name !== list.name);
  const lists = list.symbols.length > 0 ? [...others, list] : others;
  storage.setItem(KEY, JSON.stringify(lists));
  return lists;
}

function isList(value: unknown): value is SymbolList {
  const { name, symbols } = (value ?? {}) as Partial<SymbolList>;
  return (
    typeof name === 'string' && Array.isArray(symbols) && symbols.every((one) => typeof one === 'string')
  );
}
