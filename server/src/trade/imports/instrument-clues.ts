import type { BrokerTransaction } from '../brokers/broker-transaction.ts';

/** What a file tells of an instrument; rows with the same key are about the same one. */
export interface InstrumentClue {
  readonly key: string;
  readonly isin: string | null;
  readonly symbol: string | null;
  readonly name: string | null;
  readonly currency: string | null;
  readonly assetClass: string | null;
}

/** An instrument that is there already. */
export interface KnownInstrument {
  readonly id: string;
  readonly symbol: string;
  readonly name: string;
  readonly currency: string;
  readonly isin: string | null;
}

/** An instrument that the import is to make. */
export interface SuggestedInstrument {
  readonly symbol: string;
  readonly name: string;
  readonly currency: string;
  readonly assetClass: string;
  readonly isin: string | null;
}

/** What somebody chose for the rows of a key. */
export type SymbolChoice = { readonly key: string } & (
  | { readonly action: 'MAP'; readonly instrumentId: string }
  | { readonly action: 'CREATE'; readonly instrument: SuggestedInstrument }
  | { readonly action: 'SKIP' }
);

/** Which instrument the rows of a key are about, and how that is known. */
export type Resolution =
  | {
      readonly state: 'KNOWN';
      readonly by: 'ISIN' | 'SYMBOL' | 'CHOICE';
      readonly instrument: KnownInstrument;
    }
  | { readonly state: 'NEW'; readonly instrument: SuggestedInstrument }
  | { readonly state: 'SKIPPED' }
  | {
      readonly state: 'UNRESOLVED';
      readonly candidates: readonly KnownInstrument[];
      readonly suggestion: SuggestedInstrument;
    };

const CANDIDATES = 5;
const SIMILARITY_MINIMUM = 0.34;

/** The clue of a row that is about an instrument. */
export function clueOf(row: BrokerTransaction, assetClass: string | null): InstrumentClue {
  const { isin, symbol, name, priceCurrency, currency } = row;
  return { key: clueKey(row), isin, symbol, name, currency: priceCurrency ?? currency, assetClass };
}

/** A key of the surest thing that a row says of its instrument. */
export function clueKey({ isin, symbol, name }: Pick<BrokerTransaction, 'isin' | 'symbol' | 'name'>): string {
  if (isin) return `isin ${isin}`;
  return symbol ? `symbol ${symbol.toUpperCase()}` : `name ${name}`;
}

/** Clues of one key together: the first that says something is believed. */
export function mergeClues(clues: Iterable<InstrumentClue>): InstrumentClue[] {
  const merged = new Map<string, InstrumentClue>();
  for (const clue of clues) {
    const before = merged.get(clue.key);
    merged.set(clue.key, {
      key: clue.key,
      isin: before?.isin ?? clue.isin,
      symbol: before?.symbol ?? clue.symbol,
      name: before?.name ?? clue.name,
      currency: before?.currency ?? clue.currency,
      assetClass: before?.assetClass ?? clue.assetClass,
    });
  }
  return [...merged.values()];
}

/** Says which instrument each clue means; a choice comes before what can be told by ISIN or symbol. */
export function resolveClues(
  clues: readonly InstrumentClue[],
  known: readonly KnownInstrument[],
  choices: ReadonlyMap<string, SymbolChoice>,
  { baseCurrency, createsMissing }: { readonly baseCurrency: string; readonly createsMissing: boolean },
): Map<string, Resolution> {
  const taken = new Set(known.map(({ symbol }) => symbol));
  const byId = new Map(known.map((one) => [one.id, one]));
  const resolved = new Map<string, Resolution>();
  for (const clue of clues) {
    const choice = choices.get(clue.key);
    const chosen = choice && chosenOf(choice, byId);
    const found = chosen ?? foundOf(clue, known);
    if (found) {
      resolved.set(clue.key, found);
      continue;
    }
    const suggestion = suggestionOf(clue, baseCurrency, taken);
    taken.add(suggestion.symbol);
    resolved.set(
      clue.key,
      createsMissing
        ? { state: 'NEW', instrument: suggestion }
        : { state: 'UNRESOLVED', candidates: candidatesOf(clue, known), suggestion },
    );
  }
  return resolved;
}

function chosenOf(choice: SymbolChoice, byId: ReadonlyMap<string, KnownInstrument>): Resolution | null {
  if (choice.action === 'SKIP') return { state: 'SKIPPED' };
  if (choice.action === 'CREATE') return { state: 'NEW', instrument: choice.instrument };
  const instrument = byId.get(choice.instrumentId);
  return instrument ? { state: 'KNOWN', by: 'CHOICE', instrument } : null;
}

function foundOf(clue: InstrumentClue, known: readonly KnownInstrument[]): Resolution | null {
  const isCurrency = ({ currency }: KnownInstrument) =>
    clue.currency === null || currency === clue.currency || clue.currency === 'GBX';
  if (clue.isin) {
    const listings = known.filter(({ isin }) => isin === clue.isin);
    const same = listings.filter(isCurrency);
    const one = listings.length === 1 ? listings[0] : same.length === 1 ? same[0] : null;
    if (one) return { state: 'KNOWN', by: 'ISIN', instrument: one };
  }
  const symbol = clue.symbol?.toUpperCase();
  const one = known.find(
    (instrument) =>
      instrument.symbol === symbol &&
      isCurrency(instrument) &&
      (clue.isin === null || instrument.isin === null || instrument.isin === clue.isin),
  );
  return one ? { state: 'KNOWN', by: 'SYMBOL', instrument: one } : null;
}

function candidatesOf(clue: InstrumentClue, known: readonly KnownInstrument[]): KnownInstrument[] {
  return known
    .map((instrument) => ({ instrument, score: likeness(clue, instrument) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || (a.instrument.symbol < b.instrument.symbol ? -1 : 1))
    .slice(0, CANDIDATES)
    .map(({ instrument }) => instrument);
}

/** 0 where nothing speaks for an instrument; 4 for the same ISIN. */
function likeness(clue: InstrumentClue, { symbol, name, isin }: KnownInstrument): number {
  if (clue.isin && isin === clue.isin) return 4;
  const [own, root] = [clue.symbol?.toUpperCase() ?? '', symbol.split(/[.\-/]/)[0]];
  if (own !== '' && own === symbol) return 3;
  if (own !== '' && (own.split(/[.\-/]/)[0] === root || own === root)) return 2;
  const similarity = clue.name ? wordsInCommon(clue.name, name) : 0;
  return similarity >= SIMILARITY_MINIMUM ? similarity : 0;
}

/** The words that two names share, as a part of all their words. */
function wordsInCommon(one: string, other: string): number {
  const words = (text: string) =>
    new Set(
      text
        .toLowerCase()
        .split(/[^\p{L}\d]+/u)
        .filter((word) => word.length > 1 && !/^(inc|corp|plc|ag|sa|nv|the|co|ltd|se)$/.test(word)),
    );
  const [a, b] = [words(one), words(other)];
  const common = [...a].filter((word) => b.has(word)).length;
  return common === 0 ? 0 : common / (a.size + b.size - common);
}

function suggestionOf(
  clue: InstrumentClue,
  baseCurrency: string,
  taken: ReadonlySet<string>,
): SuggestedInstrument {
  const assetClass = clue.assetClass ?? 'EQUITY';
  const currency = clue.currency === 'GBX' ? 'GBP' : (clue.currency ?? baseCurrency);
  const plain = (text: string) =>
    text
      .toUpperCase()
      .replaceAll(/[^A-Z0-9.\-_=^/]+/g, '-')
      .replaceAll(/-{2,}/g, '-')
      .replace(/^[^A-Z0-9]+/, '')
      // Whole words of a long name.
      .replace(/^(.{8,31})-.*$/, (all, words: string) => (all.length > 32 ? words : all))
      .slice(0, 32)
      .replace(/-$/, '');
  const own = plain(clue.symbol ?? '') || clue.isin || plain(clue.name ?? '') || 'UNNAMED';
  const options = [own, plain(`${own}-${currency}`), clue.isin ?? own];
  const numbered = Array.from({ length: taken.size + 1 }, (_, index) =>
    plain(`${own.slice(0, 24)}-${index + 2}`),
  );
  const symbol = [...options, ...numbered].find((option) => !taken.has(option))!;
  return { symbol, name: clue.name ?? own, currency, assetClass, isin: clue.isin };
}
