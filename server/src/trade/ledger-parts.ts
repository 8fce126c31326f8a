import { entryAt, type LedgerEntry } from './ledger.ts';
import type { TransactionKind } from './transaction-kinds.ts';

/**
 * What counts in a portfolio, in the order it happened, and the same in parts that do not touch each
 * other: the transactions of each instrument with those of the instruments that it turned into, and cash
 * by itself. A change makes new lists of the parts it touches alone; the others stay the same objects, so
 * that what was worked out of them stays known.
 */
export interface PartedLedger {
  readonly entries: readonly LedgerEntry[];
  /** By their first transaction. */
  readonly parts: readonly (readonly LedgerEntry[])[];
  /** The part of each instrument, and that of cash under an empty name. */
  readonly partOf: ReadonlyMap<string, readonly LedgerEntry[]>;
}

const CASH = '';
const STEP_ENTRIES = 1_024;

/** Whether a transaction is cash that was there when the record begins. */
export function isOpeningCash({ kind, instrumentId }: LedgerEntry): boolean {
  return kind === 'OPENING_BALANCE' && instrumentId === null;
}

/**
 * What counts first of what has one time, as all of a date does in files that know no more: what was there
 * before; what changes units from the beginning of their date; what brings units, then what takes them, so
 * that nothing is short for a moment that was not sold short; what ends units, after their last sales.
 */
const KIND_ORDER: readonly (readonly TransactionKind[])[] = [
  ['OPENING_BALANCE'],
  ['SPLIT'],
  ['STOCK_DIVIDEND'],
  ['SPIN_OFF'],
  ['RETURN_OF_CAPITAL'],
  ['MERGER', 'TICKER_CHANGE'],
  ['BUY', 'TRANSFER_IN', 'DEPOSIT', 'DIVIDEND', 'INTEREST', 'CONVERSION'],
  ['ADJUSTMENT'],
  ['TRANSFER_OUT'],
  ['SELL', 'WITHDRAWAL', 'FEE', 'TAX'],
  ['SHORT'],
  ['COVER'],
  ['DELISTING'],
];
const RANKS = Object.fromEntries(
  KIND_ORDER.flatMap((kinds, rank) => kinds.map((kind) => [kind, rank])),
) as Readonly<Record<TransactionKind, number>>;

/** A merger for cash alone ends units as a delisting does. */
function rankOf({ kind, otherInstrumentId }: LedgerEntry): number {
  return kind === 'MERGER' && otherInstrumentId === null ? RANKS.DELISTING : RANKS[kind];
}

/**
 * The order in which transactions count: by time, opening cash first, then by what their kinds do, then by
 * when they were recorded.
 */
export function compareEntries(a: LedgerEntry, b: LedgerEntry): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  const opening = Number(isOpeningCash(b)) - Number(isOpeningCash(a));
  if (opening !== 0) return opening;
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Orders transactions and takes them apart. Opening cash counts from the first event on, whenever it was entered. */
export function partLedger(unordered: readonly LedgerEntry[]): PartedLedger {
  const steps = partSteps([unordered]);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The same of several lists, in steps between which others may have the thread. */
export function* partSteps(lists: readonly (readonly LedgerEntry[])[]): Generator<undefined, PartedLedger> {
  const firstMs = Math.min(...lists.map(firstEventMs));
  yield;
  const runs: LedgerEntry[][] = [];
  for (const list of lists) {
    runs.push(list.map((entry) => openedBy(entry, firstMs)).sort(compareEntries));
    yield;
  }
  const entries = yield* mergeSteps(runs);
  const groups = new Groups();
  for (const [index, entry] of entries.entries()) {
    groups.join(entry);
    if (index % STEP_ENTRIES === 0) yield;
  }
  const byRoot = new Map<string, LedgerEntry[]>();
  for (const [index, entry] of entries.entries()) {
    const root = groups.rootOf(entry.instrumentId ?? CASH);
    const part = byRoot.get(root);
    if (part) part.push(entry);
    else byRoot.set(root, [entry]);
    if (index % STEP_ENTRIES === 0) yield;
  }
  const partOf = new Map<string, readonly LedgerEntry[]>();
  for (const name of groups.names()) partOf.set(name, byRoot.get(groups.rootOf(name))!);
  return { entries, parts: inOrder(byRoot.values()), partOf };
}

/** One list in order of several that are. */
function* mergeSteps(runs: readonly LedgerEntry[][]): Generator<undefined, LedgerEntry[]> {
  if (runs.length < 2) return runs[0] ?? [];
  const half = runs.length >>> 1;
  const first = yield* mergeSteps(runs.slice(0, half));
  const second = yield* mergeSteps(runs.slice(half));
  yield;
  // What was recorded as it happened is in order already.
  const [last, next] = [first.at(-1), second.at(0)];
  if (!last || !next || compareEntries(last, next) <= 0) return first.concat(second);
  const all: LedgerEntry[] = [];
  let [i, j] = [0, 0];
  while (i < first.length || j < second.length) {
    if (j === second.length || (i < first.length && compareEntries(first[i], second[j]) <= 0)) {
      all.push(first[i]);
      i += 1;
    } else {
      all.push(second[j]);
      j += 1;
    }
    if (all.length % STEP_ENTRIES === 0) yield;
  }
  return all;
}

/** A ledger with transactions added and others left out; the same as if it were taken apart anew. */
export function changeLedger(
  before: PartedLedger,
  added: readonly LedgerEntry[],
  removedIds: ReadonlySet<string>,
): PartedLedger {
  if (added.length === 0 && removedIds.size === 0) return before;
  const removed = before.entries.filter(({ id }) => removedIds.has(id));
  if (isMoved(before, added, removed)) {
    const left = before.entries.filter(({ id }) => !removedIds.has(id));
    return partLedger([...left, ...added]);
  }
  const partOf = new Map(before.partOf);
  const touched = Map.groupBy([...removed, ...added], ({ instrumentId }) => instrumentId ?? CASH);
  for (const [name, entries] of touched) {
    const part = partOf.get(name) ?? [];
    const own = new Set(entries);
    const changed = merged(
      part,
      entries.filter((entry) => !removedIds.has(entry.id)),
      removedIds,
      own,
    );
    for (const [other, list] of partOf) if (list === part && part.length > 0) partOf.set(other, changed);
    partOf.set(name, changed);
  }
  const entries = merged(before.entries, added, removedIds, new Set(removed));
  return { entries, parts: inOrder(new Set(partOf.values())), partOf };
}

/** Parts by their first transaction: sums over them have the same last bit, however they came about. */
function inOrder(parts: Iterable<readonly LedgerEntry[]>): (readonly LedgerEntry[])[] {
  return [...parts].filter(({ length }) => length > 0).sort(([a], [b]) => compareEntries(a, b));
}

/** Whether a change moves opening cash, or joins instruments or takes them apart, so that all is to be done anew. */
function isMoved(
  { entries }: PartedLedger,
  added: readonly LedgerEntry[],
  removed: readonly LedgerEntry[],
): boolean {
  const changed = [...added, ...removed];
  if (changed.length > entries.length / 4) return true;
  if (changed.some((entry) => isOpeningCash(entry) || entry.otherInstrumentId !== null)) return true;
  const firstMs = firstEventMs(entries);
  return changed.some(({ timeMs }) => timeMs <= firstMs);
}

function firstEventMs(entries: readonly LedgerEntry[]): number {
  let firstMs = Infinity;
  for (const entry of entries) if (entry.timeMs < firstMs && !isOpeningCash(entry)) firstMs = entry.timeMs;
  return firstMs;
}

const recordedMs = new WeakMap<LedgerEntry, number>();

/** Opening cash with the time that it counts from; when it was entered stays known. */
function openedBy(entry: LedgerEntry, firstMs: number): LedgerEntry {
  if (!isOpeningCash(entry)) return entry;
  const ownMs = recordedMs.get(entry) ?? entry.timeMs;
  const opened = entryAt(entry, Math.min(ownMs, firstMs));
  recordedMs.set(opened, ownMs);
  return opened;
}

/** A list in order with some entries put in their places and others left out. */
function merged(
  list: readonly LedgerEntry[],
  added: readonly LedgerEntry[],
  removedIds: ReadonlySet<string>,
  candidates: ReadonlySet<LedgerEntry>,
): LedgerEntry[] {
  const isLeaving = [...candidates].some(({ id }) => removedIds.has(id));
  const result = isLeaving ? list.filter(({ id }) => !removedIds.has(id)) : [...list];
  for (const entry of added) {
    let [low, high] = [0, result.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareEntries(result[middle], entry) < 0) low = middle + 1;
      else high = middle;
    }
    result.splice(low, 0, entry);
  }
  return result;
}

/** Which instruments belong together, because one turned into another. */
class Groups {
  private readonly parents = new Map<string, string>();

  join({ instrumentId, otherInstrumentId }: LedgerEntry): void {
    const root = this.rootOf(instrumentId ?? CASH);
    if (otherInstrumentId !== null) this.parents.set(this.rootOf(otherInstrumentId), root);
  }

  rootOf(name: string): string {
    let root = name;
    for (let parent = this.parents.get(root); parent !== root; parent = this.parents.get(root)) {
      if (parent === undefined) this.parents.set(root, root);
      else root = parent;
    }
    if (root !== name) this.parents.set(name, root);
    return root;
  }

  names(): Iterable<string> {
    return this.parents.keys();
  }
}
