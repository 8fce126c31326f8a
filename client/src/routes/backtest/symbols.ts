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

/** Instruments by their asset class, the largest class first, for classes with more than one. */
export function listsByClass(instruments: readonly { symbol: string; assetClass: string }[]): SymbolList[] {
  const classes = new Map<string, string[]>();
  for (const { symbol, assetClass } of instruments)
    classes.set(assetClass, [...(classes.get(assetClass) ?? []), symbol]);
  return [...classes]
    .filter(([, symbols]) => symbols.length > 1)
    .toSorted((a, b) => b[1].length - a[1].length)
    .map(([name, symbols]) => ({ name: `All of ${name.toLowerCase().replaceAll('_', ' ')}`, symbols }));
}

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
