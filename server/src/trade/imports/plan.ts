import type { ImportProblem } from '../../market-data/csv.ts';
import { UserProblem } from '../../platform/graphql/errors.ts';
import { checkDraft, netCashOf } from '../transaction-draft.ts';
import { Decimal } from '../../platform/decimal.ts';
import { isNewestFirst } from './file-order.ts';
import { LedgerMatcher, type StoredMove } from './ledger-matcher.ts';
import type { ImportItem, ItemDraft, RowSummary } from './import-item.ts';
import type { Resolution } from './instrument-clues.ts';

/** What becomes of a row. */
export type RowVerdict = 'NEW' | 'DUPLICATE' | 'ERROR' | 'NEEDS_SYMBOL' | 'SKIPPED';

/** A row with what becomes of it, as a table shows it. */
export interface PlannedRow {
  readonly line: number;
  readonly verdict: RowVerdict;
  readonly reason: string | null;
  /** The symbol in the ledger, where the row is about an instrument that is known or will be made. */
  readonly symbol: string | null;
  readonly summary: RowSummary;
}

/** A transaction to store; instruments are named by the keys of their clues. */
export interface PlannedTransaction {
  readonly draft: ItemDraft;
  readonly accountId: string;
  readonly counterAccountId: string | null;
  readonly line: number;
  /** What it moves in cash, to 18 decimals. */
  readonly amount: string;
  readonly currency: string;
  readonly fingerprint: string;
}

/** What an import would do, or does. */
export interface ImportPlan {
  readonly rows: readonly PlannedRow[];
  /** In the order they happened. */
  readonly transactions: readonly PlannedTransaction[];
  readonly problems: readonly ImportProblem[];
  /** The transactions that rows are there as already, by how the file refers to them. */
  readonly known: ReadonlyMap<string, string>;
}

/** What rows are held against. */
export interface PlanContext {
  readonly baseCurrency: string;
  readonly nowMs: number;
  /** Whether who asked may make instruments. */
  readonly mayMakeInstruments: boolean;
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Fingerprints of rows that were imported before, with the transactions they became. */
  readonly imported: ReadonlyMap<string, readonly string[]>;
  /** What the accounts hold already. */
  readonly stored: readonly StoredMove[];
  /** Of rows that name no account. */
  readonly accountId: string;
  /** Accounts by the names that files give them. */
  readonly accountIds: ReadonlyMap<string, string>;
  /** Why accounts take no transactions, by the ids of those that take none. */
  readonly closed: ReadonlyMap<string, string>;
}

/** Decides on every row of a file. */
export function planImport(items: readonly ImportItem[], context: PlanContext): ImportPlan {
  const matcher = new LedgerMatcher(context.stored);
  for (const { fingerprint } of items)
    if (fingerprint) matcher.useUp(context.imported.get(fingerprint) ?? []);
  const decided = items.map((item) => decide(item, context, matcher));
  const known = knownOf(items, decided);
  const decisions = withoutBrokenReferences(decided, known);
  return {
    rows: items.map((item, index) => {
      const { verdict, reason } = decisions[index];
      return { line: item.line, verdict, reason, symbol: symbolOf(item, context), summary: item.summary };
    }),
    transactions: inOrder(decisions.flatMap(({ transactions }) => transactions)),
    problems: items.flatMap((item, index) => {
      const { verdict, reason } = decisions[index];
      return verdict === 'ERROR' ? [problemOf(item, reason!)] : [];
    }),
    known,
  };
}

/** Rows that are there already, by how the file refers to them. */
function knownOf(items: readonly ImportItem[], decisions: readonly Decision[]): Map<string, string> {
  return new Map(
    items.flatMap(({ drafts }, index) => {
      const [fileId, id] = [drafts[0]?.fileId, decisions[index].standsFor];
      return fileId && id ? [[fileId, id] as const] : [];
    }),
  );
}

/** A row that names another which is neither new nor there already is an error, and so are those that name it. */
function withoutBrokenReferences(
  decisions: readonly Decision[],
  known: ReadonlyMap<string, string>,
): readonly Decision[] {
  const present = new Set(
    decisions.flatMap(({ transactions }) => transactions.map(({ draft }) => draft.fileId)),
  );
  let isBroken = false;
  const next = decisions.map((decision) => {
    const named = decision.transactions.flatMap(({ draft }) => [
      ...(draft.lotIds ?? []),
      ...(draft.voided?.replacementFileId ? [draft.voided.replacementFileId] : []),
    ]);
    const missing = named.find((id) => !present.has(id) && !known.has(id));
    if (missing === undefined) return decision;
    isBroken = true;
    return because('ERROR', `expected a transaction of the file that can be used, was ${missing}`);
  });
  return isBroken ? withoutBrokenReferences(next, known) : next;
}

interface Decision {
  readonly verdict: RowVerdict;
  readonly reason: string | null;
  readonly transactions: readonly PlannedTransaction[];
  /** The transaction that the row is there as already. */
  readonly standsFor: string | null;
}

function because(verdict: RowVerdict, reason: string, standsFor: string | null = null): Decision {
  return { verdict, reason, transactions: [], standsFor };
}

function decide(item: ImportItem, context: PlanContext, matcher: LedgerMatcher): Decision {
  if (item.error) return because('ERROR', item.error.reason);
  if (item.skipped !== null) return because('SKIPPED', item.skipped);
  const before = context.imported.get(item.fingerprint!);
  if (before) return because('DUPLICATE', 'imported before', before[0]);
  const states = keysOf(item).map((key) => context.resolutions.get(key));
  if (states.some((one) => one?.state === 'SKIPPED'))
    return because('SKIPPED', 'its instrument is left out by choice');
  if (states.some((one) => !one || one.state === 'UNRESOLVED'))
    return because(
      'NEEDS_SYMBOL',
      context.mayMakeInstruments
        ? 'expected an instrument of the ledger: choose one or make it'
        : 'expected an instrument of the ledger: choose one, or ask an administrator to make it',
    );
  if (item.drafts.length === 0) return because('SKIPPED', 'moves neither cash nor units');
  const problem = item.drafts.map((draft) => problemOfDraft(draft, context)).find((one) => one !== null);
  if (problem) return because('ERROR', problem);
  const transactions = item.drafts.map((draft) => planned(item, draft, context));
  const stored = storedAs(transactions[0], context, matcher);
  if (stored !== null) return because('DUPLICATE', 'in the ledger already', stored);
  const reason = transactions
    .flatMap((one) => [one.accountId, one.counterAccountId])
    .map((id) => id !== null && context.closed.get(id))
    .find((one) => one);
  if (reason) return because('ERROR', reason);
  return { verdict: 'NEW', reason: null, transactions, standsFor: null };
}

function planned(item: ImportItem, draft: ItemDraft, context: PlanContext): PlannedTransaction {
  const { accountIds, accountId, baseCurrency } = context;
  return {
    draft,
    accountId: draft.account ? accountIds.get(draft.account)! : accountId,
    counterAccountId: draft.counterAccountId ? accountIds.get(draft.counterAccountId)! : null,
    line: item.line,
    amount: draft.netAmount ?? netCashOf(draft).toFixed(18),
    currency: currencyOfDraft(draft, context.resolutions, baseCurrency),
    fingerprint: item.fingerprint!,
  };
}

/** The transaction of the ledger that a new one would repeat; what was voided in its file repeats none. */
function storedAs(
  { draft, accountId, amount, currency }: PlannedTransaction,
  { resolutions }: PlanContext,
  matcher: LedgerMatcher,
): string | null {
  if (draft.voided) return null;
  const instrument = draft.symbol ? resolutions.get(draft.symbol) : null;
  return matcher.take({
    accountId,
    kind: draft.kind,
    instrumentId: instrument?.state === 'KNOWN' ? instrument.instrument.id : null,
    isNewInstrument: instrument?.state === 'NEW',
    timeMs: draft.executedAt.getTime(),
    hasTime: draft.hasTime,
    quantity: draft.quantity ?? null,
    amount,
    currency,
    otherAmount: draft.otherAmount ?? null,
    otherCurrency: draft.otherCurrency ?? null,
    externalId: draft.externalId,
  });
}

/** Why the ledger cannot take a draft; null where it can. */
function problemOfDraft(draft: ItemDraft, { baseCurrency, nowMs, resolutions }: PlanContext): string | null {
  if (draft.exchangeRate && currencyOfDraft(draft, resolutions, baseCurrency) === baseCurrency)
    return `expected no exchange rate in ${baseCurrency}, the base currency of the portfolio, was ${draft.exchangeRate}`;
  try {
    checkDraft(draft, nowMs);
  } catch (error) {
    if (error instanceof UserProblem) return error.message;
    throw error;
  }
  if (!draft.netAmount) return null;
  const computed = netCashOf(draft);
  return computed.minus(draft.netAmount).abs().greaterThan(roundingOf(draft))
    ? `expected ${computed.toFixed()} as the cash that it moves, was ${draft.netAmount}`
    : null;
}

/** How far the cash of a trade may be from units times price: stored numbers have 18 decimals. */
function roundingOf({ quantity, price }: ItemDraft): Decimal {
  return new Decimal(quantity ?? 0)
    .abs()
    .plus(new Decimal(price ?? 0).abs())
    .plus(1)
    .times('1e-18');
}

/** A row that names no currency is in that of its instrument. */
function currencyOfDraft(
  { currency, symbol }: ItemDraft,
  resolutions: PlanContext['resolutions'],
  baseCurrency: string,
): string {
  const resolution = symbol ? resolutions.get(symbol) : null;
  const isFound = resolution?.state === 'KNOWN' || resolution?.state === 'NEW';
  return currency ?? (isFound ? resolution.instrument.currency : baseCurrency);
}

function keysOf({ drafts }: ImportItem): string[] {
  return drafts.flatMap(({ symbol, otherSymbol }) =>
    [symbol, otherSymbol].filter((key) => typeof key === 'string'),
  );
}

function symbolOf(item: ImportItem, { resolutions }: PlanContext): string | null {
  const [key] = keysOf(item);
  const resolution = key === undefined ? null : resolutions.get(key);
  return resolution?.state === 'KNOWN' || resolution?.state === 'NEW' ? resolution.instrument.symbol : null;
}

function problemOf(item: ImportItem, reason: string): ImportProblem {
  return item.error ?? { line: item.line, column: null, value: null, reason, severity: 'ERROR' };
}

/** By time, and rows of one time in the order they happened: files that begin with the newest are read backwards. */
function inOrder(transactions: readonly PlannedTransaction[]): PlannedTransaction[] {
  const timeOf = ({ draft }: PlannedTransaction) => draft.executedAt.getTime();
  const forward = isNewestFirst(transactions.map(timeOf)) ? reversedByLine(transactions) : transactions;
  return forward.toSorted((a, b) => timeOf(a) - timeOf(b));
}

/** The last line first; the transactions of one line stay in their order. */
function reversedByLine(transactions: readonly PlannedTransaction[]): PlannedTransaction[] {
  return [...Map.groupBy(transactions, ({ line }) => line).values()].toReversed().flat();
}

/** How often each verdict was given. */
export function countVerdicts(rows: readonly PlannedRow[]): Record<RowVerdict, number> {
  const counts = { NEW: 0, DUPLICATE: 0, ERROR: 0, NEEDS_SYMBOL: 0, SKIPPED: 0 };
  for (const { verdict } of rows) counts[verdict] += 1;
  return counts;
}
